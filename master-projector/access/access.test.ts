import { unavailable } from "#core/errors";
import { decodeText, encodeJson } from "#core/events/codec";
import type { Answer } from "#core/events/command";
import { AccessKeys } from "#core/identity/access-keys";
import { accessKeysFile, createIdentity, rotateKey } from "#core/identity/identity";
import { OwnKey } from "#core/identity/own-key";
import { slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { subjects } from "#core/subjects";
import { Access, type AccessPorts } from "#projector/access/access";
import { floodLimits } from "#projector/access/flood-guard";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A master's book of rights on memory ports, whose broker may be away. */
const begin = async (options: Partial<AccessPorts> = {}) => {
  const disk = new MemoryDisk();
  const identity = await createIdentity("/identity", disk);
  await identity.userCreds(userId("root"));
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const bus = broker.connect();
  const log = new MemoryLog(clock);
  const told = {
    pushed: [] as string[],
    alarms: [] as string[],
    audit: [] as string[],
    away: false,
    unreadable: false,
  };
  const ports: AccessPorts = {
    ...{ clock, bus, watch: bus, disk, log, path: "/book.json" },
    alarm: (text) => told.alarms.push(text),
    audit: ({ user, verb, outcome }) => told.audit.push(`${user} ${verb} ${outcome}`),
    accounts: {
      push: async (jwt) => {
        if (told.away) throw unavailable("the broker is away");
        told.pushed.push(jwt);
      },
    },
    keys: async () => {
      if (told.unreadable) throw unavailable("the keys cannot be read");
      return AccessKeys.of((await disk.read(accessKeysFile("/identity")))!, "access.json");
    },
    keepEdge: async () => {},
    ...options,
  };
  const open = () => Access.open(ports, []);
  const ask = (access: Access, name: string, value: object, user = "root"): Promise<Answer> =>
    new Promise((resolve) => access.command({ user, name, value }, resolve));
  /** All that waits is done. */
  const tick = async (access: Access, ms: number) => {
    await clock.advance(ms);
    await ask(access, "user.list", {});
  };
  return { told, clock, log, disk, identity, broker, bus: broker.connect(), open, ask, tick };
};

const create = (user: string) => ({ user, roles: ["viewer"], publicKey: new OwnKey().publicKey });

test("AX2 what was taken away is answered only when the broker enforces it, and AX3 it is pushed again", async () => {
  const { told, clock, open, ask } = await begin();
  const access = open();
  expect(await ask(access, "user.create", create("ada"))).toHaveProperty("ok");
  const before = told.pushed.length;
  told.away = true;
  expect(await ask(access, "user.revoke", { user: "ada" })).toMatchObject({ error: { code: "unavailable" } });
  expect([access.book.users.ada?.state, told.pushed.length]).toEqual(["revoked", before]);
  told.away = false;
  await clock.advance(2_000);
  await ask(access, "user.list", {});
  expect(told.pushed).toHaveLength(before + 1);
  expect(told.audit).toEqual(expect.arrayContaining(["root user.revoke asked", "root user.revoke unavailable"]));
  await access.close();
});

test("AX1 two masters on one book: what one wrote the other reads before it writes", async () => {
  const { open, ask } = await begin();
  const [one, two] = [open(), open()];
  await ask(one, "user.list", {});
  await ask(two, "user.list", {});
  expect(await ask(one, "user.create", create("ada"))).toHaveProperty("ok");
  expect(await ask(two, "user.create", create("bea"))).toMatchObject({ error: { code: "unavailable" } });
  expect(await ask(two, "user.create", create("bea"))).toHaveProperty("ok");
  expect(Object.keys(two.book.users).sort()).toEqual(["ada", "bea", "root"]);
  await Promise.all([one.close(), two.close()]);
});

test("a command that waits while the master stops is told so", async () => {
  const { open, ask } = await begin();
  const access = open();
  const asked = ask(access, "user.list", {});
  await access.close();
  expect(await asked).toMatchObject({
    error: { code: "unavailable", message: expect.stringContaining("leader changes") },
  });
  await settled();
});

test("keys that cannot be read when the term begins, or a broker that is away, stop nobody: who asks next begins again", async () => {
  const { told, open, ask } = await begin();
  told.unreadable = true;
  const access = open();
  expect(await ask(access, "user.list", {})).toMatchObject({ error: { code: "unavailable" } });
  told.unreadable = false;
  told.away = true;
  expect(await ask(access, "user.list", {})).toMatchObject({ error: { code: "unavailable" } });
  expect(await ask(access, "user.list", {})).toHaveProperty("ok");
  expect(told.alarms[0]).toContain("docs/operations.md#access");
  told.away = false;
  expect(await ask(access, "user.create", create("ada"))).toHaveProperty("ok");
  await access.close();
});

test("more commands than wait are told to come back, and those before them are carried out", async () => {
  const { open, ask } = await begin();
  const access = open();
  const answers = await Promise.all(Array.from({ length: 201 }, () => ask(access, "user.list", {})));
  expect(answers.map((answer) => "ok" in answer).indexOf(false)).toBe(200);
  expect(answers[200]).toMatchObject({ error: { code: "unavailable", message: "the master is busy: try again" } });
  expect(await ask(access, "user.list", {})).toHaveProperty("ok");
  await access.close();
});

test("AX3 the token is pushed when rights or instances change, and neither pushed nor stored when nothing does", async () => {
  const { told, log, open, ask, tick } = await begin();
  const access = open();
  await ask(access, "role.create", { role: "eu", grants: ["instance.start on eu-*"] });
  await ask(access, "user.create", { ...create("ada"), roles: ["eu"] });
  await tick(access, 10_000);
  const [pushed, { lastSeq }] = [told.pushed.length, await log.info()];
  expect(await ask(access, "user.set-roles", { user: "ada", roles: ["eu"] })).toHaveProperty("ok");
  await tick(access, 10_000);
  expect([told.pushed.length, (await log.info()).lastSeq]).toEqual([pushed, lastSeq]);
  access.instances(["eu-north"]);
  await tick(access, 1);
  expect([told.pushed.length, (await log.info()).lastSeq]).toEqual([pushed + 1, lastSeq]);
  await access.close();
});

test("somebody whom the cluster's keys made since is known when he asks", async () => {
  const { identity, open, ask } = await begin();
  const access = open();
  await ask(access, "user.list", {});
  expect(await ask(access, "user.list", {}, "bob")).toMatchObject({ error: { code: "refused" } });
  await identity.userCreds(userId("bob"));
  expect(await ask(access, "user.list", {}, "bob")).toHaveProperty("ok");
  await access.close();
});

test("a slave whose key was replaced is told at once and then again until it has another one; who is revoked is told nothing", async () => {
  const { disk, clock, bus, open, ask, tick } = await begin();
  const notices: string[] = [];
  for (const slave of ["home", "gone"]) bus.subscribe(subjects.notice(slaveId(slave)), () => void notices.push(slave));
  const access = open();
  for (const name of ["home", "gone"]) await ask(access, "slave.create", { name, publicKey: new OwnKey().publicKey });
  await ask(access, "slave.revoke", { slave: "gone" });
  await tick(access, 20_000);
  expect(notices).toEqual([]);
  const now = clock.now() + 1;
  await rotateKey("/identity", disk, "slave", { now, until: now + 60_000 });
  await tick(access, 2_000);
  expect(notices).toEqual(["home"]);
  await tick(access, 10_000);
  expect(notices).toEqual(["home", "home"]);
  const request = encodeJson({ publicKey: new OwnKey().publicKey });
  const renewed = await bus.request(subjects.renew(slaveId("home")), request, 1_000);
  expect(renewed.kind === "answer" && decodeText(renewed.data)).toContain('"jwt"');
  const before = notices.length;
  await tick(access, 20_000);
  expect(notices).toHaveLength(before);
  await access.close();
});

describe("floods", () => {
  const flood = async () => {
    const it = await begin({ flood: floodLimits(3) });
    const access = it.open();
    await it.ask(access, "slave.create", { name: "box", publicKey: new OwnKey().publicKey });
    await it.ask(access, "user.create", create("ada"));
    /** Two seconds of too much. */
    const say = async (subject: string) => {
      for (let second = 0; second < 2; second++) {
        for (let n = 0; n < 10; n++) access.heard({ subject, data: new Uint8Array(), headers: {} });
        await it.clock.advance(1_000);
      }
      await it.ask(access, "user.list", {});
    };
    return { ...it, access, say };
  };

  test("a slave that asks too much is kept out by the broker, and let in again when it is time", async () => {
    const { told, access, say, tick } = await flood();
    const before = told.pushed.length;
    // The end of its pause is none of the moments at which the token is looked at anyhow.
    await tick(access, 1_000);
    await say("clusterio.v1.query.box.link");
    expect(told.alarms.at(-1)).toContain("slave box is kept out for 2 s");
    expect(told.pushed).toHaveLength(before + 1);
    await tick(access, 1_999);
    expect(told.pushed).toHaveLength(before + 1);
    await tick(access, 1);
    expect(told.pushed).toHaveLength(before + 2);
    await access.close();
  });

  test("what slaves say on the wire counts, and so does how often they renew", async () => {
    const { told, bus, access, clock } = await flood();
    const say = async (subject: string) => {
      for (let n = 0; n < 4; n++) bus.publish(subject, new Uint8Array());
      await settled();
      await clock.advance(1_000);
    };
    await say("clusterio.v1.log.box.north");
    expect(told.alarms).toEqual([expect.stringContaining("slave box floods: 4 messages")]);
    await say("clusterio.v1.renew.ida");
    expect(told.alarms.at(-1)).toContain("slave ida floods: 4 messages");
    await access.close();
  });

  test("a user who asks too much is told of, and kept out by nobody", async () => {
    const { told, access, say } = await flood();
    await say("clusterio.v1.query.ada.players");
    expect(told.alarms).toEqual(Array.from(told.alarms, () => expect.stringContaining("user ada floods")));
    expect(told.alarms.length).toBeGreaterThan(0);
    expect(told.audit.filter((entry) => entry.startsWith("master slave."))).toEqual([]);
    await access.close();
  });
});

test("a request with a header of the broker's is refused before anything is decided", async () => {
  const { told, broker, bus, open, ask } = await begin();
  const access = open();
  await ask(access, "slave.create", { name: "home", publicKey: new OwnKey().publicKey });
  const answers: string[] = [];
  bus.subscribe("_INBOX.x", ({ data }) => void answers.push(decodeText(data)));
  const data = encodeJson({ publicKey: new OwnKey().publicKey });
  const headers = { "nats-expected-stream": "LEDGER" };
  broker.send({ subject: subjects.renew(slaveId("home")), data, reply: "_INBOX.x", headers });
  await settled();
  expect(answers).toEqual([expect.stringContaining("must not carry the header")]);
  expect(told.audit.filter((entry) => entry.startsWith("home "))).toEqual([]);
  await access.close();
});
