import type { RewindRecord } from "#core/events/ledger";
import { ANSWER_BYTES_MAX, type Page, VECTOR_NAMES, type WorldView } from "#core/events/query";
import { wouldRewind } from "#core/fold/held";
import type { Account, State, World } from "#core/fold/state";
import type { Sync } from "#core/fold/sync";
import type { WorldId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/** The answer of `query.<user>.worlds`, which ends between two resources when a world is too long for one message. */

const VECTORS = {
  exported: (a: Account) => a.exported,
  received: (a: Account) => a.received,
  allocated: (a: Account) => a.allocated,
  wanted: (a: Account) => Math.max(0, a.target - a.received),
  debt: (a: Account) => a.debt,
  held: (a: Account) => a.held,
} as const satisfies Record<(typeof VECTOR_NAMES)[number], (account: Account) => number>;

/** A world's fields without its vectors; one total without its key. */
const WORLD_BYTES = 300;
const TOTAL_BYTES = 20;

interface Answer {
  readonly state: State;
  readonly worlds: WorldView[];
  bytes: number;
}

/** Resources of a waiting rewind in one answer: beyond that nobody decides by looking at each. */
const REWIND_KEYS_MAX = 200;

type Parts = Pick<RewindRecord, "fromHeld" | "fromStorage" | "owed" | "again">;

const heldViewOf = (state: State, { id, instance, held }: World): Pick<WorldView, "waiting"> => {
  const of = state.instances.get(instance);
  if (held === undefined || of === undefined) return {};
  const sync = { instance: of, id, data: { ...held, world: id, prev: "", epoch: of.epoch } as Sync["data"] };
  const rewind = wouldRewind(state, sync);
  const { fromHeld, fromStorage, owed, again } = rewind;
  const keys = new Set([owed, fromStorage, fromHeld, again].flatMap((part) => Object.keys(part)));
  const shown = new Set([...keys].slice(0, REWIND_KEYS_MAX));
  const cut = (part: Record<string, number>) =>
    Object.fromEntries(Object.entries(part).filter(([key]) => shown.has(key)));
  const parts: Parts = { fromHeld: cut(fromHeld), fromStorage: cut(fromStorage), owed: cut(owed), again: cut(again) };
  const more = keys.size - shown.size;
  return { waiting: { since: held.at, rejected: held.rejected === true, rewind: { ...rewind, ...parts }, more } };
};

const emptyView = (state: State, world: World): WorldView => {
  const { id, instance, open, tick } = world;
  const none = { exported: {}, received: {}, allocated: {}, wanted: {}, debt: {}, held: {} };
  return { world: id, instance, open, tick, ...none, ...heldViewOf(state, world) };
};

/** Adds the world's resources after a key; what it returns is the last that there was room for, undefined when all are in. */
const addWorld = (answer: Answer, world: World, after: string): string | undefined => {
  const view = emptyView(answer.state, world);
  answer.worlds.push(view);
  answer.bytes += WORLD_BYTES + (view.waiting === undefined ? 0 : JSON.stringify(view.waiting).length);
  let last = after;
  for (const key of [...world.accounts.keys()].filter((key) => key > after).sort()) {
    if (answer.bytes > ANSWER_BYTES_MAX && last !== after) return last;
    last = key;
    const account = world.accounts.get(key as ResourceKey)!;
    for (const name of VECTOR_NAMES) {
      const total = VECTORS[name](account);
      if (total === 0) continue;
      view[name][key] = total;
      answer.bytes += key.length + TOTAL_BYTES;
    }
  }
  return undefined;
};

export const pageOfWorlds = (state: State, { after = "", limit }: Page): { worlds: WorldView[]; next?: string } => {
  const [afterWorld = "", ...rest] = after.split(" ");
  const afterResource = rest.join(" ");
  const answer: Answer = { state, worlds: [], bytes: 0 };
  const isNext = (id: string) => id > afterWorld || (id === afterWorld && afterResource !== "");
  for (const id of [...state.worlds.keys()].filter(isNext).sort()) {
    const before = answer.worlds.at(-1);
    if (before !== undefined && (answer.worlds.length === limit || answer.bytes > ANSWER_BYTES_MAX))
      return { worlds: answer.worlds, next: before.world };
    const last = addWorld(answer, state.worlds.get(id as WorldId)!, id === afterWorld ? afterResource : "");
    if (last !== undefined) return { worlds: answer.worlds, next: `${id} ${last}` };
  }
  return { worlds: answer.worlds };
};
