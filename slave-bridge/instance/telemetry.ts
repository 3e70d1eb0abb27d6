import type { TakenPort } from "#bridge/instance/game-ports";
import type { InstanceTelemetry } from "#core/events/telemetry";
import type { InstanceId, WorldId } from "#core/ids";
import { type InstanceConfig, revisionOf } from "#core/instance-config";

/** What others are shown of an instance. Pure. */

/** An alarm names causes and last lines; more of it nobody reads. */
const ALARM_CHARACTERS_MAX = 10_000;

interface Listens {
  readonly game: number;
  readonly rcon: number;
}

export interface Shown {
  readonly phase: InstanceTelemetry["state"];
  readonly listens: Listens | undefined;
  readonly attached: boolean;
  readonly linked: boolean;
  readonly config: InstanceConfig;
  readonly world: WorldId | "";
  readonly alarms: string | undefined;
  readonly players: number;
}

export const telemetryOf = (
  { phase, listens, attached, linked, config, world, alarms, players }: Shown,
  measured: Pick<InstanceTelemetry, "tick" | "ups" | "rconLatencyMs" | "latencyMs">,
): InstanceTelemetry => ({
  state: phase,
  ...(listens === undefined ? {} : { ports: listens }),
  ...(attached ? { attached: true as const } : {}),
  linked,
  name: config.name,
  config: revisionOf(config),
  ...(world === "" ? {} : { world }),
  ...(alarms === undefined ? {} : { alarm: alarms.slice(0, ALARM_CHARACTERS_MAX) }),
  ...(players === 0 ? {} : { players }),
  ...measured,
});

/** Those of its running game, else those that it is to have. */
export const portsOf = (by: InstanceId, listens: Listens | undefined, { ports }: InstanceConfig): TakenPort[] => {
  const { game, rcon } = listens ?? ports ?? {};
  return [
    ...(game === undefined ? [] : [{ kind: "game" as const, port: game, by }]),
    ...(rcon === undefined ? [] : [{ kind: "rcon" as const, port: rcon, by }]),
  ];
};
