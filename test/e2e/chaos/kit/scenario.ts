import { ChaosCluster, type ChaosOptions, PATIENCE_MS } from "#test/e2e/chaos/kit/cluster";
import { type Allowed, isGood, verdictOf } from "#test/e2e/chaos/kit/verdict";

/** A scenario waits for several things in a row. */
const SCENARIO_MS_MAX = 6 * PATIENCE_MS;

export interface Scenarios {
  /** A test whose body does the harm; it ends with the independent checker. `allowed`: daemons may have ended so. */
  scenario(name: string, body: (cluster: ChaosCluster) => Promise<void>, allowed?: Allowed): void;
  cluster(): ChaosCluster;
}

/** One cluster for all scenarios of a file: what one broke would show in the next. */
export const useChaos = (options: ChaosOptions = {}): Scenarios => {
  let made: ChaosCluster | undefined;
  beforeAll(async () => {
    made = await ChaosCluster.start(options);
  }, 4 * PATIENCE_MS);
  afterAll(() => made?.close(), PATIENCE_MS);
  const cluster = () => {
    if (made === undefined) throw new Error("the cluster is made by beforeAll: ask for it inside a test");
    return made;
  };
  const scenario: Scenarios["scenario"] = (name, body, allowed) =>
    test(
      name,
      async () => {
        const it = cluster();
        it.note(`--- ${name}`);
        try {
          await body(it);
          const verdict = await verdictOf(it, allowed);
          if (!isGood(verdict)) throw new Error(`the checker says: ${JSON.stringify(verdict, undefined, 1)}`);
        } catch (error) {
          // The cluster is gone when somebody reads this.
          throw new Error(`${error instanceof Error ? error.message : error}\n${await it.lastWords()}`);
        }
      },
      SCENARIO_MS_MAX,
    );
  return { scenario, cluster };
};
