import type { Boot } from "#core/boot";
import type { Answer } from "#core/events/command";
import type { LinkAnswer, LinkRequest } from "#core/events/delivery";
import { type InstanceView, isNoun, queries, type WorldView } from "#core/events/query";
import { deliveryOf } from "#core/fold/delivery";
import type { SignedAssignment } from "#core/fold/evolve-fact";
import type { Account, Instance, State, World } from "#core/fold/state";
import type { InstanceId, SlaveId } from "#core/ids";

/** Signs and verifies assignments with the cluster's key. */
export interface Assignments {
  sign(assignment: SignedAssignment): string;
  verify(text: string): SignedAssignment | undefined;
}

/** What a bridge that asks `link` is told. A higher epoch that a leader signed outranks what the ledger remembers ◇. */
export const linkAnswer = (
  state: State,
  from: { readonly slave: SlaveId; readonly boot: Boot },
  request: LinkRequest,
  assignments: Assignments,
): LinkAnswer => {
  const id = request.instance as InstanceId;
  let instance = state.instances.get(id);
  const held = request.assignment === undefined ? undefined : assignments.verify(request.assignment);
  if (held !== undefined && held.instance === id && held.slave === from.slave && held.epoch > (instance?.epoch ?? 0)) {
    const config = instance?.config ?? { name: id, seed: 0, autosaveSeconds: 0 };
    const forgotten: Instance = {
      id,
      config,
      slave: held.slave,
      epoch: held.epoch,
      generation: 1,
      owner: "",
      introduced: 0,
      changed: false,
    };
    instance = instance === undefined ? forgotten : { ...instance, slave: held.slave, epoch: held.epoch, owner: "" };
  }
  if (instance === undefined) return { notYours: { epoch: 0 } };
  if (instance.slave !== from.slave) return { notYours: { epoch: instance.epoch } };
  const assignment = assignments.sign({ instance: id, slave: from.slave, epoch: instance.epoch });
  return { ok: { ...deliveryOf(state, instance, from.boot), assignment, config: instance.config } };
};

const vector = (world: World, value: (account: Account) => number): Record<string, number> => {
  const totals: Record<string, number> = {};
  for (const [key, account] of world.accounts) {
    const n = value(account);
    if (n !== 0) totals[key] = n;
  }
  return totals;
};

const worldView = (world: World): WorldView => ({
  world: world.id,
  instance: world.instance,
  open: world.open,
  tick: world.tick,
  exported: vector(world, (a) => a.exported),
  received: vector(world, (a) => a.received),
  allocated: vector(world, (a) => a.allocated),
  wanted: vector(world, (a) => Math.max(0, a.target - a.received)),
  debt: vector(world, (a) => a.debt),
  held: vector(world, (a) => a.held),
});

export const instanceView = ({ id, config, slave, epoch, generation, owner }: Instance): InstanceView => ({
  instance: id,
  config,
  slave,
  epoch,
  generation,
  owner,
});

/** The entries after a key, at most `limit`, in order of keys; `next` is the last one's key when there are more. */
const paged = <T>(
  all: ReadonlyMap<string, T>,
  { after = "", limit }: { after?: string | undefined; limit: number },
) => {
  const keys = [...all.keys()].filter((key) => key > after).sort();
  const shown = keys.slice(0, limit);
  const next = keys.length > limit ? { next: shown.at(-1)! } : {};
  return { entries: shown.map((key) => all.get(key)!), next };
};

/** Answers one query about the state. `cluster` is what the leader knows of itself. Never throws. */
export const answerQuery = (state: State, noun: string, value: unknown, cluster: () => object): Answer => {
  if (!isNoun(noun)) return { error: { code: "bad-input", message: `the master has no query "${noun}"` } };
  const request = queries[noun].request.safeParse(value);
  if (!request.success)
    return { error: { code: "bad-input", message: `${noun}: ${request.error.issues[0]?.message}` } };
  if (noun === "cluster") return { ok: cluster() };
  const page = queries.worlds.request.parse(value);
  if (noun === "worlds") {
    const { entries, next } = paged(state.worlds, page);
    return { ok: { worlds: entries.map(worldView), ...next } };
  }
  if (noun === "instances") {
    const { entries, next } = paged(state.instances, page);
    return { ok: { instances: entries.map(instanceView), ...next } };
  }
  const { entries, next } = paged(state.stocks, page);
  const stocks = entries.map(({ key, storage, shortfall, adjusted }) => ({
    resource: key,
    storage,
    shortfall,
    adjusted,
  }));
  return { ok: { stocks, ...next } };
};
