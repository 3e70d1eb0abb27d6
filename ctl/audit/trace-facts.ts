import type { Window } from "#core/audit/lots";
import { badInput } from "#core/errors";
import { decodeFact, type Fact } from "#core/events/fact-decoder";
import type { Position } from "#core/fold/state";
import type { Log } from "#core/ports/log";
import { Progress } from "#ctl/audit/output";
import { seqAtTime } from "#ctl/audit/point";

/** The facts behind a trace, looked up in EVENTS. */
export type FactRef = { readonly kind: "fact"; readonly id: string } | { readonly kind: "event"; readonly seq: number };

/** A fact where it stands in EVENTS. */
export interface FactAt {
  readonly id: string;
  readonly type: string;
  readonly world: string;
  readonly tick: number;
  /** Sequence in EVENTS. */
  readonly seq: number;
  /** The bridge's clock, as it wrote it. */
  readonly said: string;
  /** The broker's (ms). */
  readonly at: number;
}

export interface Found {
  readonly at: FactAt;
  readonly fact: Fact;
}

const BATCH = 1_000;
/** Between two rounds of a busy leader lie some thousand facts; a window that is longer is a leader that was away. */
const WINDOW_FACTS_MAX = 100_000;

const saidIn = (bytes: Uint8Array): string => {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return value !== null && typeof value === "object" && "time" in value ? String(value.time) : "";
};

async function* factsFrom(events: Log, from: number, signal: AbortSignal): AsyncGenerator<Found> {
  for (let next = from; ; ) {
    signal.throwIfAborted();
    const batch = await events.read(next, BATCH);
    if (batch.length === 0) return;
    for (const { seq, time: at, subject, data } of batch) {
      const decoded = decodeFact(subject, data);
      if (decoded.kind !== "fact") continue;
      const { fact } = decoded;
      const { id, type } = fact;
      const { world, tick } = fact.data;
      yield { fact, at: { id, type, world, tick, seq, said: saidIn(data), at } };
    }
    next = batch.at(-1)!.seq + 1;
  }
}

/** The facts of one trace, each window read once. */
export class Facts {
  readonly #windows = new Map<string, Promise<readonly Found[]>>();
  readonly #created: Promise<{ created: string; firstSeq: number }>;

  constructor(
    private readonly events: Log,
    private readonly signal: AbortSignal,
  ) {
    this.#created = events.info();
  }

  /** The first fact of a world in a window that says at least so much. */
  async first(
    window: Window,
    of: {
      readonly world: string;
      readonly name: "exported" | "received";
      readonly resource: string;
      readonly total: number;
    },
  ): Promise<FactAt | undefined> {
    for (const { fact, at } of await this.#facts(window)) {
      if (fact.type === "world-adopted" || fact.data.world !== of.world) continue;
      if ((fact.data[of.name][of.resource] ?? 0) >= of.total) return at;
    }
    return undefined;
  }

  /** The largest total that a world stated in a window before a fact. */
  async before(window: Window, { fact, at }: Found, resource: string): Promise<number> {
    let largest = 0;
    for (const earlier of await this.#facts(window)) {
      if (earlier.at.seq >= at.seq || earlier.fact.data.world !== fact.data.world) continue;
      if (earlier.fact.type !== "world-adopted") largest = Math.max(largest, earlier.fact.data.exported[resource] ?? 0);
    }
    return largest;
  }

  #facts({ seq, after, until }: Window): Promise<readonly Found[]> {
    const key = String(seq);
    const known = this.#windows.get(key) ?? this.#read(after, until);
    this.#windows.set(key, known);
    return known;
  }

  async #read(after: Position | undefined, until: Position | undefined): Promise<readonly Found[]> {
    const { created, firstSeq } = await this.#created;
    if (until === undefined || until.created !== created) return [];
    const from = after?.created === created ? after.seq + 1 : 1;
    if (until.seq - from > WINDOW_FACTS_MAX || until.seq < firstSeq) return [];
    const found: Found[] = [];
    for await (const one of factsFrom(this.events, from, this.signal)) {
      if (one.at.seq > until.seq) break;
      found.push(one);
    }
    return found;
  }
}

/** A bridge's clock may be behind the broker's by this much: its boot id tells when its facts begin. */
const CLOCK_MS = 3_600_000;

/** @throws ClusterioError `bad-input` when EVENTS does not hold it. */
export const findFact = async (events: Log, id: FactRef, signal: AbortSignal): Promise<Found> => {
  const { firstSeq, lastSeq } = await events.info();
  if (id.kind === "event") {
    for await (const found of factsFrom(events, id.seq, signal)) {
      if (found.at.seq === id.seq) return found;
      break;
    }
    throw badInput(`no fact stands at ${id.seq} of EVENTS, which holds ${firstSeq} to ${lastSeq}`);
  }
  const begun = Number.parseInt(id.id.slice(0, 9), 36) - CLOCK_MS;
  const from = await seqAtTime(events, { firstSeq, lastSeq }, begun);
  const wanted = `"${id.id}"`;
  const progress = new Progress("looking for the fact", lastSeq - from + 1);
  try {
    for (let next = from; next <= lastSeq; ) {
      signal.throwIfAborted();
      const batch = await events.read(next, BATCH);
      if (batch.length === 0) break;
      for (const { seq, data } of batch) {
        // Its id stands at the envelope's beginning.
        if (Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, 300)).includes(wanted)) {
          return await findFact(events, { kind: "event", seq }, signal);
        }
      }
      next = batch.at(-1)!.seq + 1;
      progress.update(next - from);
    }
  } finally {
    progress.end();
  }
  throw badInput(`no fact in EVENTS has the id ${id.id}: it is older than what is kept, or another cluster's`);
};
