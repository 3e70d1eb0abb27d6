import { Lease } from "#bridge/session/lease";
import { ManualClock } from "#core/ports/memory/manual-clock";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A game of sixty ticks a second that answers at once; `late`: how long until its answer is heard. */
const scene = () => {
  const clock = new ManualClock(0);
  const leases: number[] = [];
  const slow = { late: 0 };
  const tick = () => Math.floor((clock.now() * 60) / 1000);
  const ask = async (command: string): Promise<string> => {
    leases.push(Number(command.split(" ")[2]));
    const reply = JSON.stringify({ tick: tick(), players: 0 });
    const { late } = slow;
    if (late > 0) await new Promise<void>((resolve) => void clock.after(late, resolve));
    return reply;
  };
  const lease = new Lease(clock, { ask, complain: () => {}, players: () => {}, pulse: () => {} });
  const pass = async (ms: number) => {
    for (let gone = 0; gone < ms; gone += 250) {
      clock.advance(250);
      await settle();
    }
  };
  return { lease, leases, slow, tick, pass };
};

describe("a lease", () => {
  test("is a minute of the game, however late its answers are heard", async () => {
    const { lease, leases, slow, tick, pass } = scene();
    lease.begin(tick(), 0);
    lease.extend("abcdefghij");
    await pass(10_000);
    // The answer to the extension at 17 s is heard at 25 s, and a report of then a second later.
    slow.late = 8_000;
    await pass(15_000);
    slow.late = 0;
    await pass(1_000);
    lease.paced(tick());
    await pass(10_000);
    expect(leases.length).toBeGreaterThan(3);
    expect(Math.max(...leases)).toBe(3_600);
  });

  test("is a minute also when the beginning was heard late", async () => {
    const { lease, leases, tick, pass } = scene();
    const began = tick();
    await pass(8_000);
    lease.begin(began, 0);
    lease.extend("abcdefghij");
    await pass(20_000);
    expect(Math.max(...leases)).toBe(3_600);
  });
});
