import type { Network } from "#bridge/game/port";
import { badInput, refused, unavailable } from "#core/errors";
import type { InstanceConfig } from "#core/instance-config";
import type { PortRange } from "#core/port-range";

/**
 * Which ports a game gets: those that its configuration fixes, else one of the slave's range, else any free one. What is taken is
 * found before the game is started.
 */
export type PortKind = "game" | "rcon";

/** A port that another instance of this bridge uses, or is to use. */
export interface TakenPort {
  readonly kind: PortKind;
  readonly port: number;
  readonly by: string;
}

export interface PortsWanted {
  readonly gameAddress: string;
  readonly range?: PortRange | undefined;
  readonly config: Pick<InstanceConfig, "ports">;
  readonly taken: readonly TakenPort[];
  /** The game's binary: below 1024 it needs the right to the port. */
  readonly binary: string;
}

type Probing = Pick<Network, "freePorts" | "portState" | "mayBindLow">;

/** Below this a port belongs to the system on most machines. */
const LOW_PORTS_END = 1_024;

const addressOf = (kind: PortKind, { gameAddress }: PortsWanted): string =>
  kind === "game" ? gameAddress : "127.0.0.1";

/** @throws ClusterioError `refused` for another instance's, `unavailable` for another process's, `bad-input` without the right. */
const provePort = async (network: Probing, kind: PortKind, port: number, wanted: PortsWanted): Promise<void> => {
  const what = `ports.${kind} ${port}`;
  const other = wanted.taken.find((one) => one.kind === kind && one.port === port);
  if (other !== undefined) throw refused(`${what} is that of ${other.by} on this slave: give one of them another port`);
  const state = await network.portState(kind, addressOf(kind, wanted), port);
  if (state === "free") return;
  if (state === "in-use")
    throw unavailable(
      `${what} is in use by another process of this machine: end that one (ss -${kind === "game" ? "u" : "t"}lpn 'sport = :${port}'), or set another port`,
    );
  if (port < LOW_PORTS_END && (await network.mayBindLow(wanted.binary))) return;
  throw badInput(
    `${what} needs a right that the game lacks here: sudo setcap cap_net_bind_service=+ep ${wanted.binary}, or set a port of ${LOW_PORTS_END} or more`,
  );
};

const inRange = async (network: Probing, { from, to }: PortRange, wanted: PortsWanted): Promise<number> => {
  for (let port = from; port <= to; port++) {
    const taken = wanted.taken.some((one) => one.kind === "game" && one.port === port);
    if (!taken && (await network.portState("game", wanted.gameAddress, port)) === "free") return port;
  }
  throw unavailable(
    `no UDP port of ${from} to ${to} is free on ${wanted.gameAddress}: stop an instance, or widen the range (clusterio-bridge config set game-ports FROM-TO)`,
  );
};

/** @throws ClusterioError when a fixed port cannot be had, or none of the range. */
export const choosePorts = async (network: Probing, wanted: PortsWanted): Promise<{ game: number; rcon: number }> => {
  const { game, rcon } = wanted.config.ports ?? {};
  if (game !== undefined) await provePort(network, "game", game, wanted);
  if (rcon !== undefined) await provePort(network, "rcon", rcon, wanted);
  const ranged = game ?? (wanted.range === undefined ? undefined : await inRange(network, wanted.range, wanted));
  if (ranged !== undefined && rcon !== undefined) return { game: ranged, rcon };
  for (;;) {
    const free = await network.freePorts(wanted.gameAddress);
    const isTaken = (kind: PortKind, port: number) =>
      wanted.taken.some((one) => one.kind === kind && one.port === port);
    if (ranged === undefined && isTaken("game", free.game)) continue;
    if (rcon === undefined && isTaken("rcon", free.rcon)) continue;
    return { game: ranged ?? free.game, rcon: rcon ?? free.rcon };
  }
};
