import type { Boot } from "#core/boot";
import type { LedgerBody } from "#core/events/ledger";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { Housekeeping } from "#projector/housekeeping";
import { Ledger } from "#projector/ledger/ledger";
import { PLATE, stock } from "#projector/test/kit";

const BOOT = "00000000a-aaaa" as Boot;
const CHECKPOINT_EVERY = 3;
const adjusted: LedgerBody = { type: "adjusted", data: { user: "op", resource: PLATE, amount: 1, reason: "test" } };

/** A leader's ledger with so many verified checkpoints, which has room until its limit is lowered. */
const withCheckpoints = async (count: number) => {
  const clock = new ManualClock();
  const limit: { bytesMax?: number } = {};
  const ledgerLog = new MemoryLog(clock, limit);
  const ports = { clock, disk: new MemoryDisk(), snapshotPath: "/snapshot.json", alarm: () => {} };
  const load = () => Ledger.load({ ...ports, disk: new MemoryDisk(), log: ledgerLog });
  const ledger = await load();
  const write = async (body: LedgerBody) => (await ledger.append(body, BOOT)) === "stored";
  const more = { checkpointEvery: CHECKPOINT_EVERY, prepare: async () => {}, write, wake: () => {} };
  const house = new Housekeeping({ ...ports, ledgerLog, ...more }, ledger);
  const verified = new Set<number>();
  const signal = new AbortController().signal;
  while (verified.size < count) {
    if (await write(adjusted)) house.written("adjusted");
    await clock.advance(1_000);
    await house.keep(signal);
    if (ledger.verified !== undefined) verified.add(ledger.verified.first);
  }
  limit.bytesMax = (await ledgerLog.info()).bytes;
  return { ledgerLog, ledger, house, checkpoints: [...verified], load };
};

test("P12 a full ledger is purged below its second last verified checkpoint", async () => {
  const { ledgerLog, ledger, house, checkpoints, load } = await withCheckpoints(2);
  await house.makeRoom();
  expect((await ledgerLog.info()).firstSeq).toBe(checkpoints[0]);
  expect(stock((await load()).state)).toBe(stock(ledger.state));
});

test("P12 one that has lost its end is not: the checkpoints that its leader knows may be among what is lost", async () => {
  const { ledgerLog, house, checkpoints, load } = await withCheckpoints(3);
  ledgerLog.truncate(checkpoints[1]! - 1);
  await house.makeRoom();
  expect(await house.purge(checkpoints[1]!)).toBe(false);
  expect((await ledgerLog.info()).firstSeq).toBe(1);
  expect(stock((await load()).state)).toBe(checkpoints[1]! - 2);
});
