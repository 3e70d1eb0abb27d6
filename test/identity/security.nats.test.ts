import { jetstreamManager } from "@nats-io/jetstream";
import { errors } from "@nats-io/transport-node";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { createIdentity } from "#core/identity/identity";
import { instanceId, slaveId, userId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { ensureStreams } from "#core/streams";
import { SELF, subjects } from "#core/subjects";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** What an authenticated slave or user cannot do (DESIGN 10), and what must work across the accounts nevertheless. */
const nats = useNats();
const alphaId = slaveId("alpha");
const betaId = slaveId("beta");
const north = instanceId("north");
const admin = userId("admin");
const fact = new TextEncoder().encode('{"specversion":"1.0"}');

let master: NatsLink;
let alpha: NatsLink;
let beta: NatsLink;
let user: NatsLink;
const problems: Error[] = [];

beforeAll(async () => {
  master = await nats().master();
  await ensureStreams(await jetstreamManager(master.nc, { checkAPI: false }));
  alpha = await nats().slave("alpha", (error) => problems.push(error));
  beta = await nats().slave("beta");
  user = await nats().user("admin", (error) => problems.push(error));
});

const log = (stream: string) => new JetStreamLog(master, stream);
const lastSeq = async (stream: string) => (await log(stream).info()).lastSeq;

/** True when the server refused it, by saying so. */
const refusesPublish = async (link: NatsLink, subject: string): Promise<boolean> => {
  const before = problems.length;
  link.nc.publish(subject, fact);
  await link.nc.flush();
  await until(() => problems.length > before, { timeoutMs: 500, what: "it is refused" }).catch(() => {});
  const problem = problems[before];
  return problem instanceof errors.PermissionViolationError && problem.subject === subject;
};

const refusesSubscribe = async (link: NatsLink, subject: string): Promise<boolean> => {
  const refusal = new Promise<boolean>((resolve) => {
    const subscription = link.nc.subscribe(subject, {
      callback: (error) => resolve(error instanceof errors.PermissionViolationError),
    });
    void link.nc
      .flush()
      .then(() => link.nc.flush())
      .then(() => {
        subscription.unsubscribe();
        resolve(false);
      });
  });
  return refusal;
};

describe("slave alpha cannot", () => {
  test.each([
    ["state a fact of beta", subjects.event(betaId, north, "world-reported")],
    ["write beta's audit", subjects.audit(betaId, SELF)],
    ["write the master's audit", subjects.audit("master", SELF)],
    ["write the ledger", subjects.ledger("round")],
    ["deliver to itself", subjects.delivery(alphaId, north)],
    ["deliver to beta", subjects.delivery(betaId, north)],
    ["set a level", "clusterio.v1.storage.item.iron-plate.normal"],
    ["set a state", subjects.state("instances", north)],
    ["put a signal on a channel as beta", subjects.circuit(betaId, north, "main")],
    ["put a signal on a channel past the master", subjects.signal("main", north)],
    ["say something as beta's world", subjects.message(betaId, north, undefined, "main")],
    ["command beta", subjects.command(admin, betaId, SELF, "stop")],
    ["command the master as admin", subjects.masterCommand(admin, "policy", "set")],
    ["command the master as itself", subjects.masterCommand(userId("alpha"), "policy", "set")],
    ["ask as beta", subjects.query(betaId, "link")],
    ["ask for what a server printed", subjects.logQuery(userId("alpha"), north)],
    ["reject facts", subjects.rejected(betaId, north)],
    ["ask JetStream", "$JS.API.INFO"],
    ["make a consumer", "$JS.API.CONSUMER.CREATE.LEDGER"],
    ["purge the ledger", "$JS.API.STREAM.PURGE.LEDGER"],
    ["ask the system", "$SYS.REQ.SERVER.PING"],
  ])("%s", async (_, subject) => {
    expect(await refusesPublish(alpha, subject)).toBe(true);
  });

  test.each([
    ["beta's deliveries", subjects.delivery(betaId, north)],
    ["everybody's deliveries", subjects.all.deliveries],
    ["beta's commands", subjects.all.commandsTo(betaId)],
    ["the master's commands", subjects.all.masterCommands],
    ["queries", subjects.all.queries],
    ["beta's facts", subjects.event(betaId, north, "world-reported")],
    ["what beta says to the master about a channel", subjects.circuit(betaId, north, "main")],
    ["the ledger", subjects.all.ledger],
    ["beta's inbox", "_INBOX.beta.>"],
    ["all inboxes", "_INBOX.>"],
    ["everything", ">"],
    ["JetStream", "$JS.>"],
  ])("hear %s", async (_, subject) => {
    expect(await refusesSubscribe(alpha, subject)).toBe(true);
  });
});

describe("a user cannot", () => {
  test.each([
    ["say something as a world", subjects.message(alphaId, north, undefined, "main")],
    ["state a fact", subjects.event(alphaId, north, "world-reported")],
    ["command as another user", subjects.command(userId("other"), alphaId, SELF, "stop")],
    ["command the master as another user", subjects.masterCommand(userId("other"), "policy", "set")],
    ["answer somebody", "_INBOX.beta.anything"],
    ["write the ledger", subjects.ledger("round")],
    ["ask JetStream", "$JS.API.INFO"],
  ])("%s", async (_, subject) => {
    expect(await refusesPublish(user, subject)).toBe(true);
  });

  test.each([
    ["the ledger", subjects.all.ledger],
    ["commands to a slave", subjects.all.commandsTo(alphaId)],
    ["queries", subjects.all.queries],
    ["another's inbox", "_INBOX.alpha.>"],
  ])("hear %s", async (_, subject) => {
    expect(await refusesSubscribe(user, subject)).toBe(true);
  });
});

test("EDGE has no JetStream, whatever its users were allowed", async () => {
  const { core, edge } = nats().identity.accounts;
  const limits = (jwt: string) => JSON.parse(Buffer.from(jwt.split(".")[1]!, "base64url").toString()).nats.limits;
  expect(limits(core.jwt)).toMatchObject({ mem_storage: -1, disk_storage: -1, streams: -1 });
  for (const name of ["mem_storage", "disk_storage", "streams", "consumer"])
    expect(limits(edge.jwt)[name] ?? 0).toBe(0);
});

test("a fact of a slave lands in EVENTS, with its bytes; an unlisted type does not", async () => {
  const before = await lastSeq("EVENTS");
  new NatsBus(alpha).publish("clusterio.v1.event.alpha.north.world-invented", fact);
  new NatsBus(alpha).publish(subjects.event(alphaId, north, "world-reported"), fact);
  await until(async () => (await lastSeq("EVENTS")) > before, { what: "it was stored" });
  const [stored, ...others] = await log("EVENTS").read(before + 1, 10);
  expect(others).toEqual([]);
  expect(stored).toMatchObject({ subject: "clusterio.v1.event.alpha.north.world-reported" });
  expect(Buffer.from(stored!.data).equals(fact)).toBe(true);
});

test("what a slave says beside facts is stored, too", async () => {
  const kinds = { audit: "AUDIT", log: "LOGS", telemetry: "TELEMETRY", chat: "CHAT" } as const;
  for (const [kind, stream] of Object.entries(kinds)) {
    const before = await lastSeq(stream);
    new NatsBus(alpha).publish(`clusterio.v1.${kind}.alpha.north`, fact);
    await until(async () => (await lastSeq(stream)) === before + 1, { what: `${stream} has it` });
  }
});

test("no reply subject makes the server publish for a slave: the ledger and beta's facts stay as they are", async () => {
  const before = { ledger: await lastSeq("LEDGER"), events: await lastSeq("EVENTS") };
  const mine = subjects.event(alphaId, north, "world-reported");
  const replies = [subjects.ledger("round"), subjects.event(betaId, north, "world-reported")];
  const kinds = ["audit", "log", "telemetry", "chat"].map((kind) => `clusterio.v1.${kind}.alpha.north`);
  const heard: string[] = [];
  for (const pattern of replies) new NatsBus(master).subscribe(pattern, ({ subject }) => heard.push(subject));
  await master.nc.flush();
  for (let n = 0; n < 50; n++) {
    for (const reply of replies) for (const subject of [mine, ...kinds]) alpha.nc.publish(subject, fact, { reply });
  }
  await alpha.nc.flush();
  await until(async () => (await lastSeq("EVENTS")) >= before.events + 100, { what: "the facts were stored" });
  await until(async () => (await lastSeq("CHAT")) >= 100, { what: "the chat was stored" });
  await master.nc.flush();
  expect(await lastSeq("EVENTS")).toBe(before.events + 100);
  expect(await lastSeq("LEDGER")).toBe(before.ledger);
  expect(heard).toEqual([]);
});

test("asking a master or a slave that is away tells so at once", async () => {
  const bus = new NatsBus(user);
  const began = performance.now();
  expect(await bus.request(subjects.masterCommand(admin, "policy", "set"), fact, 20_000)).toEqual({ kind: "nobody" });
  expect(await bus.request(subjects.query(admin, "storage"), fact, 20_000)).toEqual({ kind: "nobody" });
  expect(await bus.request(subjects.command(admin, slaveId("gone"), SELF, "stop"), fact, 20_000)).toEqual({
    kind: "nobody",
  });
  expect(await new NatsBus(alpha).request(subjects.query(alphaId, "link"), fact, 20_000)).toEqual({ kind: "nobody" });
  expect(performance.now() - began).toBeLessThan(4_000);
});

test("the master answers commands and queries across the accounts, and sees who asks by the subject", async () => {
  const bus = new NatsBus(master);
  const heard: string[] = [];
  const answering = [subjects.all.masterCommands, subjects.all.queries].map((pattern) =>
    bus.subscribe(pattern, (message) => {
      heard.push(message.subject);
      bus.respond(message, fact);
    }),
  );
  await bus.flush();
  const asked = [
    await new NatsBus(user).request(subjects.masterCommand(admin, "policy", "set"), fact, 5_000),
    await new NatsBus(user).request(subjects.query(admin, "storage"), fact, 5_000),
    await new NatsBus(alpha).request(subjects.query(alphaId, "link"), fact, 5_000),
  ];
  expect(asked.map(({ kind }) => kind)).toEqual(["answer", "answer", "answer"]);
  expect(heard).toEqual([
    "clusterio.v1.command.admin.master.policy.set",
    "clusterio.v1.query.admin.storage",
    "clusterio.v1.query.alpha.link",
  ]);
  for (const subscription of answering) subscription.stop();
});

test("a slave answers a user's command", async () => {
  const bus = new NatsBus(alpha);
  const heard: { subject: string; reply: string | undefined }[] = [];
  bus.subscribe(subjects.all.commandsTo(alphaId), (message) => {
    heard.push({ subject: message.subject, reply: message.reply });
    bus.respond(message, fact);
  });
  await bus.flush();
  const result = await new NatsBus(user).request(subjects.command(admin, alphaId, north, "stop"), fact, 5_000);
  expect(result.kind).toBe("answer");
  expect(heard).toEqual([
    { subject: "clusterio.v1.command.admin.alpha.north.stop", reply: expect.stringMatching(/^_INBOX\.admin\./) },
  ]);
});

test("a slave that answers to a reply subject of a user's choice stays within inboxes", async () => {
  const refusedBefore = problems.length;
  const before = await lastSeq("EVENTS");
  const reply = subjects.event(betaId, north, "world-reported");
  const bus = new NatsBus(alpha);
  bus.subscribe(subjects.command(admin, alphaId, SELF, "trick"), (message) => bus.respond(message, fact));
  await bus.flush();
  user.nc.publish(subjects.command(admin, alphaId, SELF, "trick"), fact, { reply });
  await until(() => problems.length > refusedBefore, { what: "the answer is refused" });
  expect(await lastSeq("EVENTS")).toBe(before);
});

test("what a world says to others reaches every slave and user, and no stream and no master", async () => {
  const heard: string[] = [];
  const hear = (link: NatsLink, who: string) =>
    new NatsBus(link).subscribe(subjects.all.messages, ({ subject }) => heard.push(`${who} ${subject}`));
  for (const [link, who] of [
    [alpha, "alpha"],
    [beta, "beta"],
    [user, "user"],
    [master, "master"],
  ] as const)
    hear(link, who);
  await Promise.all([alpha, beta, user, master].map((link) => link.nc.flush()));
  new NatsBus(alpha).publish(subjects.message(alphaId, north, instanceId("east"), "my-mod"), fact);
  await until(() => heard.length === 3, { what: "it came" });
  await master.nc.flush();
  const subject = "clusterio.v1.message.alpha.north.east.my-mod";
  expect([...heard].sort()).toEqual([`alpha ${subject}`, `beta ${subject}`, `user ${subject}`]);
});

test("what CORE says reaches EDGE: each slave its deliveries, users the read models; the ledger reaches nobody", async () => {
  const heard = { alpha: [] as string[], beta: [] as string[], user: [] as string[] };
  new NatsBus(alpha).subscribe(subjects.deliveriesTo(alphaId), ({ subject }) => heard.alpha.push(subject));
  new NatsBus(beta).subscribe(subjects.deliveriesTo(betaId), ({ subject }) => heard.beta.push(subject));
  for (const pattern of [subjects.all.levels, subjects.all.state, subjects.all.deliveries]) {
    new NatsBus(user).subscribe(pattern, ({ subject }) => heard.user.push(subject));
  }
  await Promise.all([alpha, beta, user].map((link) => link.nc.flush()));
  const bus = new NatsBus(master);
  bus.publish(subjects.ledger("round"), fact);
  bus.publish(subjects.delivery(alphaId, north), fact);
  bus.publish("clusterio.v1.storage.item.iron-plate.normal", fact);
  bus.publish(subjects.state("instances", north), fact);
  bus.publish(subjects.delivery(betaId, north), fact);
  const all = () => heard.user.length === 4 && heard.alpha.length === 1 && heard.beta.length === 1;
  await until(all, { what: "all came" });
  expect(heard.alpha).toEqual(["clusterio.v1.delivery.alpha.north"]);
  expect(heard.beta).toEqual(["clusterio.v1.delivery.beta.north"]);
  expect([...heard.user].sort()).toEqual([
    "clusterio.v1.delivery.alpha.north",
    "clusterio.v1.delivery.beta.north",
    "clusterio.v1.state.instances.north",
    "clusterio.v1.storage.item.iron-plate.normal",
  ]);
});

test("signals cross by the master alone: it hears each slave, and every slave and user hears it; levels reach slaves", async () => {
  const heard: string[] = [];
  const hear = (who: string, link: NatsLink, pattern: string) =>
    new NatsBus(link).subscribe(pattern, ({ subject }) => heard.push(`${who} ${subject}`));
  hear("master", master, subjects.all.circuits);
  hear("beta", beta, subjects.all.signalsOn("main"));
  hear("user", user, subjects.all.signals);
  hear("beta", beta, subjects.all.levels);
  await Promise.all([master, beta, user].map((link) => link.nc.flush()));
  new NatsBus(alpha).publish(subjects.circuit(alphaId, north, "main"), fact);
  await until(() => heard.length === 1, { what: "the master heard it" });
  new NatsBus(master).publish(subjects.signal("main", north), fact);
  new NatsBus(master).publish("clusterio.v1.storage.item.iron-plate.normal", fact);
  await until(() => heard.length === 4, { what: "all came" });
  expect([...heard].sort()).toEqual([
    "beta clusterio.v1.signal.main.north",
    "beta clusterio.v1.storage.item.iron-plate.normal",
    "master clusterio.v1.circuit.alpha.north.main",
    "user clusterio.v1.signal.main.north",
  ]);
});

test("nobody comes in without credentials, with those of another cluster, or with nonsense", async () => {
  const stranger = await createIdentity("/stranger", new MemoryDisk());
  const { bytes } = await stranger.slaveCreds(alphaId);
  await expect(connectNats({ servers: nats().url, creds: bytes, name: "alpha" })).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("alpha"),
  });
  await expect(connectNats({ servers: nats().url, creds: fact, name: "alpha" })).rejects.toMatchObject({
    code: "bad-input",
  });
});

test("a server that is not there is unavailable, and named", async () => {
  const { bytes } = await nats().identity.masterCreds();
  // Port 1 on loopback: nobody listens.
  const refusal = connectNats({ servers: "nats://127.0.0.1:1", creds: bytes, name: "master" });
  await expect(refusal).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining("127.0.0.1:1") });
});
