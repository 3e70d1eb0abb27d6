import type { Airwaves } from "#bridge/circuit/airwaves";
import type { Levels } from "#bridge/circuit/levels";
import type { FactorioInstalls } from "#bridge/factorio/port";
import type { Game, ModSource } from "#bridge/game/port";
import type { Games, Install } from "#bridge/install";
import type { FactRoom } from "#bridge/link/statements";
import type { ClusterLists } from "#bridge/people/cluster-lists";
import type { Vault } from "#bridge/saves/vault";
import type { Limits } from "#bridge/supervisor/limits";
import type { Boot } from "#core/boot";
import type { SlaveTelemetry } from "#core/events/telemetry";
import type { SlaveId } from "#core/ids";
import type { PortRange } from "#core/port-range";
import type { Bus } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { Random } from "#core/ports/random";

/** What the bridge is told by its command line, proved. */
export interface BridgeSettings {
  readonly slave: SlaveId;
  /** Absolute. */
  readonly dir: string;
  readonly install: Install;
  /** Put into every instance: ours first. */
  readonly mods: readonly ModSource[];
  /** For the other games of this machine: whether `install` is not the game but stands in, and our mods by line. */
  readonly standsIn?: boolean;
  readonly modsOf?: (line: string) => Promise<readonly ModSource[]>;
  /** Where players reach the games, and on which ports where an instance fixes none; absent: any. */
  readonly gameAddress: string;
  readonly gamePorts?: PortRange;
  readonly limits: Limits;
  readonly version: string;
  /** A save that somebody brings may have so many (core/events/saves.ts has the usual limit). */
  readonly saveBytesMax?: number;
}

/** One line for people; `fields` for machines. Never a secret in either. */
export type Journal = (level: "debug" | "info" | "warn" | "error", message: string, fields?: object) => void;

/** Everything that the bridge touches the world with. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly bus: Bus;
  /** The same connection, marking what it publishes as CloudEvents. */
  readonly facts: Pick<Bus, "publish">;
  readonly game: Game;
  readonly journal: Journal;
  /** Instances' files, for what comes from outside. Absent, nothing of that is served. */
  readonly vault?: Vault;
  /** Absent: there is only the game that the settings say. */
  readonly installs?: FactorioInstalls;
  /** When the credentials end, for whoever looks after this slave. Absent: somebody else knows. */
  readonly credentials?: () => SlaveTelemetry["credentials"];
}

export interface BridgeContext {
  readonly settings: BridgeSettings;
  readonly boot: Boot;
  readonly ports: Ports;
  /** What all its worlds hear of the cluster's channels and levels. Absent: circuits end at the bridge. */
  readonly circuits?: { readonly air: Airwaves; readonly levels: Levels };
  /** The cluster's admins, bans and whitelist. Absent: every game has its own. */
  readonly lists?: ClusterLists;
  /** Absent: every instance runs what the settings say. */
  readonly games?: Games;
  /** Absent, what the master takes: the simulation's worlds are small. */
  readonly factRoom?: FactRoom;
}
