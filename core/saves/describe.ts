import type { DescribeAnswer, SaveNote } from "#core/events/saves";
import { isWorldId, parseWorldId } from "#core/ids";

/** What a start from a save would be, in an operator's words. Pure. */

/** A world's totals, as somebody knows them. */
export interface Stated {
  readonly world: string;
  readonly tick: number;
  readonly exported: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
}

export interface SaveKnown {
  readonly note: Omit<SaveNote, "writtenAt"> | undefined;
  /** The world that its script.dat names. */
  readonly hint: string | undefined;
}

type Meaning = Pick<DescribeAnswer, "kind" | "world" | "current" | "tick" | "ticksBack" | "takenBack" | "comesAgain">;

const fallen = (
  then: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Record<string, number> => {
  const differences = Object.entries(now).map(([key, total]) => [key, total - (then[key] ?? 0)] as const);
  return Object.fromEntries(differences.filter(([, difference]) => difference > 0));
};

const kindOf = (world: string, current: string, instance: string): Meaning["kind"] => {
  if (!isWorldId(world)) return "unknown";
  if (world === current) return "rewind";
  return parseWorldId(world).instance === instance ? "earlier-world" : "adoption";
};

export const meaningOf = (
  instance: string,
  { note, hint }: SaveKnown,
  { current, stated }: { readonly current: string; readonly stated: Stated },
): Meaning => {
  const world = note?.world || hint || "";
  const kind = kindOf(world, current, instance);
  const base: Meaning = { kind, world, current, ...(note === undefined ? {} : { tick: note.tick }) };
  if (kind !== "rewind" || note?.exported === undefined || note.received === undefined || stated.world !== world)
    return base;
  return {
    ...base,
    ticksBack: Math.max(0, stated.tick - note.tick),
    takenBack: fallen(note.exported, stated.exported),
    comesAgain: fallen(note.received, stated.received),
  };
};
