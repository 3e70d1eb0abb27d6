import { messageOf } from "#core/errors";
import { FAILPOINTS, type Failpoint } from "#core/failpoints";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import type { Daemon } from "#test/e2e/chaos/kit/daemon";
import { isGood, verdictOf } from "#test/e2e/chaos/kit/verdict";

/**
 * Chaos for a night: faults drawn from a seed, a count after each round of them. The order of the faults is the seed's; what
 * meets them in the processes is the machine's, so a seed that failed is tried again rather than replayed.
 */
export interface Night {
  readonly seed: number;
  readonly minutes: number;
  readonly say: (line: string) => void;
}

/** Faults between two counts: several at once, few enough to tell whose fault it was. */
const FAULTS_MAX = 8;
/** A fresh cluster after so many rounds, so that each start is part of it, too. */
const ROUNDS_A_CLUSTER = 10;
/** Past every timeout, sometimes: a session lapses after 45 s. */
const STOP_MS_MAX = 60_000;
const CLOCK_MS_MAX = 2 * 3_600_000;

const isOfProjector = (point: Failpoint) => /^(?:term|ledger|delivery|command|checkpoint|snapshot)\./.test(point);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

class Faults {
  constructor(
    private readonly chaos: ChaosCluster,
    private readonly random: SeededRandom,
  ) {}

  #pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  get #daemons(): readonly Daemon[] {
    return Object.values(this.chaos.daemons);
  }

  /** Does one, and says which; some end by themselves later. */
  async next(): Promise<string> {
    const { chaos, random } = this;
    const daemon = this.#pick(this.#daemons);
    switch (random.below(9)) {
      case 0:
      case 1:
      case 2:
        return this.#failpoint();
      case 3:
        await daemon.signal("SIGKILL");
        return `SIGKILL ${daemon.name}`;
      case 4: {
        const instance = this.#pick(chaos.instances);
        await chaos.killGame(instance);
        return `SIGKILL the game of ${instance}`;
      }
      case 5: {
        const ms = random.below(random.below(4) === 0 ? STOP_MS_MAX : 8_000);
        const { pid } = await daemon.id();
        process.kill(pid, "SIGSTOP");
        setTimeout(() => resume(pid), ms);
        return `SIGSTOP ${daemon.name} for ${ms} ms`;
      }
      case 6: {
        const ms = random.below(2 * CLOCK_MS_MAX) - CLOCK_MS_MAX;
        await daemon.setClock(ms);
        return `the clock of ${daemon.name} is off by ${ms} ms`;
      }
      case 7: {
        await chaos.nats.kill();
        const keepData = random.below(4) !== 0;
        await chaos.nats.restart({ keepData });
        return `SIGKILL nats-server, back ${keepData ? "with" : "without"} its data`;
      }
      default: {
        const stream = this.#pick(["EVENTS", "LEDGER", "STATE", "AUDIT"]);
        const gone = await (await chaos.streams()).streams.delete(stream).then(
          () => true,
          () => false,
        );
        return gone ? `${stream} is deleted` : `${stream} is not there`;
      }
    }
  }

  async #failpoint(): Promise<string> {
    const point = this.#pick(FAILPOINTS);
    const { p1, p2, alpha, beta } = this.chaos.daemons;
    const action = `${this.#pick(["kill", "kill", "delay:500", "exit"])}@${1 + this.random.below(5)}`;
    await this.chaos.arm(isOfProjector(point) ? [p1, p2] : [alpha, beta], point, action);
    return `${point}=${action}`;
  }
}

const resume = (pid: number): void => {
  try {
    process.kill(pid, "SIGCONT");
  } catch {
    // Killed meanwhile.
  }
};

/** A failpoint may have made it end. */
const ordered = (said: string): boolean => /^failpoint \S+ exit /m.test(said);

const round = async (chaos: ChaosCluster, random: SeededRandom): Promise<void> => {
  const faults = new Faults(chaos, random);
  await chaos.withoutPauses(async () => {
    for (let left = 1 + random.below(FAULTS_MAX); left > 0; left--) {
      chaos.note(await faults.next());
      await wait(random.below(2_000));
    }
    for (const daemon of Object.values(chaos.daemons)) {
      await daemon.disarm();
      await daemon.setClock(0);
    }
    await chaos.flowing("after the round");
  });
  const verdict = await verdictOf(chaos, ordered);
  if (!isGood(verdict)) throw new Error(`the checker says: ${JSON.stringify(verdict, undefined, 1)}`);
};

/** Rounds that passed and that failed. After a failure the next round has a fresh cluster. */
export const chaosNight = async ({ seed, minutes, say }: Night): Promise<{ passed: number; failed: number }> => {
  const random = new SeededRandom(seed);
  const until = performance.now() + minutes * 60_000;
  const result = { passed: 0, failed: 0 };
  for (let clusters = 1; performance.now() < until; clusters++) {
    const chaos = await ChaosCluster.start();
    say(`cluster ${clusters} runs`);
    try {
      for (let rounds = 0; rounds < ROUNDS_A_CLUSTER && performance.now() < until; rounds++) {
        await round(chaos, random);
        result.passed++;
        say(`round ${result.passed + result.failed}: everything is accounted for`);
      }
    } catch (error) {
      result.failed++;
      say(
        `round ${result.passed + result.failed} of seed ${seed} failed: ${messageOf(error)}\n${await chaos.lastWords()}`,
      );
    } finally {
      await chaos.close();
    }
  }
  return result;
};
