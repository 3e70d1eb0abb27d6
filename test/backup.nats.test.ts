import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { emptyBook } from "#core/access/book";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { Boot } from "#core/boot";
import { decodeJson, encodeJson } from "#core/events/codec";
import { instanceId, slaveId } from "#core/ids";
import { encodePlayerFact } from "#core/people/facts";
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

/** A user, a ban and an hour of play; what it returns proves that they are there. */
const knownOfPeople = async () => {
  const link = await nats().master();
  const access = new JetStreamLog(link, "ACCESS");
  const bob = { roles: ["viewer"], state: "active", generation: 1, by: "op", at: 1 } as const;
  const book = { ...emptyBook(0), revision: 1, users: { bob } };
  await access.append(subjects.access(), encodeJson(book));
  await cluster.client.people("player.ban", { player: "eve" });
  const data = { player: "ann", session: "b-1", since: 0, at: 3_600_000, how: "left" } as const;
  const from = { slave: slaveId("home"), instance: north, boot: "000000001-aaaa" as Boot, number: 1 };
  const fact = encodePlayerFact(from, 0, { type: "player-left", data });
  link.nc.publish(subjects.playerEvent(from.slave, north, "player-left"), fact);
  const played = () =>
    until(async () => (await cluster.client.players({ player: "ann" }).catch(() => []))[0], {
      ...PATIENCE,
      what: "the master knows ann",
    });
  await played();
  return async () => {
    const kept = decodeJson(z.unknown(), (await access.last(subjects.access()))!.data, "the book");
    expect(kept).toEqual(book);
    expect(await cluster.client.lists()).toMatchObject([{ list: "bans", player: "eve", by: "op" }]);
    expect(await played()).toMatchObject({ player: "ann", playtimeMs: 3_600_000 });
  };
};

test("what was backed up is verified, comes back into an empty ledger and an empty slave, and the audit holds", async () => {
  await until(async () => Object.keys((await exported()).exported).length > 0, {
    ...PATIENCE,
    what: "north has exported",
  });
  const adjusted = { resource: "item:iron-plate", amount: 5, reason: "a gift" };
  await cluster.client.master("storage.adjust", adjusted);
  const people = await knownOfPeople();
  const made = await backup("create", "--to", dir, "--json");
  expect(made).toMatchObject({ code: 0 });
  const { folder, manifest } = JSON.parse(made.out);
  expect(manifest).toMatchObject({
    missing: [],
    instances: [{ instance: "north", world: "north.1" }],
    ledger: { from: 1 },
    rights: { revision: 1, users: 1 },
    lists: { entries: 1 },
    players: { facts: 1, stays: 1 },
  });
  expect(made.err).toMatch(/^saving north…\nfetching north's save, \S+ KiB…\n.*clusterio identity backup/s);
  expect(await readdir(join(cluster.folder("home", "north"), "saves"))).not.toContain("backup-in-progress.zip");
  const [verified, listed, dry] = await Promise.all([
    clusterio(["backup", "verify", folder]),
    clusterio(["backup", "list", dir]),
    backup("restore", folder, "--dry-run"),
  ]);
  expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/holds: 5 files/) });
  expect(listed.out).toMatch(/\n\S+ +1 +\S+ KiB +to \d+ +-\n/);
  expect(dry).toMatchObject({
    code: 0,
    err: "",
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
    out: expect.stringMatching(
      /^ACCESS is empty: revision 1 .*\n1 words about .*\n1 stays of .*\nLEDGER is empty.*\ndone: start the projectors/,
    ),
  });
  await cluster.lead("second");
  await cluster.openBridge("home");
  expect((await cluster.client.storage()).find(({ resource }) => resource === adjusted.resource)?.adjusted).toBe(5);
  await people();
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
