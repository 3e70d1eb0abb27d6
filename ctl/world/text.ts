import { gameTime, rewindText } from "#core/audit/explanation";
import type { WorldView } from "#core/events/query";
import type { Column } from "#core/terminal/table";

/** Worlds for a person: one line each, and one world as a page. */

export const stateOf = ({ open, waiting }: WorldView): "open" | "closed" | "waits" | "rejected" => {
  if (waiting === undefined) return open ? "open" : "closed";
  return waiting.rejected ? "rejected" : "waits";
};

const TONES = { open: "good", closed: "dim", waits: "bad", rejected: "warn" } as const;

export const WORLD_COLUMNS: readonly Column<WorldView>[] = [
  { head: "WORLD", of: ({ world }) => world },
  { head: "STATE", of: stateOf, tone: (world) => TONES[stateOf(world)] },
  { head: "GAME TIME", align: "right", of: ({ tick }) => gameTime(tick) },
  { head: "WHAT WAITS", of: ({ waiting }) => (waiting === undefined ? "" : rewindText(waiting.rewind)), least: 20 },
];

const vectorLines = (name: string, vector: Readonly<Record<string, number>>): string[] =>
  Object.entries(vector).map(([resource, n]) => `  ${name.padEnd(14)}${String(n).padStart(14)}  ${resource}`);

const PARTS = [
  ["from storage", "fromStorage"],
  ["held back", "fromHeld"],
  ["it would owe", "owed"],
  ["comes again", "again"],
] as const;

const waitingLines = ({ world, waiting }: WorldView): string[] => {
  if (waiting === undefined) return ["nothing waits for a decision"];
  const { rewind, rejected, since, more } = waiting;
  const { from, to } = rewind;
  return [
    `${rejected ? "rejected" : "waits for a decision"} since ${new Date(since).toISOString()}`,
    `went back from tick ${from} to ${to}${to < from ? ` (${gameTime(from - to)})` : ""}; it would take:`,
    ...PARTS.flatMap(([name, part]) => vectorLines(name, rewind[part])),
    ...(more > 0 ? [`  and ${more} more resources`] : []),
    ...(rejected ? [] : [`clusterio world accept ${world}: its totals are taken as they are, what is missing it owes`]),
    ...(rejected ? [] : [`clusterio world reject ${world}: its server stops, and can be given another save`]),
  ];
};

export const worldPage = (world: WorldView): string[] => [
  `${world.world}: ${stateOf(world)}, instance ${world.instance}, tick ${world.tick} (${gameTime(world.tick)})`,
  ...waitingLines(world),
  ...(["exported", "received", "allocated", "wanted", "debt", "held"] as const).flatMap((name) =>
    vectorLines(name, world[name]),
  ),
];
