import type { WorldStatement } from "#core/events/command";
import type { WorldRecord } from "#core/events/ledger";
import { instanceRecordOf, setAbsolutes, setInstance } from "#core/fold/records";
import { newState, type State } from "#core/fold/state";
import type { InstanceId, SlaveId } from "#core/ids";
import { type Carried, setLevels, type ToldCommand } from "#core/repair/adjustments";
import type { ResourceKey } from "#core/resource";

/**
 * A ledger made of what worlds say they hold, and of what operators adjusted, which is in no save (DESIGN 3: the saves are
 * replicas of the ledger).
 *
 * RP1 per resource: storage − shortfall = Σ exported − Σ received over the worlds that spoke + adjustments. A world that did
 *     not speak counts with neither; its next session brings both in.
 * RP2 policies, instances and assignments are those of the old ledger as far as it could be read; a bridge that names a
 *     higher epoch knows better.
 */
export interface Spoken extends WorldStatement {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
}

export interface Level {
  readonly storage: number;
  readonly shortfall: number;
}

export interface ResourceChange {
  readonly resource: ResourceKey;
  /** In the old ledger as far as it could be read. */
  readonly before: Level;
  readonly after: Level;
}

/** Units of all resources together. */
export interface WorldChange {
  readonly world: string;
  readonly slave: string;
  readonly exported: number;
  readonly received: number;
  readonly known: boolean;
}

export interface RepairPlan {
  readonly state: State;
  readonly resources: readonly ResourceChange[];
  readonly worlds: readonly WorldChange[];
  /** Worlds of the old ledger that nobody spoke for: what they gave and took does not count until they run. */
  readonly silent: readonly WorldChange[];
  /** What operators adjusted, as far as it could be told. */
  readonly adjustments: readonly Carried[];
}

const levelIn = (state: State, resource: ResourceKey): Level => {
  const { storage, shortfall } = state.stocks.get(resource) ?? { storage: 0, shortfall: 0 };
  return { storage, shortfall };
};

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
};

/** Each world once: the same world told by two bridges is the one of the higher epoch. */
const oncePerWorld = (spoken: readonly Spoken[]): Spoken[] => {
  const best = new Map<string, Spoken>();
  for (const one of spoken) {
    const other = best.get(one.world);
    if (other === undefined || other.epoch < one.epoch) best.set(one.world, one);
  }
  return [...best.values()].sort((a, b) => (a.world < b.world ? -1 : 1));
};

const setInstances = (state: State, old: State, spoken: readonly Spoken[]): void => {
  for (const instance of old.instances.values())
    setInstance(state, instance.id, { ...instanceRecordOf(instance), owner: "", restored: undefined });
  for (const { instance: id, slave, epoch, generation } of spoken) {
    const known = state.instances.get(id);
    const record = known === undefined ? { generation: 1, epoch: -1, slave: "" } : instanceRecordOf(known);
    const assigned = epoch > record.epoch ? { slave, epoch } : { slave: record.slave, epoch: record.epoch };
    const merged = { ...record, ...assigned, owner: "" as const };
    setInstance(state, id, { ...merged, generation: Math.max(generation, record.generation) });
  }
};

const recordOf = (old: State, { world, tick, seed, exported, received }: Spoken, token: string): WorldRecord => {
  const r: Record<string, number[]> = {};
  for (const key of new Set([...Object.keys(exported), ...Object.keys(received)])) {
    const [gave = 0, took = 0] = [exported[key], received[key]];
    if (gave !== 0 || took !== 0) r[key] = [gave, took, took];
  }
  const parent = old.worlds.get(world as never)?.parent;
  return {
    ...{ token, seq: 0, tick, session: { owner: "" as const, open: false, seed }, r },
    ...(parent === undefined ? {} : { parent }),
  };
};

/** What the worlds gave less what they took. */
const netOf = (spoken: readonly Spoken[]): Map<ResourceKey, number> => {
  const net = new Map<ResourceKey, number>();
  const add = (key: string, n: number) => net.set(key as ResourceKey, (net.get(key as ResourceKey) ?? 0) + n);
  for (const { exported, received } of spoken) {
    for (const key in exported) add(key, exported[key]!);
    for (const key in received) add(key, -received[key]!);
  }
  return net;
};

/** `token`: the one given to every session: none goes on. `told`: operators' commands that `old` does not hold. */
export const planRepair = (
  old: State,
  statements: readonly Spoken[],
  { token, told }: { readonly token: string; readonly told: readonly ToldCommand[] },
): RepairPlan => {
  const spoken = oncePerWorld(statements);
  const state = newState();
  state.policies = old.policies;
  setInstances(state, old, spoken);
  setAbsolutes(state, { worlds: Object.fromEntries(spoken.map((one) => [one.world, recordOf(old, one, token)])) });
  const adjustments = setLevels(state, netOf(spoken), { old, told });
  const keys = new Set<ResourceKey>([...old.stocks.keys(), ...state.stocks.keys()]);
  const resources = [...keys].sort().map((resource): ResourceChange => {
    return { resource, before: levelIn(old, resource), after: levelIn(state, resource) };
  });
  const worlds = spoken.map(({ world, slave, exported, received }): WorldChange => {
    const units = { exported: sum(Object.values(exported)), received: sum(Object.values(received)) };
    return { world, slave, ...units, known: old.worlds.has(world as never) };
  });
  const said = new Set(spoken.map(({ world }) => world as string));
  const silent = [...old.worlds.values()]
    .filter(({ id }) => !said.has(id))
    .map(({ id, instance, accounts }): WorldChange => {
      const all = [...accounts.values()];
      const units = { exported: sum(all.map((a) => a.exported)), received: sum(all.map((a) => a.received)) };
      return { world: id, slave: old.instances.get(instance)?.slave ?? "", ...units, known: true };
    });
  return { state, resources, worlds, silent, adjustments };
};
