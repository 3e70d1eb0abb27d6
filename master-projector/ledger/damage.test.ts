import type { Boot } from "#core/boot";
import { sha256 } from "#core/digest";
import type { LedgerBody } from "#core/events/ledger";
import { sealBytes } from "#core/events/ledger-codec";
import { VOIDS_MAX } from "#core/fold/checkpoint";
import { hashOf, imageOf, prepareAtOnce } from "#core/fold/image";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { Ledger } from "#projector/ledger/ledger";
import { PLATE, rewritten, stock } from "#projector/test/kit";

/** P15: damage to the ledger or to a snapshot is found, told from another history, and never folded. */
const BOOTS = ["00000000a-aaaa", "00000000b-bbbb"] as Boot[];
const SNAPSHOT = "/snapshot.json";

const adjusted = (amount: number): LedgerBody => ({
  type: "adjusted",
  data: { user: "op", resource: PLATE, amount, reason: "test" },
});

const ports = () => {
  const clock = new ManualClock();
  const alarms: string[] = [];
  const alarm = (message: string) => void alarms.push(message);
  return { clock, log: new MemoryLog(clock), disk: new MemoryDisk(), snapshotPath: SNAPSHOT, alarm, alarms };
};

/** A ledger of two terms, 6 messages each. */
const twoTerms = async () => {
  const p = ports();
  const ledger = await Ledger.load(p);
  for (const boot of BOOTS) for (let n = 1; n <= 6; n++) await ledger.append(adjusted(n), boot);
  return { p, ledger };
};

const checkpoint = async (ledger: Ledger, partBytes = 1_000_000, between: readonly LedgerBody[] = []) => {
  const { parts, stateHash } = prepareAtOnce(imageOf(ledger.state), partBytes);
  let begin: number | undefined;
  for (const [index, image] of parts.entries()) {
    const end = index + 1 === parts.length ? { parts: parts.length, stateHash } : {};
    const data = { part: index + 1, ...(begin === undefined ? {} : { begin }), ...end, image };
    await ledger.append({ type: "checkpoint", data }, BOOTS[1]!);
    begin ??= ledger.seq;
    if (index + 1 < parts.length) for (const body of between) await ledger.append(body, BOOTS[1]!);
  }
  return begin!;
};

const flipped = (data: Uint8Array, bit: number): Uint8Array => {
  const changed = data.slice();
  changed[bit >> 3]! ^= 1 << (bit & 7);
  return changed;
};

test("one flipped bit anywhere in the ledger stops whoever folds it, at that message or the next, before it writes", async () => {
  const { p } = await twoTerms();
  const stored = await p.log.read(1, 100);
  const random = new SeededRandom(20_261_127);
  const below = (n: number) => Number(new DataView(random.bytes(4).buffer).getUint32(0)) % n;
  for (let n = 0; n < 600; n++) {
    const { seq, data } = stored[below(stored.length)]!;
    p.log.damage(seq, flipped(data, below(data.length * 8)));
    await expect(Ledger.load(p)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringMatching(/^LEDGER message .*Nothing is written.*audit verify.*repair/),
    });
    p.log.damage(seq, data);
  }
  expect(stock((await Ledger.load(p)).state)).toBe(42);
});

test("the damaged message is named, be it the first or last of a leader's term or the ledger's last", async () => {
  const { p } = await twoTerms();
  for (const seq of [2, 6, 7, 12]) {
    const [message] = await p.log.read(seq, 1);
    const text = new TextDecoder().decode(message!.data).replace(/"amount":./, '"amount":9');
    p.log.damage(seq, new TextEncoder().encode(text));
    await expect(Ledger.load(p)).rejects.toThrow(`LEDGER message ${seq} (clusterio.v1.ledger.adjusted) is damaged`);
    p.log.damage(seq, message!.data);
  }
});

test.each([1, 3, 6, 7, 11])("message %i that is gone is missed, whoever wrote the next", async (seq) => {
  const { p } = await twoTerms();
  p.log.damage(seq);
  await expect(Ledger.load(p)).rejects.toMatchObject({
    code: "corrupt",
    message: expect.stringContaining(seq === 1 ? "LEDGER begins at message 2" : `1 LEDGER messages from ${seq} on`),
  });
});

test("a message that its own leader did not write after the one before it is no void: the chain is broken", async () => {
  const { p } = await twoTerms();
  const [message] = await p.log.read(9, 1);
  p.log.damage(9, rewritten(message!.data, { amount: 1_000 }));
  await expect(Ledger.load(p)).rejects.toThrow("LEDGER message 10 does not continue message 9, although leader");
});

test("a deposed leader's messages are void and said to be; more than such a one can write are damage", async () => {
  const { p } = await twoTerms();
  const [last] = await p.log.read(12, 1);
  const stale = rewritten(last!.data, { boot: "00000000a-cccc", prev: "x".repeat(43) });
  for (let n = 1; n <= VOIDS_MAX; n++) p.log.store(last!.subject, stale);
  const ledger = await Ledger.load(p);
  expect(ledger.voids).toBe(VOIDS_MAX);
  expect(p.alarms).toHaveLength(VOIDS_MAX);
  expect(p.alarms[0]).toContain("LEDGER message 13 of leader 00000000a-cccc is void");
  p.log.store(last!.subject, stale);
  await expect(Ledger.load(p)).rejects.toMatchObject({ code: "corrupt" });
});

test("what is damaged before the newest checkpoint is not needed; behind it, it is", async () => {
  const { p, ledger } = await twoTerms();
  const first = await checkpoint(ledger);
  const stored = await p.log.read(1, 100);
  for (const { seq, data } of stored.slice(0, first - 1)) p.log.damage(seq, flipped(data, 77));
  await ledger.append(adjusted(8), BOOTS[1]!);
  expect(stock((await Ledger.load({ ...p, disk: new MemoryDisk() })).state)).toBe(50);
  for (const { seq, data } of stored) p.log.damage(seq, seq === first ? flipped(data, 600) : data);
  await expect(Ledger.load({ ...p, disk: new MemoryDisk() })).rejects.toMatchObject({ code: "corrupt" });
});

test("a checkpoint in parts with rounds between them is the state before its first part", async () => {
  const { p, ledger } = await twoTerms();
  for (let n = 0; n < 30; n++) {
    const resource = `item:part-${n}`;
    await ledger.append({ type: "adjusted", data: { user: "op", resource, amount: n + 1, reason: "" } }, BOOTS[1]!);
  }
  const older = await checkpoint(ledger);
  const first = await checkpoint(ledger, 150, [adjusted(1), adjusted(2)]);
  await ledger.append(adjusted(3), BOOTS[1]!);
  const { lastSeq } = await p.log.info();
  expect(lastSeq - first).toBeGreaterThan(10);
  await p.log.purgeBelow(first);
  const again = await Ledger.load(p);
  expect(hashOf(imageOf(again.state))).toBe(hashOf(imageOf(ledger.state)));
  expect(again.verified).toEqual({ first, last: lastSeq - 1 });
  expect(older).toBeLessThan(first);
});

test("a checkpoint whose leader did not come to its end is no base: the one before it is", async () => {
  const { p, ledger } = await twoTerms();
  const older = await checkpoint(ledger);
  await ledger.append({ type: "checkpoint", data: { part: 1, image: {} } }, BOOTS[1]!);
  await p.log.purgeBelow(older);
  const again = await Ledger.load(p);
  expect(again.verified).toEqual({ first: older, last: older });
  expect(stock(again.state)).toBe(42);
});

test("a checkpoint of another state stops whoever folds up to it, and whoever would begin with it", async () => {
  const { p, ledger } = await twoTerms();
  const standby = await Ledger.load(p);
  const { parts } = prepareAtOnce(imageOf(ledger.state));
  const data = { part: 1, parts: 1, stateHash: "x".repeat(43), image: parts[0]! };
  await ledger.append({ type: "checkpoint", data }, BOOTS[1]!);
  await expect(standby.catchUp()).rejects.toThrow("LEDGER does not fold into its checkpoint: message 13");
  await expect(Ledger.load(p)).rejects.toMatchObject({ code: "corrupt" });
});

test("a standby that folds up to a checkpoint knows it for verified", async () => {
  const { p, ledger } = await twoTerms();
  const standby = await Ledger.load(p);
  expect(standby.verified).toBeUndefined();
  const first = await checkpoint(ledger, 30);
  await standby.catchUp();
  expect(standby.verified).toEqual({ first, last: ledger.seq });
});

test("a snapshot with any bit flipped is not believed, and says so; the state is the same", async () => {
  const { p, ledger } = await twoTerms();
  await ledger.saveSnapshot();
  const bytes = (await p.disk.read(SNAPSHOT))!;
  const hash = hashOf(imageOf(ledger.state));
  for (let bit = 3; bit < bytes.length * 8; bit += 19) {
    await p.disk.write(SNAPSHOT, flipped(bytes, bit));
    p.alarms.length = 0;
    expect(hashOf(imageOf((await Ledger.load(p)).state))).toBe(hash);
    expect(p.alarms).toEqual([expect.stringContaining(`${SNAPSHOT} is damaged`)]);
  }
});

test("a snapshot that is lost, ahead of a ledger that lost its tail, of another ledger or of an emptied one is told, and the ledger counts", async () => {
  const { p, ledger } = await twoTerms();
  await ledger.saveSnapshot();
  expect(stock((await Ledger.load({ ...p, disk: new MemoryDisk() })).state)).toBe(42);
  const other = await twoTerms();
  other.p.log.truncate(11);
  await other.ledger.reload();
  for (let n = 0; n < 2; n++) await other.ledger.append(adjusted(9), BOOTS[1]!);
  expect(stock((await Ledger.load({ ...p, log: other.p.log })).state)).toBe(54);
  p.log.truncate(4);
  expect(stock((await Ledger.load(p)).state)).toBe(10);
  p.log.recreate();
  expect(stock((await Ledger.load(p)).state)).toBe(0);
  expect(p.alarms).toEqual([
    expect.stringContaining("is of message 12 of another history than that in LEDGER"),
    expect.stringContaining("is of message 12, and LEDGER ends at 4: the end of it was lost"),
    expect.stringContaining("is of message 12, and LEDGER ends at 0: the end of it was lost"),
  ]);
});

test("a ledger from which somebody purged everything is refused, with or without a snapshot", async () => {
  const { p, ledger } = await twoTerms();
  await ledger.saveSnapshot();
  await p.log.purgeBelow(13);
  await expect(Ledger.load(p)).rejects.toMatchObject({ code: "corrupt" });
  await expect(Ledger.load({ ...p, disk: new MemoryDisk() })).rejects.toMatchObject({ code: "corrupt" });
});

test("a ledger of version 0.1, whose messages have no sums and whose checkpoints no pause, is folded", async () => {
  const { p, ledger } = await twoTerms();
  const { parts, stateHash } = prepareAtOnce(imageOf(ledger.state), 30);
  expect(parts.length).toBeGreaterThan(1);
  for (const [index, image] of parts.entries()) {
    const data = { part: index + 1, parts: parts.length, stateHash, image };
    await ledger.append({ type: "checkpoint", data }, BOOTS[1]!);
  }
  const old = new MemoryLog(p.clock);
  let prev = "";
  for (const { subject, data } of await p.log.read(1, 100)) {
    const { sum: _sum, ...rest } = JSON.parse(new TextDecoder().decode(data));
    const bytes = new TextEncoder().encode(JSON.stringify({ ...rest, prev }));
    old.store(subject, bytes);
    prev = sha256(bytes);
  }
  await old.purgeBelow(13);
  const again = await Ledger.load({ ...p, log: old });
  expect(hashOf(imageOf(again.state))).toBe(stateHash);
  await again.append(adjusted(1), BOOTS[1]!);
  expect(stock((await Ledger.load({ ...p, log: old })).state)).toBe(43);
  const [sealed] = await old.read(again.seq, 1);
  expect(sealBytes(JSON.parse(new TextDecoder().decode(sealed!.data)))).toEqual(sealed!.data);
});
