import type { RconConnection } from "#bridge/game/port";
import { openRcon } from "#bridge/game/rcon-line";
import { unavailable } from "#core/errors";
import { ManualClock } from "#core/ports/memory/manual-clock";

const address = { port: 1, password: "secret" };
const settle = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const scene = () => {
  const clock = new ManualClock();
  const told: string[] = [];
  const tries: { connect(): void; refuse(): void; drop(): void; closed: boolean }[] = [];
  const network = {
    portState: async () => "free" as const,
    mayBindLow: async () => false,
    freePorts: async () => ({ game: 1, rcon: 1 }),
    connectRcon: (_: typeof address, onClosed: () => void) =>
      new Promise<RconConnection>((resolve, reject) => {
        const attempt = {
          closed: false,
          connect: () => resolve({ send: async () => "", close: () => attempt.drop() }),
          refuse: () => reject(unavailable("nobody")),
          drop: () => {
            attempt.closed = true;
            onClosed();
          },
        };
        tries.push(attempt);
      }),
  };
  const on = { connected: () => void told.push("connected"), lost: () => void told.push("lost") };
  const stop = openRcon({ clock, network }, address, on);
  return { clock, told, tries, stop };
};

describe("the RCON line", () => {
  test("is tried until there is a connection; its loss is told once", async () => {
    const { clock, told, tries } = scene();
    tries[0]?.refuse();
    await settle();
    expect(tries).toHaveLength(1);
    clock.advance(250);
    tries[1]?.connect();
    await settle();
    expect(told).toEqual(["connected"]);
    tries[1]?.drop();
    tries[1]?.drop();
    clock.advance(10_000);
    await settle();
    expect(told).toEqual(["connected", "lost"]);
    expect(tries).toHaveLength(2);
  });

  test("a connection that broke before it was handed over is told as lost", async () => {
    const { told, tries } = scene();
    tries[0]?.connect();
    tries[0]?.drop();
    await settle();
    expect(told).toEqual(["connected", "lost"]);
  });

  test("one that comes after the stop is closed and told to nobody", async () => {
    const { clock, told, tries, stop } = scene();
    stop();
    tries[0]?.connect();
    await settle();
    clock.advance(10_000);
    expect(told).toEqual([]);
    expect(tries.map(({ closed }) => closed)).toEqual([true]);
  });

  test("a stop closes the connection, and its end is no loss", async () => {
    const { told, tries, stop } = scene();
    tries[0]?.connect();
    await settle();
    stop();
    expect(told).toEqual(["connected"]);
    expect(tries[0]?.closed).toBe(true);
  });
});
