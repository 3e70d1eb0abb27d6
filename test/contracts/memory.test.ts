import { nodeClock } from "#core/adapters/node-clock";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker, matches } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { busContract } from "#test/contracts/bus-contract";
import { clockContract } from "#test/contracts/clock-contract";
import { diskContract } from "#test/contracts/disk-contract";
import { logContract } from "#test/contracts/log-contract";
import { randomContract } from "#test/contracts/random-contract";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

logContract("the log in memory", async (options) => {
  const log = new MemoryLog(nodeClock, options);
  return {
    log,
    other: log,
    subject: "contract",
    recreate: async () => log.recreate(),
    remember: async () => {
      const putBack = log.remember();
      return async () => putBack();
    },
  };
});

busContract("the bus in memory", async () => {
  const broker = new MemoryBroker(nodeClock);
  const [a, b, c] = [broker.connect(), broker.connect(), broker.connect()];
  const all = (connected: boolean) => {
    for (const bus of [a, b, c]) bus.setConnected(connected);
  };
  return {
    a,
    b,
    c,
    outage: async () => {
      all(false);
      return async () => all(true);
    },
  };
});

diskContract("the disk in memory", async () => ({ disk: new MemoryDisk(), root: "/root" }));

clockContract("the manual clock", () => {
  const clock = new ManualClock();
  return { clock, pass: async (ms) => clock.advance(ms) };
});

randomContract("seeded chance", () => new SeededRandom(7));

test("seeded chance is the same for ever", () => {
  expect(Buffer.from(new SeededRandom(1).bytes(16)).toString("hex")).toBe("96f7e6de6e5d71a21ca1e1e9817cdb83");
  expect(new SeededRandom(1).bytes(8)).not.toEqual(new SeededRandom(2).bytes(8));
  const dice = new SeededRandom(3);
  const counts = new Array<number>(6).fill(0);
  for (let n = 0; n < 6_000; n++) counts[dice.below(6)]!++;
  expect(Math.min(...counts)).toBeGreaterThan(850);
});

test("a manual clock shows each task its own moment", () => {
  const clock = new ManualClock(1_000);
  const moments: number[] = [];
  clock.after(10, () => {
    moments.push(clock.now());
    clock.after(5, () => moments.push(clock.now()));
  });
  clock.after(30, () => moments.push(clock.now()));
  expect(clock.nextAt()).toBe(1_010);
  clock.advance(20);
  expect(moments).toEqual([1_010, 1_015]);
  expect(clock.now()).toBe(1_020);
});

test("a manual clock that settles lets promises come to rest between two moments", async () => {
  const clock = new ManualClock(0);
  const steps: string[] = [];
  const nap = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  void (async () => {
    for (let n = 1; n <= 3; n++) {
      await nap(10);
      steps.push(`${n} at ${clock.now()}`);
    }
  })();
  await clock.advanceSettling(25, () => new Promise((resolve) => setImmediate(resolve)));
  expect(steps).toEqual(["1 at 10", "2 at 20"]);
});

test("a manual clock that drains does so too, and what a task throws is the caller's", async () => {
  const clock = new ManualClock(0);
  const steps: string[] = [];
  const nap = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const deep = async (depth: number): Promise<void> => (depth === 0 ? undefined : deep(depth - 1));
  void (async () => {
    for (let n = 1; n <= 3; n++) {
      await nap(10);
      await deep(50);
      steps.push(`${n} at ${clock.now()}`);
    }
  })();
  const settle = (then: () => void) => void Promise.resolve().then(() => process.nextTick(then));
  await clock.advanceDraining(25, settle);
  expect(steps).toEqual(["1 at 10", "2 at 20"]);
  expect(clock.now()).toBe(25);
  clock.after(1, () => {
    throw new Error("a task's");
  });
  await expect(clock.advanceDraining(25, settle)).rejects.toThrow("a task's");
});

test("a manual clock runs ten thousand timers in the order of their moments, cancelled ones never", () => {
  const clock = new ManualClock(0);
  const dice = new SeededRandom(5);
  const ran: number[] = [];
  const due: number[] = [];
  for (let n = 0; n < 10_000; n++) {
    const at = dice.below(2_000);
    const cancel = clock.after(at, () => ran.push(at * 10_000 + n));
    if (dice.below(3) > 0) cancel();
    else due.push(at * 10_000 + n);
    if (n % 100 === 0)
      expect(clock.nextAt()).toBe(due.length === 0 ? undefined : Math.floor(Math.min(...due) / 10_000));
  }
  clock.advance(2_000);
  expect(ran).toEqual(due.sort((a, b) => a - b));
  expect(clock.nextAt()).toBeUndefined();
});

test("a log in memory can lose an acknowledgement, a message or its room", async () => {
  const log = new MemoryLog(new ManualClock());
  log.failNext("stored-unacknowledged", "dropped-unacknowledged", "full");
  expect((await log.append("s", bytes("1"))).kind).toBe("unknown");
  expect((await log.info()).lastSeq).toBe(1);
  expect((await log.append("s", bytes("2"))).kind).toBe("unknown");
  expect((await log.append("s", bytes("3"))).kind).toBe("full");
  expect((await log.info()).lastSeq).toBe(1);
  expect((await log.append("s", bytes("4"), 1)).kind).toBe("stored");
});

test("a following of a log that was cut and grew again past it at once is reset", async () => {
  const log = new MemoryLog(new ManualClock());
  for (const text of ["1", "2", "3"]) log.store("s", bytes(text));
  let resets = 0;
  const seen: number[] = [];
  log.follow(
    1,
    ({ seq }) => seen.push(seq),
    () => resets++,
  );
  await new Promise((resolve) => setImmediate(resolve));
  log.truncate(1);
  for (const text of ["x", "y", "z"]) log.store("s", bytes(text));
  await new Promise((resolve) => setImmediate(resolve));
  expect({ seen, resets }).toEqual({ seen: [1, 2, 3], resets: 1 });
});

test("a broker in memory captures what is published into a log, without being a responder", async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const log = new MemoryLog(clock);
  broker.capture("event.*.synced", log);
  const bus = broker.connect();
  bus.publish("event.a.synced", bytes("1"));
  bus.publish("event.a.other", bytes("2"));
  expect((await log.read(1, 10)).map(({ subject }) => subject)).toEqual(["event.a.synced"]);
  expect(await bus.request("event.a.other", bytes("?"), 1_000)).toEqual({ kind: "nobody" });
});

test.each([
  ["a.b", "a.b", true],
  ["a.b", "a.b.c", false],
  ["a.b.c", "a.b", false],
  ["a.*", "a.b", true],
  ["a.*", "a", false],
  ["*.b", "a.b", true],
  ["a.>", "a", false],
  ["a.>", "a.b.c", true],
  [">", "a", true],
])("the pattern %s and the subject %s: %s", (pattern, subject, expected) => {
  expect(matches(pattern, subject)).toBe(expected);
});
