import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBackup } from "#ctl/backup/create";
import { type Manifest, writeManifest } from "#ctl/backup/manifest";
import type { Saves } from "#ctl/save/base";

/** A cluster of instances that have never run: there is nothing of theirs to keep. */
const saves = (...names: string[]) =>
  ({
    client: {
      instances: async () => names.map((name) => ({ instance: name, slave: "home", config: { name } })),
      worlds: async () => [],
      exchange: async () => ({ ok: { saves: [], state: "stopped", freeBytes: 0, bytesMax: 0 } }),
    },
    signal: new AbortController().signal,
  }) as unknown as Saves;

let to: string;
beforeEach(async () => {
  to = await mkdtemp(join(tmpdir(), "clusterio-create-"));
});
afterEach(() => rm(to, { recursive: true, force: true }));

test("a backup of named instances says so, and an older one of all stays beside it, whatever is to be kept (BK2)", async () => {
  const older: Manifest = {
    ...{
      v: 2,
      kind: "clusterio-backup",
      name: "older",
      cluster: "",
      software: "0.1.0",
      time: "2026-01-01T00:00:00.000Z",
    },
    ...{ instances: [], missing: [], ledger: null, rights: null, lists: null, players: null },
  };
  await writeManifest(join(to, "older"), older);
  const order = { to, keep: 1, streams: undefined };
  const one = await createBackup(saves("north", "south"), { ...order, only: ["north"] }, () => {});
  expect(one.manifest.named).toBe(true);
  expect(one.removed).toEqual([]);
  const all = await createBackup(saves("north", "south"), { ...order, only: [] }, () => {});
  expect(all.manifest).not.toHaveProperty("named");
  expect(all.removed.toSorted()).toEqual([one.folder, join(to, "older")].toSorted());
  expect(await readdir(to)).toEqual([all.manifest.name]);
});
