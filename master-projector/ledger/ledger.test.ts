import type { Boot } from "#core/boot";
import { encodeFact } from "#core/events/fact-encoder";
import type { LedgerBody } from "#core/events/ledger";
import { hashOf, imageOf } from "#core/fold/image";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { Ledger } from "#projector/ledger/ledger";
import { resume } from "#projector/position";
import { PLATE, stock } from "#projector/test/kit";

const BOOT = "00000000a-aaaa" as Boot;
const OTHER = "00000000b-bbbb" as Boot;
const adjusted = (amount: number): LedgerBody => ({
  type: "adjusted",
  data: { user: "op", resource: PLATE, amount, reason: "test" },
});

const ports = () => {
  const clock = new ManualClock();
  return {
    clock,
    log: new MemoryLog(clock),
    disk: new MemoryDisk(),
    snapshotPath: "/snapshot.json",
    alarm: (_message: string) => {},
  };
};

test("P2 two writers that expect the same end: one message is stored, the other writer has lost", async () => {
  const p = ports();
  const [one, other] = [await Ledger.load(p), await Ledger.load(p)];
  expect(await one.append(adjusted(5), BOOT)).toBe("stored");
  expect(await other.append(adjusted(7), BOOT)).toBe("lost");
  expect((await p.log.info()).lastSeq).toBe(1);
  await other.reload();
  expect(stock(other.state)).toBe(5);
});

/** The same stream, but for what is done otherwise. */
const seenBy = (log: MemoryLog, otherwise: object): MemoryLog =>
  Object.assign(
    {
      get: log.get.bind(log),
      info: log.info.bind(log),
      last: log.last.bind(log),
      read: log.read.bind(log),
      append: log.append.bind(log),
      truncate: log.truncate.bind(log),
    },
    otherwise,
  ) as never;

/** The stream was cut behind the first message, and a late one of another leader stands where this one's second was. */
const regrown = async (p: ReturnType<typeof ports>): Promise<Ledger> => {
  const [one, other] = [await Ledger.load(p), await Ledger.load(p)];
  expect(await one.append(adjusted(5), BOOT)).toBe("stored");
  await other.catchUp();
  expect(await one.append(adjusted(7), BOOT)).toBe("stored");
  p.log.truncate(1);
  expect(await other.append(adjusted(100), OTHER)).toBe("stored");
  return one;
};

test("P4 who appends right after another one's late message took the place of his own writes nothing, and stands by", async () => {
  const p = ports();
  const one = await regrown(p);
  expect(await one.append(adjusted(1), BOOT)).toBe("lost");
  expect((await p.log.info()).lastSeq).toBe(2);
  await one.reload();
  expect(one.voids).toBe(0);
  expect(stock(one.state)).toBe(105);
});

/** A broker that cannot tell the names of messages that stand there: they are an earlier version's. */
const nameless = (log: MemoryLog, before = async () => {}): MemoryLog => {
  const append: MemoryLog["append"] = async (subject, data, expect) => {
    if (typeof expect === "object" && expect.afterName !== undefined) return { kind: "other-name" };
    await before();
    return log.append(subject, data, expect);
  };
  return seenBy(log, { append });
};

test("P4 behind messages without names the one before is looked at, each time: nothing is written behind another one's", async () => {
  const p = ports();
  const one = await regrown({ ...p, log: nameless(p.log) });
  expect(await one.append(adjusted(1), BOOT)).toBe("lost");
  expect((await p.log.info()).lastSeq).toBe(2);
  await one.reload();
  expect(await one.append(adjusted(1), BOOT)).toBe("stored");
  expect(stock((await Ledger.load(p)).state)).toBe(106);
});

test("P4 nor is an append believed when the one before became another's after it was looked at", async () => {
  const p = ports();
  let late = async () => {};
  const one = await Ledger.load({ ...p, log: nameless(p.log, () => late()) });
  expect(await one.append(adjusted(5), BOOT)).toBe("stored");
  const other = await Ledger.load(p);
  expect(await one.append(adjusted(7), BOOT)).toBe("stored");
  late = async () => {
    p.log.truncate(1);
    expect(await other.append(adjusted(100), OTHER)).toBe("stored");
  };
  expect(await one.append(adjusted(1), BOOT)).toBe("lost");
  const reader = await Ledger.load(p);
  expect([stock(reader.state), reader.voids]).toEqual([105, 1]);
});

test("P5 a snapshot of a ledger that was cut and has gone on otherwise is not believed", async () => {
  const p = ports();
  const first = await Ledger.load(p);
  await first.append(adjusted(5), BOOT);
  await first.append(adjusted(100), BOOT);
  await first.saveSnapshot();
  p.log.truncate(1);
  const second = await Ledger.load({ ...p, disk: new MemoryDisk() });
  await second.append(adjusted(2), BOOT);
  const third = await Ledger.load(p);
  expect(stock(third.state)).toBe(7);
  expect(hashOf(imageOf(third.state))).toBe(hashOf(imageOf(second.state)));
});

test("P5 a reader whose own history was cut away while it read starts again instead of taking all that follows for void", async () => {
  const p = ports();
  const writer = await Ledger.load(p);
  await writer.append(adjusted(5), BOOT);
  await writer.append(adjusted(100), BOOT);
  // It has looked whether the stream is the same, and the stream is cut and grows again before it reads on.
  const { log } = p;
  const get = log.get.bind(log);
  const between = { get, info: log.info.bind(log), last: log.last.bind(log), append: log.append.bind(log) };
  let cut = false;
  const read: typeof p.log.read = async (from, max) => {
    if (from === 3 && !cut) {
      cut = true;
      p.log.truncate(1);
      const other = await Ledger.load({ ...p, disk: new MemoryDisk() });
      for (const amount of [2, 3, 4]) await other.append(adjusted(amount), OTHER);
    }
    return p.log.read(from, max);
  };
  const reader = await Ledger.load({ ...p, log: Object.assign(between, { read }) as never });
  expect(stock(reader.state)).toBe(105);
  expect(reader.voids).toBeGreaterThan(0);
  await reader.saveSnapshot();
  expect(await reader.append(adjusted(1_000), BOOT)).toBe("lost");
  expect(await reader.catchUp()).toEqual({ restarted: true });
  expect(stock(reader.state)).toBe(14);
  expect(stock((await Ledger.load(p)).state)).toBe(14);
});

test("P5 what continues a history that is gone is not taken, although it stands in the stream", async () => {
  const p = ports();
  const writer = await Ledger.load(p);
  await writer.append(adjusted(5), BOOT);
  await writer.append(adjusted(100), BOOT);
  // An append that is under way for long: it expects two messages, and follows the second of them.
  const late: Uint8Array[] = [];
  const append = async (_subject: string, bytes: Uint8Array) => {
    late.push(bytes);
    return { kind: "conflict" as const };
  };
  const hanging = await Ledger.load({ ...p, log: seenBy(p.log, { append }) });
  expect(await hanging.append(adjusted(1_000), BOOT)).toBe("lost");
  const read = async (from: number, max: number) => {
    const bytes = from === 3 ? late.pop() : undefined;
    if (bytes !== undefined) {
      p.log.truncate(1);
      const other = await Ledger.load({ ...p, disk: new MemoryDisk() });
      await other.append(adjusted(2), OTHER);
      p.log.store("clusterio.v1.ledger.adjusted", bytes);
      await other.catchUp();
      await other.append(adjusted(3), OTHER);
    }
    return p.log.read(from, max);
  };
  const standby = await Ledger.load({ ...p, log: seenBy(p.log, { read }) });
  expect(stock(standby.state)).toBe(10);
  expect(standby.voids).toBe(1);
});

test("P5 what was skipped as void counts like the rest: when another message stands there, the ledger is read anew", async () => {
  const p = ports();
  const writer = await Ledger.load(p);
  await writer.append(adjusted(5), BOOT);
  // An append that was under way for long, of a leader whose history the ledger has lost.
  const elsewhere = ports();
  const lost = await Ledger.load(elsewhere);
  for (const amount of [1, 1_000]) await lost.append(adjusted(amount), OTHER);
  const [stale] = await elsewhere.log.read(2, 1);
  p.log.store(stale!.subject, stale!.data);
  let regrown = false;
  const read = async (from: number, max: number) => {
    if (from === 3 && standbyReads && !regrown) {
      // It has looked whether the stream is the same, and now the void message goes, and its leader writes on in its place.
      regrown = true;
      p.log.truncate(1);
      for (const amount of [2, 3]) expect(await writer.append(adjusted(amount), BOOT)).toBe("stored");
    }
    return p.log.read(from, max);
  };
  let standbyReads = false;
  const standby = await Ledger.load({ ...p, log: seenBy(p.log, { read }) });
  expect(standby.voids).toBe(1);
  standbyReads = true;
  expect(await standby.catchUp()).toEqual({ restarted: true });
  expect(stock(standby.state)).toBe(10);
  expect(await standby.append(adjusted(4), BOOT)).toBe("stored");
  expect(stock((await Ledger.load(p)).state)).toBe(14);
});

test("a damaged snapshot only makes starting slower", async () => {
  const p = ports();
  const first = await Ledger.load(p);
  await first.append(adjusted(5), BOOT);
  await first.saveSnapshot();
  const bytes = (await p.disk.read("/snapshot.json"))!;
  for (const damaged of [
    bytes.slice(0, 40),
    new TextEncoder().encode(new TextDecoder().decode(bytes).replace("[5]", "[6]")),
  ]) {
    await p.disk.write("/snapshot.json", damaged);
    expect(stock((await Ledger.load(p)).state)).toBe(5);
  }
});

test("a ledger message of a newer version stops the projector before it writes", async () => {
  const p = ports();
  p.log.store("clusterio.v1.ledger.invented-later", new TextEncoder().encode("{}"));
  await expect(Ledger.load(p)).rejects.toMatchObject({ code: "corrupt" });
});

test("a ledger without its beginning and without a checkpoint is refused", async () => {
  const p = ports();
  const first = await Ledger.load(p);
  for (let n = 1; n <= 3; n++) await first.append(adjusted(n), BOOT);
  await p.log.purgeBelow(3);
  await expect(Ledger.load(p)).rejects.toMatchObject({ code: "corrupt" });
});

test("a position is three things: the stream's creation, the sequence, and the message's id", async () => {
  const clock = new ManualClock();
  const events = new MemoryLog(clock);
  const from = { slave: slaveId("s"), instance: instanceId("a"), boot: BOOT, number: 1 };
  const left = {
    type: "world-left" as const,
    data: { world: "a.1" as never, token: "aaaaaaaaaaaa1", epoch: 0, tick: 0, exported: {}, received: {} },
  };
  events.store("clusterio.v1.event.s.a.world-left", encodeFact(from, clock.now(), left));
  const { created } = await events.info();
  const position = { created, seq: 1, id: `${BOOT}-1` };
  expect(await resume(events, position)).toEqual({ kind: "same", from: 2 });
  expect(await resume(events, { ...position, created: "another" })).toMatchObject({ kind: "lost" });
  expect(await resume(events, { ...position, seq: 2 })).toMatchObject({ kind: "lost" });
  expect(await resume(events, { ...position, id: `${BOOT}-2` })).toMatchObject({ kind: "lost" });
  expect(await resume(events, undefined)).toEqual({ kind: "same", from: 1 });
  await events.purgeBelow(2);
  expect(await resume(events, position)).toMatchObject({ kind: "unverifiable" });
});
