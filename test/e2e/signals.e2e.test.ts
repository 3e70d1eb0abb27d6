import { decodeJson } from "#core/events/codec";
import { channelState } from "#core/events/signal";
import { type InstanceId, instanceId, slaveId } from "#core/ids";
import { parseSignalSubject, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import { parseWorldCount } from "#ctl/count/world-count";
import { FAST, UP_MS_MAX, useCluster } from "#test/e2e/up-kit";
import { until } from "#test/kit/until";

/** Signals between real worlds: shown, gone when their world stops, there again when it starts. */
const cluster = useCluster();
const slave = slaveId("local");
const iron = instanceId("iron");
const copper = instanceId("copper");

const shownIn = async (client: ClusterClient, instance: InstanceId) => {
  const reply = await client.bridge({ slave, instance }, "send-rcon", { command: "/demo-count" });
  const text = typeof reply === "object" && reply !== null && "reply" in reply ? reply.reply : reply;
  return parseWorldCount(text, instance);
};

/** What this world shows is what others put there, beside what it puts there itself. */
const showsOthers = async (client: ClusterClient, instance: InstanceId): Promise<boolean> => {
  const { sent = {}, shown = {} } = await shownIn(client, instance);
  return Object.keys(shown).some((key) => sent[key] === undefined && shown[key] !== 0);
};

test(
  "a world shows what other worlds send, until those stop, and again when they start",
  async () => {
    const run = cluster().up(...FAST);
    await run.says("runs until Ctrl-C");
    const client = await cluster().client();
    const bus = await cluster().bus();
    const heard = new Map<string, object>();
    bus.subscribe(subjects.all.signals, ({ subject, data }) => {
      const from = parseSignalSubject(subject);
      const { signals } = decodeJson(channelState, data, subject);
      if (from?.channel === "demo") heard.set(from.instance, signals);
    });
    const patience = { timeoutMs: UP_MS_MAX };
    await until(() => heard.size === 3, { ...patience, what: "all three worlds are heard on the channel" });
    await until(() => showsOthers(client, copper), { ...patience, what: "copper shows what others send" });

    for (const other of ["iron", "circuits"]) {
      await client.bridge({ slave, instance: instanceId(other) }, "stop", {});
      const isSilent = () => Object.keys(heard.get(other) ?? { a: 1 }).length === 0;
      await until(isSilent, { ...patience, what: `${other} says that it is silent` });
    }
    await until(async () => !(await showsOthers(client, copper)), { ...patience, what: "copper shows nobody else" });

    await client.bridge({ slave, instance: iron }, "start", {});
    await until(() => showsOthers(client, copper), { ...patience, what: "copper shows iron again" });
    run.ctrlC();
    expect(await run.ended()).toBe(0);
  },
  4 * UP_MS_MAX,
);
