import { resolve } from "node:path";
import { z } from "zod";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { connectNats } from "#core/adapters/nats-connection";
import { isClusterioError, messageOf } from "#core/errors";
import { slaveView } from "#core/events/access";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { instanceTelemetry, type SlaveStatus, slaveStatus, slaveTelemetry, TELEMETRY_MS } from "#core/events/telemetry";
import { type SlaveId, slaveId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { type Clock, pause } from "#core/ports/clock";
import { STREAMS } from "#core/streams";
import { parseTelemetrySubject, SELF, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import { placeInFolder } from "#ctl/cluster/place";
import type { Gathered, SlaveAnswer, StreamLine, Told } from "#ctl/status/view";

/** A bridge answers from memory; who needs longer is silent. */
const SLAVE_MS_MAX = 2_000;
/** Without a master nobody knows which slaves there are: each says every so often that it is there. */
const LISTEN_MS = TELEMETRY_MS + 500;

export interface Asked {
  readonly client: ClusterClient;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly url: string;
  /** A cluster's folder on this machine, for what only its own credentials may see. */
  readonly dir: string | undefined;
  readonly signal: AbortSignal;
}

type FromMaster = Pick<Gathered, "problem" | "cluster" | "instances" | "worlds" | "stocks" | "slaves">;
type FromBridges = Pick<Gathered, "present" | "told">;

/** Asks everybody at once. What does not answer is told, never thrown. */
export const gather = async (asked: Asked): Promise<Gathered> => {
  const master = await fromMaster(asked.client);
  const ids = new Set([
    ...(master.slaves ?? []).map(({ slave }) => slave),
    ...master.instances.map(({ slave }) => slave).filter((slave) => slave !== ""),
  ]);
  const [bridges, streams] = await Promise.all([
    master.cluster === undefined ? listen(asked) : ask(asked, [...ids].map(slaveId)),
    asked.dir === undefined ? [] : streamsIn(asked.dir),
  ]);
  return { url: asked.url, user: asked.client.user, ...master, ...bridges, streams };
};

const NOBODY: FromMaster = {
  problem: "",
  cluster: undefined,
  instances: [],
  worlds: [],
  stocks: [],
  slaves: undefined,
};

const fromMaster = async (client: ClusterClient): Promise<FromMaster> => {
  try {
    const [cluster, instances, worlds, stocks, slaves] = await Promise.all([
      client.cluster(),
      client.instances(),
      client.worlds(),
      client.storage(),
      slavesOf(client),
    ]);
    return { problem: "", cluster, instances, worlds, stocks, slaves };
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return { ...NOBODY, problem: messageOf(error) };
  }
};

/** Undefined for who may not ask, or where a master has no keys for it. */
const slavesOf = async (client: ClusterClient): Promise<Gathered["slaves"]> => {
  try {
    const { slaves } = await client.access("slave.list", {}, z.object({ slaves: z.array(slaveView) }));
    return slaves.filter(({ state }) => state !== "revoked");
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return undefined;
  }
};

/**
 * Each bridge that is there, and what it last told of its instances. Who may not ask them (`slave.status`) hears what they say by
 * themselves, given the time for it.
 */
export const ask = async (
  { client, bus, ...time }: Pick<Asked, "client" | "bus"> & Partial<Pick<Asked, "clock" | "signal">>,
  slaves: readonly SlaveId[],
): Promise<FromBridges> => {
  const present: Record<string, SlaveAnswer> = {};
  const told: Record<string, Told> = {};
  let refused = false;
  await Promise.all(
    slaves.map(async (slave) => {
      const subject = subjects.command(client.user, slave, SELF, "status");
      const result = await bus.request(subject, encodeJson({}), SLAVE_MS_MAX).catch((error: unknown) => {
        if (!isClusterioError(error, "refused")) throw error;
        refused = true;
        return undefined;
      });
      if (result === undefined) return;
      if (result.kind !== "answer") {
        present[slave] = { is: result.kind === "nobody" ? "away" : "silent" };
        return;
      }
      const status = statusIn(result.data, subject);
      if (status === undefined) return;
      present[slave] = { is: "present", said: status };
      for (const [instance, said] of Object.entries(status.told ?? {})) told[instance] = { ...said, slave };
    }),
  );
  const { clock, signal } = time;
  if (!refused || clock === undefined || signal === undefined) return { present, told };
  const heard = await listen({ bus, clock, signal });
  return { present: { ...heard.present, ...present }, told: { ...heard.told, ...told } };
};

/** Another version's answer still shows that it is there. */
const statusIn = (data: Uint8Array, what: string): SlaveStatus | undefined => {
  try {
    const said = decodeJson(answer, data, what);
    return "ok" in said ? slaveStatus.safeParse(said.ok).data : undefined;
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return undefined;
  }
};

/** What bridges say by themselves. */
export const listen = async ({ bus, clock, signal }: Pick<Asked, "bus" | "clock" | "signal">): Promise<FromBridges> => {
  const present: Record<string, SlaveAnswer> = {};
  const told: Record<string, Told> = {};
  const hearing = bus.subscribe(subjects.all.telemetry, ({ subject, data }) => {
    const from = parseTelemetrySubject(subject);
    if (from === undefined) return;
    try {
      if (from.instance === SELF)
        present[from.slave] = { is: "present", said: decodeJson(slaveTelemetry, data, subject) };
      else told[from.instance] = { ...decodeJson(instanceTelemetry, data, subject), slave: from.slave };
    } catch (error) {
      // Another version's measurements are not ours to judge.
      if (!isClusterioError(error, "bad-input")) throw error;
    }
  });
  await pause(clock, LISTEN_MS, signal);
  hearing.stop();
  return { present, told };
};

/** With the folder's own credentials of CORE: nobody else may see streams. */
const streamsIn = async (dir: string): Promise<StreamLine[]> => {
  try {
    const core = await placeInFolder(resolve(dir), "master-master.creds");
    const link = await connectNats({ servers: core.url, creds: core.creds, name: "master", ca: core.ca });
    try {
      return await Promise.all(
        STREAMS.map(async ({ name }) => {
          const { firstSeq, lastSeq, bytes, bytesMax } = await new JetStreamLog(link, name).info();
          return { stream: name, messages: lastSeq - firstSeq + 1, bytes, bytesMax: bytesMax ?? null };
        }),
      );
    } finally {
      await link.close();
    }
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return [];
  }
};
