import { realGameFiles } from "#bridge/game/adapters/game-files";
import { freePorts, mayBindLow, portState } from "#bridge/game/adapters/network";
import { realProcesses } from "#bridge/game/adapters/processes";
import type { Game, RconAddress, RconConnection } from "#bridge/game/port";
import { connectRcon } from "#bridge/rcon/connect";

/** For connecting with log-in, and for an answer unless the caller says otherwise. */
const RCON_TIMEOUT_MS = 10_000;

const realRcon = async (
  { host = "127.0.0.1", port, password }: RconAddress,
  onClosed: () => void,
): Promise<RconConnection> => {
  const client = await connectRcon({ host, port, password, timeoutMs: RCON_TIMEOUT_MS });
  client.onClose(onClosed);
  return { send: (command, timeoutMs) => client.send(command, timeoutMs), close: () => void client.close() };
};

/** The real game on this machine: processes, files, sockets. */
export const realGame = (): Game => ({
  ...realProcesses(),
  ...realGameFiles,
  ...{ freePorts, portState, mayBindLow, connectRcon: realRcon },
});
