import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { InstallProgress } from "#bridge/factorio/port";
import { folderInstalls } from "#bridge/game/adapters/folder-installs";

/** A script that tells a version stands for the game, a local HTTP server for the vendor. */
let folder: string;
let vendor: Server;
let served: Map<string, Buffer>;
let asked: IncomingMessage[];
/** Instead of an archive's whole answer. */
let misbehave: ((request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean) | undefined;
let told: InstallProgress[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "clusterio-installs-"));
  served = new Map();
  asked = [];
  told = [];
  misbehave = undefined;
  vendor = createServer((request, response) => {
    asked.push(request);
    const body = served.get(request.url ?? "");
    if (body === undefined) return void response.writeHead(404).end();
    if (misbehave?.(request, response, body) === true) return;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? Number.NaN);
    if (Number.isNaN(from)) return void response.writeHead(200, { "content-length": body.length }).end(body);
    if (from >= body.length) return void response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { "content-range": range, "content-length": body.length - from }).end(body.subarray(from));
  });
  await new Promise<void>((resolve) => vendor.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  vendor.closeAllConnections();
  await new Promise((resolve) => vendor.close(resolve));
  rmSync(folder, { recursive: true });
});

const releases = () => `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
const installs = () =>
  folderInstalls({ folder: join(folder, "factorio"), releases: releases(), answerMs: 2_000, againMs: 1 });
const on = (progress: InstallProgress) => void told.push(progress);
const left = () => readdirSync(join(folder, "factorio")).sort();

/** An archive of a game that says such a version; `files` beside it. */
const archiveOf = (version: string, files: Record<string, string> = {}, compress = "z"): Buffer => {
  const tree = mkdtempSync(join(folder, "tree-"));
  const place = (path: string, text: string) => {
    const full = join(tree, "factorio", path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { mode: 0o755 });
  };
  place("bin/x64/factorio", `#!/bin/sh\necho "Version: ${version} (build 1, linux64, headless)"\n`);
  place("data/base/info.json", JSON.stringify({ name: "base", version }));
  for (const [path, text] of Object.entries(files)) place(path, text);
  const file = join(tree, "archive");
  execFileSync("tar", [`-c${compress}f`, file, "-C", tree, "factorio"]);
  return readFileSync(file);
};

const publish = (version: string, archive: Buffer, sum = createHash("sha256").update(archive).digest("hex")) => {
  served.set(`/get-download/${version}/headless/linux64`, archive);
  const before = served.get("/download/sha256sums/")?.toString() ?? "";
  served.set("/download/sha256sums/", Buffer.from(`${before}${sum}  factorio-headless_linux_${version}.tar.xz\n`));
};

const downloads = () => asked.filter(({ url }) => url?.startsWith("/get-download/") === true);

test("GI1: a channel is installed, verified, listed with its line, and not downloaded twice; another stands beside it", async () => {
  publish("2.0.76", archiveOf("2.0.76", {}, "J"));
  publish("2.1.9", archiveOf("2.1.9"));
  served.set(
    "/api/latest-releases",
    Buffer.from('{"stable":{"headless":"2.0.76"},"experimental":{"headless":"2.1.9"}}'),
  );
  const games = installs();
  expect(await games.install("stable", on)).toEqual({ version: "2.0.76", there: false });
  expect([...new Set(told.map(({ phase }) => phase))]).toEqual(["asking", "downloading", "verifying", "unpacking"]);
  expect(await games.install("stable", on)).toEqual({ version: "2.0.76", there: true });
  expect(downloads()).toHaveLength(1);
  await games.install("2.1", on);
  expect((await games.list()).map(({ version, line }) => [version, line])).toEqual([
    ["2.0.76", "2.0"],
    ["2.1.9", "2.1"],
  ]);
  expect(await games.channels()).toEqual({ stable: "2.0.76" });
  await games.remove("2.0.76");
  expect(left()).toEqual(["2.1.9", "channels.json"]);
  await expect(games.remove("2.0.76")).rejects.toThrow("there is no install of Factorio 2.0.76");
  await expect(games.remove("../factorio")).rejects.toMatchObject({ code: "bad-input" });
});

test("DL2, GI2: a download that breaks goes on where it ended, also in a later process; what a killed one unpacked is cleared", async () => {
  const archive = archiveOf("2.0.76", { "data/big": "x".repeat(200_000) });
  publish("2.0.76", archive);
  const half = archive.length >> 1;
  mkdirSync(join(folder, "factorio/.unpacking-0123"), { recursive: true });
  const part = join(folder, "factorio/.download-2.0.76.part");
  writeFileSync(part, archive.subarray(0, 100));
  misbehave = (request, response, body) => {
    if (request.headers.range !== "bytes=100-") return false;
    const range = `bytes 100-${body.length - 1}/${body.length}`;
    response.writeHead(206, { "content-range": range, "content-length": body.length - 100 });
    response.write(body.subarray(100, half));
    // Broken when what was sent has arrived.
    const look = setInterval(() => {
      if (statSync(part).size < half) return;
      clearInterval(look);
      response.destroy();
    }, 5);
    return true;
  };
  await installs().install("2.0.76", on);
  const ranges = downloads().map(({ headers }) => headers.range);
  expect(ranges).toEqual(["bytes=100-", `bytes=${half}-`]);
  expect(left()).toEqual(["2.0.76"]);
});

test("a server that knows no ranges, and a part of something else, cost a download from the beginning", async () => {
  const archive = archiveOf("2.0.76");
  publish("2.0.76", archive);
  const part = join(folder, "factorio/.download-2.0.76.part");
  mkdirSync(dirname(part), { recursive: true });
  writeFileSync(part, "something else");
  await installs().install("2.0.76", on);
  expect(downloads().map(({ headers }) => headers.range)).toEqual(["bytes=14-", undefined]);
  await installs().remove("2.0.76");
  writeFileSync(part, "longer than the whole".repeat(archive.length));
  await installs().install("2.0.76", on);
  await installs().remove("2.0.76");
  writeFileSync(part, "old");
  misbehave = (_request, response, body) => {
    response.writeHead(200).end(body);
    return true;
  };
  await installs().install("2.0.76", on);
  expect(left()).toEqual(["2.0.76"]);
});

test.each<[string, () => void, string, string]>([
  [
    "another sum",
    () => publish("2.0.76", archiveOf("2.0.76"), "0".repeat(64)),
    "refused",
    "is not what the vendor published",
  ],
  [
    "no sum listed",
    () => served.set("/download/sha256sums/", Buffer.from("")),
    "unavailable",
    "lists no headless server 2.0.76",
  ],
  ["no list of sums", () => {}, "unavailable", "HTTP status 404"],
  ["no archive", () => publish("2.0.76", Buffer.from("<html>no</html>")), "bad-input", "is no archive of the game"],
  ["another version", () => publish("2.0.76", archiveOf("2.0.75")), "refused", "holds Factorio 2.0.75, not 2.0.76"],
  ["no version told", () => publish("2.0.76", archiveOf("hello")), "bad-input", "does not tell a version"],
  [
    "a game before 2.0",
    () => publish("1.1.110", archiveOf("1.1.110")),
    "bad-input",
    "the mod is built for 2.0 and 2.1",
  ],
])("%s: nothing is installed, and it says why", async (_what, prepare, code, message) => {
  prepare();
  const version = served.has("/get-download/1.1.110/headless/linux64") ? "1.1.110" : "2.0.76";
  const failed = installs().install(version, on);
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  expect(await installs().list()).toEqual([]);
  expect(left().filter((name) => !name.startsWith(".download-"))).toEqual([]);
});

test("a vendor that is away, a connection that brings nothing, and a full disk are told as they are", async () => {
  publish("2.0.76", archiveOf("2.0.76"));
  misbehave = (request, response) => {
    if (request.url?.startsWith("/get-download/") !== true) return false;
    response.destroy();
    return true;
  };
  await expect(installs().install("2.0.76", on)).rejects.toMatchObject({ code: "unavailable" });
  expect(downloads()).toHaveLength(4);
  misbehave = undefined;
  rmSync(join(folder, "factorio"), { recursive: true });
  mkdirSync(join(folder, "factorio"));
  symlinkSync("/dev/full", join(folder, "factorio/.download-2.0.76.part"));
  await expect(installs().install("2.0.76", on)).rejects.toThrow(/cannot be written: .*ENOSPC/);
  vendor.closeAllConnections();
  const nowhere = folderInstalls({
    folder: join(folder, "f"),
    releases: "http://127.0.0.1:1",
    answerMs: 500,
    againMs: 1,
  });
  await expect(nowhere.install("stable", on)).rejects.toThrow("/api/latest-releases: ");
});

test("from a file: its sum is held to, names that lead out and programs that are no game are refused", async () => {
  const good = archiveOf("2.0.76");
  const file = join(folder, "good.tar.gz");
  writeFileSync(file, good);
  const games = installs();
  await expect(games.installFrom(file, on, { sum: "0".repeat(64) })).rejects.toMatchObject({ code: "refused" });
  const sum = createHash("sha256").update(good).digest("hex");
  expect(await games.installFrom(file, on, { sum: sum.toUpperCase() })).toEqual({ version: "2.0.76", there: false });
  expect(await games.installFrom(file, on)).toEqual({ version: "2.0.76", there: true });
  await expect(games.installFrom(join(folder, "none"), on)).rejects.toMatchObject({ code: "unavailable" });

  const evil = join(folder, "evil.tar.gz");
  mkdirSync(join(folder, "e/factorio"), { recursive: true });
  writeFileSync(join(folder, "e/out"), "gotcha");
  execFileSync("tar", ["-czPf", evil, "-C", join(folder, "e/factorio"), "../out"]);
  await expect(games.installFrom(evil, on)).rejects.toThrow("leads out of its folder");
  symlinkSync("/etc", join(folder, "e/factorio/link"));
  execFileSync("tar", ["-czf", evil, "-C", join(folder, "e"), "factorio"]);
  await expect(games.installFrom(evil, on)).rejects.toThrow("a link that leads out of its folder");
  expect(existsSync(join(folder, "out"))).toBe(false);

  const other = join(folder, "other.tar.gz");
  rmSync(join(folder, "e/factorio/link"));
  writeFileSync(join(folder, "e/factorio/readme"), "hello");
  execFileSync("tar", ["-czf", other, "-C", join(folder, "e"), "factorio"]);
  await expect(games.installFrom(other, on)).rejects.toThrow("this is no Factorio that runs here");
  expect((await games.list()).map(({ version }) => version)).toEqual(["2.0.76"]);
});

test("what is no archive is told by its cause, and so is a machine without xz", async () => {
  const games = installs();
  const text = join(folder, "text.tar.gz");
  writeFileSync(text, "hello");
  await expect(games.installFrom(text, on)).rejects.toThrow(
    /is no archive of the game \(tar: This does not look like a tar archive\)/,
  );

  const packed = join(folder, "packed.tar.xz");
  writeFileSync(packed, Buffer.from("fd377a585a00", "hex"));
  const { PATH } = process.env;
  symlinkSync(execFileSync("sh", ["-c", "command -v tar"]).toString().trim(), join(folder, "tar"));
  process.env.PATH = folder;
  try {
    await expect(games.installFrom(packed, on)).rejects.toMatchObject({
      ...{ code: "unavailable", message: expect.stringContaining("install xz-utils") },
    });
  } finally {
    process.env.PATH = PATH;
  }
});

test("one install at a time: a second one is told who holds the folder", async () => {
  publish("2.0.76", archiveOf("2.0.76"));
  let release = () => {};
  misbehave = (request, response, body) => {
    if (request.url?.startsWith("/get-download/") !== true) return false;
    release = () => response.writeHead(200, { "content-length": body.length }).end(body);
    return true;
  };
  const first = installs().install("2.0.76", on);
  while (downloads().length === 0) await new Promise((resolve) => setImmediate(resolve));
  await expect(installs().remove("2.0.76")).rejects.toMatchObject({ code: "refused" });
  release();
  expect(await first).toEqual({ version: "2.0.76", there: false });
});
