import { unavailable } from "#core/errors";
import type { Answer } from "#core/events/command";
import { AccessKeys } from "#core/identity/access-keys";
import { accessKeysFile, createIdentity } from "#core/identity/identity";
import { OwnKey } from "#core/identity/own-key";
import { userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { Access, type AccessPorts } from "#projector/access/access";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A master's book of rights on memory ports, whose broker may be away. */
const begin = async () => {
  const disk = new MemoryDisk();
  const identity = await createIdentity("/identity", disk);
  await identity.userCreds(userId("root"));
  const clock = new ManualClock();
  const bus = new MemoryBroker(clock).connect();
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
  };
  const open = () => Access.open(ports, []);
  const ask = (access: Access, name: string, value: object, user = "root"): Promise<Answer> =>
    new Promise((resolve) => access.command({ user, name, value }, resolve));
  return { told, clock, log, disk, open, ask };
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
