import { type Look, painted, type Tone } from "#core/terminal/look";
import { type Column, tableLines } from "#core/terminal/table";
import { grouped } from "#ctl/audit/output";
import { shortName } from "#ctl/count/summary";
import type { Flow, Model, WorldLine } from "#ctl/watch/model";
import type { Size } from "#ctl/watch/render";

/** What each instance does now, the most interesting on top. */
export interface TopRow {
  readonly instance: string;
  readonly slave: string | null;
  readonly state: string;
  readonly linked: boolean;
  readonly ups: number | null;
  /** Of the last command into its game (ms). */
  readonly rconMs: number | null;
  /** Units a minute that it gives to the cluster and gets from it. */
  readonly givesPerMinute: number;
  readonly getsPerMinute: number;
  /** Units that it misses, of all resources, and which it misses most. */
  readonly waits: number;
  readonly waitsFor: string | null;
}

/** What can be sorted by: the key that chooses it, and what comes first. */
export const ORDERS = ["ups", "latency", "traffic", "waits", "name"] as const;
export type Order = (typeof ORDERS)[number];
export const ORDER_KEYS: Readonly<Record<string, Order>> = {
  u: "ups",
  l: "latency",
  t: "traffic",
  w: "waits",
  n: "name",
};

/** Whoever does not say comes last. */
const LAST = Number.POSITIVE_INFINITY;

const rank: Readonly<Record<Exclude<Order, "name">, (row: TopRow) => number>> = {
  // The slowest game first: it wants somebody.
  ups: ({ ups }) => ups ?? LAST,
  latency: ({ rconMs }) => (rconMs === null ? LAST : -rconMs),
  traffic: ({ givesPerMinute, getsPerMinute }) => -(givesPerMinute + getsPerMinute),
  waits: ({ waits }) => -waits,
};

export const sorted = (rows: readonly TopRow[], order: Order): TopRow[] => {
  const by = (a: TopRow, b: TopRow): number => (a.instance < b.instance ? -1 : 1);
  if (order === "name") return [...rows].sort(by);
  const of = rank[order];
  return [...rows].sort((a, b) => (of(a) === of(b) ? by(a, b) : of(a) - of(b)));
};

const total = (flows: readonly Flow[]): number => flows.reduce((sum, { amount }) => sum + Math.abs(amount), 0);

const rowOf = (world: WorldLine): TopRow => ({
  ...{ instance: world.instance, slave: world.slave === "" ? null : world.slave },
  ...{ state: world.state, linked: world.linked, ups: world.ups, rconMs: world.rconMs },
  ...{ givesPerMinute: total(world.gives), getsPerMinute: total(world.gets), waits: total(world.waitsFor) },
  waitsFor: world.waitsFor[0]?.resource ?? null,
});

export const topRows = ({ worlds }: Pick<Model, "worlds">, order: Order): TopRow[] => sorted(worlds.map(rowOf), order);

const UPS_GOOD = 57;
const UPS_POOR = 40;

const upsTone = ({ ups }: TopRow): Tone | undefined => {
  if (ups === null) return "dim";
  return ups >= UPS_GOOD ? "good" : ups >= UPS_POOR ? "warn" : "bad";
};

const number = (n: number | null): string => (n === null ? "-" : grouped(Math.round(n)));

export const TOP_COLUMNS: readonly Column<TopRow>[] = [
  { head: "INSTANCE", of: ({ instance }) => instance },
  { head: "SLAVE", of: ({ slave }) => slave ?? "-" },
  {
    head: "STATE",
    of: ({ state, linked }) => (state === "running" && !linked ? "not linked" : state),
    tone: ({ state, linked }) =>
      state === "running" ? (linked ? undefined : "warn") : state === "failed" ? "bad" : "dim",
  },
  { head: "UPS", align: "right", of: ({ ups }) => number(ups), tone: upsTone },
  { head: "RCON MS", align: "right", of: ({ rconMs }) => number(rconMs) },
  { head: "GIVES/MIN", align: "right", of: ({ givesPerMinute }) => number(givesPerMinute) },
  { head: "GETS/MIN", align: "right", of: ({ getsPerMinute }) => number(getsPerMinute) },
  { head: "WAITS", align: "right", of: ({ waits }) => number(waits) },
  { head: "MOST FOR", of: ({ waitsFor }) => (waitsFor === null ? "" : shortName(waitsFor)) },
];

export const topHead = (model: Model | undefined, problem: string): string => {
  if (model === undefined) return problem === "" ? "asking…" : problem;
  const { round, roundsPerSecond, p50, p99, granting, worlds } = model;
  const latency =
    p50 === null ? "no grant seen yet" : `from fact to game ${Math.round(p50)}/${Math.round(p99 ?? p50)} ms`;
  const linked = `${worlds.filter(({ linked }) => linked).length} of ${worlds.length} linked`;
  const said = `round ${grouped(round)} (${roundsPerSecond}/s)   ${linked}   ${latency}${granting ? "" : "   NOTHING IS GRANTED"}`;
  return problem === "" ? said : `${said}   no news: ${problem}`;
};

export interface TopShown {
  readonly head: string;
  readonly rows: readonly TopRow[];
  readonly order: Order;
}

/** The whole screen. */
export const topScreen = ({ head, rows, order }: TopShown, look: Look, { columns, rows: height }: Size): string[] => {
  const foot = `sorted by ${order}   u UPS  l latency  t traffic  w waits  n name   q ends`;
  const cut = (line: string): string => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line);
  const room = Math.max(1, height - 4);
  const lines = tableLines(rows, TOP_COLUMNS, { ...look, columns });
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
  return [cut(head), "", ...shown, "", painted(cut(foot), "dim", look)];
};
