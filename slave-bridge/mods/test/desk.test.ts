import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import type { AttachConfig } from "#bridge/attached/folder";
import { realGame } from "#bridge/game/adapters/real-game";
import { realVault } from "#bridge/game/adapters/vault";
import { pathsOf } from "#bridge/instance/folder";
import { installMods } from "#bridge/instance/mods";
import { ModDesk } from "#bridge/mods/desk";
import type { BridgeContext } from "#bridge/ports";
import { nodeDisk } from "#core/adapters/node-disk";
import type { ModView } from "#core/events/mods";

let root: string;
let phase: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "clusterio-mods-"));
  phase = "stopped";
});
afterEach(() => rmSync(root, { recursive: true }));

const info = (name: string, version: string, more: object = {}) =>
  JSON.stringify({ name, version, title: name, author: "x", factorio_version: "2.1", ...more });
const zipOf = (name: string, version: string, more: object = {}, files: Record<string, string> = {}) =>
  zipSync({
    [`${name}/info.json`]: strToU8(info(name, version, more)),
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])),
  });

const scene = () => {
  const paths = pathsOf(join(root, "north"));
  mkdirSync(paths.mods, { recursive: true });
  const ours = join(root, "clusterio_0.1.0.zip");
  writeFileSync(ours, zipOf("clusterio", "0.1.0"));
  const game = realGame();
  const mods = [{ name: "clusterio", version: "0.1.0", path: ours }];
  const install = { name: "Factorio", command: "", args: [], readData: "", version: "2.1.9", line: "2.1" };
  const context = {
    ports: { disk: nodeDisk, game, vault: realVault },
    settings: { install, mods },
  } as unknown as BridgeContext;
  const attached: { now?: AttachConfig } = {};
  const runner = {
    instance: "north",
    paths,
    record: { config: {} },
    get phase() {
      return phase;
    },
    get attached() {
      return attached.now;
    },
  } as unknown as ConstructorParameters<typeof ModDesk>[1];
  const desk = new ModDesk(context, runner);
  const list = async () => ((await desk.read({ op: "list" })) as { mods: ModView[] }).mods;
  const brief = async () =>
    (await list()).map(({ name, version = "-", enabled }) => `${name} ${version} ${enabled ? "on" : "off"}`);
  const add = async (bytes: Uint8Array, more: { path?: string; replace?: boolean } = {}) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const file = {
      path: more.path ?? "any.zip",
      bytes: bytes.length,
      sha256,
      ...(more.replace ? { replace: true } : {}),
    };
    const { offset } = (await desk.write({ op: "begin", ...file }, undefined)) as { offset: number };
    if (offset < bytes.length) await desk.write({ op: "put", sha256, offset }, bytes.slice(offset));
    return (await desk.write({ op: "finish", ...file }, undefined)) as { mod: ModView; running: boolean };
  };
  const start = () => installMods({ disk: nodeDisk, files: game }, paths, mods);
  const listed = () =>
    (JSON.parse(readFileSync(paths.modList, "utf8")).mods as { name: string; enabled: boolean }[]).map(
      ({ name, enabled }) => `${name} ${enabled ? "on" : "off"}`,
    );
  return { desk, paths, list, brief, add, start, listed, attached };
};

test("MD1, MD2: a mod comes in pieces, is named as its info.json says, and is in the list from the next start on", async () => {
  const { brief, add, start, listed, desk, paths } = scene();
  await start();
  phase = "running";
  expect(await add(zipOf("flib", "0.16.4"))).toMatchObject({
    mod: { name: "flib", version: "0.16.4", enabled: true },
    running: true,
  });
  expect(readdirSync(paths.mods)).toContain("flib_0.16.4.zip");
  expect(listed()).not.toContain("flib on");
  await desk.write({ op: "disable", name: "quality" }, undefined);
  // The game ends, and writes its own list as it had it.
  writeFileSync(
    paths.modList,
    JSON.stringify({
      mods: [
        { name: "base", enabled: true },
        { name: "quality", enabled: true },
        { name: "clusterio", enabled: true },
      ],
    }),
  );
  await start();
  expect(listed().sort()).toEqual(["base on", "clusterio on", "flib on", "quality off"]);
  expect(existsSync(paths.modsWanted)).toBe(false);
  expect(await brief()).toEqual(["base - on", "clusterio 0.1.0 on", "flib 0.16.4 on", "quality - off"]);
  phase = "stopped";
  expect(await desk.write({ op: "disable", name: "flib" }, undefined)).toMatchObject({
    mod: { enabled: false },
    running: false,
  });
  expect(await brief()).toContain("flib 0.16.4 off");
  await desk.write({ op: "remove", name: "flib" }, undefined);
  await start();
  expect(listed()).not.toContain("flib off");
  expect(readdirSync(paths.mods)).not.toContain("flib_0.16.4.zip");
});

test("MD3: the cluster's mod stays as it is; names that are not there are told with those that are", async () => {
  const { desk, add, start } = scene();
  await start();
  for (const op of ["disable", "remove"] as const)
    await expect(desk.write({ op, name: "clusterio" }, undefined)).rejects.toMatchObject({ code: "refused" });
  await expect(add(zipOf("clusterio", "9.9.9"))).rejects.toMatchObject({ code: "refused" });
  await expect(add(zipOf("base", "9.9.9"))).rejects.toMatchObject({ code: "refused" });
  await expect(desk.write({ op: "disable", name: "base" }, undefined)).rejects.toMatchObject({ code: "refused" });
  await expect(desk.write({ op: "enable", name: "nope" }, undefined)).rejects.toThrow(
    'has no mod "nope"; there are clusterio',
  );
  await expect(desk.write({ op: "remove", name: "quality" }, undefined)).rejects.toMatchObject({ code: "bad-input" });
});

test("what is there twice, and what is missing, is told where it is added and where it is listed", async () => {
  const { add, list, start } = scene();
  await start();
  const needy = await add(zipOf("needy", "1.0.0", { dependencies: ["flib >= 1.0.0", "? other"] }));
  expect(needy.mod.problems).toEqual(["needs flib >= 1.0.0, which is not there or is disabled"]);
  await expect(add(zipOf("needy", "1.0.0", { title: "again" }))).rejects.toThrow("say --replace");
  await add(zipOf("needy", "1.0.0", { title: "again" }), { replace: true });
  const newer = await add(zipOf("needy", "1.1.0"));
  expect(newer.mod.problems).toEqual(["is there 2 times: 1.0.0, 1.1.0"]);
  expect((await list()).filter(({ problems }) => problems !== undefined)).toHaveLength(2);
});

test.each<[string, () => Uint8Array, string]>([
  ["no zip", () => strToU8("hello there, this is not a zip"), "it is not a zip"],
  ["half a zip", () => zipOf("half", "1.0.0").slice(0, 60), "its end is missing"],
  ["no info.json", () => zipSync({ "m/control.lua": strToU8("") }), "info.json is missing"],
  ["two folders", () => zipOf("m", "1.0.0", {}, { "other/x": "" }), "one folder"],
  ["a name that leads out", () => zipOf("m", "1.0.0", {}, { "m/../../x": "" }), "outside of its folder"],
  ["a bomb", () => zipOf("m", "1.0.0", {}, { "m/x": "0".repeat(32 * 1024 * 1024) }), "zip bomb"],
  ["a name that is a path", () => zipOf("../m", "1.0.0"), "outside of its folder"],
  ["a version that is none", () => zipOf("m", "one"), "a version like 1.2.3"],
])("%s is refused, and nothing of it stays", async (_what, bytes, message) => {
  const { add, paths, brief, start } = scene();
  await start();
  const before = await brief();
  await expect(add(bytes())).rejects.toThrow(message);
  expect(await brief()).toEqual(before);
  expect(readdirSync(join(paths.folder, "incoming"))).toEqual([]);
});

test("of an attached server the mods are shown where its folder is seen, and changed where it runs", async () => {
  const attach = { host: "h", port: 1, passwordFile: "p" };
  const it = scene();
  await it.add(zipOf("extra", "1.0.0"));
  it.attached.now = { ...attach, writeData: "north" };
  expect(await it.brief()).toContain("extra 1.0.0 on");
  await expect(it.desk.write({ op: "disable", name: "extra" }, undefined)).rejects.toThrow(
    "its mods are changed where it runs",
  );
  it.attached.now = attach;
  await expect(it.list()).rejects.toThrow("its files are where it runs");
});
