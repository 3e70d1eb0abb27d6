import { slice } from "#bench/load/catalogue";
import type { Boot } from "#core/boot";
import { encodeFact } from "#core/events/fact-encoder";
import type { CheckpointImage } from "#core/events/ledger";
import { stateFromImage } from "#core/fold/evolve";
import type { State } from "#core/fold/state";
import { type InstanceId, instanceId, slaveId, type WorldId, worldId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import type { ResourceKey } from "#core/resource";
import { subjects } from "#core/subjects";

/**
 * Facts as a busy cluster leaves them in the `EVENTS` stream: every one states 20 exports that grew and 20 wants with what
 * was received, all of it changed.
 */
export const KEYS = 20;
const SLAVES = 10;
/** Above all that is ever received, so that grants stand behind it as they do in a ledger. */
const ALLOCATED = 2 ** 40;
const TIME = Date.UTC(2026, 0, 1);
const OWNER = "mabcdefgh-abcd" as Boot;

interface LoadedWorld {
  readonly instance: InstanceId;
  readonly world: WorldId;
  readonly token: string;
  readonly exports: readonly ResourceKey[];
  readonly wants: readonly ResourceKey[];
  readonly exported: number[];
  readonly received: number[];
}

export interface StoredFact {
  readonly subject: string;
  readonly data: Uint8Array;
}

const slaveOf = (n: number) => slaveId(`slave-${n % SLAVES}`);

const worldsOf = (count: number): LoadedWorld[] =>
  Array.from({ length: count }, (_, n) => {
    const instance = instanceId(`instance-${n}`);
    return {
      instance,
      world: worldId({ instance, generation: 1 }),
      token: `token${String(n).padStart(8, "0")}`,
      exports: slice(7 * n, KEYS),
      wants: slice(7 * n + KEYS, KEYS),
      exported: Array.from({ length: KEYS }, () => 0),
      received: Array.from({ length: KEYS }, () => 0),
    };
  });

const vector = (keys: readonly string[], values: readonly number[]): Record<string, number> =>
  Object.fromEntries(keys.map((key, i) => [key, values[i]!]));

/** The same facts for the same numbers. */
export const storedFacts = (count: number, worldCount: number): StoredFact[] => {
  const random = new SeededRandom(1);
  const worlds = worldsOf(worldCount);
  return Array.from({ length: count }, (_, n) => {
    const at = n % worldCount;
    const { instance, world, token, exports, wants, exported, received } = worlds[at]!;
    for (let i = 0; i < KEYS; i++) exported[i]! += 1 + random.below(50);
    for (let i = 0; i < KEYS; i++) received[i]! += 1 + random.below(50);
    const slave = slaveOf(at);
    const seq = 1 + Math.floor(n / worldCount);
    const data = encodeFact({ slave, instance, boot: OWNER, number: n + 1 }, TIME + n, {
      type: "world-reported",
      data: {
        world,
        token,
        epoch: 1,
        seq,
        tick: 60 * seq,
        exported: vector(exports, exported),
        received: vector(wants, received),
        wanted: vector(
          wants,
          received.map(() => random.below(1_000)),
        ),
      },
    });
    return { subject: subjects.event(slave, instance, "world-reported"), data };
  });
};

/** The state in which these facts count: every session open, and enough granted. */
export const stateBefore = (worldCount: number): State => {
  const worlds: NonNullable<CheckpointImage["worlds"]> = {};
  const instances: NonNullable<CheckpointImage["instances"]> = {};
  const stocks: Record<string, number[]> = {};
  for (const [n, { instance, world, token, wants }] of worldsOf(worldCount).entries()) {
    const config = { name: instance, seed: n, autosaveSeconds: 0 };
    instances[instance] = { config, slave: slaveOf(n), epoch: 1, generation: 1, owner: OWNER };
    const session = { owner: OWNER, open: true, seed: n };
    worlds[world] = {
      token,
      seq: 0,
      tick: 0,
      session,
      r: Object.fromEntries(wants.map((k) => [k, [0, 0, ALLOCATED]])),
    };
    for (const key of wants) stocks[key] = [0, 0, (stocks[key]?.[2] ?? 0) - ALLOCATED];
  }
  // What was granted came from operators: storage − … = Σ exported − Σ allocated + adjusted.
  for (const stock of Object.values(stocks)) stock[2] = -stock[2]!;
  return stateFromImage({ instances, worlds, stocks }, { round: 0, boot: "", closedAt: 0, chain: "" });
};
