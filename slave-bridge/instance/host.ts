import type { TakenPort } from "#bridge/instance/game-ports";
import type { Said } from "#bridge/messages/message-line";
import type { FactBody } from "#core/events/facts";
import type { InstanceId, WorldId } from "#core/ids";
import type { ScheduleEntry } from "#core/schedule/entry";

/** What an instance needs of the bridge around it. */
export interface RunnerHost {
  publish(instance: InstanceId, fact: FactBody): void;
  send(instance: InstanceId, world: WorldId, said: Said): void;
  /** A message between worlds did not get through. */
  dropped(): void;
  /** Something that telemetry shows has changed. */
  changed(instance: InstanceId): void;
  /** Ports that the slave's other instances use or are to use. */
  takenPorts(but: InstanceId): readonly TakenPort[];
  /** It was deleted: stops it, closes it, and sets its folder aside. */
  gone(instance: InstanceId): Promise<void>;
}

export interface PartsHands {
  readonly host: RunnerHost;
  /** Something of its schedule is due. What became of it. */
  act(name: string, entry: ScheduleEntry): Promise<string>;
}
