import { decode } from "@nats-io/jwt";
import { createAccount, createOperator, createUser, fromPublic, fromSeed } from "@nats-io/nkeys";
import { emptyBook } from "#core/access/book";
import { isSignedBy, keyOf, newKey } from "#core/adapters/node-keys";
import { AccessKeys } from "#core/identity/access-keys";
import { type Assignment, signAssignment, verifyAssignment } from "#core/identity/assignment";
import { createIdentity, rotateKey } from "#core/identity/identity";
import { instanceId, type SlaveId, slaveId, type UserId, userId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

const textOf = (data: Uint8Array | undefined) => new TextDecoder().decode(data);

test("a second start reuses the identity and the credentials made by the first", async () => {
  const disk = new MemoryDisk();
  const first = await createIdentity("/cluster", disk);
  const creds = await first.slaveCreds(slaveId("alpha"));
  const second = await createIdentity("/cluster", disk);
  expect(second.accounts).toEqual(first.accounts);
  expect(second.operatorJwt).toBe(first.operatorJwt);
  expect(second.assignment).toEqual(first.assignment);
  expect(await second.slaveCreds(slaveId("alpha"))).toEqual(creds);
});

test("two clusters share nothing", async () => {
  const [one, two] = [await createIdentity("/one", new MemoryDisk()), await createIdentity("/two", new MemoryDisk())];
  expect(one.accounts.core.publicKey).not.toBe(two.accounts.core.publicKey);
  expect(one.assignment.seed).not.toBe(two.assignment.seed);
});

test("secrets are the owner's alone", async () => {
  const disk = new MemoryDisk();
  const identity = await createIdentity("/cluster", disk);
  const made = [
    await identity.slaveCreds(slaveId("alpha")),
    await identity.userCreds(userId("admin")),
    await identity.masterCreds(),
  ];
  for (const path of ["/cluster/identity.json", ...made.map(({ path }) => path)]) expect(disk.modeOf(path)).toBe(0o600);
});

test("changed grants are signed anew with the same keys, so that credentials stay good", async () => {
  const disk = new MemoryDisk();
  const before = await createIdentity("/cluster", disk);
  const file = JSON.parse(textOf(await disk.read("/cluster/identity.json")));
  const old = { ...file, grants: "of an older version", tokens: { ...file.tokens, edge: "an older token" } };
  await disk.write("/cluster/identity.json", new TextEncoder().encode(JSON.stringify(old)));
  const after = await createIdentity("/cluster", disk);
  expect(after.accounts.edge.publicKey).toBe(before.accounts.edge.publicKey);
  expect(decode(after.accounts.edge.jwt).name).toBe("EDGE");
  expect(await createIdentity("/cluster", disk).then(({ accounts }) => accounts.edge.jwt)).toBe(
    after.accounts.edge.jwt,
  );
});

test("a damaged identity stops the start instead of making another cluster", async () => {
  const disk = new MemoryDisk();
  await createIdentity("/cluster", disk);
  await disk.write("/cluster/identity.json", new TextEncoder().encode("{"));
  await expect(createIdentity("/cluster", disk)).rejects.toMatchObject({ code: "corrupt" });
  await disk.write("/cluster/identity.json", new TextEncoder().encode('{"version":2}'));
  await expect(createIdentity("/cluster", disk)).rejects.toThrow("identity.json was written by another version (v 2)");
});

test.each(["*", ">", "a.b", "", "A", "-a", "a b", "{{name()}}", "a".repeat(33)])(
  "the name %p gets no credentials",
  async (name) => {
    const identity = await createIdentity("/cluster", new MemoryDisk());
    await expect(identity.slaveCreds(name as SlaveId)).rejects.toMatchObject({ code: "bad-input" });
    await expect(identity.userCreds(name as UserId)).rejects.toMatchObject({ code: "bad-input" });
  },
);

test("slaves and users share one name space, and nobody is called master", async () => {
  const identity = await createIdentity("/cluster", new MemoryDisk());
  await identity.slaveCreds(slaveId("alpha"));
  await identity.userCreds(userId("admin"));
  await expect(identity.userCreds(userId("alpha"))).rejects.toMatchObject({ code: "refused" });
  await expect(identity.slaveCreds(slaveId("admin"))).rejects.toMatchObject({ code: "refused" });
  await expect(identity.slaveCreds("master" as SlaveId)).rejects.toMatchObject({ code: "bad-input" });
  await expect(identity.userCreds("master" as UserId)).rejects.toMatchObject({ code: "refused" });
  await expect(identity.userCreds("join-me" as UserId)).rejects.toMatchObject({ code: "refused" });
  await expect(identity.slaveCreds("join-me" as SlaveId)).rejects.toMatchObject({ code: "refused" });
});

test("G3 what crosses the accounts are exactly the kinds that are meant to", async () => {
  const { accounts } = await createIdentity("/cluster", new MemoryDisk());
  const told = (jwt: string) => {
    const { exports = [], imports = [] } = decode<{
      exports?: { subject: string; type: string }[];
      imports?: { subject: string; type: string; account: string }[];
    }>(jwt).nats;
    const texts = (list: readonly { subject: string; type: string }[]) =>
      list.map(({ type, subject }) => `${type} ${subject.replace("clusterio.v1.", "")}`).sort();
    return { exports: texts(exports), imports: texts(imports) };
  };
  const said = ["audit", "chat", "circuit", "event", "log", "telemetry"].map((kind) => `stream ${kind}.>`);
  const answered = ["command.*.master.>", "join.*", "query.>", "renew.*"].map((subject) => `service ${subject}`);
  const stated = ["delivery", "signal", "state", "storage"].map((kind) => `stream ${kind}.>`);
  expect(told(accounts.core.jwt)).toEqual({ exports: [...answered, ...stated], imports: said });
  expect(told(accounts.edge.jwt)).toEqual({ exports: said, imports: [...answered, ...stated] });
  expect(told(accounts.system.jwt)).toEqual({ exports: [], imports: [] });
});

/** A disk whose machine loses its power after so many changes. */
class CutDisk extends MemoryDisk {
  left = Number.POSITIVE_INFINITY;

  #change(): void {
    if (this.left-- <= 0) throw new Error("the power is cut");
  }

  override async write(...args: Parameters<MemoryDisk["write"]>): Promise<void> {
    this.#change();
    return super.write(...args);
  }

  override async remove(path: string): Promise<void> {
    this.#change();
    return super.remove(path);
  }
}

test("a key whose replacement was cut short anywhere is replaced whole by the next try, with the folder's credentials", async () => {
  const id = slaveId("alpha");
  const begun = new MemoryDisk();
  await (await createIdentity("/cluster", begun)).slaveCreds(id);
  await begun.write("/cluster/edge.jwt", new TextEncoder().encode("an older token"));
  for (let changes = 0; ; changes++) {
    const disk = new CutDisk();
    for (const [path, bytes] of begun.snapshot()) await disk.write(path, bytes);
    const signerOf = async () => {
      const creds = textOf(await disk.read("/cluster/creds/slave-alpha.creds"));
      return decode(/-----\n([\w.-]+)\n/.exec(creds)?.[1] ?? "").iss;
    };
    const old = await signerOf();
    disk.left = changes;
    const whole = await rotateKey("/cluster", disk, "slave").then(
      () => true,
      () => false,
    );
    disk.left = Number.POSITIVE_INFINITY;
    const { accounts } = whole ? await createIdentity("/cluster", disk) : await rotateKey("/cluster", disk, "slave");
    const { signing_keys = [] } = decode<{ signing_keys?: { key: string }[] }>(accounts.edge.jwt).nats;
    const signer = await signerOf();
    expect(signer).not.toBe(old);
    expect(signing_keys.map(({ key }) => key)).toContain(signer);
    expect(await disk.read("/cluster/edge.jwt")).toBeUndefined();
    expect(JSON.parse(textOf(await disk.read("/cluster/access.json"))).slaves).toEqual([
      { id, publicKey: expect.stringMatching(/^U/) },
    ]);
    if (whole) return expect(changes).toBeGreaterThan(3);
  }
});

test("a replaced key is accepted beside the new one until its time is over, unless it is replaced again without one", async () => {
  const disk = new MemoryDisk();
  await createIdentity("/cluster", disk);
  const keys = async () => AccessKeys.of((await disk.read("/cluster/access.json"))!, "access.json");
  const ada = { roles: ["viewer"], state: "active" as const, generation: 1, by: "root", at: 0 };
  const book = { ...emptyBook(0), users: { ada } };
  const signers = async (now: number): Promise<string[]> => {
    const { signing_keys = [] } = decode<{ signing_keys?: { key: string; role: string }[] }>(
      await (await keys()).signEdge((await keys()).additionsOf(book, [], now)),
    ).nats;
    return signing_keys.map(({ key, role }) => `${role} ${key}`).sort();
  };
  const before = await signers(0);
  expect(before.map((text) => text.split(" ")[0])).toEqual(["join", "person", "slave", "user"]);
  for (const [name, role] of [
    ["slave", "slave"],
    ["user", "user"],
    ["access", "person"],
  ] as const) {
    const had = await signers(1_000);
    await rotateKey("/cluster", disk, name, { now: 1_000, until: 2_000 });
    const within = await signers(1_999);
    expect(within).toEqual(expect.arrayContaining(had));
    expect(within).toHaveLength(had.length + 1);
    expect((await signers(2_000)).filter((text) => had.includes(text) && text.startsWith(role))).toEqual([]);
  }
  await rotateKey("/cluster", disk, "join", { now: 1_200, until: 2_000 });
  expect((await keys()).slaveKey(1_999)).toMatchObject({ since: 1_000 });
  expect((await keys()).slaveKey(2_000)).toBeUndefined();
  await rotateKey("/cluster", disk, "slave", { now: 1_500, until: 0 });
  expect((await signers(1_999)).filter((text) => text.startsWith("slave"))).toHaveLength(1);
  expect((await signers(1_999)).filter((text) => text.startsWith("person"))).toHaveLength(2);
  // Seeds whose time is over are kept nowhere.
  await rotateKey("/cluster", disk, "master", { now: 2_000, until: 0 });
  expect(textOf(await disk.read("/cluster/identity.json"))).not.toContain("retired");
});

describe("a user's rights in EDGE's token", () => {
  interface Signer {
    readonly key: string;
    readonly template: { readonly pub: { readonly allow: string[] } };
  }
  const user = (more: object = {}) => ({
    roles: ["viewer"],
    state: "active" as const,
    generation: 1,
    by: "root",
    at: 0,
    ...more,
  });
  const bookOf = (users: Record<string, ReturnType<typeof user>>) => ({ ...emptyBook(0), users });
  const made = async () => {
    const disk = new MemoryDisk();
    await createIdentity("/cluster", disk);
    const keys = AccessKeys.of((await disk.read("/cluster/access.json"))!, "access.json");
    const signersOf = (users: Record<string, ReturnType<typeof user>>, instances: readonly string[] = []) =>
      keys.additionsOf(bookOf(users), instances, 0).signing_keys as unknown as Signer[];
    return { keys, signersOf };
  };

  test("are under a key of his own for each generation, and gone when he is revoked, deleted or an admin by the cluster's keys", async () => {
    const { signersOf } = await made();
    const one = (more: object = {}) => signersOf({ ada: user(more) }).map(({ key }) => key);
    expect(one()).toEqual(one());
    expect(one({ generation: 2 })).not.toEqual(one());
    expect(signersOf({ bea: user() })[0]?.key).not.toBe(one()[0]);
    for (const state of ["revoked", "deleted"]) expect(one({ state })).toEqual([]);
    expect(one({ root: ["UX"] })).toEqual([]);
  });

  test("that come to too many subjects are none but to renew himself, and others keep theirs", async () => {
    const { signersOf } = await made();
    const roles = { ...emptyBook(0).roles, wide: { grants: ["see.chat on i-*", "ask.all"], by: "root", at: 0 } };
    const { keys } = await made();
    const book = { ...bookOf({ ada: user({ roles: ["wide"] }), bea: user() }), roles };
    const many = Array.from({ length: 2_000 }, (_, n) => `i-${n}`);
    const [ada, bea] = keys.additionsOf(book, many, 0).signing_keys as unknown as Signer[];
    expect(ada?.template.pub.allow).toEqual(["clusterio.v1.command.{{name()}}.master.user.renew"]);
    expect(bea?.template.pub.allow).toEqual(signersOf({ bea: user() })[0]?.template.pub.allow);
  });

  test("go along when another key is replaced, and no key that was replaced goes with them", async () => {
    const disk = new MemoryDisk();
    await createIdentity("/cluster", disk);
    const keys = AccessKeys.of((await disk.read("/cluster/access.json"))!, "access.json");
    const told = await keys.signEdge(keys.additionsOf(bookOf({ ada: user() }), [], 0));
    await disk.write("/cluster/edge.jwt", new TextEncoder().encode(told));
    const rolesIn = (jwt: string) =>
      decode<{ signing_keys?: { role: string }[] }>(jwt)
        .nats.signing_keys?.map(({ role }) => role)
        .sort();
    expect(rolesIn(told)).toEqual(["join", "person", "slave", "user"]);
    const { accounts } = await rotateKey("/cluster", disk, "slave");
    expect(rolesIn(accounts.edge.jwt)).toEqual(["join", "person", "slave", "user"]);
  });

  test("his credentials are signed by the key of his generation, for as long as they are given", async () => {
    const { keys, signersOf } = await made();
    const publicKey = createUser().getPublicKey();
    const users = { ada: user({ generation: 3 }) };
    const sign = (more: object) => keys.sign(bookOf(users), { kind: "user", id: "ada", publicKey, ...more });
    const { iss, sub, name, exp } = decode(await sign({ expires: 1_900_000_000_500 }));
    expect({ iss, sub, name, exp }).toEqual({
      ...{ iss: signersOf(users)[0]?.key, sub: publicKey, name: "ada", exp: 1_900_000_000 },
    });
    expect(decode(await sign({}))).not.toHaveProperty("exp");
  });
});

test("what stands beside the identity as EDGE's token counts only when it is a token that was signed, and is newer", async () => {
  const disk = new MemoryDisk();
  const { jwt } = (await createIdentity("/cluster", disk)).accounts.edge;
  const changed = jwt.replace(/\.[^.]+\./, (claims) => claims.replace("E", "F"));
  for (const told of ["nonsense", changed]) {
    await disk.write("/cluster/edge.jwt", new TextEncoder().encode(told));
    expect((await createIdentity("/cluster", disk)).edgeNow === jwt).toBe(true);
  }
  // The identity's own is of no date here.
  const file = JSON.parse(textOf(await disk.read("/cluster/identity.json")));
  const older = { ...file, tokens: { ...file.tokens, edge: "an older token" } };
  await disk.write("/cluster/identity.json", new TextEncoder().encode(JSON.stringify(older)));
  await disk.write("/cluster/edge.jwt", new TextEncoder().encode(jwt));
  expect((await createIdentity("/cluster", disk)).edgeNow === jwt).toBe(true);
  await expect(rotateKey("/nowhere", disk, "slave")).rejects.toThrow("there is no identity in /nowhere");
});

describe("an assignment", () => {
  const assignment: Assignment = { instance: instanceId("north"), slave: slaveId("alpha"), epoch: 7 };

  test("is verified by whoever has the public key", async () => {
    const { assignment: key } = await createIdentity("/cluster", new MemoryDisk());
    const text = signAssignment(assignment, key.seed);
    expect(text).toMatch(/^v1\.north\.alpha\.7\.[A-Za-z0-9_-]{86}$/);
    expect(verifyAssignment(text, key.publicKey)).toEqual(assignment);
  });

  test("that was changed, signed by another or is nonsense is none", async () => {
    const { assignment: key } = await createIdentity("/one", new MemoryDisk());
    const { assignment: other } = await createIdentity("/two", new MemoryDisk());
    const text = signAssignment(assignment, key.seed);
    const wrong = [
      text.replace(".7.", ".8."),
      text.replace("north", "south"),
      text.replace("alpha", "beta"),
      text.replace("v1", "v2"),
      text.replace(".7.", ".07."),
      `${text}A`,
      text.slice(0, -1),
      "",
      "nonsense",
      `v1.north.alpha.99999999999999999.${"A".repeat(86)}`,
    ];
    for (const bad of wrong) expect(verifyAssignment(bad, key.publicKey)).toBeUndefined();
    expect(verifyAssignment(text, other.publicKey)).toBeUndefined();
  });
});

test("the machine's keys are NATS keys: the library reads, signs and verifies with them alike", () => {
  const made = { operator: createOperator(), account: createAccount(), user: createUser() };
  const bytes = new Uint8Array([1, 2, 3]);
  for (const kind of ["operator", "account", "user"] as const) {
    const ours = newKey(kind);
    const theirs = fromSeed(ours.getSeed());
    expect(theirs.getPublicKey()).toBe(ours.getPublicKey());
    expect(ours.getPublicKey()[0]).toBe(kind[0]?.toUpperCase());
    expect([...theirs.sign(bytes)]).toEqual([...ours.sign(bytes)]);
    expect(fromPublic(ours.getPublicKey()).verify(bytes, ours.sign(bytes))).toBe(true);
    const read = keyOf(textOf(made[kind].getSeed()));
    expect(read.getPublicKey()).toBe(made[kind].getPublicKey());
    expect(isSignedBy(made[kind].getPublicKey(), bytes, made[kind].sign(bytes))).toBe(true);
    expect(isSignedBy(made[kind].getPublicKey(), new Uint8Array([1, 2, 4]), made[kind].sign(bytes))).toBe(false);
  }
  expect(() => keyOf("SUNONSENSE")).toThrow("damaged");
});
