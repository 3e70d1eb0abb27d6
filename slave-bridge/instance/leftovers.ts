import type { ProcessId } from "#bridge/game/port";
import { askingPaths, type Paths, readServer, writeServer } from "#bridge/instance/folder";
import type { ServerRecord } from "#bridge/instance/record";
import type { BridgeContext } from "#bridge/ports";

/**
 * What an earlier bridge left running in this folder: the server that its record names, to be adopted, and everything else
 * that runs with this folder's config, to be ended first (S1): a save being made, or a server that no record names. So is a game
 * that was asked something, and the folder that it had (EX2).
 */
export const findRunning = async (context: BridgeContext, paths: Paths): Promise<ServerRecord | undefined> => {
  const { disk, game, journal } = context.ports;
  const server = await readServer(disk, paths);
  const asked = askingPaths(paths);
  const running = [...(await game.find(paths.config)), ...(await game.find(asked.config))];
  const ours = server === undefined ? undefined : await processOf(context, server, running);
  for (const stray of running) {
    if (stray.pid === ours?.pid) continue;
    journal("warn", `process ${stray.pid} runs in ${paths.folder} and is in no record: it is ended`);
    await end(context, stray);
  }
  await game.remove(asked.folder);
  if (server === undefined || ours === undefined) return undefined;
  const found = { ...server, process: ours };
  // Whoever looks for it next finds it by its process, as if nobody had been killed in between.
  if (server.process === null) await writeServer(disk, paths, found);
  return found;
};

const same = (a: ProcessId, b: ProcessId) => a.pid === b.pid && a.started === b.started;

/** A bridge that was killed between the spawn and the record of its pid: only its own server has this password. */
const processOf = async (
  { ports }: BridgeContext,
  server: ServerRecord,
  running: readonly ProcessId[],
): Promise<ProcessId | undefined> => {
  const known = server.process;
  if (known !== null) return running.find((process) => same(process, known));
  const [withPassword] = await ports.game.find(server.password);
  return withPassword;
};

const end = ({ ports }: BridgeContext, process: ProcessId): Promise<void> =>
  new Promise((resolve) => {
    ports.game.signal(process, "SIGKILL");
    ports.game.watch(process, () => resolve());
  });
