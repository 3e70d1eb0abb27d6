import type { ProcessLimits } from "#bridge/game/port";
import type { InstanceRecord } from "#bridge/instance/record";
import type { Restart } from "#bridge/supervisor/server";
import type { InstanceConfig } from "#core/instance-config";

/** What an instance's configuration means to whoever supervises it. Pure. */

export const restartOf = ({ restart = {} }: InstanceConfig): Restart => {
  const { policy = "on-crash", attempts, pauseSecondsMax } = restart;
  return {
    policy: policy === "never" ? "never" : "on-failure",
    ...(attempts === undefined ? {} : { attemptsMax: attempts }),
    ...(pauseSecondsMax === undefined ? {} : { pauseMsMax: pauseSecondsMax * 1_000 }),
  };
};

export const limitsOf = ({ limits = {} }: InstanceConfig): ProcessLimits => limits;

/** Whether a game without players stands still by itself: then its tick says nothing of it. */
export const pausesAlone = ({ settings }: InstanceConfig): boolean => settings?.auto_pause === true;

/**
 * What is wanted of an instance whose game does not run when its bridge starts, or learns of it. What is on its way from another
 * slave is left to whoever moves it.
 */
export const wantedAtStart = (
  { config, desired, arrived }: Pick<InstanceRecord, "config" | "desired" | "arrived">,
  when: "bridge-started" | "learned",
): InstanceRecord["desired"] => {
  if (arrived !== undefined) return desired;
  switch (config.start) {
    case "never":
      return "stopped";
    case "boot":
      return when === "bridge-started" ? "running" : desired;
    case "always":
      return "running";
    default:
      return desired;
  }
};

/** With another configuration. A save that is named again later is gone on from again. */
export const configured = ({ loaded, ...record }: InstanceRecord, config: InstanceConfig): InstanceRecord => ({
  ...record,
  ...(loaded === undefined || loaded !== config.save ? {} : { loaded }),
  config,
});
