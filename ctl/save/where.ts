import { badInput, isClusterioError } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { slaveTelemetry } from "#core/events/telemetry";
import { type InstanceId, instanceId, isId, type SlaveId, slaveId } from "#core/ids";
import type { Bus, Subscription } from "#core/ports/bus";
import { type Clock, pause } from "#core/ports/clock";
import { parseTelemetrySubject, SELF, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import { instanceNamed } from "#ctl/instance/named";

/** Where an instance runs: as the master says, or, while none answers, as the bridges say themselves. */
export interface Address {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
}

/** Each bridge says what it runs every five seconds. */
const LISTEN_MS = 6_000;

export interface Asked {
  readonly client: ClusterClient;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** @throws ClusterioError `bad-input` when there is none, or it belongs to no slave; `unavailable` when nobody can say. */
export const whereIs = async ({ client, bus, clock, signal }: Asked, name: string): Promise<Address> => {
  try {
    const found = instanceNamed(await client.instances(), name);
    if (found.slave === "")
      throw badInput(`${found.instance} belongs to no slave: clusterio instance assign ${found.instance} --slave ID`);
    return { slave: slaveId(found.slave), instance: instanceId(found.instance) };
  } catch (error) {
    if (!isClusterioError(error, "unavailable") || !isId(name)) throw error;
    process.stderr.write("no master answers: asking the bridges themselves…\n");
    const found = await heard(bus, { clock, signal, instance: instanceId(name) });
    if (found === undefined) throw error;
    return found;
  }
};

const heard = async (
  bus: Bus,
  { clock, signal, instance }: { readonly clock: Clock; readonly signal: AbortSignal; readonly instance: InstanceId },
): Promise<Address | undefined> => {
  let found: Address | undefined;
  const over = new AbortController();
  const subscription: Subscription = bus.subscribe(subjects.all.telemetry, ({ subject, data }) => {
    const from = parseTelemetrySubject(subject);
    if (from?.instance !== SELF || found !== undefined) return;
    try {
      if (!decodeJson(slaveTelemetry, data, subject).instances.includes(instance)) return;
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      return;
    }
    found = { slave: from.slave, instance };
    over.abort();
  });
  await pause(clock, LISTEN_MS, AbortSignal.any([signal, over.signal]));
  subscription.stop();
  return found;
};
