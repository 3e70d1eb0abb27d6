import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { instanceId, slaveId } from "#core/ids";
import { subjects } from "#core/subjects";
import { ArchiveFile } from "#ctl/history/archive-file";
import { clusterio, type Ended } from "#ctl/ledger/test/projector";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE, TwoSlaves } from "#test/kit/two-slaves";
import { until } from "#test/kit/until";

/** A backup of a real cluster, the cluster destroyed, and the backup put back: ledger and saves. */
const nats = useNats();
const north = instanceId("north");
let cluster: TwoSlaves;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "backup-"));
  cluster = await TwoSlaves.start(nats());
  await cluster.client.master("instance.create", { name: "north", config: { seed: 3, autosaveSeconds: 60 } });
  await cluster.client.master("instance.assign", { instance: north, slave: "home" });
  await cluster.client.bridge({ slave: slaveId("home"), instance: north }, "start", {});
  await cluster.linked("home", north);
}, NATS_START_MS_MAX);
afterAll(async () => {
  await cluster.close();
  await rm(dir, { recursive: true, force: true });
}, 30_000);

const backup = async (...args: string[]): Promise<Ended> => {
  const { core, user } = await cluster.where();
  return clusterio(["backup", ...args, ...core, ...user.slice(-2)]);
};
const exported = async () => (await cluster.client.worlds()).find(({ instance }) => instance === north)!;

test("what was backed up is verified, comes back into an empty ledger and an empty slave, and the audit holds", async () => {
  await until(async () => Object.keys((await exported()).exported).length > 0, {
    ...PATIENCE,
    what: "north has exported",
  });
  const adjusted = { resource: "item:iron-plate", amount: 5, reason: "a gift" };
  await cluster.client.master("storage.adjust", adjusted);
  const made = await backup("create", "--to", dir, "--json");
  expect(made).toMatchObject({ code: 0 });
  const { folder, manifest } = JSON.parse(made.out);
  expect(manifest).toMatchObject({
    missing: [],
    instances: [{ instance: "north", world: "north.1" }],
    ledger: { from: 1 },
  });
  expect(await readdir(join(cluster.folder("home", "north"), "saves"))).not.toContain("backup-in-progress.zip");
  const [verified, listed, dry] = await Promise.all([
    clusterio(["backup", "verify", folder]),
    clusterio(["backup", "list", dir]),
    backup("restore", folder, "--dry-run"),
  ]);
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/holds: 2 files/) });
  expect(listed.out).toMatch(/\n\S+ +1 +\S+ KiB +to \d+ +-\n/);
  expect(dry).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^north:\na rewind of north.1 by .*\nnothing was changed\n$/s),
  });
  // One flipped byte is found, and nothing is restored from it.
  const save = join(folder, "saves/north.zip");
  const whole = await readFile(save);
  await writeFile(save, Buffer.from(whole.map((byte, at) => (at === 500 ? byte ^ 1 : byte))));
  expect(await backup("restore", folder, "--yes")).toMatchObject({
    code: 5,
    err: expect.stringMatching(/saves\/north.zip: its bytes/),
  });
  await writeFile(save, whole);

  // Everything is lost: the slave's folder, and both streams.
  await cluster.closeBridge("home", true);
  await rm(join(cluster.dir, "home"), { recursive: true });
  await cluster.stopLeader();
  await cluster.emptyStreams();
  // An attempt that ended in the middle is gone on with.
  const archive = await ArchiveFile.open(join(folder, "ledger.jsonl.gz"));
  const log = new JetStreamLog(await nats().master(), "LEDGER");
  for (const { seq, subject, data } of await archive.read(1, 3)) await log.append(subject, data, seq - 1);
  await archive.close();
  expect(await backup("restore", folder, "--yes")).toMatchObject({
    code: 0,
    out: expect.stringMatching(/start the projectors/),
  });
  await cluster.lead("second");
  await cluster.openBridge("home");
  expect((await cluster.client.storage()).find(({ resource }) => resource === adjusted.resource)?.adjusted).toBe(5);
  const back = await backup("restore", folder, "--yes");
  expect(back).toMatchObject({ code: 0, out: expect.stringMatching(/holds/) });
  await cluster.client.bridge({ slave: slaveId("home"), instance: north }, "start", {});
  await cluster.linked("home", north);
  expect(await exported()).toMatchObject({ world: "north.1", open: true });
  const audited = await clusterio(["audit", "verify", ...(await cluster.where()).core]);
  expect(audited).toMatchObject({ code: 0 });
}, 60_000);

test("a ledger that was purged goes back to the numbers that it had: an empty stream begins where it is told", async () => {
  await cluster.stopLeader();
  await cluster.emptyStreams();
  const log = new JetStreamLog(await nats().master(), "LEDGER");
  await log.beginAt(100);
  expect(await log.append(subjects.ledger("round"), new Uint8Array([1]), 99)).toEqual({ kind: "stored", seq: 100 });
});
