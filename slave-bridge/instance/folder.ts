import { SET_ASIDE } from "#bridge/instance/lineage";
import {
  decodeRecord,
  decodeServer,
  encodeRecord,
  encodeServer,
  type InstanceRecord,
  type ServerRecord,
} from "#bridge/instance/record";
import type { Disk } from "#core/ports/disk";

/** Where things are in `<dir>/instances/<id>/`; it is also the game's write-data. */
export const pathsOf = (folder: string) => ({
  folder,
  record: `${folder}/instance.json`,
  server: `${folder}/server.json`,
  lock: `${folder}/lock`,
  saves: `${folder}/saves`,
  /** What is brought, copied or made, before it has its name. */
  incoming: `${folder}/incoming`,
  mods: `${folder}/mods`,
  /** What operators want of the list, until a start puts it in. */
  modsWanted: `${folder}/mods-wanted.json`,
  modList: `${folder}/mods/mod-list.json`,
  reports: `${folder}/script-output`,
  config: `${folder}/config.ini`,
  settings: `${folder}/server-settings.json`,
  console: `${folder}/console.log`,
  /** The game writes the same there once more, and nobody reads it. */
  ownLog: `${folder}/factorio-current.log`,
  crashes: `${folder}/crashes`,
  /** Who is in the game, and what is still to be told of them. */
  players: `${folder}/players.json`,
  /** Until when its schedule was looked at, and what came of it. */
  schedule: `${folder}/schedule.json`,
  setAside: `${folder}/saves/${SET_ASIDE}`,
});
export type Paths = ReturnType<typeof pathsOf>;

/** Where its game is asked something in a map that nobody wants (EX1), as if it were an instance's folder. */
export const askingPaths = ({ folder }: Paths): Paths => pathsOf(`${folder}/incoming/asking`);

export const instancesFolder = (dir: string): string => `${dir}/instances`;

export const readRecord = async (disk: Disk, paths: Paths): Promise<InstanceRecord | undefined> => {
  const bytes = await disk.read(paths.record);
  return bytes === undefined ? undefined : decodeRecord(bytes, paths.record);
};

export const writeRecord = (disk: Disk, paths: Paths, record: InstanceRecord): Promise<void> =>
  disk.write(paths.record, encodeRecord(record));

export const readServer = async (disk: Disk, paths: Paths): Promise<ServerRecord | undefined> => {
  const bytes = await disk.read(paths.server);
  return bytes === undefined ? undefined : decodeServer(bytes, paths.server);
};

export const writeServer = (disk: Disk, paths: Paths, server: ServerRecord): Promise<void> =>
  disk.write(paths.server, encodeServer(server));
