import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { NatsBus } from "#core/adapters/nats-bus";
import { packageRoot } from "#core/adapters/package-root";
import { nextBoot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { TELEMETRY_MS } from "#core/events/telemetry";
import { instanceId, slaveId } from "#core/ids";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { parseSlaveCommandSubject, SELF, subjects } from "#core/subjects";
import { clusterio } from "#ctl/ledger/test/projector";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE, PlainCluster } from "#test/kit/plain-cluster";
import { until } from "#test/kit/until";

/** `clusterio instance logs|send-rcon|console` as they are installed, on a real projector; the bridge is the test itself. */
const nats = useNats();
const slave = slaveId("s1");
const a = instanceId("a");
const boot = nextBoot(Date.now(), "", new SeededRandom(1));
let cluster: PlainCluster;
let bus: NatsBus;
let first = 0;
const kept: object[] = [];
const children: ChildProcess[] = [];

const line = (text: string) => ({ at: Date.now(), from: "game", text });
const say = (...texts: string[]): void => {
  const lines = texts.map(line);
  kept.push(...lines);
  bus.publish(subjects.log(slave, a), encodeJson({ boot, first, lines }));
  first += lines.length;
};

beforeAll(async () => {
  cluster = await PlainCluster.start(nats());
  bus = new NatsBus(await nats().slave(slave));
  bus.subscribe(subjects.all.commandsTo(slave), (message) => {
    const { verb } = parseSlaveCommandSubject(message.subject)!;
    const asked = JSON.parse(new TextDecoder().decode(message.data)) as { command?: string };
    if (verb === "log") bus.respond(message, encodeJson({ ok: { boot, first: first - kept.length, lines: kept } }));
    else if (asked.command === "/bad")
      bus.respond(message, encodeJson({ error: { code: "unavailable", message: "a is stopped" } }));
    else bus.respond(message, encodeJson({ ok: { reply: `${asked.command}?\nyes\n` } }));
  });
}, NATS_START_MS_MAX);
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await cluster.stopLeader("SIGKILL");
});

const started = async (...args: string[]) => {
  const main = join(packageRoot(), "dist/ctl/main.js");
  const child = spawn(process.execPath, [main, "instance", ...args, ...(await cluster.where()).user]);
  children.push(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  return { child, said, code: new Promise<number | null>((resolve) => child.once("close", resolve)) };
};
const run = async (...args: string[]) => clusterio(["instance", ...args, ...(await cluster.where()).user]);

test("the past of a log, what of it fits, and one command and its reply", async () => {
  say("[JOIN] ann", "[CHAT] ann: hi");
  say("[LEAVE] ann");
  await until(async () => (await cluster.client.logs(a, { lines: 10 })).batches.length === 2, {
    ...PATIENCE,
    what: "the stream has it",
  });
  const [all, some, json, since, rcon, unknown] = await Promise.all([
    run("logs", "a"),
    run("logs", "a", "--grep", "JOIN|LEAVE", "--lines", "1"),
    run("logs", "a", "--since", "1h", "--json"),
    run("logs", "a", "--since", "yesterday"),
    run("send-rcon", "a", "/players", "online"),
    run("logs", "nowhere"),
  ]);
  expect(all).toMatchObject({
    code: 0,
    err: "",
    out: expect.stringMatching(/^\S+Z {2}\[JOIN\] ann\n.*hi\n.*\[LEAVE\] ann\n$/),
  });
  expect(some.out).toMatch(/^\S+Z {2}\[LEAVE\] ann\n$/);
  expect(
    json.out
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text) as object),
  ).toEqual([
    expect.objectContaining({ instance: "a", slave: "s1", boot, number: 0, from: "game", text: "[JOIN] ann" }),
    expect.objectContaining({ number: 1 }),
    expect.objectContaining({ number: 2, text: "[LEAVE] ann" }),
  ]);
  expect(since).toMatchObject({ code: 2, err: expect.stringContaining("--since") });
  expect(rcon).toEqual({ code: 0, out: "/players online?\nyes\n", err: "" });
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('there is no instance "nowhere"') });
}, 30_000);

test("without a master: -f shows what the bridge has and what comes; a piped console works, and ends with its failure", async () => {
  await cluster.stopLeader("SIGKILL");
  const telling = setInterval(() => {
    bus.publish(subjects.telemetry(slave, SELF), encodeJson({ boot, version: "1", game: "g", instances: ["a", "b"] }));
  }, TELEMETRY_MS / 20);
  try {
    const [logs, console, failing] = await Promise.all([
      started("logs", "a", "-f"),
      started("console", "a"),
      started("console", "a"),
    ]);
    console.child.stdin.end("/time\n\n/seed\n");
    failing.child.stdin.end("/time\n/bad\n/seed\n");
    await until(() => logs.said.out.includes("[LEAVE] ann"), { ...PATIENCE, what: "the bridge's last lines" });
    say("[JOIN] bob");
    await until(() => logs.said.out.includes("[JOIN] bob"), { ...PATIENCE, what: "what comes" });
    expect(logs.said.out.match(/\[JOIN\] ann/g)).toHaveLength(1);
    expect(logs.said.err).toContain("no master answers");
    logs.child.kill("SIGINT");
    expect(await logs.code).toBe(0);
    expect([await console.code, console.said.out]).toEqual([0, "/time?\nyes\n/seed?\nyes\n"]);
    expect([await failing.code, failing.said.out]).toEqual([3, "/time?\nyes\n"]);
    expect(failing.said.err).toContain("a is stopped");
  } finally {
    clearInterval(telling);
  }
}, 30_000);
