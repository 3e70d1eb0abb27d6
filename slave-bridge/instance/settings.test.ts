import type { GameFiles, ModSource } from "#bridge/game/port";
import { pathsOf } from "#bridge/instance/folder";
import { installMods, ourMod } from "#bridge/instance/mods";
import { decodeRecord, encodeRecord, newRecord } from "#bridge/instance/record";
import { configIni, modList, serverSettings } from "#bridge/instance/settings";
import { instanceId } from "#core/ids";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

const config = { name: "North", seed: 7, autosaveSeconds: 10 };

describe("what a server reads at its start", () => {
  test("its folders", () => {
    const ini = configIni("/opt/factorio/data", "/data/instances/north");
    expect(ini).toContain("\nread-data=/opt/factorio/data\n");
    expect(ini).toContain("\nwrite-data=/data/instances/north\n");
  });

  test("it never pauses, is not public, and saves by itself only when the bridge does not order it", () => {
    const settings = JSON.parse(serverSettings(config));
    expect(settings).toMatchObject({ name: "North", auto_pause: false, visibility: { public: false, lan: false } });
    expect(settings.autosave_interval).toBe(1_440);
    expect(JSON.parse(serverSettings({ ...config, autosaveSeconds: 0 })).autosave_interval).toBe(10);
  });

  test("our mods are enabled; what else the list had stays", () => {
    const before = JSON.stringify({
      mods: [
        { name: "base", enabled: false },
        { name: "quality", enabled: false },
        { name: "clusterio", enabled: false },
        7,
      ],
    });
    const mods = (text?: string) => JSON.parse(modList(text, ["clusterio", "demo"])).mods;
    const ours = [
      { name: "base", enabled: true },
      { name: "clusterio", enabled: true },
      { name: "demo", enabled: true },
    ];
    expect(mods(before)).toEqual([...ours, { name: "quality", enabled: false }]);
    expect(mods()).toEqual(ours);
    expect(mods("{broken")).toEqual(ours);
  });
});

describe("mods", () => {
  const files = (there: Record<string, ModSource[]>) => {
    const done: string[] = [];
    const port = {
      mods: async (folder: string) => there[folder] ?? [],
      copy: async (from: string, to: string) => void done.push(`${from} > ${to}`),
      remove: async (path: string) => void done.push(`rm ${path}`),
    } as Pick<GameFiles, "mods" | "copy" | "remove"> as GameFiles;
    return { port, done };
  };
  const zip: ModSource = { name: "clusterio", version: "0.2.0", path: "/dist/clusterio_0.2.0.zip" };
  const folder: ModSource = { name: "clusterio", version: "0.2.0", path: "/dist/clusterio" };

  test("ours is the zip; without one the error says what to do", async () => {
    expect(await ourMod(files({ "/dist": [folder, zip] }).port, "/dist")).toBe(zip);
    await expect(ourMod(files({ "/dist": [folder] }).port, "/dist")).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("npm run build"),
    });
  });

  test("another version of ours is removed, other mods stay", async () => {
    const paths = pathsOf("/i");
    const old = { name: "clusterio", version: "0.1.0", path: "/i/mods/clusterio_0.1.0.zip" };
    const other = { name: "other", version: "1.0.0", path: "/i/mods/other_1.0.0.zip" };
    const demo = { name: "demo", version: "0.1.0", path: "/sim/demo-world" };
    const { port, done } = files({ "/i/mods": [old, other] });
    const disk = new MemoryDisk();
    await installMods({ disk, files: port }, paths, [zip, demo]);
    expect(done).toEqual([
      "rm /i/mods/clusterio_0.1.0.zip",
      "/dist/clusterio_0.2.0.zip > /i/mods/clusterio_0.2.0.zip",
      "/sim/demo-world > /i/mods/demo_0.1.0",
    ]);
    expect(new TextDecoder().decode(await disk.read(paths.modList))).toContain('"demo"');
  });
});

describe("the instance's record", () => {
  test("is read as it was written; anything else is refused with its path", () => {
    const record = newRecord(instanceId("north"), config);
    const lineage = {
      ...record.lineage,
      periods: [
        { world: "north.1" as const, from: 1, to: 2 },
        { world: "" as const, from: 3 },
      ],
    };
    const whole = { ...record, lineage: lineage as typeof record.lineage, desired: "running" as const };
    expect(decodeRecord(encodeRecord(whole), "/x/instance.json")).toEqual(whole);
    const broken = new TextEncoder().encode('{"v":1,"instance":"north"}');
    expect(() => decodeRecord(broken, "/x/instance.json")).toThrow("/x/instance.json");
  });
});
