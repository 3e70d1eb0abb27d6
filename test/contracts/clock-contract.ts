import type { Clock } from "#core/ports/clock";

/** `pass` lets at least `ms` of the clock's time go by. */
export const clockContract = (
  name: string,
  make: () => { clock: Clock; pass: (ms: number) => Promise<void> },
): void => {
  describe(`${name} keeps the contract of a clock`, () => {
    test("it shows whole milliseconds and goes on", async () => {
      const { clock, pass } = make();
      const before = clock.now();
      await pass(15);
      expect(Number.isInteger(before)).toBe(true);
      // A timer may be up to a millisecond early on the wall clock.
      expect(clock.now() - before).toBeGreaterThanOrEqual(14);
    });

    test("a task runs once, when its time has come, earlier ones first", async () => {
      const { clock, pass } = make();
      const ran: string[] = [];
      clock.after(20, () => ran.push("20"));
      clock.after(0, () => ran.push("0"));
      clock.after(5, () => ran.push("5"));
      expect(ran).toEqual([]);
      await pass(60);
      expect(ran).toEqual(["0", "5", "20"]);
      await pass(60);
      expect(ran).toHaveLength(3);
    });

    test("tasks of one moment run in the order in which they were set", async () => {
      const { clock, pass } = make();
      const ran: number[] = [];
      for (let n = 0; n < 20; n++) clock.after(5, () => ran.push(n));
      await pass(30);
      expect(ran).toEqual(Array.from({ length: 20 }, (_, n) => n));
    });

    test("a cancelled task does not run; cancelling twice or too late is nothing", async () => {
      const { clock, pass } = make();
      const ran: string[] = [];
      const cancel = clock.after(5, () => ran.push("cancelled"));
      const late = clock.after(5, () => ran.push("ran"));
      cancel();
      cancel();
      await pass(30);
      late();
      expect(ran).toEqual(["ran"]);
    });

    test("a task may set another one", async () => {
      const { clock, pass } = make();
      const ran: number[] = [];
      const step = (n: number) => {
        ran.push(n);
        if (n < 3) clock.after(2, () => step(n + 1));
      };
      clock.after(2, () => step(1));
      await pass(60);
      expect(ran).toEqual([1, 2, 3]);
    });
  });
};
