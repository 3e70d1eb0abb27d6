import { instancesFolder, pathsOf, readRecord } from "#bridge/instance/folder";
import type { InstanceRecord } from "#bridge/instance/record";
import type { BridgeSettings, Ports } from "#bridge/ports";
import { type Boot, nextBoot } from "#core/boot";
import { isClusterioError, messageOf, unavailable } from "#core/errors";
import { isId } from "#core/ids";

/**
 * The folder of one bridge: held by it alone, with the records of its instances.
 *
 * K3 a boot id is greater than every earlier one that used one of these folders.
 * K6 a folder is an instance's only under that instance's name: a copy beside it, which somebody made, is nobody's.
 */
export interface BridgeFolder {
  readonly records: readonly InstanceRecord[];
  readonly boot: Boot;
  readonly unlock: () => Promise<void>;
}

/** @throws ClusterioError `unavailable` when the folder cannot be used, `refused` when another bridge uses it. */
export const openFolder = async (settings: BridgeSettings, ports: Ports): Promise<BridgeFolder> => {
  const unlock = await lockDir(settings, ports);
  const records = await readRecords(settings, ports);
  return { records, boot: bootAfter(records, ports), unlock };
};

/** K3 */
const bootAfter = (records: readonly InstanceRecord[], { clock, random }: Ports): Boot =>
  records.reduce<Boot>(
    (latest, { lastBoot }) => (lastBoot === "" || latest > lastBoot ? latest : nextBoot(clock.now(), lastBoot, random)),
    nextBoot(clock.now(), "", random),
  );

const lockDir = async ({ dir }: BridgeSettings, { disk, game }: Ports): Promise<() => Promise<void>> => {
  try {
    // Shows that the folder can be written before anything rests on it.
    await disk.write(
      `${dir}/README`,
      new TextEncoder().encode("The state of a clusterio-bridge: one folder per instance.\n"),
    );
    await disk.list(instancesFolder(dir));
  } catch (error) {
    if (isClusterioError(error)) throw error;
    throw unavailable(`the folder ${dir} cannot be used: ${messageOf(error)}`, error);
  }
  return game.lock(`${dir}/lock`);
};

/** K6 */
const readRecords = async ({ dir }: BridgeSettings, { disk, journal }: Ports): Promise<InstanceRecord[]> => {
  const folder = instancesFolder(dir);
  const names = (await disk.list(folder)).filter(isId);
  const records = await Promise.all(names.map((name) => readRecord(disk, pathsOf(`${folder}/${name}`))));
  return records.filter((record, at): record is InstanceRecord => {
    if (record === undefined || record.instance === names[at]) return record !== undefined;
    journal("warn", `${folder}/${names[at]} is left alone: it is a copy of the folder of ${record.instance}`);
    return false;
  });
};
