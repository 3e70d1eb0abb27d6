import { unavailable } from "#core/errors";
import type { InstanceView, WorldView } from "#core/events/query";
import type { InstanceTelemetry, SlaveTelemetry } from "#core/events/telemetry";
import { type InstanceId, instanceId, type SlaveId } from "#core/ids";
import { pause } from "#core/ports/clock";
import type { Cluster } from "#ctl/up/start";

/** Real Factorio makes a map and loads mods for minutes on a small machine. */
const LINK_MS_MAX = 300_000;
const LOOK_MS = 200;

export interface Heard {
  readonly slave: SlaveId;
  readonly instances: readonly InstanceView[];
  readonly worlds: readonly WorldView[];
  readonly telemetry: Readonly<Record<string, InstanceTelemetry>>;
  /** What the bridge says that it has; undefined before it said anything. */
  readonly bridge: SlaveTelemetry | undefined;
}

export type Linking =
  | { readonly kind: "linked"; readonly instances: readonly InstanceId[] }
  | { readonly kind: "waiting"; readonly line: string }
  | { readonly kind: "failed"; readonly line: string };

/**
 * How far the worlds of a slave are. Those that the ledger knows and those that the bridge has are waited for: after a lost
 * ledger only the bridge knows. One that an operator stopped is not.
 */
export const linking = ({ slave, instances, worlds, telemetry, bridge }: Heard): Linking => {
  if (bridge === undefined) return { kind: "waiting", line: "waiting to hear from the bridge" };
  const assigned = instances.filter((instance) => instance.slave === slave).map(({ instance }) => instance);
  const ids = [...new Set([...assigned, ...bridge.instances])].sort();
  const waiting: string[] = [];
  const linked: InstanceId[] = [];
  for (const id of ids) {
    const told = telemetry[id];
    if (told?.state === "failed")
      return { kind: "failed", line: `${id} does not start: ${told.alarm ?? "no reason told"}` };
    const open = worlds.some((world) => world.instance === id && world.open);
    if (told?.linked === true && open) linked.push(instanceId(id));
    else if (told?.state !== "stopped") waiting.push(`${id} (${told === undefined ? "not heard of" : told.state})`);
  }
  if (waiting.length > 0) return { kind: "waiting", line: `waiting for ${waiting.join(", ")}` };
  return linked.length > 0 ? { kind: "linked", instances: linked } : { kind: "waiting", line: "no world is there yet" };
};

/** @throws ClusterioError `unavailable` when a game fails to start, or it takes too long. */
export const untilLinked = async (
  { plan, watcher }: Cluster,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<readonly InstanceId[]> => {
  const { clock, slave } = plan;
  const deadline = clock.now() + LINK_MS_MAX;
  let said = "";
  for (;;) {
    signal.throwIfAborted();
    await watcher.look();
    const last = watcher.latest;
    const now: Linking =
      last === undefined
        ? { kind: "waiting", line: `the master does not answer: ${watcher.problem}` }
        : linking({ slave, ...last, telemetry: watcher.telemetry, bridge: watcher.slaves[slave] });
    if (now.kind === "linked") return now.instances;
    if (now.kind === "failed") throw unavailable(now.line);
    if (clock.now() >= deadline) throw unavailable(`not linked after ${LINK_MS_MAX / 1000} s: ${now.line}`);
    if (now.line !== said) say(now.line);
    said = now.line;
    await pause(clock, LOOK_MS, signal);
  }
};
