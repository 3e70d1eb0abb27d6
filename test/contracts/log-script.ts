import type { AppendResult, Log, Place, StoredMessage } from "#core/ports/log";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { until } from "#test/kit/until";

/**
 * Random scripts of what we do with a stream and what befalls it, and what is compared after each step: the model of
 * JetStream that the simulation runs on is held to a real nats-server with it.
 */

/** How a stream is configured, of what core/streams.ts uses. */
export interface StreamShape {
  readonly discard: "new" | "old";
  readonly bytesMax?: number;
  readonly perSubjectMax?: number;
}

export const SHAPES: readonly StreamShape[] = [
  { discard: "new" },
  { discard: "new", bytesMax: 2_000 },
  { discard: "old", bytesMax: 1_500 },
  { discard: "old", bytesMax: 2_500, perSubjectMax: 3 },
  { discard: "old", perSubjectMax: 1 },
];

/**
 * Of the sequence alone: right, wrong, or of long ago. Of the right one with a name for the message: behind whatever stands there,
 * behind the message of the last one's name, or of a name that nobody has.
 */
export type Expectation = "none" | "right" | "wrong" | "older" | "naming" | "named" | "misnamed";

export type Step =
  | { readonly do: "append"; readonly subject: number; readonly bytes: number; readonly expect: Expectation }
  /** The connection breaks while the append is on its way: it is stored, or it is not. */
  | { readonly do: "lost-ack"; readonly subject: number; readonly bytes: number; readonly expect: Expectation }
  | { readonly do: "read"; readonly from: number; readonly max: number }
  | { readonly do: "get"; readonly back: number }
  | { readonly do: "last"; readonly subject: number }
  | { readonly do: "purge"; readonly back: number }
  /** A following from there to the end, then stopped; `beyond` the end it ends with a reset. */
  | { readonly do: "follow"; readonly back: number }
  /** Everything grows older than the stream keeps it. */
  | { readonly do: "age" }
  | { readonly do: "recreate" }
  | { readonly do: "restart" }
  | { readonly do: "remember" }
  /** The store as it was when it was last remembered. */
  | { readonly do: "restore" };

/** Where a script is carried out. */
export interface Stage {
  readonly log: Log;
  subject(n: number): string;
  lostAck(subject: string, data: Uint8Array, expect: number | Place | undefined): Promise<AppendResult>;
  age(): Promise<void>;
  recreate(): Promise<void>;
  restart(): Promise<void>;
  remember(): Promise<void>;
  restore(): Promise<void>;
}

/** A server that comes back takes a second, and its followers two more to notice. */
const FOLLOW_MS_MAX = 15_000;
const SUBJECTS = 3;
const EXPECTATIONS: readonly Expectation[] = [
  ...(["none", "none", "right", "right", "right", "wrong", "older"] as const),
  ...(["naming", "named", "named", "named", "misnamed"] as const),
];

type Kind = Step["do"];
const WEIGHTS: Readonly<Record<Kind, number>> = {
  append: 40,
  "lost-ack": 1,
  read: 8,
  get: 6,
  last: 6,
  purge: 4,
  follow: 5,
  age: 0,
  recreate: 0,
  restart: 0,
  remember: 0,
  restore: 0,
};
/** With what takes a second or two: followings notice it by silence, a server is stopped and started. */
const ROUGH: Partial<Record<Kind, number>> = {
  age: 1,
  recreate: 2,
  restart: 2,
  remember: 3,
  restore: 3,
  "lost-ack": 4,
};

/** The script of this seed. */
export const scriptOf = (seed: number, steps: number, rough: boolean): readonly Step[] => {
  const random = new SeededRandom(seed);
  const weights = Object.entries({ ...WEIGHTS, ...(rough ? ROUGH : {}) }) as [Kind, number][];
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const kind = (): Kind => {
    let at = random.below(total);
    return weights.find(([, weight]) => {
      at -= weight;
      return at < 0;
    })![0];
  };
  const append = () => ({
    subject: random.below(SUBJECTS),
    bytes: random.below(10) === 0 ? random.below(900) : random.below(60),
    expect: EXPECTATIONS[random.below(EXPECTATIONS.length)]!,
  });
  const drawn: Readonly<Record<Kind, () => Step>> = {
    append: () => ({ do: "append", ...append() }),
    "lost-ack": () => ({ do: "lost-ack", ...append() }),
    read: () => ({ do: "read", from: random.below(30), max: 1 + random.below(12) }),
    get: () => ({ do: "get", back: random.below(12) - 2 }),
    last: () => ({ do: "last", subject: random.below(SUBJECTS + 1) }),
    purge: () => ({ do: "purge", back: random.below(12) - 2 }),
    follow: () => ({ do: "follow", back: random.below(12) - 2 }),
    age: () => ({ do: "age" }),
    recreate: () => ({ do: "recreate" }),
    restart: () => ({ do: "restart" }),
    remember: () => ({ do: "remember" }),
    restore: () => ({ do: "restore" }),
  };
  const script = Array.from({ length: steps }, () => drawn[kind()]());
  if (!rough) return script;
  // What makes them worth their time: the store goes back to what it was some steps ago.
  script[Math.floor(steps / 2)] = { do: "remember" };
  script[Math.floor((steps * 4) / 5)] = { do: "restore" };
  return script;
};

export type Seen = { readonly seq: number; readonly subject: string; readonly data: string } | "reset";

const plain = ({ seq, subject, data }: StoredMessage): Exclude<Seen, "reset"> => ({
  seq,
  subject: subject.split(".").at(-1)!,
  data: Buffer.from(data).toString("latin1"),
});

/** Carries out one script, one step at a time; each step gives what is to be the same everywhere. */
export class Actor {
  #n = 0;
  #lastSeqs: number[] = [0];
  #creations: string[] = [];
  readonly #seen: Seen[] = [];
  #following: { stop(): Promise<void> } | undefined;

  constructor(
    readonly stage: Stage,
    /** Lets a model that works in microtasks come to rest. */
    private readonly rest: () => Promise<void>,
  ) {
    this.#follow(1);
  }

  /** The following that lives through the whole script, or begins anew after a reset. */
  #follow(from: number): void {
    const { log } = this.stage;
    this.#following = log.follow(
      from,
      (message) => void this.#seen.push(plain(message)),
      () => {
        this.#seen.push("reset");
        this.#follow(1);
      },
    );
  }

  async end(): Promise<void> {
    await this.#following?.stop();
  }

  /** Carries out a step and returns its result; a following waits until it has been handed `handed`. */
  async act(step: Step, handed: number): Promise<unknown> {
    const { log } = this.stage;
    const { lastSeq } = await log.info();
    if (step.do === "follow") return this.#followOnce(lastSeq - step.back, handed);
    return (await this.#carryOut(step, lastSeq)) ?? "done";
  }

  /** What the stream is like now, and what the long following was handed since, once that is `handed`. */
  async observe(handed: number): Promise<{ readonly seen: readonly Seen[] }> {
    await this.rest();
    await until(() => this.#seen.length >= handed, { timeoutMs: FOLLOW_MS_MAX, what: `${handed} were handed over` });
    return { ...(await this.#state()), seen: this.#seen.splice(0) };
  }

  async #carryOut(step: Exclude<Step, { do: "follow" }>, lastSeq: number): Promise<unknown> {
    const { log } = this.stage;
    switch (step.do) {
      case "append":
        return log.append(...(await this.#appending(step, lastSeq)));
      case "lost-ack":
        return this.stage.lostAck(...(await this.#appending(step, lastSeq)));
      case "read":
        return (await log.read(step.from, step.max)).map(plain);
      case "get": {
        const message = await log.get(lastSeq - step.back);
        return message === undefined ? "nothing" : plain(message);
      }
      case "last": {
        const message = await log.last(this.stage.subject(step.subject));
        return message === undefined ? "nothing" : plain(message);
      }
      case "purge":
        return log.purgeBelow(lastSeq - step.back);
      default:
        return this.stage[step.do]();
    }
  }

  async #appending(
    { subject, bytes, expect }: Extract<Step, { do: "append" | "lost-ack" }>,
    lastSeq: number,
  ): Promise<[string, Uint8Array, number | Place | undefined]> {
    this.#lastSeqs.push(lastSeq);
    const text = String(++this.#n);
    const here = { after: lastSeq, name: `n${text}` };
    const last = await this.stage.log.get(lastSeq);
    const expectations: Readonly<Record<Expectation, number | Place | undefined>> = {
      none: undefined,
      right: lastSeq,
      wrong: lastSeq + 1,
      older: this.#lastSeqs[Math.floor(this.#lastSeqs.length / 2)]!,
      naming: here,
      named: last === undefined ? here : { ...here, afterName: `n${plain(last).data.replace(/x*$/, "")}` },
      misnamed: { ...here, afterName: "nobody" },
    };
    return [this.stage.subject(subject), Buffer.from(text.padEnd(bytes, "x")), expectations[expect]];
  }

  async #followOnce(from: number, handed: number): Promise<readonly Seen[]> {
    const seen: Seen[] = [];
    const following = this.stage.log.follow(
      from,
      (message) => void seen.push(plain(message)),
      () => void seen.push("reset"),
    );
    await this.rest();
    await until(() => seen.length >= handed, { timeoutMs: FOLLOW_MS_MAX, what: `${handed} were handed over once` });
    await following.stop();
    return seen;
  }

  /** All that the stream says of itself, and all that it holds. */
  async #state(): Promise<object> {
    const { created, ...info } = await this.stage.log.info();
    if (!this.#creations.includes(created)) this.#creations.push(created);
    const held = await this.stage.log.read(1, 1_000);
    const times = held.map(({ time }) => time);
    return {
      info,
      creation: this.#creations.indexOf(created),
      held: held.map(plain),
      timesRise: times.every((time, at) => at === 0 || time >= times[at - 1]!),
    };
  }
}
