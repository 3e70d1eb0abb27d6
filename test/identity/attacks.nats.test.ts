import { connect as tcpConnect } from "node:net";
import { encodeUser, fmtCreds } from "@nats-io/jwt";
import { errors, headers } from "@nats-io/transport-node";
import { z } from "zod";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import type { NatsLink } from "#core/adapters/nats-connection";
import { newKey } from "#core/adapters/node-keys";
import { slaveView } from "#core/events/access";
import { encodeJson } from "#core/events/codec";
import { OwnKey } from "#core/identity/own-key";
import { instanceId, slaveId, userId } from "#core/ids";
import { SELF, subjects } from "#core/subjects";
import { AccessKit, type Made } from "#test/kit/access";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/**
 * What docs/security.md says that nobody can do, tried on the wire with credentials of every kind, against the real server and a
 * real master; each time the legitimate neighbour goes on unharmed.
 */
const nats = useNats();
let kit: AccessKit;
const neighbour = { id: slaveId("neighbour"), link: undefined as unknown as NatsLink, problems: [] as Error[] };
const north = instanceId("north");
const fact = new TextEncoder().encode('{"specversion":"1.0"}');

beforeAll(async () => {
  kit = new AccessKit(nats());
  await kit.start();
  Object.assign(neighbour, await kit.slave("neighbour"));
}, 60_000);
afterAll(() => kit.close());

const lastSeq = async (stream: string) => (await new JetStreamLog(await nats().master(), stream).info()).lastSeq;

/** The neighbour's connection is the one it was, and what it says is stored. */
const unharmed = async (): Promise<void> => {
  const before = await lastSeq("EVENTS");
  new NatsBus(neighbour.link).publish(subjects.event(neighbour.id, north, "world-reported"), fact);
  await until(async () => (await lastSeq("EVENTS")) > before, { what: "the neighbour's fact is stored" });
  expect([neighbour.link.connected(), neighbour.problems]).toEqual([true, []]);
};
afterEach(unharmed);

const PREFIX = "clusterio.v1";
const FORBIDDEN_TO_SAY = [
  ...["event", "log", "telemetry", "audit", "chat", "circuit"].map((kind) => `${PREFIX}.${kind}.neighbour.north.x`),
  subjects.delivery(neighbour.id, north),
  subjects.ledger("round"),
  subjects.access(),
  subjects.stateLeader(),
  subjects.audit("master", SELF),
  subjects.command(userId("root"), neighbour.id, SELF, "stop"),
  subjects.masterCommand(userId("root"), "user", "create"),
  subjects.query(neighbour.id, "link"),
  `${PREFIX}.join.join-guessed`,
  subjects.renew(neighbour.id),
  "$JS.API.INFO",
  "$JS.API.STREAM.PURGE.LEDGER",
  "$JS.API.STREAM.MSG.DELETE.LEDGER",
  "$JS.API.CONSUMER.CREATE.LEDGER",
  "$JS.API.DIRECT.GET.LEDGER",
  "$JS.ACK.LEDGER.x.1.1.1.1.1",
  "$SYS.REQ.CLAIMS.UPDATE",
  "$SYS.REQ.SERVER.PING",
  "$SRV.PING",
  "$SRV.INFO",
];
const FORBIDDEN_TO_HEAR = [
  subjects.all.ledger,
  `${PREFIX}.access.>`,
  subjects.all.masterCommands,
  subjects.all.queries,
  subjects.all.joins,
  subjects.all.commandsTo(neighbour.id),
  "_INBOX.neighbour.>",
  "_INBOX.>",
  "$JS.>",
  "$SYS.>",
  "$SRV.>",
  ">",
];

const refusedPublish = async ({ link, problems }: Pick<Made<unknown>, "link" | "problems">, subject: string) => {
  const before = problems.length;
  link.nc.publish(subject, fact);
  await link.nc.flush();
  await until(() => problems.length > before, { timeoutMs: 1_000, what: subject }).catch(() => {});
  const problem = problems[before];
  return problem instanceof errors.PermissionViolationError && problem.subject === subject;
};

const refusedSubscribe = (link: NatsLink, subject: string): Promise<boolean> =>
  new Promise((resolve) => {
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

describe.each<[string, () => Promise<Pick<Made<unknown>, "link" | "problems">>, readonly string[]]>([
  [
    "a slave",
    () => kit.slave("attacker"),
    ["audit", "delivery", "event", "log", "telemetry"].map((kind) => `${PREFIX}.${kind}.neighbour.>`),
  ],
  ["a viewer", () => kit.user("viewer", "viewer"), [`${PREFIX}.audit.>`, `${PREFIX}.log.>`]],
  ["a moderator", () => kit.user("moderator", "moderator"), []],
  // Whoever plays needs no credentials; where he is given some to watch with, he sees just that.
  [
    "a player",
    async () => {
      const grants = ["see.chat", "see.telemetry on north"];
      await kit.admin.access("role.create", { role: "player", grants }, z.unknown());
      return kit.user("pete", "player");
    },
    [
      ...["event", "log", "audit", "delivery", "state", "storage"].map((kind) => `${PREFIX}.${kind}.>`),
      `${PREFIX}.telemetry.*.south`,
    ],
  ],
])("with the credentials of %s", (_, make, alsoHear) => {
  let attacker: Pick<Made<unknown>, "link" | "problems">;
  beforeAll(async () => {
    attacker = await make();
  });

  test("nothing of others, of the master, of JetStream or the system can be said", async () => {
    for (const subject of FORBIDDEN_TO_SAY)
      expect([subject, await refusedPublish(attacker, subject)]).toEqual([subject, true]);
  });

  test("nothing that is not for it can be heard", async () => {
    for (const subject of [...FORBIDDEN_TO_HEAR, ...alsoHear])
      expect([subject, await refusedSubscribe(attacker.link, subject)]).toEqual([subject, true]);
  });
});

test("a moderator starts and stops, and gets no RCON; a viewer commands nothing", async () => {
  const [moderator, viewer] = [await kit.user("mod-2", "moderator"), await kit.user("view-2", "viewer")];
  const said = (who: typeof moderator, verb: string) =>
    refusedPublish(who, subjects.command(who.id, neighbour.id, north, verb));
  for (const verb of ["send-rcon", "kill", "decide"]) expect([verb, await said(moderator, verb)]).toEqual([verb, true]);
  for (const verb of ["start", "stop", "send-rcon"]) expect([verb, await said(viewer, verb)]).toEqual([verb, true]);
  expect(await said(moderator, "start")).toBe(false);
  for (const who of [moderator, viewer]) expect(await refusedPublish(who, `${PREFIX}.renew.${who.id}`)).toBe(true);
  for (const [noun, verb] of [
    ["policy", "set"],
    ["storage", "adjust"],
    ["slave", "token"],
  ] as const)
    expect(await refusedPublish(moderator, subjects.masterCommand(moderator.id, noun, verb))).toBe(true);
});

test("nobody is given a name that means more than one, whoever asks for it", async () => {
  const publicKey = new OwnKey().publicKey;
  for (const name of ["*", ">", "a.b", "a b", "", "master", "join-abc", "{{name()}}", "x".repeat(300)]) {
    const asked = (command: "user.create" | "role.create", request: object) =>
      kit.admin.access(command, request as never, z.unknown()).then(
        () => "made",
        (error) => error.code,
      );
    const said = [
      await asked("user.create", { user: name, roles: ["viewer"], publicKey }),
      await asked("role.create", { role: name, grants: ["see.chat"] }),
    ];
    expect([name, ...said]).toEqual([name, "bad-input", "bad-input"]);
  }
  // What a slave is called is for people; its id is made from it.
  for (const name of ["*", ">", "a.b", "clusterio.v1.>", "master", "{{name()}}"]) {
    const { id } = await kit.slave(name);
    expect(id).toMatch(/^(?!master$|join-)[a-z0-9][a-z0-9-]{0,31}$/);
  }
});

test("all that a slave ever had to come in with is void once it is revoked, and closed within a second", async () => {
  const first = await kit.slave("keeper");
  const renewed = async ({ link }: Pick<Made<unknown>, "link">) => {
    const key = new OwnKey();
    const said = await link.nc.request(subjects.renew(first.id), encodeJson({ publicKey: key.publicKey }), {
      timeout: 5_000,
    });
    const creds = key.creds(said.json<{ ok: { jwt: string } }>().ok.jwt);
    return { creds, link: await kit.connect(creds, first.id) };
  };
  const second = await renewed(first);
  const third = await renewed(second);
  const all = [first, second, third];
  expect(all.map(({ link }) => link.connected())).toEqual([true, true, true]);
  const began = performance.now();
  await kit.admin.access("slave.revoke", { slave: first.id }, z.unknown());
  await until(() => all.every(({ link }) => !link.connected()), { timeoutMs: 5_000, what: "all are disconnected" });
  expect(performance.now() - began).toBeLessThan(1_000);
  for (const { creds } of all) await expect(kit.connect(creds, first.id)).rejects.toMatchObject({ code: "bad-input" });
});

test("a slave that is away is known at once, and one that is silent at the deadline", async () => {
  const silent = await kit.slave("mute");
  new NatsBus(silent.link).subscribe(subjects.all.commandsTo(silent.id), () => {});
  await silent.link.nc.flush();
  const asked = async (slave: string) => {
    const began = performance.now();
    const subject = subjects.command(userId("root"), slaveId(slave), SELF, "status");
    const { kind } = await kit.rootBus.request(subject, encodeJson({}), 1_500);
    return [kind, Math.round((performance.now() - began) / 1_500)];
  };
  expect([await asked("nobody-here"), await asked("mute")]).toEqual([
    ["nobody", 0],
    ["timeout", 1],
  ]);
});

test("a forged token, and one signed by another's key, let nobody in", async () => {
  const real = await kit.user("real", "viewer");
  const [head, body = "", signature] = /-----\n([\w.-]+)\n/.exec(real.creds)![1]!.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, name: "root" })).toString("base64url");
  const creds = real.creds.replace(`${head}.${body}.${signature}`, `${head}.${forged}.${signature}`);
  await expect(kit.connect(creds, "root")).rejects.toMatchObject({ code: "bad-input" });
  const key = newKey("user");
  const account = claims.nats.issuer_account;
  const own = await encodeUser("root", key, newKey("account"), { issuer_account: account }, { scopedUser: true });
  await expect(kit.connect(new TextDecoder().decode(fmtCreds(own, key)), "root")).rejects.toMatchObject({
    code: "bad-input",
  });
});

test("what the body says of who asks counts for nothing: the audit names the subject's", async () => {
  const heard: string[] = [];
  const clerk = await kit.user("clerk", "operator");
  const master = await nats().master();
  new NatsBus(master).subscribe(subjects.audit("master", SELF), ({ data }) =>
    heard.push(new TextDecoder().decode(data)),
  );
  await master.nc.flush();
  const body = JSON.stringify({ name: "World", user: "root", caller: "root", by: "root" });
  await clerk.link.nc.request(subjects.masterCommand(clerk.id, "instance", "create"), body, { timeout: 5_000 });
  await until(() => heard.length >= 2, { what: "it is in the audit before and after" });
  const entries = heard.map((line) => JSON.parse(line));
  expect(entries.map(({ user, outcome }) => [user, outcome])).toEqual([
    ["clerk", "asked"],
    ["clerk", "ok"],
  ]);
});

test("headers that make the broker act are refused by the master", async () => {
  const clerk = await kit.user("clerk-2", "operator");
  const forged = headers();
  forged.set("Nats-Msg-Id", "x");
  const { error } = (
    await clerk.link.nc.request(subjects.masterCommand(clerk.id, "instance", "create"), '{"name":"Y"}', {
      headers: forged,
      timeout: 5_000,
    })
  ).json<{ error?: { code: string } }>();
  expect(error?.code).toBe("bad-input");
});

test("a message id suppresses nobody's facts", async () => {
  const attacker = await kit.slave("suppressor");
  const before = await lastSeq("EVENTS");
  const id = headers();
  id.set("Nats-Msg-Id", "the same");
  for (let n = 0; n < 20; n++) {
    attacker.link.nc.publish(subjects.event(attacker.id, north, "world-reported"), fact, { headers: id });
    neighbour.link.nc.publish(subjects.event(neighbour.id, north, "world-reported"), fact);
  }
  await Promise.all([attacker.link.nc.flush(), neighbour.link.nc.flush()]);
  await until(async () => (await lastSeq("EVENTS")) >= before + 20, { what: "the neighbour's facts are stored" });
  const stored = await new JetStreamLog(await nats().master(), "EVENTS").read(before + 1, 100);
  expect(stored.filter(({ subject }) => subject.includes(".neighbour."))).toHaveLength(20);
});

test("a slave that names 200,000 subjects is revoked within seconds; a message above 1 MiB ends its connection", async () => {
  const big = await kit.slave("big");
  const closed = new Promise<void>((resolve) => big.link.onConnection((connected) => !connected && resolve()));
  // The client library keeps to the limit that it was told; this one does not.
  Reflect.get(big.link.nc, "protocol").info.max_payload = 100 * 1024 * 1024;
  big.link.nc.publish(`${PREFIX}.log.big.north`, new Uint8Array(2 * 1024 * 1024));
  await closed;

  const attacker = await kit.slave("flooder");
  const { nc } = attacker.link;
  for (let n = 0; n < 200_000 && !nc.isClosed() && attacker.link.connected(); n++) {
    nc.publish(`${PREFIX}.log.flooder.i${n}`, fact);
    if (n % 2_000 === 0) await nc.flush().catch(() => {});
  }
  await until(() => !attacker.link.connected(), { timeoutMs: 10_000, what: "the flooder is disconnected" });
  await expect(kit.connect(attacker.creds, "flooder")).rejects.toMatchObject({ code: "bad-input" });
  const told = () => kit.said.includes("the credentials of slave flooder are revoked");
  await until(told, { what: "an operator is told" });
}, 60_000);

test("a slave that floods is kept out for a while, and comes back by itself; a neighbour's facts are told within a second all along", async () => {
  const attacker = await kit.slave("loud");
  const { link } = attacker;
  const subject = subjects.circuit(attacker.id, north, "main");
  const [sent, delays] = [new Map<string, number>(), [] as number[]];
  const hearing = new NatsBus(await nats().master());
  hearing.subscribe(subjects.event(neighbour.id, north, "world-reported"), ({ data }) => {
    delays.push(performance.now() - (sent.get(new TextDecoder().decode(data)) ?? 0));
  });
  await hearing.flush();
  const says = new NatsBus(neighbour.link);
  const say = () => {
    const data = `${sent.size}`;
    sent.set(data, performance.now());
    says.publish(subjects.event(neighbour.id, north, "world-reported"), new TextEncoder().encode(data));
  };
  const flooding = async () => {
    say();
    for (let n = 0; n < 1_000 && link.connected(); n++) link.nc.publish(subject, fact);
    await link.nc.flush().catch(() => {});
    return !link.connected();
  };
  await until(flooding, { timeoutMs: 10_000, what: "the flooder is disconnected" });
  const { slaves } = await kit.admin.access("slave.list", {}, z.object({ slaves: z.array(slaveView) }));
  expect(slaves.find(({ slave }) => slave === attacker.id)).toMatchObject({
    state: "paused",
    pausedUntil: expect.any(Number),
  });
  await expect(kit.connect(attacker.creds, attacker.id)).rejects.toMatchObject({ code: "bad-input" });
  const back = () => {
    say();
    return link.connected();
  };
  await until(back, { timeoutMs: 10_000, what: "it is let in again" });
  await until(() => delays.length === sent.size, { what: "all of the neighbour's facts came" });
  expect(Math.max(...delays)).toBeLessThan(1_000);
  expect(kit.said).toContain("slave loud is kept out for 2 s");
}, 40_000);

test.each<[number, string, () => Promise<Pick<Made<unknown>, "link" | "problems">>, number]>([
  [64, "slave", () => kit.slave("listener"), 200],
  [1_000, "user", () => kit.user("listening", "viewer"), 1_200],
])("more than %d subscriptions of a %s are refused, and cost nobody else", async (_, __, make, tried) => {
  const attacker = await make();
  const refused: Error[] = [];
  for (let n = 0; n < tried; n++)
    attacker.link.nc.subscribe(`${PREFIX}.signal.*.i${n}`, {
      callback: (error) => {
        if (error !== null) refused.push(error);
      },
    });
  await attacker.link.nc.flush().catch(() => {});
  await until(() => refused.length + attacker.problems.length > 0, { what: "they are refused" });
});

test("a browser gets nothing: the broker speaks no WebSocket and no HTTP", async () => {
  const { port } = new URL(nats().url);
  const heard = await new Promise<string>((resolve) => {
    let text = "";
    const socket = tcpConnect(Number(port), "127.0.0.1", () =>
      socket.write(
        "GET / HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      ),
    );
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => {}).on("close", () => resolve(text));
  });
  expect(heard).not.toMatch(/HTTP\/1.1 101/);
  expect(heard).toMatch(/Authorization Violation|Unknown Protocol|Parser/i);
});
