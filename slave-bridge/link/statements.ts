import type { LinkAction, LinkState, Report, Step, Totals, WholeState } from "#bridge/link/state";
import type { Delivery } from "#core/events/delivery";
import type { FactBody, WorldAdopted, WorldReported, WorldSynced } from "#core/events/facts";
import { FACT_BYTES_MAX, KEYS_MAX } from "#core/events/shapes";
import type { WorldId } from "#core/ids";

/** What the link says to the master: facts of bounded size from the mod's statements. */

/** A session that has nothing to say says so this often, so that silence means absence. */
export const HEARTBEAT_MS = 10_000;

const pick = (totals: Totals, keys: readonly string[]): Record<string, number> => {
  const picked: Record<string, number> = {};
  for (const key of keys) if (totals[key] !== undefined) picked[key] = totals[key];
  return picked;
};

/** What one fact has room for. */
export interface FactRoom {
  readonly keysMax: number;
  /** Of the vectors' entries. */
  readonly bytesMax: number;
}
/** The rest of a fact is its envelope, well below a kilobyte, and the assignment. */
export const FACT_ROOM: FactRoom = { keysMax: KEYS_MAX, bytesMax: FACT_BYTES_MAX - 4_096 };
/** What an entry costs beside its key: quotes, colon, comma and a total of up to 16 digits. */
const ENTRY_BYTES = 20;

const keysOf = (vectors: readonly Totals[]): string[] => {
  const keys = new Set<string>();
  for (const vector of vectors) for (const key in vector) keys.add(key);
  return [...keys].sort();
};

/** All keys of the vectors, in chunks that fit one message by count and by bytes; at least one, perhaps empty. */
const chunksOf = ({ keysMax, bytesMax }: FactRoom, ...vectors: readonly Totals[]): string[][] => {
  const chunks: string[][] = [[]];
  let bytes = 0;
  for (const key of keysOf(vectors)) {
    let cost = 0;
    for (const vector of vectors) if (vector[key] !== undefined) cost += key.length + ENTRY_BYTES;
    const last = chunks.at(-1)!;
    if (last.length === keysMax || (last.length > 0 && bytes + cost > bytesMax)) {
      chunks.push([]);
      bytes = 0;
    }
    chunks.at(-1)!.push(key);
    bytes += cost;
  }
  return chunks;
};

/** The session's first fact, in parts if it is long. */
export const syncFacts = (state: LinkState, whole: WholeState, view: Delivery): FactBody[] => {
  const untakeable = Object.fromEntries(whole.untakeable.map((key) => [key, 0]));
  const chunks = chunksOf(state.room, whole.exported, whole.received, whole.wanted, untakeable);
  const world = state.world as WorldSynced["world"];
  return chunks.map((keys, index): FactBody => {
    const data: WorldSynced = {
      world,
      token: state.token,
      prev: view.worlds[world]?.token ?? "",
      owner: state.boot,
      epoch: state.record.epoch,
      ...(state.record.assignment === "" ? {} : { assignment: state.record.assignment }),
      seed: whole.seed,
      tick: whole.tick,
      exported: pick(whole.exported, keys),
      received: pick(whole.received, keys),
      wanted: pick(whole.wanted, keys),
      untakeable: keys.filter((key) => untakeable[key] === 0),
      heard: view.boot,
      ...(chunks.length === 1 ? {} : { part: index + 1, parts: chunks.length }),
    };
    return { type: "world-synced", data };
  });
};

/**
 * A save of another instance's world has just become this one: what it was when it was loaded. Told once; a ledger that
 * does not hear it finds the parent by the child's id. As many resources as one fact has room for.
 */
export const adoptedFact = (
  state: LinkState,
  { world, parent }: { readonly world: WorldId; readonly parent: WorldId },
  loaded: WholeState,
): FactBody => {
  const [keys = []] = chunksOf(state.room, loaded.atLoad, loaded.received);
  const data: WorldAdopted = {
    world,
    token: state.token,
    epoch: state.record.epoch,
    tick: loaded.tick,
    parent,
    exported: pick(loaded.atLoad, keys),
    received: pick(loaded.received, keys),
  };
  return { type: "world-adopted", data };
};

const base = (state: LinkState): Pick<WorldReported, "world" | "token" | "epoch"> => ({
  world: state.world as WorldReported["world"],
  token: state.token,
  epoch: state.record.epoch,
});

/** What a report says about wants that no newer one has restated: a reply may overtake a line of the report file. */
const newestWants = ({ seq, wantedAt }: LinkState, report: Report): Totals => {
  if (report.seq >= seq) return report.wanted;
  const keys = Object.keys(report.wanted).filter((key) => (wantedAt[key] ?? 0) <= report.seq);
  return pick(report.wanted, keys);
};

/** Publishes one of the mod's reports (W11), and notes what the world has received. */
export const reported = (state: LinkState, report: Report, now: number): Step => {
  const wanted = newestWants(state, report);
  const seq = Math.max(state.seq, report.seq);
  const chunks = chunksOf(state.room, report.exported, report.received, wanted);
  const actions = chunks.map((keys, index): LinkAction => {
    const last = index === chunks.length - 1;
    const whole = report.full === true && last && state.view !== undefined;
    const data: WorldReported = {
      ...base(state),
      seq,
      tick: report.tick,
      exported: pick(report.exported, keys),
      received: pick(report.received, keys),
      wanted: pick(wanted, keys),
      ...(whole ? { full: true as const, heard: state.view.boot } : {}),
    };
    return { kind: "publish", fact: { type: "world-reported", data } };
  });
  const tick = Math.max(state.tick, report.tick);
  const wantedAt = wantedAs(state.wantedAt, wanted, report.seq);
  return [{ ...state, ...taken(state, report.received), seq, wantedAt, tick, publishedAt: now }, actions];
};

/** What the world has received by now, and what is no longer on its way: as it was, where the report changes nothing. */
const taken = (state: LinkState, reported: Totals): Pick<LinkState, "received" | "sent"> => {
  let received: Record<string, number> | undefined;
  let sent: Record<string, LinkState["sent"][string]> | undefined;
  for (const key in reported) {
    const total = reported[key]!;
    const known = state.received[key];
    if (known === undefined || total > known) {
      received ??= { ...state.received };
      received[key] = total;
    }
    const outstanding = state.sent[key];
    if (outstanding === undefined || outstanding.total > total) continue;
    sent ??= { ...state.sent };
    delete sent[key];
  }
  return { received: received ?? state.received, sent: sent ?? state.sent };
};

const wantedAs = (before: Totals, wanted: Totals, seq: number): Totals => {
  let wantedAt: Record<string, number> | undefined;
  for (const key in wanted) {
    wantedAt ??= { ...before };
    wantedAt[key] = seq;
  }
  return wantedAt ?? before;
};

/** An empty report when nothing was said for a while. */
export const heartbeat = (state: LinkState, now: number): Step => {
  if (now - state.publishedAt < HEARTBEAT_MS) return [state, []];
  const data: WorldReported = {
    ...base(state),
    seq: state.seq,
    tick: state.tick,
    exported: {},
    received: {},
    wanted: {},
  };
  return [{ ...state, publishedAt: now }, [{ kind: "publish", fact: { type: "world-reported", data } }]];
};
