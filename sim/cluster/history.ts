import { pause } from "#core/ports/clock";
import { longAbsence } from "#sim/cluster/absence";
import type { Happened } from "#sim/cluster/act";
import { watchLinks } from "#sim/cluster/calm";
import { Chance, drawOdds, type Fault, type Kinds, type Odds } from "#sim/cluster/chance";
import { Cluster, SLAVES } from "#sim/cluster/cluster";
import { liveOn } from "#sim/cluster/everyday";
import { lockstepGames, luaGames, mixedGames } from "#sim/cluster/lua-world";
import { plainGames } from "#sim/cluster/plain-world";
import { decide, decideRewinds, rest } from "#sim/cluster/rest";
import { tour } from "#sim/cluster/tour";
import { NEEDS_GAME, TROUBLES } from "#sim/cluster/trouble";
import { chainProblem, conservationProblems, memoryOf, unrestIn } from "#sim/cluster/verdict";
import { Weather } from "#sim/cluster/weather";
import type { Games } from "#sim/cluster/world";

/**
 * One history from one seed: a cluster lives through trouble, with quiet points in between, then comes to rest, then is
 * counted. What must hold at a quiet point, when faults have stopped (what must hold always is in checker.ts):
 *
 * H1 what worlds physically hold, storage and flight add up to what was produced and not consumed, resource by resource.
 * H2 everything comes to rest in a bounded time: every session current, everything in flight arrived, nobody starved.
 * H3 the ledger is one chain, which its leader stands at the end of; both projectors hold the same state.
 * H4 of one instance at most one world runs.
 * H5 a healthy instance was not stopped.
 * H6 nobody owes anything when nobody was rewound, and no adjustment was lost with the ledger.
 * H7 no projector crashed, or took its ledger for damaged.
 * H8 what is linked stays linked, in one session, and collects, while nothing happens.
 * H9 a bridge that is away for ten minutes takes its world's lease and session with it: nothing more is collected or wanted.
 * H10 a game that ended goes on from its world's newest own save that opens.
 */
const NUMBERS: Readonly<Record<string, string>> = {
  ...{ conservation: "H1", stuck: "H2", chain: "H3", twins: "H4", "stopped by mistake": "H5", phantom: "H6" },
  ...{ crash: "H7", halted: "H7", calm: "H8", away: "H9", "crash cost": "H10" },
};

/** The number of the promise that a problem of this kind breaks: the checker's own kinds are numbers already. */
export const numberOfPromise = (kind: string): string => NUMBERS[kind] ?? kind;

const GAMES = { plain: plainGames, lua: luaGames, mixed: mixedGames, lockstep: lockstepGames } satisfies Record<
  string,
  Games
>;

export type GameKind = keyof typeof GAMES;

export interface HistoryOptions extends Kinds {
  readonly seed: number;
  readonly steps: number;
  /**
   * What the worlds run in: the mod's contract in TypeScript (when absent), or the real mod in real Lua, perhaps with fluids and
   * energy beside items, or with a joined client.
   */
  readonly game?: GameKind;
  /** A test of the checker: so many items come from nowhere. */
  readonly forged?: number;
  readonly log?: (message: string) => void;
  /** Called when all is at rest, before the end. */
  readonly inspect?: (cluster: Cluster) => Promise<void>;
}

export interface HistoryEnd {
  readonly seed: number;
  /** What broke, by kind; empty when all is well. */
  readonly problems: ReadonlyMap<string, string>;
  readonly counts: ReadonlyMap<string, number>;
  readonly simulatedMs: number;
  /** Steps gone through: all of them, or up to the one in which something broke. */
  readonly steps: number;
}

const PACES = [
  [5, 120],
  [1, 400],
  [20, 600],
  [50, 1_200],
] as const;

const troubleOf = (chance: Chance, odds: Odds): Fault | undefined => {
  const kinds = (Object.keys(TROUBLES) as Fault[]).filter((fault) => odds[fault] > 0);
  const total = kinds.reduce((sum, fault) => sum + odds[fault], 0);
  if (total === 0) return undefined;
  let at = chance.below(total);
  return kinds.find((fault) => {
    at -= odds[fault];
    return at < 0;
  });
};

const strike = (cluster: Cluster, happened: Happened): void => {
  const { chance, weather } = cluster;
  const fault = troubleOf(chance, weather.odds);
  if (fault === undefined) return;
  const free = cluster.hosts.filter(
    (host) => !host.busy && host.stopped === undefined && (host.running || !NEEDS_GAME.has(fault)),
  );
  if (free.length === 0) return;
  weather.count(fault);
  void TROUBLES[fault]?.(cluster, chance.pick(free), happened);
};

/** A quiet point comes this often, in steps: once or twice in a history of 600. */
const QUIET_EVERY = 400;

/** Ten minutes cost as much as a whole history: at weight 1, in a third of those of 600 steps. */
const AWAY_EVERY = 1_500;

/**
 * Faults stop, everything comes to rest, is checked, and trouble goes on. Worlds that do not run now are counted at the end,
 * when the tour has started each of them.
 */
const quietPoint = async (cluster: Cluster): Promise<void> => {
  const { checker, weather } = cluster;
  cluster.log("---- a quiet point");
  weather.count("quiet point");
  calm(cluster);
  if (!(await rest(cluster))) checker.broke("stuck", unrestIn(cluster).join(" | "));
  const state = cluster.leader?.state;
  if (state !== undefined && checker.problems.size === 0) {
    const looks = cluster.hosts
      .filter((host) => host.wanted && host.stopped === undefined)
      .map(({ game }) => game?.look());
    const running = new Map(looks.filter((look) => look !== undefined).map((look) => [look.world, look]));
    for (const problem of conservationProblems(cluster, state, running)) checker.broke("conservation", problem);
    const chain = await chainProblem(cluster);
    if (chain !== undefined) checker.broke("chain", chain);
  }
  weather.quiet = false;
  await cluster.restoreLedgerLimit();
};

/** Trouble, step by step, until all are done or something broke. */
const live = async (cluster: Cluster, steps: number, { happened, reached }: Course): Promise<void> => {
  const { chance, checker } = cluster;
  const pace = chance.pick(PACES);
  const rarity = chance.pick([6, 12, 30]);
  while (reached.steps < steps) {
    reached.steps++;
    for (let n = chance.between(1, 4); n > 0; n--) {
      const running = cluster.hosts.filter((host) => host.running);
      if (running.length > 0) liveOn(cluster, chance.pick(running));
    }
    if (chance.once(rarity)) strike(cluster, happened);
    if (chance.once(8)) decide(cluster);
    if (chance.once(20)) decideRewinds(cluster);
    await cluster.pass(chance.once(100) ? chance.between(1_000, 60_000) : chance.between(pace[0], pace[1]));
    if (chance.once(QUIET_EVERY)) await quietPoint(cluster);
    if (cluster.weather.strikes("bridge-away", AWAY_EVERY)) await longAbsence(cluster);
    if (checker.problems.size > 0) return;
  }
};

/** The last word on policies: no reserve and no rate stand between a world and what it wants. */
const clearPolicies = async (cluster: Cluster): Promise<void> => {
  while (cluster.operator.waiting > 0) await pause(cluster.clock, 500);
  await cluster.operator.command("policy", "set", { policies: {} });
};

/** Faults stop; whoever was killed, cut off or paused is back. Nobody is told to begin anew. */
const calm = (cluster: Cluster): void => {
  cluster.weather.quiet = true;
  cluster.weather.quietAt = cluster.clock.now();
  cluster.weather.jitterMsMax = 0;
  cluster.raiseLedgerLimit();
  for (const master of cluster.masters) {
    if (master.machine.dead) master.start();
    master.machine.resume();
    master.machine.setCut(false);
  }
  for (const host of cluster.hosts) {
    if (host.bridge === undefined && host.founded) host.startBridge();
    host.bridge?.machine.resume();
    host.bridge?.machine.setCut(false);
  }
  void clearPolicies(cluster);
};

const judge = async (cluster: Cluster, happened: Happened): Promise<void> => {
  const { checker, weather } = cluster;
  if (checker.problems.size > 0) return;
  if (!(await rest(cluster))) checker.broke("stuck", unrestIn(cluster).join(" | "));
  if (checker.problems.size > 0) return;
  stops(cluster, happened);
  if (!(await rest(cluster))) checker.broke("stuck", unrestIn(cluster).join(" | "));
  if (cluster.chance.once(3)) await watchLinks(cluster);
  if (checker.problems.size > 0) return;
  const finals = await tour(cluster);
  const state = cluster.leader?.state;
  if (state !== undefined) checker.memory(memoryOf(state));
  if (state === undefined || checker.problems.size > 0) return;
  for (const problem of conservationProblems(cluster, state, finals)) checker.broke("conservation", problem);
  const chain = await chainProblem(cluster);
  if (chain !== undefined) checker.broke("chain", chain);
  const owed = [...state.worlds.values()].flatMap((world) => [...world.accounts.values()]).some(({ debt }) => debt > 0);
  const short = [...state.stocks.values()].some(({ shortfall }) => shortfall > 0);
  const rewound = happened.rewound || weather.counts.has("the save at the end is cut off");
  if (!rewound && (owed || short)) checker.broke("phantom", "nobody was rewound, and yet somebody owes something");
};

/** Every instance runs once: a healthy one was not stopped, and of real twins at most one is left. */
const stops = (cluster: Cluster, happened: Happened): void => {
  for (const instance of new Set(cluster.hosts.map((host) => host.instance))) {
    const of = cluster.hosts.filter((host) => host.instance === instance);
    const running = of.filter((host) => host.stopped === undefined);
    if (running.length > 1) cluster.checker.broke("twins", `${instance} runs ${running.length} times`);
    if (running.length > 0) continue;
    const why = of.map((host) => `${host.slave}: ${host.stopped}`).join(", ");
    if (!happened.twins.has(instance)) cluster.checker.broke("stopped by mistake", `${instance} (${why})`);
    cluster.weather.count("both twins stopped");
    const assigned = [...(cluster.leader?.state?.instances.values() ?? [])].find(({ id }) => id === instance);
    (of.find((host) => host.slave === assigned?.slave) ?? of[0])!.startAgain();
  }
};

/** What a history has come to. */
interface Course {
  readonly happened: Happened;
  /** The step that it is in. */
  readonly reached: { steps: number };
}

const wholeLife = async (cluster: Cluster, options: HistoryOptions, { happened, reached }: Course): Promise<void> => {
  cluster.weather.quiet = true;
  await cluster.pass(7_000);
  cluster.weather.quiet = false;
  await live(cluster, options.steps, { happened, reached });
  const [lucky] = cluster.hosts.filter((host) => host.running);
  if (options.forged !== undefined) lucky?.game?.forge(cluster.resources[0]!, options.forged);
  if (cluster.checker.problems.size > 0) return;
  cluster.log("---- quiet");
  calm(cluster);
  await judge(cluster, happened);
  await options.inspect?.(cluster);
};

export const runHistory = async (options: HistoryOptions): Promise<HistoryEnd> => {
  const chance = new Chance(options.seed);
  const odds = drawOdds(chance, options);
  const weather = new Weather(chance, odds);
  const cluster = new Cluster(chance, weather, GAMES[options.game ?? "plain"], options.log ?? (() => {}));
  cluster.log(`faults: ${JSON.stringify(Object.fromEntries(Object.entries(odds).filter(([, odd]) => odd > 0)))}`);
  const happened: Happened = { twins: new Set(), rewound: false };
  for (const stem of ["a", "b", "c"].slice(0, chance.between(2, 3)))
    void cluster.found(cluster.newName(stem), chance.pick(SLAVES));
  const reached = { steps: 0 };
  try {
    await wholeLife(cluster, options, { happened, reached });
  } catch (error) {
    cluster.crashed(error);
  }
  const simulatedMs = cluster.clock.now() - 1_700_000_000_000;
  cluster.end();
  return { seed: options.seed, problems: cluster.checker.problems, counts: weather.counts, simulatedMs, ...reached };
};
