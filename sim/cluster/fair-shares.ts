/**
 * What is fair, the slow way: exact shares by pouring until the smallest demand is met, again and again. Amounts in the
 * simulation are small, so fractions of them are exact enough in floating point.
 */
export interface Demander {
  readonly name: string;
  readonly demand: number;
  readonly weight: number;
  readonly tier: number;
  /** What the rounds before owe it, in units. */
  readonly carry: number;
  readonly granted: number;
  readonly carriedOn: number;
}

const EPSILON = 1e-6;
/** A carry is kept in 2^-20 units, and its rounding is handed on. */
const CARRY_EPSILON = 8 / 2 ** 20;

const sum = (all: readonly number[]): number => all.reduce((total, n) => total + n, 0);

/** Pours `available` by `pull`; who has enough steps aside and the rest is poured anew. */
const poured = (available: number, all: readonly Demander[], pull: (of: Demander) => number): Map<Demander, number> => {
  const shares = new Map<Demander, number>();
  let rest = available;
  let thirsty = [...all];
  for (;;) {
    const pulls = sum(thirsty.map(pull));
    const full = thirsty.filter((each) => each.demand <= (rest * pull(each)) / pulls + EPSILON);
    if (full.length === 0) {
      for (const each of thirsty) shares.set(each, (rest * pull(each)) / pulls);
      return shares;
    }
    for (const each of full) {
      shares.set(each, each.demand);
      rest -= each.demand;
    }
    thirsty = thirsty.filter((each) => !full.includes(each));
    if (thirsty.length === 0) return shares;
  }
};

const byWeight = (each: Demander): number => each.weight;
const byDemand = (each: Demander): number => each.weight * each.demand;

/** The exact shares; nobody is in it whom the round gives nothing, not even a fraction. */
const fairShares = (rule: string, available: number, all: readonly Demander[]): Map<Demander, number> => {
  if (sum(all.map(({ demand }) => demand)) <= available) return new Map(all.map((each) => [each, each.demand]));
  if (rule === "proportional") return poured(available, all, byDemand);
  if (rule !== "priority") return poured(available, all, byWeight);
  const shares = new Map<Demander, number>();
  let rest = available;
  for (const tier of [...new Set(all.map((each) => each.tier))].sort((a, b) => a - b)) {
    if (rest <= EPSILON) return shares;
    const of = all.filter((each) => each.tier === tier);
    for (const [each, share] of poured(rest, of, byWeight)) shares.set(each, share);
    rest -= sum(of.map((each) => shares.get(each) ?? 0));
  }
  return shares;
};

/** What is unfair about grants of `available`; undefined when nothing is. */
export const unfairness = (rule: string, available: number, all: readonly Demander[]): string | undefined => {
  const granted = sum(all.map((each) => each.granted));
  const wanted = sum(all.map((each) => each.demand));
  if (granted !== Math.min(available, wanted)) return `granted ${granted} of ${available}, wanted ${wanted}`;
  const shares = fairShares(rule, available, all);
  for (const each of all) {
    const share = shares.get(each) ?? 0;
    const least = Math.floor(share + EPSILON);
    // A unit left over may go to one whose own share is whole, if the rounds before owe it most.
    const most = share >= each.demand - EPSILON || share === 0 ? least : least + 1;
    if (each.granted < least || each.granted > most)
      return `${each.name} got ${each.granted}, its share is ${share.toFixed(3)}`;
    const owed = share >= each.demand - EPSILON ? 0 : share - each.granted;
    if (Math.abs(each.carriedOn - each.carry - owed) > CARRY_EPSILON)
      return `${each.name} carries ${each.carriedOn} after ${each.carry}, a share of ${share.toFixed(3)} and ${each.granted}`;
  }
  return unfairLeftover(all, shares);
};

/** The units left over go to those that rounds before this one and this one's fractions owe most. */
const unfairLeftover = (all: readonly Demander[], shares: ReadonlyMap<Demander, number>): string | undefined => {
  const short = all.filter((each) => (shares.get(each) ?? each.demand) < each.demand - EPSILON);
  const due = (each: Demander) =>
    each.carry + ((shares.get(each) ?? 0) - Math.floor((shares.get(each) ?? 0) + EPSILON));
  const lucky = short.filter((each) => each.granted > Math.floor((shares.get(each) ?? 0) + EPSILON));
  for (const winner of lucky) {
    const loser = short.find((each) => !lucky.includes(each) && due(each) > due(winner) + CARRY_EPSILON);
    if (loser !== undefined)
      return `${winner.name} got the unit left over at ${due(winner).toFixed(3)}, ${loser.name} not at ${due(loser).toFixed(3)}`;
  }
  return undefined;
};
