import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instanceId, worldId } from "#core/ids";
import {
  beyond,
  type Listed,
  lackText,
  listBackups,
  MANIFEST,
  type Manifest,
  readManifest,
  writeManifest,
} from "#ctl/backup/manifest";
import { meaningNow } from "#ctl/backup/restore";
import { verifyBackup } from "#ctl/backup/verify";

const instance = instanceId("north");
const of = (name: string, missing: string[] = []): Manifest => ({
  ...{ v: 2, kind: "clusterio-backup", name, cluster: "", software: "0.1.0", time: `2026-11-${name}T00:00:00.000Z` },
  ...{ instances: [], missing: missing.map((instance) => ({ instance, reason: "away" })), ledger: null },
  ...{ rights: null, lists: null, players: null },
});
const listed = (name: string, missing: string[] = []): Listed => ({
  folder: `/b/${name}`,
  manifest: of(name, missing),
});
const SAVE = { path: "saves/north.zip", bytes: 3, sha256: "a".repeat(64) };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-backup-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test("retention keeps the newest, and one that lacks an instance never pushes out one that has all (BK2)", () => {
  const names = (keep: number, all: Listed[]) => beyond(all, keep).map(({ manifest: { name } }) => name);
  const all = [listed("05"), listed("04"), listed("03"), listed("02")];
  expect(names(2, all)).toEqual(["03", "02"]);
  expect(names(9, all)).toEqual([]);
  expect(names(2, [listed("05", ["x"]), listed("04"), listed("03", ["x"]), listed("02"), listed("01")])).toEqual([
    "01",
  ]);
});

test("saves alone and named instances push out only what holds no more than they do (BK2)", () => {
  const ledger = { file: { ...SAVE, path: "ledger.jsonl.gz" }, from: 1, to: 9, tip: "" };
  const saved = (instance: string) => ({
    ...{ instance, name: instance, slave: "home", world: "", tick: null, totals: null, save: SAVE },
  });
  const made = (name: string, more: Partial<Manifest>): Listed => ({
    folder: `/b/${name}`,
    manifest: { ...of(name), ...more },
  });
  const names = (all: Listed[]) => beyond(all, 1).map(({ manifest: { name } }) => name);
  const [all, one] = [[saved("north"), saved("south")], [saved("north")]];

  expect(names([made("03", { instances: all }), made("02", { instances: all, ledger })])).toEqual([]);
  expect(names([made("03", { instances: all, ledger }), made("02", { instances: all })])).toEqual(["02"]);
  // An instance that is deleted does not keep old backups for ever; one that was only not named does.
  expect(names([made("03", { instances: one, ledger }), made("02", { instances: all, ledger })])).toEqual(["02"]);
  const named = { named: true, ledger } as const;
  expect(names([made("03", { ...named, instances: one }), made("02", { instances: all, ledger })])).toEqual([]);
  expect(names([made("03", { ...named, instances: one }), made("02", { ...named, instances: all })])).toEqual([]);
  expect(names([made("03", { ...named, instances: all }), made("02", { ...named, instances: one })])).toEqual(["02"]);
  expect(names([made("03", { instances: all, ledger }), made("02", { ...named, instances: one })])).toEqual(["02"]);
});

test("only what has a manifest is a backup: newest first, a damaged one named, half of one not seen", async () => {
  for (const name of ["01", "03"]) await writeManifest(join(dir, name), of(name));
  await writeManifest(join(dir, ".04.partial"), of("04"));
  await mkdir(join(dir, "notes"));
  await mkdir(join(dir, "02"));
  await writeFile(join(dir, "02", MANIFEST), "{");
  const { whole, damaged } = await listBackups(dir);
  expect(whole.map(({ manifest: { name } }) => name)).toEqual(["03", "01"]);
  expect(damaged).toEqual([join(dir, "02")]);
  expect(await listBackups(join(dir, "nothing"))).toEqual({ whole: [], damaged: [] });
  await expect(readManifest(join(dir, "notes"))).rejects.toMatchObject({ code: "bad-input" });
});

test("a backup of the first version is read, and says what it lacks; one of a later version is refused", async () => {
  const { rights: _, lists: __, players: ___, ...first } = of("01");
  const write = (name: string, value: object) =>
    mkdir(join(dir, name)).then(() => writeFile(join(dir, name, MANIFEST), JSON.stringify(value)));
  const ledger = { file: { path: "ledger.jsonl.gz", bytes: 3, sha256: "a".repeat(64) }, from: 1, to: 2, tip: "x" };
  await write("01", { ...first, v: 1, ledger });
  const read = await readManifest(join(dir, "01"));
  expect(read).toEqual({ ...of("01"), madeAs: 1, ledger });
  expect(lackText(read)).toBe("it holds no rights, no lists, no players: backups of that version did not hold them");
  expect(lackText(of("02"))).toBe("it holds no rights, no lists, no players, no ledger");
  await write("02", { ...of("02"), v: 3 });
  await expect(readManifest(join(dir, "02"))).rejects.toThrow(/another version \(v 3\)/);
});

test("a manifest whose paths leave its folder is none", async () => {
  const one = { instance: "north", name: "North", slave: "home", world: "", tick: null, totals: null };
  const written = (path: string) =>
    writeManifest(join(dir, "05"), { ...of("05"), instances: [{ ...one, save: { ...SAVE, path } }] });
  await written(SAVE.path);
  expect((await readManifest(join(dir, "05"))).instances[0]?.save).toEqual(SAVE);
  for (const path of ["../../etc/passwd", "/etc/passwd", "saves/../../x", ""]) {
    await written(path);
    await expect(readManifest(join(dir, "05"))).rejects.toMatchObject({ code: "bad-input" });
  }
});

test("what is missing, shorter or other than it was is told with its name", async () => {
  const one = { instance: "north", name: "North", slave: "home", world: "", tick: null, totals: null };
  const whole = { ...of("x"), instances: [{ ...one, save: SAVE }] };
  const { signal } = new AbortController();
  const problem = async () => (await verifyBackup(dir, whole, signal)).map(({ problem }) => problem);
  expect(await problem()).toEqual(["it is missing"]);
  await mkdir(join(dir, "saves"));
  await writeFile(join(dir, SAVE.path), "ab");
  expect(await problem()).toEqual(["it has 2 bytes instead of 3"]);
  await writeFile(join(dir, SAVE.path), "abc");
  expect(await problem()).toEqual(["its bytes are not those that were written"]);
});

test("what is as it was written, and no save or no ledger, is told too", async () => {
  const one = { instance: "north", name: "North", slave: "home", world: "", tick: null, totals: null };
  await mkdir(join(dir, "saves"));
  await writeFile(join(dir, SAVE.path), "abc");
  await writeFile(join(dir, "ledger.jsonl.gz"), "abc");
  const sha256 = createHash("sha256").update("abc").digest("hex");
  const ledger = { file: { path: "ledger.jsonl.gz", bytes: 3, sha256 }, from: 1, to: 2, tip: "" };
  const whole = { ...of("05"), instances: [{ ...one, save: { ...SAVE, sha256 } }], ledger };
  expect(await verifyBackup(dir, whole, new AbortController().signal)).toEqual([
    { path: SAVE.path, problem: expect.stringContaining("not a save") },
    { path: "ledger.jsonl.gz", problem: expect.stringContaining("ledger.jsonl.gz") },
  ]);
});

test("what loading a backup means is told from what the ledger knew then and knows now", () => {
  const backed = {
    ...{ instance: "north", name: "North", slave: "home", world: "north.1", tick: 600, save: SAVE },
    totals: { exported: { energy: 10 }, received: {} },
  };
  const world = {
    world: worldId({ instance, generation: 1 }),
    instance: "north",
    open: true,
    tick: 1_200,
    exported: { energy: 25 },
    received: {},
  };
  const rest = { allocated: {}, wanted: {}, debt: {}, held: {} };
  expect(meaningNow(backed, [{ ...world, ...rest }])).toMatchObject({
    kind: "rewind",
    ticksBack: 600,
    takenBack: { energy: 15 },
  });
  expect(meaningNow(backed, [{ ...world, ...rest, world: worldId({ instance, generation: 2 }) }])).toMatchObject({
    kind: "earlier-world",
  });
  expect(meaningNow({ ...backed, world: "" }, [])).toMatchObject({ kind: "unknown" });
  expect(meaningNow({ ...backed, world: "" }, [{ ...world, ...rest }])).toMatchObject({ kind: "unknown" });
  // Of several worlds the one that is open is what it is now.
  const closed = { ...world, ...rest, open: false, world: worldId({ instance, generation: 2 }) };
  expect(meaningNow({ ...backed, world: "north.3" }, [{ ...world, ...rest }, closed])).toMatchObject({
    current: "north.1",
  });
});
