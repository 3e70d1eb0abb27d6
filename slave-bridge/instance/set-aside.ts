import type { SaveFile } from "#bridge/game/port";
import type { Paths } from "#bridge/instance/folder";
import { SET_ASIDE, tornSaves } from "#bridge/instance/lineage";
import type { BridgeContext } from "#bridge/ports";

/**
 * Saves that are not to be started again: moved out of the way under a name that says when, and never deleted, except for
 * those that were cut off while being written, which nothing opens.
 */

/** Torn ones that are kept for whoever wants to look. */
const TORN_MAX = 3;
const TORN = "torn-";

/** `2026-11-27T12-51-26`, as far as a file's name may go. */
const stamp = (now: number): string => new Date(now).toISOString().slice(0, 19).replaceAll(":", "-");

const move = async ({ ports }: BridgeContext, paths: Paths, name: string, prefix = ""): Promise<string> => {
  const aside = `${prefix}${stamp(ports.clock.now())}-${name}`;
  await ports.game.move(`${paths.saves}/${name}`, `${paths.setAside}/${aside}`);
  return `saves/${SET_ASIDE}/${aside}`;
};

/** Moves the save that did not load, and forgets the copy that it was started on. What to tell an operator. */
export const setAside = async (
  context: BridgeContext,
  paths: Paths,
  { save, copy, why }: { readonly save: string; readonly copy: string; readonly why: string },
): Promise<string> => {
  const now = await move(context, paths, save);
  await context.ports.game.remove(`${paths.saves}/${copy}`);
  return `the save ${save} was set aside because ${why}: it is now ${now}`;
};

/** Moves what was cut off while it was written. What to tell an operator; undefined when there is nothing of that. */
export const setTornAside = async (
  context: BridgeContext,
  paths: Paths,
  saves: readonly SaveFile[],
): Promise<string | undefined> => {
  const torn = tornSaves(saves);
  if (torn.length === 0) return undefined;
  const now: string[] = [];
  for (const name of torn) now.push(await move(context, paths, name, TORN));
  const there = await context.ports.game.saves(paths.setAside);
  const old = there.map(({ name }) => name).filter((name) => name.startsWith(TORN));
  for (const name of old.sort().reverse().slice(TORN_MAX)) await context.ports.game.remove(`${paths.setAside}/${name}`);
  return `${torn.join(", ")} ${torn.length === 1 ? "is no whole save" : "are no whole saves"} and was set aside: ${now.join(", ")}`;
};
