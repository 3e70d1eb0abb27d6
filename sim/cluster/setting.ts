import type { FactRoom } from "#bridge/link/statements";
import type { SlaveId } from "#core/ids";
import type { ManualClock } from "#core/ports/memory/manual-clock";
import type { MemoryBroker } from "#core/ports/memory/memory-bus";
import type { Chance } from "#sim/cluster/chance";
import type { Host } from "#sim/cluster/host";
import type { Machine } from "#sim/cluster/machine";
import type { Weather } from "#sim/cluster/weather";
import type { Games, Save } from "#sim/cluster/world";

/** What a host needs of the history that it stands in. */
export interface Setting {
  /** The broker's time. */
  readonly clock: ManualClock;
  readonly broker: MemoryBroker;
  readonly chance: Chance;
  readonly weather: Weather;
  /** The kind of game that runs here. */
  readonly games: Games;
  /** How far a slave's clock is ahead (ms). */
  skewOf(slave: SlaveId): number;
  /** Another map. */
  newSeed(): number;
  untakeableOn(host: Host): ReadonlySet<string>;
  /** A world of this host's instance was saved: it may be loaded again much later. */
  archive(host: Host, save: Save): void;
  /** A run that was started from this save turned out to be, or became, this world. */
  named(host: Host, save: Save, world: string): void;
  /** A promise is broken: its kind or number, and what broke. */
  broke(rule: string, detail: string): void;
  /** The game of this world is handed something in the session with this token. */
  handed(world: string, token: string): void;
  /** What an assignment says, undefined when its signature is none of the cluster's present key. */
  signedEpoch(assignment: string): number | undefined;
  log(message: string): void;
  /** Shipped code, or a mod in a game, raised an error: that is a bug. */
  crashed(error: unknown): void;
  /** What one fact has room for in this history; absent, what the master takes. */
  readonly factRoom: FactRoom | undefined;
  publishFact(from: Machine, subject: string, bytes: Uint8Array): void;
}
