import { readdir, readFile } from "node:fs/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import type { NatsLink } from "#core/adapters/nats-connection";
import { beginning } from "#core/audit/checkpoints";
import { type Proof, proof } from "#core/audit/proof";
import { Refold } from "#core/audit/refold";
import { seal } from "#core/events/ledger-codec";
import { imageOf } from "#core/fold/image";
import { userId } from "#core/ids";
import type { StoredMessage } from "#core/ports/log";
import { ClusterClient } from "#ctl/client/client";
import { Folder } from "#ctl/ledger/test/kit";
import { clusterio, ProjectorProcess } from "#ctl/ledger/test/projector";
import { TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** `clusterio ledger archive --purge` as an operator types it: a real projector leads, on a real nats-server. */
const EVERY = 20;
const PATIENCE = { timeoutMs: 30_000 };

let nats: TestNats;
let folder: Folder;
let link: NatsLink;
let ledger: JetStreamLog;
let client: ClusterClient;
let running: ProjectorProcess[];

beforeEach(async () => {
  nats = await TestNats.start();
  folder = await Folder.make();
  link = await nats.master();
  ledger = new JetStreamLog(link, "LEDGER");
  client = new ClusterClient(new NatsBus(link), userId("master"));
  running = [];
}, 120_000);
afterEach(async () => {
  await Promise.all(running.map((projector) => projector.stop("SIGKILL")));
  await folder.close();
  await nats.close();
}, 60_000);

const lead = async (name: string): Promise<ProjectorProcess> => {
  const projector = await ProjectorProcess.start(nats, name, EVERY);
  running.push(projector);
  await until(() => client.cluster().catch(() => undefined), { ...PATIENCE, what: `${name} leads: ${projector.log}` });
  return projector;
};

const where = async (): Promise<string[]> => {
  const { path } = await nats.identity.masterCreds();
  return ["--nats-url", nats.url, "--core-creds", path];
};
const archive = async (...args: readonly string[]) =>
  clusterio(["ledger", "archive", folder.path, ...args, "--json", ...(await where())]);
const archived = (out: string) =>
  JSON.parse(out) as { archived: { file: string; written: boolean }; checkpoint: number; purged: boolean };

const audited = async (...args: readonly string[]): Promise<Proof> => {
  const { code, out, err } = await clusterio(["audit", "verify", "--json", ...args, ...(await where())]);
  expect([code, err]).toEqual([0, ""]);
  return proof.parse(JSON.parse(out));
};

/** Messages that may still be written before the next checkpoint begins. */
const SPARE = 5;

/**
 * Books energy until the leader has verified a checkpoint later than `after` and is not about to write the next one; where
 * that begins.
 */
const tradeUntilVerified = async (after = 0): Promise<number> =>
  until(
    async () => {
      const { checkpoint = 0 } = (await client.cluster()).ledger;
      const since = (await ledger.info()).lastSeq - checkpoint;
      if (checkpoint > after && since < EVERY - SPARE) return checkpoint;
      // A term's first message does not count for the next checkpoint.
      if (since <= EVERY) await client.master("storage.adjust", { resource: "energy", amount: 3, reason: "trade" });
      return undefined;
    },
    { ...PATIENCE, what: `a checkpoint after ${after} is verified` },
  );

const energy = async () => (await client.storage()).find(({ resource }) => resource === "energy")?.storage;
const all = async (): Promise<StoredMessage[]> => ledger.read(1, 10_000);

test("an archive and a purge under a real leader: LEDGER begins at the verified checkpoint, and nothing is lost", async () => {
  const projector = await lead("p1");
  const early = await tradeUntilVerified();
  const covered = await tradeUntilVerified(early);
  const before = await all();
  const booked = await energy();

  const first = await archive("--purge");
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(archived(first.out)).toMatchObject({ checkpoint: covered, purged: true, archived: { written: true } });
  expect((await ledger.info()).firstSeq).toBe(covered);
  const { file } = archived(first.out).archived;
  const bytes = await readFile(file);
  const kept = await all();
  expect(kept.slice(0, before.length - covered + 1)).toEqual(before.slice(covered - 1));

  // The file and what is left are one history, from the first message on, and its state is the leader's.
  const joined = await audited("--file", file, "--live");
  expect(joined).toMatchObject({ verdict: "holds", from: 1, base: { kind: "beginning" }, live: { compared: true } });
  expect((await audited()).base).toMatchObject({ kind: "checkpoint" });

  // Said again it does no harm: nothing stands before the checkpoint any more.
  const again = await archive("--purge");
  expect([again.code, archived(again.out).archived]).toEqual([0, null]);
  expect((await ledger.info()).firstSeq).toBe(covered);
  expect(await readFile(file)).toEqual(bytes);
  expect(await readdir(folder.path)).toHaveLength(1);

  // Another projector, with nothing but what is left, leads on with the same amounts; its history is the same one.
  expect((await projector.stop()).code).toBe(0);
  await lead("p2");
  expect(await energy()).toBe(booked);
  const later = await tradeUntilVerified(covered);
  const whole = await audited("--file", file, "--live");
  expect(whole).toMatchObject({ verdict: "holds", from: 1, live: { compared: true } });
  expect(archived((await archive("--purge")).out).checkpoint).toBe(later);
  expect((await ledger.info()).firstSeq).toBe(later);
}, 300_000);

test("below a checkpoint that was never finished a purge is refused, and nothing is lost", async () => {
  const projector = await lead("p1");
  const covered = await tradeUntilVerified();
  await client.master("storage.adjust", { resource: "energy", amount: 3, reason: "after the checkpoint" });
  expect((await projector.stop()).code).toBe(0);
  // As a leader leaves it that dies after the first part.
  const refold = new Refold(beginning());
  for (const message of await all()) refold.take(message);
  const { state, seq } = refold;
  const { instances: _i, worlds: _w, stocks: _s, ...image } = imageOf(state);
  const part = seal(state, { boot: state.boot, now: state.closedAt }, { type: "checkpoint", data: { part: 1, image } });
  expect(await ledger.append(part.subject, part.bytes, seq)).toEqual({ kind: "stored", seq: seq + 1 });
  const before = await all();

  await lead("p2");
  expect((await client.cluster()).ledger.checkpoint).toBe(covered);
  for (const below of [covered + 1, seq + 1, seq + 2, seq + 1_000]) {
    await expect(client.master("ledger.purge", { below })).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining(`begins at message ${covered}`),
    });
  }
  expect((await all()).slice(0, before.length)).toEqual(before);
  const { out } = await archive("--purge");
  expect(archived(out)).toMatchObject({ checkpoint: covered, purged: true });
  expect((await ledger.info()).firstSeq).toBe(covered);
  expect((await audited("--file", archived(out).archived.file, "--live")).from).toBe(1);
}, 300_000);

test("a LEDGER that refuses what is new is archived and purged by the same command, and the leader goes on", async () => {
  await lead("p1");
  const covered = await tradeUntilVerified();
  const manager = await jetstreamManager(link.nc);
  const { config } = await manager.streams.info("LEDGER");
  const { bytes } = await ledger.info();
  await manager.streams.update("LEDGER", { ...config, max_bytes: bytes + 100 });
  const asked = client.master("storage.adjust", { resource: "energy", amount: 1_000, reason: "waits for room" });
  await until(() => running[0]!.log.includes("LEDGER is full"), { ...PATIENCE, what: "the leader says it is full" });
  const full = await ledger.info();
  expect(full.firstSeq).toBe(1);

  const done = await archive("--purge");
  expect(done).toMatchObject({ code: 0, err: "" });
  expect(archived(done.out)).toMatchObject({ checkpoint: covered, purged: true });
  await asked.catch(() => undefined);
  await until(async () => ((await energy().catch(() => 0)) ?? 0) >= 1_000, {
    ...PATIENCE,
    what: "what waited is booked",
  });
  expect(await ledger.info()).toMatchObject({ firstSeq: covered });
  expect((await audited("--file", archived(done.out).archived.file, "--live")).verdict).toBe("holds");
}, 300_000);
