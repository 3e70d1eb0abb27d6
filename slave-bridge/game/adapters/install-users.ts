import { pinOf } from "#bridge/factorio/choose";
import type { GameUser } from "#bridge/factorio/orders";
import { instancesFolder, pathsOf, readRecord, readServer } from "#bridge/instance/folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { isAlive } from "#core/adapters/process-id";
import { isId } from "#core/ids";

/** Who uses which version in a bridge's folder, whether a bridge runs or not (an adapter: reads the disk and processes). */
export const usersIn = async (dir: string): Promise<GameUser[]> => {
  const folder = instancesFolder(dir);
  const users: GameUser[] = [];
  for (const name of (await nodeDisk.list(folder)).filter(isId)) {
    const paths = pathsOf(`${folder}/${name}`);
    const record = await readRecord(nodeDisk, paths);
    if (record === undefined) continue;
    const server = await readServer(nodeDisk, paths);
    const runs = server?.process != null && isAlive(server.process);
    users.push({
      instance: record.instance,
      gameVersion: runs ? server.version : undefined,
      pinned: pinOf(record.config),
    });
  }
  return users;
};
