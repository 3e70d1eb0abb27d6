import { imageOf, hashOf as stateHashOf } from "#core/fold/image";
import type { Account, State, World } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { hashOf, type Memory } from "#sim/cluster/checker";
import type { Cluster } from "#sim/cluster/cluster";
import type { Host } from "#sim/cluster/host";
import type { Line } from "#sim/cluster/ledger-book";
import { amountIn, type Look } from "#sim/cluster/world";

const decoder = new TextDecoder();

/**
 * What must hold when faults have stopped. Amounts in worlds are counted where they lie; of the ledger's state only its
 * numbers are read.
 */
const accountIn = (world: World | undefined, key: string): Account | undefined =>
  world === undefined ? undefined : [...world.accounts.values()].find((account) => account.stock.key === key);

const storageIn = (state: State, key: string): number =>
  [...state.stocks.values()].find((stock) => stock.key === key)?.storage ?? 0;

/** Why this running world is not at rest; undefined when it is. */
const unrestOf = (state: State, { game, instance, bridge }: Host, resources: readonly string[]): string | undefined => {
  if (game === undefined) return `${instance} does not run`;
  if (bridge?.session.linked !== true) return `${instance} is unlinked`;
  const look = game.look();
  const world = [...state.worlds.values()].find(({ id }) => id === look.world);
  if (world === undefined) return `${instance}: the ledger does not know "${look.world}"`;
  if (world.token !== look.token || !world.open) {
    return `${look.world} holds token ${look.token}, the ledger ${world.token} (${world.open ? "open" : "closed"})`;
  }
  for (const key of resources) {
    const account = accountIn(world, key);
    const { exported = 0, received = 0, allocated = 0, held = 0 } = account ?? {};
    const what = `${look.world} ${key}`;
    if (exported !== amountIn(look.exported, key)) return `${what}: exported ${look.exported[key]}, ledger ${exported}`;
    if (received !== amountIn(look.received, key)) return `${what}: received ${look.received[key]}, ledger ${received}`;
    if (allocated !== received) return `${what}: ${allocated - received} in flight`;
    if (held > 0) return `${what}: ${held} held back, and no policy says so`;
    const wanted = amountIn(look.wanted, key);
    const target = wanted === 0 ? 0 : wanted + received;
    if ((account?.target ?? 0) !== target && ![...world.untakeable].some((each) => each === key))
      return `${what}: wants up to ${target}, the ledger says ${account?.target ?? 0}`;
    if (wanted > 0 && storageIn(state, key) > 0) {
      return `${what}: starved of ${wanted}, ledger wants up to ${account?.target}`;
    }
  }
  return undefined;
};

/** The two projectors hold the same state when they stand at the same message. */
const differenceOf = (cluster: Cluster): string | undefined => {
  const [a, b] = cluster.masters.map((master) => master.state);
  if (a === undefined || b === undefined) return "one projector does not run";
  if (a.chain !== b.chain) return `one projector is behind: rounds ${a.round} and ${b.round}`;
  const [first, second] = [stateHashOf(imageOf(a)), stateHashOf(imageOf(b))];
  return first === second ? undefined : `F6: two states at round ${a.round}`;
};

/** What is not at rest yet, one after the other: what costs most to find out comes last. */
function* findUnrest(cluster: Cluster): Generator<string | undefined> {
  const state = cluster.leader?.state;
  if (state === undefined) return yield "nobody leads";
  for (const host of cluster.hosts)
    if (host.wanted && host.stopped === undefined) yield unrestOf(state, host, cluster.resources);
  for (const { id, held } of state.worlds.values()) if (held !== undefined) yield `${id} waits for a decision`;
  for (const host of cluster.hosts) if (host.stopped === "rejected") yield `${host.instance} waits for another save`;
  if (cluster.operator.waiting > 0) yield "an operator waits for an answer";
  yield differenceOf(cluster);
}

/** Everything that is not at rest yet. */
export const unrestIn = (cluster: Cluster): string[] => [...findUnrest(cluster)].filter((what) => what !== undefined);

/** The same as that `unrestIn` finds nothing. */
export const isAtRest = (cluster: Cluster): boolean => {
  for (const what of findUnrest(cluster)) if (what !== undefined) return false;
  return true;
};

/** What every ledger message was found to follow, and its hash: they are looked at again at each quiet point. */
const links = new WeakMap<StoredMessage, { readonly prev: string; readonly hash: string }>();

const linkOf = (stored: StoredMessage): { readonly prev: string; readonly hash: string } => {
  const known = links.get(stored);
  if (known !== undefined) return known;
  const { prev } = JSON.parse(decoder.decode(stored.data)) as { prev: string };
  const link = { prev, hash: hashOf(stored.data) };
  links.set(stored, link);
  return link;
};

/** What a projector holds in memory, in the checker's words. */
export const memoryOf = (state: State): Memory => {
  const lines = new Map<string, Line>();
  for (const world of state.worlds.values()) {
    for (const [key, account] of world.accounts) {
      const { exported, received, allocated, debt, target, carry, held } = account;
      lines.set(`${world.id} ${key}`, { exported, received, allocated, debt, target, carry, held });
    }
  }
  const storage = new Map([...state.stocks].map(([key, stock]): [string, number] => [key, stock.storage]));
  return { tip: state.chain, lines, storage };
};

/** The chain of the ledger from its first kept message: every other message is void. */
export const chainProblem = async (cluster: Cluster): Promise<string | undefined> => {
  const stored = await cluster.ledger.read(1, 1_000_000);
  let tip: string | undefined;
  for (const message of stored) {
    const { prev, hash } = linkOf(message);
    if (tip === undefined || prev === tip) tip = hash;
    else cluster.weather.count("void ledger message");
  }
  const chain = cluster.leader?.state?.chain;
  return tip === chain ? undefined : `the ledger's chain ends with ${tip}, the leader stands at ${chain}`;
};

/** Per resource: what lies in worlds, storage and flight is what was produced and not consumed. `finals`: worlds by id. */
export const conservationProblems = (
  { resources }: Cluster,
  state: State,
  finals: ReadonlyMap<string, Look>,
): string[] =>
  resources.flatMap((key) => {
    let there = 0;
    let made = 0;
    const terms: string[] = [];
    for (const world of state.worlds.values()) {
      const { exported = 0, received = 0, allocated = 0, debt = 0, held = 0 } = accountIn(world, key) ?? {};
      const save = finals.get(world.id);
      if (save === undefined) made += exported - received;
      there += allocated - received + held - debt;
      if (save !== undefined) {
        const own = amountIn(save.held, key) - amountIn(save.produced, key) + amountIn(save.consumed, key);
        const gone = amountIn(save.received, key) - amountIn(save.exported, key);
        if (own !== gone) terms.push(`${world.id} holds ${own}, by its totals ${gone}`);
        if (amountIn(save.exported, key) !== exported || amountIn(save.received, key) !== received) {
          terms.push(
            `${world.id} ${amountIn(save.exported, key)}/${amountIn(save.received, key)}, ledger ${exported}/${received}`,
          );
        }
      }
    }
    for (const save of finals.values()) {
      there += amountIn(save.held, key);
      made += amountIn(save.produced, key) - amountIn(save.consumed, key);
    }
    const stock = [...state.stocks.values()].find((each) => each.key === key);
    const { storage = 0, shortfall = 0, adjusted = 0 } = stock ?? {};
    if (storage < 0) terms.push(`storage is ${storage}`);
    const difference = there + storage - shortfall - adjusted - made;
    if (difference === 0 && terms.length === 0) return [];
    return [`${key}: ${difference > 0 ? "made" : "lost"} ${Math.abs(difference)}; ${terms.join("; ")}`];
  });
