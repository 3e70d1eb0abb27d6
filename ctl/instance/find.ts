import { badInput, isClusterioError } from "#core/errors";
import type { InstanceView } from "#core/events/query";
import { type InstanceId, instanceId, type SlaveId, slaveId } from "#core/ids";
import { namedAmong } from "#ctl/instance/named";
import type { Asked } from "#ctl/save/where";
import { ask, listen } from "#ctl/status/gather";
import type { Told } from "#ctl/status/view";

/** Instances by id or name, as the master knows them; while none answers, as their bridges say themselves. */
export interface Found {
  readonly instance: InstanceId;
  readonly name: string;
  readonly slave: SlaveId | undefined;
  /** Absent while no master answers. */
  readonly view?: InstanceView;
}

const foundOf = (view: InstanceView): Found => {
  const { instance, slave, config } = view;
  return { instance: instanceId(instance), name: config.name, slave: slave === "" ? undefined : slaveId(slave), view };
};

const toldOf = ([instance, { slave, name = instance }]: [string, Told]): Found => ({
  instance: instanceId(instance),
  name,
  slave: slaveId(slave),
});

/** All that there are. `master`: whether one says so. */
export const everyInstance = async (
  asked: Asked,
): Promise<{ readonly all: readonly Found[]; readonly master: boolean }> => {
  try {
    return { all: (await asked.client.instances()).map(foundOf), master: true };
  } catch (error) {
    if (!isClusterioError(error, "unavailable")) throw error;
    process.stderr.write("no master answers: asking the bridges themselves…\n");
    const { told } = await listen(asked);
    const all = Object.entries(told).map(toldOf);
    if (all.length === 0) throw error;
    return { all: all.sort((a, b) => (a.instance < b.instance ? -1 : 1)), master: false };
  }
};

/** Each once, in the order in which they were named. @throws ClusterioError `bad-input` for what there is not. */
export const theseInstances = async (asked: Asked, words: readonly string[]): Promise<Found[]> => {
  const { all } = await everyInstance(asked);
  const found = new Map<string, Found>();
  for (const word of words) {
    const one = namedAmong(all, word, ({ name }) => name);
    found.set(one.instance, one);
  }
  return [...found.values()];
};

/** @throws ClusterioError `bad-input` when it belongs to no slave. */
export const addressOf = ({ instance, slave }: Found): { slave: SlaveId; instance: InstanceId } => {
  if (slave === undefined)
    throw badInput(`${instance} belongs to no slave: clusterio instance assign ${instance} --slave ID`);
  return { slave, instance };
};

/** What their bridges last told of them, and which bridges do not answer. */
export const whatIsTold = async (
  { client, bus, clock, signal }: Pick<Asked, "client" | "bus" | "clock" | "signal">,
  found: readonly Found[],
): Promise<{ readonly told: Readonly<Record<string, Told>>; readonly away: ReadonlySet<string> }> => {
  const slaves = [...new Set(found.flatMap(({ slave }) => (slave === undefined ? [] : [slave])))];
  const { present, told } = await ask({ client, bus, clock, signal }, slaves);
  return { told, away: new Set(slaves.filter((slave) => present[slave]?.is !== "present")) };
};
