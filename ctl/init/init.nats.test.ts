import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect as tcpConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { newAuthority, newServerCertificate } from "#core/adapters/certificates";
import { connectNats } from "#core/adapters/nats-connection";
import { authenticatorOf } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { createIdentity } from "#core/identity/identity";
import { findNatsServer } from "#ctl/nats-server/find";
import { type NatsServer, startNatsServer } from "#ctl/nats-server/run";
import { cli } from "#test/kit/cli";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";

const PAGE = "https://panel.example";

/** `clusterio init`, `bootstrap` and `context`, as they are installed, and the broker that they make. */
let folder: string;
let dir: string;
let env: NodeJS.ProcessEnv;
const plain = useNats();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clusterio-init-"));
  dir = join(folder, "cluster");
  env = { CLUSTERIO_CONFIG_DIR: join(folder, "config"), CLUSTERIO_CONTEXT: "" };
  const pages = ["--websocket", "4223", "--origin", PAGE];
  const made = await clusterio("init", "--dir", dir, "--name", "first", "--host", "first.example", ...pages);
  expect(made).toMatchObject({ code: 0, err: "" });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const clusterio = (...args: string[]) => cli("ctl", args, { env, cwd: folder });
const filesIn = async (path: string): Promise<string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("init makes a whole cluster, readable by its owner alone, and the first admin's context", async () => {
  const files = (await filesIn(dir)).map((path) => path.slice(dir.length + 1)).sort();
  expect(files).toEqual([
    "cluster.json",
    "identity/access.json",
    "identity/assignment.key",
    "identity/creds/master-master.creds",
    "identity/creds/system-system.creds",
    "identity/creds/user-admin.creds",
    "identity/identity.json",
    ...["ca.key", "ca.pem", "server.key", "server.pem"].map((name) => `identity/tls/${name}`),
    "nats/nats.conf",
  ]);
  for (const path of [...(await filesIn(dir)), ...(await filesIn(join(folder, "config")))])
    expect([path, (await stat(path)).mode & 0o777]).toEqual([path, 0o600]);
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
  const config = await readFile(join(dir, "nats", "nats.conf"), "utf8");
  expect(config).toMatch(
    /^websocket \{ listen: "127\.0\.0\.1:4223", tls \{.*allowed_origins: \["https:\/\/panel\.example"\] \}$/m,
  );
  const { out } = await clusterio("context", "list", "--json");
  expect(JSON.parse(out)).toEqual({ context: "first", url: "tls://127.0.0.1:4222", user: "admin", current: true });
});

test("initialised twice: refused, nothing changed, nothing left behind", async () => {
  const before = await readFile(join(dir, "identity", "identity.json"), "utf8");
  const again = await clusterio("init", "--dir", dir);
  expect(again).toMatchObject({
    code: 4,
    out: "",
    err: expect.stringMatching(/^there is something in .*already[^\n]*\n$/),
  });
  expect(await readFile(join(dir, "identity", "identity.json"), "utf8")).toBe(before);
  const both = await Promise.all(
    ["a", "b"].map((name) => clusterio("init", "--dir", join(folder, "race"), "--name", name)),
  );
  expect(both.map(({ code }) => code).sort()).toEqual([0, 4]);
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
});

test.each<[string, string[], RegExp]>([
  ["an address that is none", ["--listen", "everywhere:4222"], /--listen everywhere:4222/],
  ["a host that is none", ["--host", "a b"], /--host a b/],
  ["an admin whose name is a wildcard", ["--admin", "*"], /"\*" is not a user id/],
  ["half a certificate", ["--cert", "/nowhere"], /go together/],
  ["a name of control characters", ["--name", "a\nb"], /--name/],
  ["a page's port without its origin", ["--websocket", "4223"], /go together/],
  ["one port for both", ["--websocket", "4222", "--origin", "https://panel.example"], /another one/],
  ["a context that is taken", ["--context", "first"], /there is a context "first" already/],
])("init with %s: exit code 2 in one line, and no folder", async (_, args, said) => {
  const other = join(folder, "other");
  const { code, err } = await clusterio("init", "--dir", other, ...args);
  expect([code, err]).toEqual([2, expect.stringMatching(said)]);
  expect(await readdir(folder)).not.toContain("other");
});

test("where nothing can be made: exit code 3 in one line, and no half of it", async () => {
  const nowhere = { CLUSTERIO_CONFIG_DIR: "/proc/nowhere" };
  const said = (...args: string[]) => ({
    code: 3,
    out: "",
    err: expect.stringMatching(new RegExp(`^${args.join(" ")}\n$`)),
  });
  await writeFile(join(folder, "file"), "");
  expect(await clusterio("init", "--dir", "file")).toEqual(said("the folder .*file cannot be used: .*file is a file"));
  const other = cli("ctl", ["init", "--dir", "other"], { env: nowhere, cwd: folder });
  expect(await other).toEqual(said("the folder /proc/nowhere/contexts cannot be used: .*"));
  expect(await readdir(folder)).not.toContain("other");
  const creds = join(dir, "identity", "creds", "user-admin.creds");
  const adding = ["context", "add", "far", "--url", "tls://far:1", "--creds", creds];
  expect(await cli("ctl", adding, { env: nowhere })).toEqual(
    said("the folder /proc/nowhere/contexts cannot be used: .*"),
  );
  const output = ["--output", "/proc/admin.json", "--dir", dir];
  expect(await clusterio("bootstrap", "create-ctl-config", "admin", ...output)).toEqual(
    said("/proc/admin.json cannot be written: .*"),
  );
});

test("given certificates are used, and refused when they do not belong together", async () => {
  const now = Date.now();
  const authority = await newAuthority(now);
  const { cert, key } = await newServerCertificate(authority, ["given.example"], now);
  const given = { cert, key, ca: authority.cert, other: (await newAuthority(now)).cert };
  for (const [name, text] of Object.entries(given)) await writeFile(join(folder, `${name}.pem`), text);
  const args = ["--cert", "cert.pem", "--key", "key.pem", "--dir", "given"];
  expect(await clusterio("init", ...args, "--ca", "other.pem")).toMatchObject({
    code: 2,
    err: expect.stringContaining("not signed by this authority"),
  });
  expect(await clusterio("init", ...args, "--ca", "ca.pem")).toMatchObject({ code: 0 });
  const tls = join(folder, "given", "identity", "tls");
  expect((await readdir(tls)).sort()).toEqual(["ca.pem", "server.key", "server.pem"]);
  expect(await readFile(join(tls, "server.pem"), "utf8")).toBe(cert);
});

test("admins are made from the keys, once each", async () => {
  expect(await clusterio("bootstrap", "create-admin", "ada", "--dir", dir)).toMatchObject({ code: 0 });
  expect(await clusterio("bootstrap", "create-admin", "ada", "--dir", dir)).toMatchObject({ code: 4 });
  expect(await clusterio("bootstrap", "create-admin", "*", "--dir", dir)).toMatchObject({ code: 2 });
  expect(await clusterio("bootstrap", "create-admin", "eve", "--dir", "nowhere")).toMatchObject({
    code: 3,
    err: expect.stringContaining("clusterio init"),
  });
});

test("an admin is carried to another machine in one file", async () => {
  expect(await clusterio("bootstrap", "create-ctl-config", "nobody", "--dir", dir)).toMatchObject({ code: 2 });
  expect(await clusterio("bootstrap", "create-ctl-config", "ada", "--dir", dir)).toMatchObject({ code: 0 });
  expect(await clusterio("bootstrap", "create-ctl-config", "ada", "--dir", dir)).toMatchObject({ code: 4 });
  const file = join(folder, "ada.context.json");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a context is added once, by a name that is a file's, from a file that is whole", async () => {
  const file = join(folder, "ada.context.json");
  const elsewhere = { CLUSTERIO_CONFIG_DIR: join(folder, "elsewhere") };
  const there = (...args: string[]) => cli("ctl", ["context", ...args], { env: elsewhere, cwd: folder });
  expect(await there("add", "far", "--file", file)).toMatchObject({ code: 0 });
  expect(await there("add", "far", "--file", file)).toMatchObject({ code: 4 });
  expect((await there("list")).out).toBe(
    "CURRENT  CONTEXT  USER  URL\n*        far      ada   tls://first.example:4222\n",
  );
  expect(await there("use", "near")).toMatchObject({ code: 2, err: expect.stringContaining("there are far") });
  expect(await there("add", "../far", "--file", file)).toMatchObject({ code: 2 });
  await writeFile(join(folder, "half.json"), (await readFile(file, "utf8")).slice(0, 100));
  expect(await there("add", "half", "--file", "half.json")).toMatchObject({ code: 2 });
  expect(await there("add", "none", "--file", "/nowhere")).toMatchObject({ code: 2 });
});

test("what is said counts before ./.clusterio, and that before the current context", async () => {
  const here = join(folder, "here");
  await mkdir(here);
  const asked = async (args: string[], more: NodeJS.ProcessEnv = {}) =>
    (await cli("ctl", ["world", "list", ...args], { env: { ...env, ...more }, cwd: here })).err;
  expect(await asked([])).toContain('your context "first"');
  expect(await asked(["--context", "none"])).toContain('there is no context "none"');
  expect(await asked([], { CLUSTERIO_CONTEXT: "none" })).toContain('there is no context "none"');
  expect(await asked(["--dir", "x"])).toContain("there is no cluster in");
  await mkdir(join(here, ".clusterio"));
  await writeFile(join(here, ".clusterio", "up.json"), JSON.stringify({ v: 1, natsPort: 1, worlds: "none" }));
  expect(await asked([])).toContain("there are no credentials in");
});

describe("the broker that init made", () => {
  let server: NatsServer;
  let ca: string;
  let creds: Uint8Array;

  beforeAll(async () => {
    const identity = await createIdentity(join(dir, "identity"), nodeDisk);
    const tls = (name: string) => join(dir, "identity", "tls", name);
    const { path } = await findNatsServer({ env: process.env, report: () => {} });
    const files = { cert: tls("server.pem"), key: tls("server.key") };
    const websocket = { port: -1, origins: [PAGE] };
    const options = { binary: path, folder: join(folder, "nats"), identity, port: -1, tls: files, websocket };
    server = await startNatsServer(options);
    ca = await readFile(tls("ca.pem"), "utf8");
    creds = (await identity.userCreds("admin" as never)).bytes;
  }, NATS_START_MS_MAX);
  afterAll(() => server.stop());

  const connecting = (options: { ca?: string; url?: string }) =>
    connectNats({ servers: options.url ?? `tls://127.0.0.1:${server.port}`, creds, name: "admin", ca: options.ca });

  test("takes its admin over TLS", async () => {
    const link = await connecting({ ca });
    expect(link.connected()).toBe(true);
    await link.close();
  });

  test("is not trusted with another authority, or with none", async () => {
    const refused = { code: "bad-input", message: expect.stringContaining("not signed by the authority") };
    await expect(connecting({ ca: (await newAuthority(Date.now())).cert })).rejects.toMatchObject(refused);
    await expect(connecting({})).rejects.toMatchObject(refused);
  });

  /** How the server answers a browser's handshake, by TLS or without; who has one and shows credentials is answered once more. */
  const handshake = (
    headers: Readonly<Record<string, string>>,
    { tls = true, shows }: { readonly tls?: boolean; readonly shows?: Uint8Array } = {},
  ): Promise<string> =>
    new Promise((resolve) => {
      const port = server.websocketPort ?? 0;
      const asks = { Host: `127.0.0.1:${port}`, Upgrade: "websocket", Connection: "Upgrade", ...headers };
      const lines = Object.entries({ ...asks, "Sec-WebSocket-Key": randomBytes(16).toString("base64") });
      const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      const socket = tls
        ? tlsConnect({ port, host: "127.0.0.1", ca, servername: "localhost" })
        : tcpConnect(port, "127.0.0.1");
      socket.write(`GET / HTTP/1.1\r\nSec-WebSocket-Version: 13\r\n${text}\r\n`);
      let heard = "";
      let shown = false;
      socket.on("data", (chunk) => {
        heard += chunk.toString("latin1");
        const nonce = /"nonce":"([^"]+)"/.exec(heard)?.[1];
        if (shows === undefined ? heard.includes("\r\n") : /PONG|-ERR/.test(heard)) socket.destroy();
        if (shows === undefined || nonce === undefined || shown) return;
        shown = true;
        const auth = authenticatorOf(shows, "page")(nonce);
        socket.write(framed(`CONNECT ${JSON.stringify({ ...auth, verbose: false })}\r\nPING\r\n`));
      });
      const said = () => (shows === undefined ? heard.split("\r\n")[0] : /PONG|-ERR[^\r]*/.exec(heard)?.[0]) ?? "";
      socket.on("error", () => {}).on("close", () => resolve(said()));
    });

  /** One frame of a browser: binary, masked with zeros. */
  const framed = (text: string): Buffer => {
    const payload = Buffer.from(text);
    const head = Buffer.from([0x82, 0x80 | 126, payload.length >> 8, payload.length & 255, 0, 0, 0, 0]);
    return Buffer.concat([head, payload]);
  };

  test("a page comes in with a user's credentials, never with a slave's", async () => {
    expect(await handshake({ Origin: PAGE }, { shows: creds })).toBe("PONG");
    const identity = await createIdentity(join(dir, "identity"), nodeDisk);
    const { bytes } = await identity.slaveCreds("alpha" as never);
    expect(await handshake({ Origin: PAGE }, { shows: bytes })).toMatch(/^-ERR/);
  });

  test("lets pages of the named origin in, no other, and none without TLS", async () => {
    expect(await handshake({ Origin: PAGE })).toBe("HTTP/1.1 101 Switching Protocols");
    for (const other of ["https://evil.example", "http://panel.example", "https://panel.example:444", "null"])
      expect([other, await handshake({ Origin: other })]).toEqual([other, expect.stringContaining(" 403 ")]);
    expect(await handshake({ Origin: PAGE }, { tls: false })).not.toContain("101");
    // The neighbours that speak NATS notice nothing.
    const link = await connecting({ ca });
    await link.close();
  });

  test("says nothing in plaintext, and a client that was told of TLS says nothing to a server without", async () => {
    const heard = await new Promise<string>((resolve) => {
      const socket = tcpConnect(server.port, "127.0.0.1", () => socket.write('CONNECT {"verbose":false}\r\nPING\r\n'));
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString("latin1");
      });
      socket.on("error", () => {}).on("close", () => resolve(text));
    });
    expect(heard).not.toMatch(/INFO|PONG/);
    // A server in between that says it knows no TLS: a plain nats-server says just that.
    const downgraded = connecting({ ca, url: plain().url.replace("nats://", "tls://") });
    await expect(downgraded).rejects.toMatchObject({ code: "bad-input", message: expect.stringContaining("TLS") });
  });
});
