import { copyFile, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errors, headers } from "@nats-io/transport-node";
import { z } from "zod";
import { emptyBook } from "#core/access/book";
import { newAuthority } from "#core/adapters/certificates";
import { NatsBus } from "#core/adapters/nats-bus";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { credentialsAnswer, roleView, tokenAnswer, userView } from "#core/events/access";
import { decodeText, encodeJson } from "#core/events/codec";
import { AccessKeys, additionsIn } from "#core/identity/access-keys";
import { type BridgeConfig, encodeBridgeConfig, encodeJoinToken, type JoinToken } from "#core/identity/bridge-config";
import { accessKeysFile, createIdentity } from "#core/identity/identity";
import { OwnKey } from "#core/identity/own-key";
import { instanceId, slaveId, type UserId, userId } from "#core/ids";
import { SELF, subjects } from "#core/subjects";
import { ClusterClient } from "#ctl/client/client";
import { encodeContext } from "#ctl/context/store";
import { AccessKit, type Made } from "#test/kit/access";
import { cli, type Running, running } from "#test/kit/cli";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** Users, roles, slaves and join tokens on the wire: the real server, a real projector, plain NATS clients. */
const nats = useNats();
let kit: AccessKit;
let admin: ClusterClient;
const connect: AccessKit["connect"] = (...args) => kit.connect(...args);
const user: AccessKit["user"] = (...args) => kit.user(...args);
const slave: AccessKit["slave"] = (...args) => kit.slave(...args);

beforeAll(async () => {
  kit = new AccessKit(nats());
  await kit.start();
  admin = kit.admin;
}, 60_000);
afterAll(() => kit.close());

/** Somebody who answers every command of that slave with what he was asked. */
const answering = async (name: string) => {
  const made = await slave(name);
  const bus = new NatsBus(made.link);
  bus.subscribe(subjects.all.commandsTo(made.id), (message) =>
    bus.respond(message, new TextEncoder().encode(JSON.stringify({ ok: { subject: message.subject } }))),
  );
  await bus.flush();
  return made;
};

const may = async ({ link, id }: Made<UserId>, to: string, instance: string, verb: string): Promise<boolean> => {
  const subject = subjects.command(id, slaveId(to), instanceId(instance), verb);
  try {
    await link.nc.request(subject, "{}", { timeout: 2_000 });
    return true;
  } catch (error) {
    const cause = (error as Error).cause;
    if (cause instanceof errors.PermissionViolationError || error instanceof errors.PermissionViolationError)
      return false;
    throw error;
  }
};

const untilMay = (who: Made<UserId>, to: string, instance: string, verb: string, wanted: boolean) =>
  until(async () => (await may(who, to, instance, verb).catch(() => !wanted)) === wanted, {
    timeoutMs: 5_000,
    what: `${who.id} ${wanted ? "may" : "may not"} ${verb} ${instance}`,
  });

test("a role is enforced by the broker, follows the instances, and changes on live connections", async () => {
  await answering("box");
  await admin.access("role.create", { role: "keeper", grants: ["instance.start on eu-*", "see.telemetry"] }, roleView);
  const ada = await user("ada", "keeper");
  const eve = await user("eve", "viewer");
  expect(await may(ada, "box", "eu-north", "start")).toBe(false);
  await admin.master("instance.create", { name: "eu-north" });
  await untilMay(ada, "box", "eu-north", "start", true);
  expect(await may(ada, "box", "us-east", "start")).toBe(false);
  expect(await may(ada, "box", "eu-north", "stop")).toBe(false);
  expect(await may(eve, "box", "eu-north", "start")).toBe(false);

  await admin.access("role.edit", { role: "keeper", grants: ["instance.stop on eu-north"] }, roleView);
  await untilMay(ada, "box", "eu-north", "stop", true);
  expect(await may(ada, "box", "eu-north", "start")).toBe(false);

  // Verbs of the master about instances are enforced likewise: the subject names the one that it may be about.
  await admin.access("role.edit", { role: "keeper", grants: ["instance.assign on eu-*"] }, roleView);
  const assign = (instance: string, on?: string) =>
    ada.link.nc
      .request(
        subjects.masterCommand(ada.id, "instance", "assign", on === undefined ? undefined : instanceId(on)),
        JSON.stringify({ instance, slave: "box" }),
        // The broker disconnects whose rights change: what was asked just then has no answer.
        { timeout: 1_000 },
      )
      .then((m) => m.json<{ ok?: unknown; error?: { code: string } }>())
      .catch((error) => (error.cause instanceof errors.PermissionViolationError ? "refused by the broker" : error));
  const mayAssign = async () => "ok" in Object(await assign("eu-north", "eu-north"));
  await until(mayAssign, { timeoutMs: 10_000, what: "ada may assign eu-north" });
  expect(await assign("us-east", "us-east")).toBe("refused by the broker");
  expect(await assign("eu-north")).toBe("refused by the broker");
  expect(await assign("us-east", "eu-north")).toMatchObject({ error: { code: "refused" } });

  await admin.access("user.set-roles", { user: "ada", roles: ["viewer"] }, userView);
  await untilMay(ada, "box", "eu-north", "stop", false);
  // The neighbour was never disturbed by all this.
  expect(eve.problems.filter((error) => !(error instanceof errors.PermissionViolationError))).toEqual([]);
});

test("nobody gives what he does not have, whatever he writes into the request", async () => {
  await admin.access("role.create", { role: "clerk", grants: ["user.*", "role.*"] }, roleView);
  const clerk = await user("clerk", "clerk");
  const key = new OwnKey();
  const asked = { user: "more", roles: ["operator"], publicKey: key.publicKey, by: "root", caller: "root" };
  await expect(clerk.client.access("user.create", asked, z.unknown())).rejects.toMatchObject({
    code: "refused",
    message: expect.stringContaining("rights that you do not have"),
  });
  await expect(clerk.client.access("role.edit", { role: "clerk", grants: ["*"] }, z.unknown())).rejects.toMatchObject({
    code: "refused",
  });
  await expect(clerk.client.access("user.delete", { user: "root" }, z.unknown())).rejects.toMatchObject({
    code: "refused",
  });
  // In another's name he does not even get to ask.
  const forged = new ClusterClient(new NatsBus(clerk.link), userId("root") as UserId);
  await expect(forged.access("user.list", {}, z.unknown())).rejects.toBeDefined();
});

test("a revoked user is disconnected within a second and stays out; his neighbour notices nothing", async () => {
  const [bad, good] = [await user("bad", "viewer"), await user("good", "viewer")];
  const began = performance.now();
  await admin.access("user.revoke", { user: "bad" }, userView);
  await until(() => !bad.link.connected(), { timeoutMs: 5_000, what: "he is disconnected" });
  expect(performance.now() - began).toBeLessThan(1_000);
  await expect(connect(bad.creds, "bad")).rejects.toMatchObject({ code: "bad-input" });
  await good.link.nc.flush();
  expect([good.link.connected(), good.problems]).toEqual([true, []]);
  // New credentials, the same roles; the old ones are void still.
  const again = new OwnKey();
  const { jwt } = await admin.access("user.create", { user: "bad", publicKey: again.publicKey }, credentialsAnswer);
  await connect(again.creds(jwt), "bad");
  await expect(connect(bad.creds, "bad")).rejects.toMatchObject({ code: "bad-input" });
});

test("a revoked slave is disconnected within a second and stays out; his neighbour notices nothing", async () => {
  const [bad, good] = [await slave("bad slave"), await slave("good slave")];
  const began = performance.now();
  await admin.access("slave.revoke", { slave: "bad-slave" }, z.unknown());
  await until(() => !bad.link.connected(), { timeoutMs: 5_000, what: "it is disconnected" });
  expect(performance.now() - began).toBeLessThan(1_000);
  await expect(connect(bad.creds, "bad-slave")).rejects.toMatchObject({ code: "bad-input" });
  expect([good.link.connected(), good.problems]).toEqual([true, []]);
});

/** Until a token ends by itself, whatever the master knows by then. */
const secondsLeft = (jwt: string): number => {
  const { exp } = JSON.parse(Buffer.from(jwt.split(".")[1]!, "base64url").toString());
  return exp - Date.now() / 1_000;
};

test("a join token makes one slave, once; the machine's key never travels", async () => {
  const ticket = new OwnKey();
  const { id, jwt } = await admin.access(
    "slave.token",
    { publicKey: ticket.publicKey, minutes: 5, name: "attic" },
    tokenAnswer,
  );
  expect(secondsLeft(jwt)).toBeGreaterThan(4 * 60);
  expect(secondsLeft(jwt)).toBeLessThanOrEqual(5 * 60);
  const problems: Error[] = [];
  const joining = await connect(ticket.creds(jwt), id, problems);
  const key = new OwnKey();
  const join = (token: string, publicKey: string) =>
    joining.nc
      .request(`clusterio.v1.join.${token}`, JSON.stringify({ publicKey }), { timeout: 5_000 })
      .then((m) => m.json<{ ok?: { jwt: string; id: string }; error?: { code: string; message: string } }>());
  const { ok } = await join(id, key.publicKey);
  expect(ok?.id).toBe("attic");
  const attic = await connect(key.creds(ok?.jwt ?? ""), "attic");
  expect(attic.connected()).toBe(true);
  // Its own slave is gone by then, so that nothing but the token stands in the way.
  await admin.access("slave.revoke", { slave: "attic" }, z.unknown());
  expect((await join(id, new OwnKey().publicKey)).error).toMatchObject({
    code: "refused",
    message: expect.stringContaining("was used"),
  });
  await expect(join("join-guessed", key.publicKey)).rejects.toBeDefined();
  for (const subject of [
    subjects.query("attic" as never, "link"),
    subjects.masterCommand(userId(id), "slave", "list"),
    "$JS.API.INFO",
  ]) {
    const before = problems.length;
    joining.nc.publish(subject, "{}");
    await until(() => problems.length > before, { what: `${subject} is refused` });
  }
});

test("credentials end when they were said to, and are renewed before by whoever has them", async () => {
  const key = new OwnKey();
  const short = { user: "guest", roles: ["viewer"], publicKey: key.publicKey, days: 30 };
  const { jwt } = await admin.access("user.create", short, credentialsAnswer);
  const link = await connect(key.creds(jwt), "guest");
  const guest = new ClusterClient(new NatsBus(link), userId("guest"));
  const next = new OwnKey();
  const renewed = await guest.access("user.renew", { publicKey: next.publicKey }, credentialsAnswer);
  const box = { name: "short box", publicKey: new OwnKey().publicKey, days: 30 };
  const { jwt: ofSlave } = await admin.access("slave.create", box, credentialsAnswer);
  for (const made of [jwt, renewed.jwt, ofSlave]) {
    expect(secondsLeft(made)).toBeGreaterThan(29 * 86_400);
    expect(secondsLeft(made)).toBeLessThanOrEqual(30 * 86_400);
  }
  await connect(next.creds(renewed.jwt), "guest");
});

/** Credentials of this cluster that end so soon as no command gives them. */
const ending = async (id: string, publicKey: string, ms: number): Promise<string> => {
  const path = accessKeysFile(join(nats().folder, "identity"));
  const keys = AccessKeys.of(await readFile(path), path);
  return keys.sign(emptyBook(0), { kind: "slave", id, publicKey, expires: Date.now() + ms });
};

describe("a bridge", () => {
  const key = new OwnKey();
  const mill = slaveId("mill");
  const status = subjects.command(userId("root"), mill, SELF, "status");
  let file: string;
  let bridge: Running;
  let made: BridgeConfig;

  beforeAll(async () => {
    await admin.access("slave.create", { name: mill, publicKey: key.publicKey, days: 30 }, credentialsAnswer);
    file = join(nats().folder, "mill", "bridge.json");
    const creds = key.creds(await ending(mill, key.publicKey, 8_000));
    made = { v: 1, kind: "clusterio-bridge", slave: mill, url: nats().url, creds, settings: {} };
    await nodeDisk.write(file, encodeBridgeConfig(made));
    bridge = running("slave-bridge", ["run", "--config", file]);
    await until(() => bridge.said.includes("ready:"), { timeoutMs: 20_000, what: "the bridge runs" });
  }, 30_000);
  afterAll(() => bridge.stop());

  test("refuses what carries headers that make the broker act, and leaves it in the audit", async () => {
    const heard: { outcome: string }[] = [];
    const audit = subjects.audit(mill, SELF);
    new NatsBus(await nats().master()).subscribe(audit, ({ data }) => heard.push(JSON.parse(decodeText(data))));
    for (const name of ["Nats-Msg-Id", "nats-rollup", "NATS-Expected-Last-Sequence"]) {
      const forged = headers();
      forged.set(name, "all");
      const said = await kit.rootLink.nc.request(status, "{}", { headers: forged, timeout: 5_000 });
      expect([name, said.json()]).toMatchObject([name, { error: { code: "refused" } }]);
    }
    await until(() => heard.length === 6, { what: "each is in the audit before and after" });
    expect(heard.map(({ outcome }) => outcome)).toEqual(["asked", "refused", "asked", "refused", "asked", "refused"]);
  });

  test("renews its credentials itself when it is told to, as a whole file", async () => {
    const { creds: _, ...before } = made;
    // A key that was replaced: whoever has credentials of another is told to renew them.
    new NatsBus(await nats().master()).publish(subjects.notice(mill), encodeJson({ signer: "another" }));
    await until(() => bridge.said.includes("are renewed"), { timeoutMs: 10_000, what: "it renews them" });
    const { creds: next, ...rest } = JSON.parse(await readFile(file, "utf8"));
    expect([rest, (await stat(file)).mode & 0o777]).toEqual([before, 0o600]);
    expect(secondsLeft(/-----\n([\w.-]+)\n/.exec(next)![1]!)).toBeGreaterThan(29 * 86_400);
  }, 20_000);

  test("goes over to another key of slaves while the cluster runs, the old one is accepted for its time, users notice nothing", async () => {
    const [plain, ann] = [await slave("plain"), await user("ann", "viewer")];
    const signer = async () =>
      tokenIn(new TextEncoder().encode(JSON.parse(await readFile(file, "utf8")).creds), "them").signer;
    const before = await signer();
    const rotated = await cli("ctl", ["rotate", "slaves", "--grace", "1", "--dir", nats().folder]);
    expect(rotated).toMatchObject({ code: 0, err: "", out: expect.stringContaining("accepted until") });
    await until(async () => (await signer()) !== before, {
      timeoutMs: 20_000,
      what: "it has credentials of the new key",
    });
    await until(() => bridge.said.match(/are renewed/g)?.length === 2, { what: "it uses them" });
    await connect(plain.creds, "plain");
    const asked = await kit.rootBus.request(status, encodeJson({}), 5_000);
    expect([asked.kind, plain.link.connected(), ann.link.connected(), ann.problems]).toEqual([
      "answer",
      true,
      true,
      [],
    ]);
  }, 40_000);

  test("a new key of users voids the old credentials within seconds; slaves and admins go on", async () => {
    const [old, box] = [await user("old", "viewer"), await slave("box-2")];
    const rotating = ["rotate", "users", "--dir", nats().folder];
    // With a time in which both are accepted he has his renewed by the new key, and nobody is cut off.
    expect(await cli("ctl", [...rotating, "--grace", "1"])).toMatchObject({ code: 0, err: "" });
    const signerOf = (creds: string) => tokenIn(new TextEncoder().encode(creds), "them").signer;
    let renewed = old.creds;
    const goesOver = async () => {
      const next = new OwnKey();
      const { jwt } = await old.client.access("user.renew", { publicKey: next.publicKey }, credentialsAnswer);
      renewed = next.creds(jwt);
      return signerOf(renewed) !== signerOf(old.creds);
    };
    await until(goesOver, { timeoutMs: 10_000, what: "he gets credentials of the new key" });
    await Promise.all([connect(old.creds, "old"), connect(renewed, "old")]);
    expect([old.link.connected(), old.problems]).toEqual([true, []]);

    expect(await cli("ctl", rotating)).toMatchObject({ code: 0, err: "" });
    await until(() => !old.link.connected(), { timeoutMs: 10_000, what: "he is disconnected" });
    for (const creds of [old.creds, renewed])
      await expect(connect(creds, "old")).rejects.toMatchObject({ code: "bad-input" });
    expect([box.link.connected(), box.problems, kit.rootLink.connected()]).toEqual([true, [], true]);
    const asked = await kit.rootBus.request(status, encodeJson({}), 5_000);
    expect(asked.kind).toBe("answer");
    // New credentials are of the new key.
    await admin.access("user.revoke", { user: "old" }, z.unknown());
    const key = new OwnKey();
    const { jwt } = await admin.access("user.create", { user: "old", publicKey: key.publicKey }, credentialsAnswer);
    await connect(key.creds(jwt), "old");
  }, 40_000);

  // The last one: the time until then was of use to the others.
  test("goes on beyond the end of the credentials that it began with", async () => {
    const { expires: end = 0 } = tokenIn(new TextEncoder().encode(made.creds), "them");
    await until(() => Date.now() > end + 1_000, { timeoutMs: 15_000, what: "the first ones ended" });
    await expect(connect(made.creds, mill)).rejects.toMatchObject({ code: "bad-input" });
    const asked = await kit.rootBus.request(status, encodeJson({}), 5_000);
    expect(asked.kind === "answer" && JSON.parse(decodeText(asked.data))).toMatchObject({
      ok: { credentials: { expires: expect.any(Number) } },
    });
    expect(bridge.said).not.toMatch(/xpired|Violation/);
  }, 40_000);
});

test("a user's own context gets renewed credentials as a whole, at his word and by the first command near their end", async () => {
  const key = new OwnKey();
  const asked = { user: "guest-2", roles: ["viewer"], publicKey: key.publicKey, days: 30 };
  const { jwt } = await admin.access("user.create", asked, credentialsAnswer);
  const env = { CLUSTERIO_CONFIG_DIR: join(nats().folder, "guest"), CLUSTERIO_CONTEXT: "" };
  const file = join(env.CLUSTERIO_CONFIG_DIR, "contexts", "here.json");
  await nodeDisk.write(
    file,
    encodeContext({ v: 1, kind: "clusterio-context", url: nats().url, creds: key.creds(jwt) }),
  );
  const guest = (...args: string[]) => cli("ctl", [...args, "--context", "here"], { env, cwd: nats().folder });
  const renewed = await guest("user", "renew");
  expect(renewed).toMatchObject({ code: 0, err: "", out: expect.stringContaining("guest-2: the context here, until") });
  const after = JSON.parse(await readFile(file, "utf8"));
  expect([after.url, after.creds === key.creds(jwt), (await stat(file)).mode & 0o777]).toEqual([
    nats().url,
    false,
    0o600,
  ]);
  expect(await guest("storage", "list")).toMatchObject({ code: 0 });
  expect(await guest("user", "renew", "--output", file)).toMatchObject({ code: 4 });
}, 60_000);

test("what is decided outlives the master, the broker's folders, and an upgrade of the identity", async () => {
  const gone = await user("gone", "viewer");
  const stays = await user("stays", "viewer");
  await admin.access("user.revoke", { user: "gone" }, userView);
  await kit.stopProjector();
  const { folder } = nats();
  const edge = join(folder, "identity", "edge.jwt");
  expect((await stat(edge)).mode & 0o777).toBe(0o600);
  // The identity is signed anew, as another version would: what the master added stays in it.
  const file = join(folder, "identity", "identity.json");
  const identity = JSON.parse(await readFile(file, "utf8"));
  await nodeDisk.write(file, new TextEncoder().encode(JSON.stringify({ ...identity, grants: "of an older version" })));
  const again = await createIdentity(join(folder, "identity"), nodeDisk);
  const { revocations, signing_keys } = additionsIn(again.accounts.edge.jwt);
  expect([Object.keys(revocations).length > 0, signing_keys.length > 1]).toEqual([true, true]);
  // The broker forgets everything: the accounts in its folder and the stream ACCESS.
  await nats().stopServer();
  await rm(join(folder, "nats", "accounts"), { recursive: true });
  await nats().restart({ keepData: false });
  await kit.startProjector();
  await kit.answers();
  const { users } = await admin.access("user.list", {}, z.object({ users: z.array(userView) }));
  expect(users.map((one) => [one.user, one.state])).toEqual(
    expect.arrayContaining([
      ["gone", "revoked"],
      ["stays", "active"],
      ["root", "active"],
    ]),
  );
  await expect(connect(gone.creds, "gone")).rejects.toMatchObject({ code: "bad-input" });
  await connect(stays.creds, "stays");
});

test("nobody is made whose credentials could not be kept: exit code 3, nothing asked", async () => {
  const { path } = await nats().identity.userCreds(userId("root"));
  const as = ["--nats-url", nats().url, "--creds", path, "--output", "/proc/made.json"];
  for (const args of [
    ["user", "create", "zoe", "--role", "viewer"],
    ["slave", "create-config", "--name", "zoe", "--generate-token"],
  ])
    expect(await cli("ctl", [...args, ...as])).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^\/proc\/made\.json cannot be written: .*\n$/),
    });
  for (const command of ["user.list", "slave.list"] as const)
    expect(JSON.stringify(await admin.access(command, {}, z.unknown()))).not.toContain("zoe");
});

describe("clusterio-bridge join", () => {
  const ticket = async (changes: Partial<JoinToken> = {}, name?: string): Promise<string> => {
    const key = new OwnKey();
    const named = name === undefined ? {} : { name };
    const asked = { publicKey: key.publicKey, minutes: 5, ...named };
    const { id, jwt, expires } = await admin.access("slave.token", asked, tokenAnswer);
    return encodeJoinToken({ v: 1, id, url: nats().url, creds: key.creds(jwt), expires, ...changes });
  };
  const folder = (name: string) => join(nats().folder, "joined", name);
  const bridge = (...args: string[]) => cli("slave-bridge", args);
  const joining = (token: string, ...args: string[]) => cli("slave-bridge", ["join", ...args], { input: `${token}\n` });

  test("writes a configuration that is the machine's alone, once", async () => {
    const token = await ticket({}, "cellar");
    expect(await joining(token, "--dir", "/proc")).toMatchObject({
      code: 3,
      err: expect.stringContaining("/proc/bridge.json cannot be written"),
    });
    const written = join(nats().folder, "token");
    await nodeDisk.write(written, new TextEncoder().encode(`${token}\n`));
    const typed = await bridge("join", token, "--dir", folder("cellar"));
    expect(typed).toMatchObject({ code: 2, err: expect.stringContaining("can be read by everybody") });
    expect(typed.err).not.toContain(token.slice(20, 60));
    const joined = await bridge("join", "--token-file", written, "--days", "3", "--dir", folder("cellar"));
    expect(joined).toMatchObject({ code: 0, err: "" });
    const file = join(folder("cellar"), "bridge.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const config = JSON.parse(await readFile(file, "utf8"));
    const { creds: _, ...said } = config;
    expect(said).toEqual({ v: 1, kind: "clusterio-bridge", slave: "cellar", url: nats().url, settings: {} });
    await connect(config.creds, "cellar");
    const { expires = 0 } = tokenIn(new TextEncoder().encode(config.creds), "them");
    expect(Math.round((expires - Date.now()) / 3_600_000)).toBe(72);
    expect(await joining(await ticket(), "--dir", folder("cellar"))).toMatchObject({
      code: 4,
      err: expect.stringContaining("is there already"),
    });
    expect(await joining(token, "--dir", folder("twice"))).toMatchObject({
      code: 4,
      err: expect.stringContaining("was used"),
    });
    expect(await readdir(folder(""))).toEqual(["cellar"]);
  });

  test.each<[string, () => Promise<string> | string, number, string]>([
    ["no token at all", () => "nonsense", 2, "not a join token"],
    ["half a token", async () => (await ticket()).slice(0, -40), 2, "not a join token"],
    ["a token whose time is over", () => ticket({ expires: Date.now() }), 2, "time of this join token is over"],
    ["a token that leaves the name open, without one", () => ticket(), 2, "--name"],
    ["a token of another server", () => ticket({ url: "nats://127.0.0.1:1" }), 3, "127.0.0.1:1"],
    [
      "a token with another authority",
      async () => ticket({ url: nats().url.replace("nats", "tls"), ca: (await newAuthority(Date.now())).cert }),
      2,
      "not trusted",
    ],
    ["somebody else's credentials in it", async () => ticket({ id: "join-guessed" }), 4, "join-guessed"],
  ])("with %s: one line, nothing written, and no secret shown", async (_, made, code, said) => {
    const token = await made();
    const result = await joining(token, "--dir", folder("none"));
    expect([result.code, result.out]).toEqual([code, ""]);
    expect(result.err).toMatch(new RegExp(said));
    expect(result.err).not.toMatch(/SU[A-Z2-7]{20}|eyJ0/);
    expect(await readdir(folder("none")).catch(() => [])).toEqual([]);
  });

  test("config lists, shows and sets, never the credentials", async () => {
    const file = join(folder("cellar"), "bridge.json");
    const config = (...args: string[]) => bridge("config", ...args, "--config", file);
    expect(await config("set", "speed", "4")).toMatchObject({ code: 0 });
    expect(await config("show", "speed")).toMatchObject({ code: 0, out: "4\n" });
    const { out } = await config("list");
    expect(out).toMatch(/^slave +cellar$/m);
    expect(out).not.toMatch(/SU[A-Z2-7]{20}|eyJ0/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test("config refuses what a setting cannot be, by its name", async () => {
    const file = join(folder("cellar"), "bridge.json");
    const config = (...args: string[]) => bridge("config", ...args, "--config", file);
    const refused = [
      ["speed", "fast"],
      ["stop-games", "maybe"],
      ["color", "red"],
      ["slave", "other"],
      ["url", "here"],
    ].map(async ([key = "", value = ""]) =>
      expect(await config("set", key, value)).toMatchObject({ code: 2, err: expect.stringContaining(key) }),
    );
    await Promise.all(refused);
    expect(await bridge("config", "list", "--config", "/nowhere")).toMatchObject({ code: 3 });
    // What is written beside it first would have too long a name.
    const long = join(folder("cellar"), "x".repeat(250));
    await copyFile(file, long);
    expect(await bridge("config", "set", "speed", "4", "--config", long)).toMatchObject({
      code: 3,
      err: expect.stringContaining("cannot be written"),
    });
  });
});
