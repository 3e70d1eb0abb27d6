import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { worldStatement } from "#core/events/command";
import { slaveTelemetry } from "#core/events/telemetry";
import { type InstanceId, instanceId, isId, type SlaveId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { type Clock, pause } from "#core/ports/clock";
import type { Spoken } from "#core/repair/plan";
import { parseTelemetrySubject, SELF, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";

/** Every bridge says which instances it has this often (TELEMETRY_MS), and once more for what was lost. */
const LISTEN_MS = 11_000;

export interface Address {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
}

/** What was said, and who could not say anything, with the reason. */
export interface Said {
  readonly spoken: readonly Spoken[];
  readonly mute: readonly (Address & { readonly reason: string })[];
}

/** The instances of every bridge that runs, whether or not a leader knows of it. */
export const listenForInstances = async (
  bus: Bus,
  { clock, signal, ms = LISTEN_MS }: { readonly clock: Clock; readonly signal: AbortSignal; readonly ms?: number },
): Promise<Address[]> => {
  const found = new Map<string, Address>();
  const subscription = bus.subscribe(subjects.all.telemetry, ({ subject, data }) => {
    const from = parseTelemetrySubject(subject);
    if (from?.instance !== SELF) return;
    try {
      for (const id of decodeJson(slaveTelemetry, data, subject).instances)
        if (isId(id)) found.set(`${from.slave}/${id}`, { slave: from.slave, instance: instanceId(id) });
    } catch (error) {
      // Another version's bridge: it is not asked, and its worlds are listed as silent.
      if (!isClusterioError(error, "bad-input")) throw error;
    }
  });
  await pause(clock, ms, signal);
  subscription.stop();
  return [...found.values()];
};

/** All vectors of one world, page by page. */
const statementOf = async (client: ClusterClient, address: Address): Promise<Spoken> => {
  let whole: Spoken | undefined;
  for (let after: string | undefined; ; ) {
    const answer = await client.bridge(address, "state", after === undefined ? {} : { after });
    const { next, ...page } = worldStatement.parse(answer);
    const exported = { ...whole?.exported, ...page.exported };
    const received = { ...whole?.received, ...page.received };
    whole = { ...page, ...address, exported, received };
    if (next === undefined) return whole;
    after = next;
  }
};

/** Asks all of them at once: whoever cannot answer is named with the reason. */
export const askWorlds = async (client: ClusterClient, addresses: readonly Address[]): Promise<Said> => {
  const spoken: Spoken[] = [];
  const mute: (Address & { reason: string })[] = [];
  await Promise.all(
    addresses.map(async (address) => {
      try {
        spoken.push(await statementOf(client, address));
      } catch (error) {
        if (!isClusterioError(error)) throw error;
        mute.push({ ...address, reason: messageOf(error) });
      }
    }),
  );
  return { spoken, mute };
};
