import { ANSWER_BYTES_MAX, type Page, VECTOR_NAMES, type WorldView } from "#core/events/query";
import type { Account, State, World } from "#core/fold/state";
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
  readonly worlds: WorldView[];
  bytes: number;
}

const emptyView = ({ id, instance, open, tick }: World): WorldView => {
  const none = { exported: {}, received: {}, allocated: {}, wanted: {}, debt: {}, held: {} };
  return { world: id, instance, open, tick, ...none };
};

/** Adds the world's resources after a key; what it returns is the last that there was room for, undefined when all are in. */
const addWorld = (answer: Answer, world: World, after: string): string | undefined => {
  const view = emptyView(world);
  answer.worlds.push(view);
  answer.bytes += WORLD_BYTES;
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
  const answer: Answer = { worlds: [], bytes: 0 };
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
