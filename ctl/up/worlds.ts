import { isClusterioError } from "#core/errors";
import type { InstanceView } from "#core/events/query";
import { instanceId, type SlaveId } from "#core/ids";
import type { ClusterClient } from "#ctl/client/client";
import { type Patience, patiently } from "#ctl/up/patience";

/** In this order; the demo-world mod gives each seed modulo 3 its own role. */
const NAMES = ["Iron", "Copper", "Circuits"] as const;
/** Often enough that a kill costs the demo only seconds. */
const AUTOSAVE_SECONDS = 10;

export interface WantedWorld {
  readonly name: string;
  readonly seed: number;
}

/** "Iron", "Copper", "Circuits", "Iron 2", … */
export const wantedWorlds = (count: number): WantedWorld[] =>
  Array.from({ length: count }, (_, seed) => {
    const round = Math.floor(seed / NAMES.length);
    const name = NAMES[seed % NAMES.length] ?? NAMES[0];
    return { name: round === 0 ? name : `${name} ${round + 1}`, seed };
  });

export interface WorldsContext {
  readonly client: ClusterClient;
  readonly slave: SlaveId;
  readonly patience: Patience;
  readonly say: (line: string) => void;
}

/** Makes, assigns and starts the worlds by the commands that operators use. What is there already is left as it is. */
export const makeWorlds = async (wanted: readonly WantedWorld[], context: WorldsContext): Promise<void> => {
  const { client, slave, patience, say } = context;
  for (const world of wanted) {
    const instance = await patiently(() => findOrCreate(world, context), patience);
    await patiently(() => client.master("instance.assign", { instance, slave }), patience);
    await patiently(() => client.bridge({ slave, instance: instanceId(instance) }, "start", {}), patience);
    say(`world "${world.name}" is instance ${instance} on ${slave}: starting`);
  }
};

/** A create whose answer was lost is found by its name. */
const findOrCreate = async (wanted: WantedWorld, { client }: WorldsContext): Promise<string> => {
  const byName = (instances: readonly InstanceView[]) =>
    instances.find(({ config }) => config.name === wanted.name)?.instance;
  const found = byName(await client.instances());
  if (found !== undefined) return found;
  const config = { seed: wanted.seed, autosaveSeconds: AUTOSAVE_SECONDS };
  try {
    await client.master("instance.create", { name: wanted.name, config });
  } catch (error) {
    // Somebody else made it in between, or we did and did not hear the answer.
    if (!isClusterioError(error, "refused")) throw error;
  }
  const made = byName(await client.instances());
  if (made === undefined) throw new Error(`the master made "${wanted.name}" and does not list it`);
  return made;
};
