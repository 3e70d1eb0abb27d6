import { Refold } from "#core/audit/refold";
import { type LedgerTrace, type TraceOf, Tracer, type Way } from "#core/audit/trace";
import { badInput } from "#core/errors";
import { unseal } from "#core/events/ledger-codec";
import { isWorldId, type WorldId } from "#core/ids";
import type { Log } from "#core/ports/log";
import { isResourceKey, type ResourceKey } from "#core/resource";
import { batches, goodBaseBefore } from "#ctl/audit/ledger";
import { Progress } from "#ctl/audit/output";
import { type FactAt, type FactRef, Facts, findFact } from "#ctl/audit/trace-facts";
import type { LedgerReader } from "#ctl/history/reader";

/** What somebody wants to be followed. */
export type TraceId =
  /** A fact, by its id or by its sequence in EVENTS: what it exported. */
  | FactRef
  /** An entry of a statement: message, world, resource. */
  | { readonly kind: "entry"; readonly seq: number; readonly world: WorldId; readonly resource: ResourceKey };

export const TRACE_ID_HELP =
  "a fact's id (0mwrya70h-aad2-17, as `clusterio events` shows it), event:<its sequence in EVENTS>, or an entry of " +
  "`clusterio audit resource` as <message>/<world>/<resource>";

const FACT_ID = /^[0-9a-z]{9}-[0-9a-z]{4}-\d{1,15}$/;

/** @throws ClusterioError `bad-input` when the text is none of these. */
export const parseTraceId = (text: string): TraceId => {
  if (FACT_ID.test(text)) return { kind: "fact", id: text };
  const event = /^event:(\d{1,15})$/.exec(text)?.[1];
  if (event !== undefined) return { kind: "event", seq: Number(event) };
  const [, seq, world = "", resource = ""] = /^(\d{1,15})\/([^/]+)\/(.+)$/.exec(text) ?? [];
  if (seq !== undefined && isWorldId(world) && isResourceKey(resource)) {
    return { kind: "entry", seq: Number(seq), world, resource };
  }
  throw badInput(`"${text.slice(0, 100)}" is not ${TRACE_ID_HELP}`);
};

/** A trace with the facts that stand behind it, where EVENTS still has them. */
export interface Trace extends Omit<LedgerTrace, "ways"> {
  readonly fact?: FactAt;
  readonly ways: readonly (Way & { readonly exportedBy?: FactAt; readonly receivedBy?: FactAt })[];
}

export interface TraceSources {
  readonly ledger: LedgerReader;
  /** Without it, of archives alone, the facts behind the ledger's messages are not told. */
  readonly events: Log | undefined;
}

/**
 * Follows one export or grant.
 * @throws ClusterioError `bad-input` when there is no such thing.
 */
export const trace = async (
  sources: TraceSources,
  id: TraceId,
  { resource, signal }: { readonly resource?: ResourceKey | undefined; readonly signal: AbortSignal },
): Promise<Trace[]> => {
  const facts = sources.events === undefined ? undefined : new Facts(sources.events, signal);
  if (id.kind !== "entry") return tracesOfFact(sources, id, { resource, signal, facts });
  const traces: Trace[] = [];
  for (const kind of ["export", "grant"] as const) {
    const found = await follow(sources.ledger, { ...id, kind }, signal);
    if (found.folded !== undefined) traces.push(await withFacts(found, facts));
  }
  if (traces.length > 0) return traces;
  throw badInput(
    `message ${id.seq} neither credits an export of ${id.world} nor grants it ${id.resource}: choose an entry of ` +
      `\`clusterio audit resource ${id.resource}\``,
  );
};

const tracesOfFact = async (
  { ledger, events }: TraceSources,
  id: FactRef,
  { resource, signal, facts }: { resource: ResourceKey | undefined; signal: AbortSignal; facts: Facts | undefined },
): Promise<Trace[]> => {
  if (events === undefined || facts === undefined)
    throw badInput("a fact stands in EVENTS of a running cluster: leave out --file, or add --live");
  const found = await findFact(events, id, signal);
  const { fact, at } = found;
  if (fact.type === "world-adopted")
    throw badInput(`fact ${fact.id} exports nothing: it tells of a save of another instance`);
  const folded = await roundOf(ledger, at, { created: (await events.info()).created, signal });
  const keys = Object.keys(fact.data.exported).filter((key) => resource === undefined || key === resource);
  const traces: Trace[] = [];
  for (const key of keys.sort()) {
    const total = fact.data.exported[key]!;
    const of = {
      kind: "export" as const,
      seq: folded,
      world: fact.data.world as WorldId,
      resource: key as ResourceKey,
    };
    const whole = await follow(ledger, of, signal);
    if (whole.credit === undefined || whole.folded === undefined || total > whole.credit.to) continue;
    const from = Math.max(whole.credit.from, await facts.before(whole.folded, found, key));
    if (total <= from) continue;
    const own = await follow(ledger, { ...of, units: { from, to: total } }, signal);
    traces.push({ ...(await withFacts(own, facts)), fact: at });
  }
  if (traces.length > 0) return traces;
  const which = resource === undefined ? "" : ` of ${resource}`;
  throw badInput(
    `fact ${fact.id} credited nothing${which}: it restates what was known, or its session did not count (message ${folded} ` +
      `of the ledger follows it)`,
  );
};

/** The first ledger message that has read EVENTS up to a fact or beyond it. */
const roundOf = async (
  ledger: LedgerReader,
  { id, seq, at }: FactAt,
  { created, signal }: { readonly created: string; readonly signal: AbortSignal },
): Promise<number> => {
  const { lastSeq } = await ledger.range();
  const from = await ledger.seqAtTime(at);
  for await (const batch of batches(ledger, { from, to: lastSeq }, signal)) {
    for (const stored of batch) {
      const unsealed = unseal(stored);
      if (unsealed.kind !== "message" || !("position" in unsealed.message.data)) continue;
      const { position } = unsealed.message.data;
      if (position !== undefined && position.created === created && position.seq >= seq) return stored.seq;
    }
  }
  throw badInput(`the ledger has not read fact ${id} yet: it waits for a round, or the leader is away`);
};

/** Ledger messages before a grant in which the exports behind it are looked for first; then four times as many, and so on. */
const SPAN = 5_000;
const SPAN_FACTOR = 4;

const follow = async (ledger: LedgerReader, of: TraceOf, signal: AbortSignal): Promise<LedgerTrace> => {
  const { lastSeq, firstSeq } = await ledger.range();
  if (of.seq < firstSeq || of.seq > lastSeq) {
    throw badInput(`message ${of.seq} is not there: ${ledger.label} holds ${firstSeq} to ${lastSeq}`);
  }
  for (let span = of.kind === "export" ? 1 : SPAN; ; span *= SPAN_FACTOR) {
    const base = await goodBaseBefore(ledger, Math.max(firstSeq, of.seq - span + 1));
    const traced = await followFrom(ledger, { of, base, lastSeq }, signal);
    const known = traced.ways.every(({ origin }) => origin.kind !== "opening");
    if (of.kind === "export" || known || base.kind === "beginning" || of.seq - span < firstSeq) return traced;
  }
};

const followFrom = async (
  ledger: LedgerReader,
  { of, base, lastSeq }: { of: TraceOf; base: Awaited<ReturnType<typeof goodBaseBefore>>; lastSeq: number },
  signal: AbortSignal,
): Promise<LedgerTrace> => {
  const refold = new Refold(base);
  const tracer = new Tracer(of, refold.state, refold.seq);
  const first = refold.seq + 1;
  const progress = new Progress("tracing", lastSeq - refold.seq);
  try {
    for await (const batch of batches(ledger, { from: first, to: lastSeq }, signal)) {
      for (const stored of batch) {
        const step = refold.take(stored);
        if (step !== undefined) tracer.take(refold.state, stored.seq, step);
        if (stored.seq >= of.seq && tracer.done) return tracer.finish();
      }
      if (refold.seq > of.seq && tracer.finish().folded === undefined) return tracer.finish();
      progress.update(refold.seq - first);
    }
  } finally {
    progress.end();
  }
  return tracer.finish();
};

/** The facts that stated an export and those that told that a grant had arrived. */
const withFacts = async (traced: LedgerTrace, facts: Facts | undefined): Promise<Trace> => {
  if (facts === undefined) return traced;
  const { resource, kind, folded, world } = traced;
  const ways: Trace["ways"][number][] = [];
  for (const way of traced.ways) {
    const receivedBy =
      way.received === undefined || way.sink.world === undefined
        ? undefined
        : await facts.first(way.received, { world: way.sink.world, name: "received", resource, total: way.grantedTo });
    const { origin } = way;
    const exportedBy =
      kind === "export" || origin.kind !== "export" || origin.world === undefined
        ? undefined
        : await facts.first(origin, { world: origin.world, name: "exported", resource, total: way.exportedTo });
    ways.push({
      ...way,
      ...(receivedBy === undefined ? {} : { receivedBy }),
      ...(exportedBy === undefined ? {} : { exportedBy }),
    });
  }
  const fact =
    kind === "export" && folded !== undefined && traced.credit !== undefined
      ? await facts.first(folded, { world, name: "exported", resource, total: traced.credit.to })
      : undefined;
  return { ...traced, ways, ...(fact === undefined ? {} : { fact }) };
};
