import { DiscardPolicy, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import type { AppendResult, Place } from "#core/ports/log";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { Actor, SHAPES, type Stage, type Step, type StreamShape, scriptOf } from "#test/contracts/log-script";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/**
 * The model of JetStream that tests and the simulation run on, and the real nats-server, carry out the same random scripts:
 * the same results and the same contents after each step.
 */
const nats = useNats();

/**
 * Scripts on a server that runs, and scripts in which it is stopped, restarted and set back, streams made anew, messages too old:
 * of so many steps each, as many as the time allows, and at least so many on the slowest machine.
 */
const CALM = { seeds: 80, seedsMin: 8, steps: 40, msMax: 12_000 };
const ROUGH = { seeds: 10, seedsMin: 3, steps: 30, msMax: 12_000 };
const AGE_MS = 200;
/** No stream of these scripts gets so far. */
const NO_SUCH_SEQ = 1_000_000;

let streams = 0;

/** What a broken connection left of the append that was on its way: the model follows what really happened. */
interface Fate {
  stored: boolean;
}

const modelStage = (shape: StreamShape, name: string, fate: Fate): Stage => {
  const clock = new ManualClock();
  const { discard, bytesMax, perSubjectMax } = shape;
  const options = {
    stream: name,
    discard,
    ...(bytesMax === undefined ? {} : { bytesMax }),
    ...(perSubjectMax === undefined ? {} : { perSubjectMax }),
  };
  const log = new MemoryLog(clock, options);
  let putBack: (() => void) | undefined;
  return {
    log,
    subject: (n) => `model.${name}.${n}`,
    lostAck: async (subject, data, expect) => {
      if (fate.stored) expectStored(log.store(subject, data, expect));
      return { kind: "unknown", reason: "" };
    },
    age: async () => log.expire(0),
    recreate: async () => {
      log.recreate();
      // What was remembered was another stream's store.
      putBack = undefined;
    },
    restart: async () => log.restart(),
    remember: async () => {
      putBack = log.remember();
      log.restart();
    },
    restore: async () => putBack?.(),
  };
};

class RealStage implements Stage {
  readonly log: JetStreamLog;
  #putBack: (() => Promise<void>) | undefined;

  private constructor(
    link: NatsLink,
    private readonly jsm: JetStreamManager,
    private readonly name: string,
    private readonly shape: StreamShape,
    private readonly fate: Fate,
  ) {
    this.log = new JetStreamLog(link, name);
  }

  static async make(name: string, shape: StreamShape, fate: Fate): Promise<RealStage> {
    const link = await nats().master();
    const stage = new RealStage(link, await jetstreamManager(link.nc, { checkAPI: false }), name, shape, fate);
    await stage.#create();
    return stage;
  }

  async #create(): Promise<void> {
    const { discard, bytesMax = -1, perSubjectMax = -1 } = this.shape;
    await this.jsm.streams.add({
      name: this.name,
      subjects: [`model.${this.name}.>`],
      allow_direct: true,
      duplicate_window: AGE_MS * 1_000_000,
      discard: discard === "new" ? DiscardPolicy.New : DiscardPolicy.Old,
      max_bytes: bytesMax,
      max_msgs_per_subject: perSubjectMax,
    });
  }

  subject(n: number): string {
    return `model.${this.name}.${n}`;
  }

  /** Every other one: nothing is sent, or the connection ends when the server has taken the message. */
  async lostAck(subject: string, data: Uint8Array, expect: number | Place | undefined): Promise<AppendResult> {
    const { lastSeq } = await this.log.info();
    const other = await nats().master();
    const log = new JetStreamLog(other, this.name);
    if (data.length % 2 === 0) {
      await other.close();
      const result = await log.append(subject, data, expect);
      this.fate.stored = false;
      return { ...result, ...(result.kind === "unknown" ? { reason: "" } : {}) };
    }
    const appended = log.append(subject, data, expect);
    await other.nc.flush();
    await other.close();
    await appended;
    // The server has the message, its stream may not have come to it: what is refused behind it was looked at after it.
    await this.log.append(subject, data, NO_SUCH_SEQ);
    this.fate.stored = (await this.log.info()).lastSeq > lastSeq;
    return { kind: "unknown", reason: "" };
  }

  async age(): Promise<void> {
    await this.jsm.streams.update(this.name, { max_age: AGE_MS * 1_000_000 });
    await until(async () => (await this.jsm.streams.info(this.name)).state.messages === 0, { what: "all is too old" });
    await this.jsm.streams.update(this.name, { max_age: 0 });
  }

  async recreate(): Promise<void> {
    await this.jsm.streams.delete(this.name);
    await this.#create();
    this.#putBack = undefined;
  }

  async restart(): Promise<void> {
    await nats().restart({ keepData: true });
  }

  async remember(): Promise<void> {
    this.#putBack = await nats().stopAndCopyData();
    await nats().restart({ keepData: true });
  }

  async restore(): Promise<void> {
    if (this.#putBack === undefined) return;
    await nats().stopServer();
    await this.#putBack();
    await nats().restart({ keepData: true });
  }

  async end(): Promise<void> {
    await this.jsm.streams.delete(this.name);
  }
}

const expectStored = (result: AppendResult): void => {
  if (result.kind !== "stored") throw new Error(`the server stored what the model refuses: ${result.kind}`);
};

/** Lets the model's microtasks run. */
const rest = async (): Promise<void> => {
  for (let n = 0; n < 50; n++) await Promise.resolve();
};

/** The first difference between the model and the server in this script, told with what replays it. */
const difference = async (seed: number, steps: readonly Step[]): Promise<string | undefined> => {
  const shape = SHAPES[seed % SHAPES.length]!;
  const fate: Fate = { stored: false };
  const name = `MODEL_${++streams}`;
  const real = await RealStage.make(name, shape, fate);
  const model = new Actor(modelStage(shape, name, fate), rest);
  const server = new Actor(real, async () => {});
  try {
    await rest();
    for (const [index, step] of steps.entries()) {
      const realFirst = step.do === "lost-ack" ? await server.act(step, 0) : undefined;
      const modelled = await model.act(step, 0);
      const expected = await model.observe(0);
      const acted = realFirst ?? (await server.act(step, Array.isArray(modelled) ? modelled.length : 0));
      const found = await server.observe(expected.seen.length);
      const [one, other] = [
        { result: modelled, ...expected },
        { result: acted, ...found },
      ].map((o) => JSON.stringify(o));
      if (one === other) continue;
      const told = steps.slice(0, index + 1).map((each) => JSON.stringify(each));
      return [
        `seed ${seed}, ${JSON.stringify(shape)}, step ${index + 1}:`,
        ...told,
        `model  ${one}`,
        `server ${other}`,
      ].join("\n");
    }
    return undefined;
  } finally {
    await model.end();
    await server.end();
    await real.end();
  }
};

/** The shortest part of a script that still shows a difference: steps that do not matter are left out. */
const minimal = async (seed: number, steps: readonly Step[]): Promise<string | undefined> => {
  const found = await difference(seed, steps);
  if (found === undefined) return undefined;
  let [least, text] = [steps, found];
  const deadline = performance.now() + SHRINK_MS_MAX;
  for (let at = least.length - 1; at >= 0 && performance.now() < deadline; at--) {
    const fewer = least.filter((_, index) => index !== at);
    const still = await difference(seed, fewer);
    if (still !== undefined) [least, text] = [fewer, still];
  }
  return text;
};
const SHRINK_MS_MAX = 10_000;

const differences = async ({ seeds, seedsMin, steps, msMax }: typeof CALM, rough: boolean): Promise<string[]> => {
  const found: string[] = [];
  const deadline = performance.now() + msMax;
  for (let seed = 1; seed <= seeds && found.length === 0; seed++) {
    if (seed > seedsMin && performance.now() >= deadline) break;
    const text = await minimal(seed, scriptOf(seed, steps, rough));
    if (text !== undefined) found.push(text);
  }
  return found;
};

test("the same script does the same to the model and to the server: results, contents, followings", async () => {
  expect(await differences(CALM, false)).toEqual([]);
}, 120_000);

test("also when the server is restarted, set back to an older store, and acknowledgements are lost", async () => {
  expect(await differences(ROUGH, true)).toEqual([]);
}, 180_000);
