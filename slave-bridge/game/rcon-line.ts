import type { Network, RconAddress, RconConnection, Stop } from "#bridge/game/port";
import { isClusterioError } from "#core/errors";
import type { Clock } from "#core/ports/clock";

/** A loading server opens its RCON socket some time after it says that it is ready. */
const AGAIN_MS = 250;

/**
 * Tries until there is a connection, which is handed over once; then its loss is told once. The supervisor says when to try
 * again, and when to give up.
 */
export const openRcon = (
  { clock, network }: { clock: Clock; network: Network },
  address: RconAddress,
  on: { connected(rcon: RconConnection): void; lost(): void },
): Stop => {
  let stopped = false;
  let cancel = () => {};
  let open: RconConnection | undefined;

  const lost = () => {
    if (stopped) return;
    stopped = true;
    on.lost();
  };
  const tryOnce = async (): Promise<void> => {
    let closedEarly = false;
    try {
      const rcon = await network.connectRcon(address, () => {
        if (open === undefined) closedEarly = true;
        else lost();
      });
      if (stopped) return rcon.close();
      open = rcon;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      if (!stopped) cancel = clock.after(AGAIN_MS, () => void tryOnce());
      return;
    }
    on.connected(open);
    if (closedEarly) lost();
  };
  void tryOnce();

  return () => {
    stopped = true;
    cancel();
    open?.close();
  };
};
