import { grouped, timeText } from "#ctl/audit/output";
import type { Trace } from "#ctl/audit/trace";
import type { FactAt } from "#ctl/audit/trace-facts";

/** A trace for a person. */
const row = (name: string, text: string): string => `  ${name.padEnd(11)}${text}`;

const factText = ({ id, seq, said, at, tick }: FactAt): string =>
  `fact ${id}, tick ${grouped(tick)}: ${said} by its bridge, ${timeText(at)} in EVENTS (${seq})`;

const foldedText = ({ folded }: Trace): string =>
  folded === undefined ? "" : `message ${folded.seq}, round ${folded.round}, ${timeText(folded.at)}`;

const creditLines = (trace: Trace): string[] => {
  const { credit, ahead, amount } = trace;
  if (credit === undefined) return [];
  const { repaid, covered, stored, held } = credit;
  const parts = [
    ...(repaid === 0 ? [] : [`${grouped(repaid)} repaid its debt`]),
    ...(covered === 0 ? [] : [`${grouped(covered)} covered the cluster's shortfall`]),
    ...(held === 0 ? [] : [`${grouped(held)} held back by the rate policy`]),
    `${grouped(stored)} into storage${ahead === undefined ? "" : `, behind ${grouped(ahead)} that were there`}`,
  ];
  const whole = credit.to - credit.from;
  const part = whole === amount ? "" : ` (of a credit of ${grouped(whole)} in that message)`;
  return [row("credited", `${grouped(amount)}${part}: ${parts.join(", ")}`)];
};

type Way = Trace["ways"][number];

const entryOf = (way: { readonly seq: number; readonly world?: string }, resource: string): string =>
  way.world === undefined ? `message ${way.seq}` : `${way.seq}/${way.world}/${resource}`;

const SECOND_MS = 1_000;
const seconds = (ms: number): string => `${(ms / SECOND_MS).toFixed(2)} s`;

const arrivalText = ({ sink, received, receivedBy, recalled }: Way): string => {
  if (sink.kind !== "grant") return "";
  if (recalled !== undefined) return `taken back in message ${recalled.seq} before it arrived`;
  if (received === undefined) return "in flight";
  const told = receivedBy === undefined ? "" : `; ${factText(receivedBy)}`;
  return `received, as message ${received.seq} has it, ${seconds(received.at - sink.at)} later${told}`;
};

const SINKS = {
  grant: "granted",
  reversal: "taken back by an earlier save",
  receipt: "what it held already, beyond what this ledger had granted",
  adjustment: "taken out by an operator",
  other: "taken out; only the sum is known",
} as const;
const ORIGINS = {
  opening: "of what was in storage when the trace begins",
  export: "exported",
  recall: "recalled from a retired world",
  adjustment: "put in by an operator",
  other: "let through or recalled; only the sum is known",
} as const;

const wayLines = (trace: Trace, way: Way): string[] => {
  const { resource, kind } = trace;
  const { amount, sink, origin, exportedBy } = way;
  const lines =
    kind === "export"
      ? [`    ${grouped(amount)}  ${SINKS[sink.kind]}: ${entryOf(sink, resource)}, ${timeText(sink.at)}`]
      : [
          `    ${grouped(amount)}  ${ORIGINS[origin.kind]}${origin.kind === "opening" ? "" : `: ${entryOf(origin, resource)}, ${timeText(origin.at)}`}`,
          ...(exportedBy === undefined ? [] : [`        ${factText(exportedBy)}`]),
        ];
  const arrival = arrivalText(way);
  return arrival === "" ? lines : [...lines, `        ${arrival}`];
};

export const traceLines = (trace: Trace): string[] => {
  const { kind, seq, world, resource, amount, credit, cause, fact, ways, inStorage, openedAt } = trace;
  const units = credit === undefined ? "" : `, up to ${grouped(trace.units?.to ?? credit.to)} of all it ever exported`;
  const told = ways.reduce((sum, way) => sum + way.amount, 0);
  return [
    `${kind} ${seq}/${world}/${resource}: ${grouped(amount)}${units}`,
    ...(fact === undefined ? [] : [row("stated", factText(fact))]),
    row("folded", foldedText(trace)),
    ...creditLines(trace),
    ...(cause === undefined ? [] : [row("cause", cause)]),
    ...(ways.length === 0 ? [] : [row(kind === "export" ? "went to" : "came from", "by first in, first out:")]),
    ...ways.flatMap((way) => wayLines(trace, way)),
    ...(inStorage === 0 ? [] : [row("in storage", `${grouped(inStorage)} at the ledger's end`)]),
    ...(kind === "grant" && told < amount
      ? [row("unknown", `${grouped(amount - told)}: LEDGER is traced from message ${openedAt + 1} on`)]
      : []),
  ];
};
