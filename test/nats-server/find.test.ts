import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { releaseName } from "#ctl/nats-server/decide";
import { type FindOptions, findNatsServer } from "#ctl/nats-server/find";
import { fileFromTarGz } from "#ctl/nats-server/tar";
import { VERSION_FETCHED } from "#ctl/nats-server/version";

/** Programs that only tell a version stand for the server; a local HTTP server stands for the releases. */
const fake = (version: string): string => `#!/bin/sh\necho "nats-server: v${version}"\n`;

let folder: string;
let lines: string[];
let releases: Server;
let served: Map<string, Buffer>;
const archive = `${releaseName(VERSION_FETCHED, process.platform, process.arch)}.tar.gz`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "clusterio-find-"));
  lines = [];
  served = new Map();
  releases = createServer((request, response) => {
    if (request.url?.startsWith("/moved/")) {
      response.writeHead(302, { location: request.url.slice("/moved".length) }).end();
      return;
    }
    const body = served.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => releases.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  releases.closeAllConnections();
  await new Promise((resolve) => releases.close(resolve));
  rmSync(folder, { recursive: true });
});

const base = () => `http://127.0.0.1:${(releases.address() as AddressInfo).port}`;

const place = (path: string, content: string, mode = 0o755): string => {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content, { mode });
  return full;
};

/** A tar with the given files, as release archives are. */
const tarGz = (files: Record<string, string>): Buffer => {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(content.length.toString(8).padStart(11, "0"), 124);
    header.write("0", 156);
    return [header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
};

const publish = (content: Buffer, hash = createHash("sha256").update(content).digest("hex")) => {
  served.set(`/v${VERSION_FETCHED}/${archive}`, content);
  served.set(`/v${VERSION_FETCHED}/SHA256SUMS`, Buffer.from(`${"0".repeat(64)}  other.zip\n${hash}  ${archive}\n`));
};

const cache = () => join(folder, "cache");
const find = (env: FindOptions["env"] = {}, more: Partial<FindOptions> = {}) =>
  findNatsServer({
    env: { PATH: "", ...env },
    report: (line) => lines.push(line),
    cacheFolder: cache(),
    releases: base(),
    packageScript: place("no-package.sh", "echo 'no package here' >&2; exit 7"),
    ...more,
  });

test("the one that the user names comes first, then the PATH, then the cache", async () => {
  const named = place("named/nats-server", fake("2.14.1"));
  const onPath = place("bin/nats-server", fake("2.14.2"));
  const cached = place("cache/2.14.3/nats-server", fake("2.14.3"));
  const PATH = `${join(folder, "nowhere")}:${join(folder, "bin")}`;
  expect(await find({ CLUSTERIO_NATS_SERVER: named, PATH })).toEqual({ path: named, version: "2.14.1", from: "named" });
  expect(await find({ PATH })).toEqual({ path: onPath, version: "2.14.2", from: "path" });
  expect(await find()).toEqual({ path: cached, version: "2.14.3", from: "cache" });
  expect(lines).toEqual([]);
});

test("one too old on the PATH is skipped with a line; of the cache the newest is taken", async () => {
  place("bin/nats-server", fake("2.10.27"));
  place("cache/2.14.3/nats-server", fake("2.14.3"));
  place("cache/2.15.10/nats-server", fake("2.15.10"));
  place("cache/2.15.9/nats-server", fake("2.15.9"));
  place("cache/2.9.0/nats-server", fake("2.9.0"));
  expect(await find({ PATH: join(folder, "bin") })).toMatchObject({ version: "2.15.10" });
  expect(lines).toEqual([expect.stringMatching(/2\.10\.27.*skipped/)]);
});

test.each([
  ["too old", fake("2.10.27"), 0o755, /2\.10\.27.*too old.*CLUSTERIO_NATS_SERVER/],
  ["not executable", fake("2.15.1"), 0o644, /EACCES/],
  ["something else", "#!/bin/sh\necho hello\n", 0o755, /does not tell its version/],
])(
  "one that the user named and that is %s is refused, although another one is there",
  async (_, content, mode, message) => {
    place("cache/2.15.1/nats-server", fake("2.15.1"));
    const named = place("named/nats-server", content, mode);
    await expect(find({ CLUSTERIO_NATS_SERVER: named })).rejects.toMatchObject({
      code: "bad-input",
      message: expect.stringMatching(message),
    });
  },
);

test("one that the user named and that is not there is refused", async () => {
  await expect(find({ CLUSTERIO_NATS_SERVER: "/none/nats-server" })).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/\/none\/nats-server.*ENOENT/),
  });
});

test("the release is fetched, checked, unpacked and kept in the cache", async () => {
  publish(tarGz({ "folder/README.md": "hello", "folder/nats-server": fake(VERSION_FETCHED) }));
  const found = await find();
  const path = join(cache(), VERSION_FETCHED, "nats-server");
  expect(found).toEqual({ path, version: VERSION_FETCHED, from: "release" });
  expect(readFileSync(path, "utf8")).toBe(fake(VERSION_FETCHED));
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect(readdirSync(cache())).toEqual([VERSION_FETCHED]);
  served.clear();
  expect(await find()).toEqual({ path, version: VERSION_FETCHED, from: "cache" });
});

test("a release that moved is followed", async () => {
  publish(tarGz({ "folder/nats-server": fake(VERSION_FETCHED) }));
  expect(await find({}, { releases: `${base()}/moved` })).toMatchObject({ from: "release" });
});

test("an archive with another hash is refused, and leaves nothing behind", async () => {
  publish(tarGz({ "folder/nats-server": fake(VERSION_FETCHED) }), "f".repeat(64));
  await expect(find()).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/SHA-256.*refused/),
  });
  expect(readdirSync(cache())).toEqual([]);
});

test.each([
  ["a missing release", () => {}, /HTTP status 404/],
  [
    "a release that does not list the archive",
    () => served.set(`/v${VERSION_FETCHED}/SHA256SUMS`, Buffer.from("")),
    /lists no/,
  ],
  ["an archive without the server", () => publish(tarGz({ "folder/other": "x" })), /holds no nats-server/],
  ["an archive with an old server", () => publish(tarGz({ "f/nats-server": fake("2.1.0") })), /2\.1\.0, too old/],
  ["an archive with something else", () => publish(tarGz({ "f/nats-server": "#!/bin/sh\nexit 3\n" })), /cannot be run/],
])("%s goes on to the distribution's package", async (_, prepare, reason) => {
  prepare();
  const script = `printf '%s' '${fake("2.15.0")}' > "$1/nats-server"; echo working >&2`;
  const found = await find({}, { packageScript: place("package.sh", script) });
  expect(found).toEqual({ path: join(cache(), "2.15.0", "nats-server"), version: "2.15.0", from: "package" });
  expect(lines.join("\n")).toMatch(reason);
  expect(lines.map((line) => line.trim())).toContain("working");
});

test("a source that does not answer is given up after its deadline", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const silentBase = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await expect(find({}, { releases: silentBase, answerMs: 200 })).rejects.toMatchObject({
    message: expect.stringContaining("no answer within 0.2 s"),
  });
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

test("where nothing works one error tells all of it", async () => {
  const failure = find();
  await expect(failure).rejects.toMatchObject({ code: "unavailable" });
  const message = await failure.catch((error: Error) => error.message);
  for (const part of ["404", "no package here", "CLUSTERIO_NATS_SERVER=", "2.14"]) expect(message).toContain(part);
});

test("installs at the same time do not disturb each other", async () => {
  publish(tarGz({ "folder/nats-server": fake(VERSION_FETCHED) }));
  const found = await Promise.all(Array.from({ length: 8 }, () => find()));
  expect(new Set(found.map(({ path }) => path)).size).toBe(1);
  expect(readdirSync(cache())).toEqual([VERSION_FETCHED]);
});

test("a damaged archive holds nothing", () => {
  expect(() => fileFromTarGz(Buffer.from("not gzip"), "nats-server")).toThrow();
  expect(fileFromTarGz(gzipSync(Buffer.alloc(100, 7)), "nats-server")).toBeUndefined();
  const cut = gzipSync(Buffer.from(tarGz({ "f/nats-server": "x".repeat(2000) })).subarray(0, 0));
  expect(fileFromTarGz(cut, "nats-server")).toBeUndefined();
});
