import { X509Certificate } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { lockFolder } from "#core/adapters/folder-lock";
import { connectNats } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { createIdentity, type Identity } from "#core/identity/identity";
import { slaveId, userId } from "#core/ids";
import { findNatsServer } from "#ctl/nats-server/find";
import { startNatsServer } from "#ctl/nats-server/run";
import { cli } from "#test/kit/cli";
import { NATS_START_MS_MAX } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** Replacing each key, and a cluster from its backup: what the broker takes afterwards. */
let folder: string;
let made: string;
let binary: string;

const clusterio = (...args: string[]) =>
  cli("ctl", args, { cwd: folder, env: { CLUSTERIO_CONFIG_DIR: join(folder, "home"), CLUSTERIO_CONTEXT: "" } });
const identityOf = (dir: string): Promise<Identity> => createIdentity(join(dir, "identity"), nodeDisk);

const credsOf = async (identity: Identity) => ({
  alpha: (await identity.slaveCreds(slaveId("alpha"))).bytes,
  admin: (await identity.userCreds(userId("admin"))).bytes,
  master: (await identity.masterCreds()).bytes,
});
type Creds = Awaited<ReturnType<typeof credsOf>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clusterio-keys-"));
  made = join(folder, "made");
  binary = (await findNatsServer({ env: process.env, report: () => {} })).path;
  expect(await clusterio("init", "--dir", made)).toMatchObject({ code: 0 });
  await credsOf(await identityOf(made));
}, NATS_START_MS_MAX);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Who is let in by a broker that runs on what is in this folder; of several sets of credentials, one list for each. */
const letIn = async (dir: string, ...sets: Creds[]): Promise<string[][]> => {
  const server = await startNatsServer({
    binary,
    folder: join(dir, "nats"),
    identity: await identityOf(dir),
    port: -1,
  });
  try {
    const tried = sets.map(async (creds) => {
      const one = Object.entries(creds).map(async ([name, bytes]) => {
        const link = await connectNats({ servers: server.url, creds: bytes, name }).catch(() => undefined);
        await link?.close();
        return link === undefined ? [] : [name];
      });
      return (await Promise.all(one)).flat().sort();
    });
    return await Promise.all(tried);
  } finally {
    await server.stop();
  }
};

const ALL = ["admin", "alpha", "master"];

test.each<[string, readonly string[]]>([
  ["operator", []],
  ["signing", []],
  ["masters", ["master"]],
  ["slaves", ["alpha"]],
  ["admins", ["admin"]],
  ["users", []],
  ["tokens", []],
  ["assignments", []],
])(
  "a new key for %s voids exactly %p, also for a broker that knew the old one, and the folder's own credentials are good",
  async (key, void_) => {
    const dir = join(folder, `rotated-${key}`);
    await cp(made, dir, { recursive: true });
    const old = await credsOf(await identityOf(dir));
    // Tokens say when they were signed in whole seconds, and the broker keeps the newer one.
    const second = Math.floor(Date.now() / 1_000);
    expect(await letIn(dir, old)).toEqual([ALL]);
    const before = await readFile(join(dir, "identity", "identity.json"), "utf8");
    await until(() => Math.floor(Date.now() / 1_000) > second, { what: "the next second" });
    expect(await clusterio("rotate", key, "--dir", dir)).toMatchObject({ code: 0, err: "" });
    expect(await readFile(join(dir, "identity", "identity.json"), "utf8")).not.toBe(before);
    expect(await letIn(dir, old, await credsOf(await identityOf(dir)))).toEqual([
      ALL.filter((name) => !void_.includes(name)),
      ALL,
    ]);
  },
);

test("a new certificate is the authority's, for the same names; nobody else notices", async () => {
  const tls = (name: string) => readFile(join(made, "identity", "tls", name), "utf8");
  const [ca, before] = [await tls("ca.pem"), await tls("server.pem")];
  // A broker that runs on the old one, and somebody who is connected.
  const paths = { cert: join(made, "identity", "tls", "server.pem"), key: join(made, "identity", "tls", "server.key") };
  const identity = await identityOf(made);
  const server = await startNatsServer({ binary, folder: join(folder, "tls"), identity, port: -1, tls: paths });
  const settings = join(made, "cluster.json");
  const listening = JSON.parse(await readFile(settings, "utf8"));
  await writeFile(settings, JSON.stringify({ ...listening, listen: { host: "127.0.0.1", port: server.port } }));
  const shown = () =>
    new Promise<string>((resolve) => {
      const socket = tlsConnect({ port: server.port, host: "127.0.0.1", ca, servername: "localhost" }, () => {
        resolve(socket.getPeerX509Certificate()?.serialNumber ?? "");
        socket.destroy();
      });
    });
  try {
    const { admin } = await credsOf(identity);
    const link = await connectNats({ servers: `tls://127.0.0.1:${server.port}`, creds: admin, name: "admin", ca });
    expect(await shown()).toBe(new X509Certificate(before).serialNumber);
    expect(await clusterio("rotate", "tls", "--dir", made)).toMatchObject({
      code: 0,
      err: "",
      out: expect.stringContaining("the broker uses it from now on"),
    });
    const renewed = new X509Certificate(await tls("server.pem")).serialNumber;
    await until(async () => (await shown()) === renewed, { what: "the broker shows it" });
    expect(link.connected()).toBe(true);
    await link.close();
  } finally {
    await server.stop();
  }
  const cert = new X509Certificate(await tls("server.pem"));
  expect(await tls("server.pem")).not.toBe(before);
  expect([await tls("ca.pem"), cert.verify(new X509Certificate(ca).publicKey)]).toEqual([ca, true]);
  expect(cert.subjectAltName).toBe(new X509Certificate(before).subjectAltName);
});

test("a key is not replaced under a running cluster, nor where there is none", async () => {
  const unlock = await lockFolder(join(made, "lock"), () => "in use");
  expect(await clusterio("rotate", "signing", "--dir", made)).toMatchObject({
    code: 4,
    err: expect.stringContaining("stop it"),
  });
  await unlock();
  expect(await clusterio("rotate", "signing", "--dir", "nowhere")).toMatchObject({ code: 3 });
  expect(await clusterio("rotate", "everything", "--dir", made)).toMatchObject({
    code: 2,
    err: expect.stringContaining("there are tls, operator"),
  });
});

test("a cluster whose machine is lost comes back from its backup, with the credentials that others have", async () => {
  const old = await credsOf(await identityOf(made));
  const file = join(folder, "backup.json");
  expect(await clusterio("identity", "backup", "--dir", made, "--output", file)).toMatchObject({ code: 0 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await clusterio("identity", "backup", "--dir", made, "--output", file)).toMatchObject({ code: 4 });
  expect(await clusterio("identity", "backup", "--dir", made, "--output", "/proc/backup.json")).toMatchObject({
    code: 3,
    err: expect.stringContaining("cannot be written"),
  });
  const settings = await readFile(join(made, "cluster.json"), "utf8");
  // The other machine has the file, and nothing else.
  await rm(made, { recursive: true });
  const again = join(folder, "again");
  expect(await clusterio("identity", "restore", file, "--dir", again)).toMatchObject({ code: 0 });
  expect(await clusterio("identity", "restore", file, "--dir", again)).toMatchObject({ code: 4 });
  expect(await letIn(again, old)).toEqual([ALL]);
  expect(await readFile(join(again, "cluster.json"), "utf8")).toBe(settings);
  await writeFile(join(folder, "half.json"), (await readFile(file)).subarray(0, 1_000));
  expect(await clusterio("identity", "restore", "half.json", "--dir", "other")).toMatchObject({ code: 2 });
  const evil = { v: 1, kind: "clusterio-identity", files: { "../evil": "", "identity/identity.json": "" } };
  await writeFile(join(folder, "evil.json"), JSON.stringify(evil));
  expect(await clusterio("identity", "restore", "evil.json", "--dir", "other")).toMatchObject({ code: 2 });
  expect((await readdir(folder)).filter((name) => name === "other" || name.startsWith("."))).toEqual([]);
});
