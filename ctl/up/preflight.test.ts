import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeUser, fmtCreds } from "@nats-io/jwt";
import { newKey } from "#core/adapters/node-keys";
import { createIdentity } from "#core/identity/identity";
import { slaveId, userId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { givenCreds, requireGame } from "#ctl/up/preflight";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-preflight-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const file = async (name: string, bytes: Uint8Array): Promise<string> => {
  await writeFile(join(dir, name), bytes);
  return join(dir, name);
};
/** A user as `nsc add user` makes one: signed by the account itself, with no role. */
const plain = async (name: string): Promise<string> => {
  const user = newKey("user");
  return file(`plain-${name}`, fmtCreds(await encodeUser(name, user, newKey("account"), {}), user));
};
const ours = async () => {
  const identity = await createIdentity("/identity", new MemoryDisk());
  const core = await file("core", (await identity.masterCreds()).bytes);
  const edge = await file("edge", (await identity.slaveCreds(slaveId("home"))).bytes);
  const user = await file("user", (await identity.userCreds(userId("ann"))).bytes);
  return { url: "nats://h:1", core, edge, user };
};

test("a plain user of EDGE is good for the bridge and for commands", async () => {
  const [core, edge] = [await plain("master"), await plain("whoever it is")];
  const creds = await givenCreds({ url: "nats://h:1", core, edge, user: edge });
  expect(creds).toMatchObject({ core, edge, slave: "local", user: "operator" });
});

test("credentials of a role bind us to their names", async () => {
  expect(await givenCreds(await ours())).toMatchObject({ slave: "home", user: "ann" });
});

test("a slave's credentials alone cannot give commands: said at once, with what to add", async () => {
  const { edge, ...others } = await ours();
  await expect(givenCreds({ ...others, edge, user: edge })).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringContaining("add --user-creds FILE"),
  });
});

test("a file that is missing or holds something else is named with its flag", async () => {
  const creds = await ours();
  const missing = join(dir, "none");
  for (const [change, said] of [
    [{ core: missing }, `--core-creds: ${missing} cannot be read`],
    [{ edge: missing }, `--edge-creds: ${missing} cannot be read`],
    [{ user: missing }, `--user-creds: ${missing} cannot be read`],
    [{ core: await file("text", new TextEncoder().encode("text")) }, "text: not the content of a creds file"],
  ] as const) {
    const message = expect.stringContaining(said);
    await expect(givenCreds({ ...creds, ...change })).rejects.toMatchObject({ code: "bad-input", message });
  }
});

test("a folder without Factorio is named before anything is started", async () => {
  const message = expect.stringContaining(`there is no Factorio that can be run in ${dir}`);
  await expect(requireGame({ kind: "factorio", dir })).rejects.toMatchObject({ code: "unavailable", message });
});
