import type { RconConnection } from "#bridge/game/port";
import { Attaching } from "#bridge/instance/attaching";
import { Attachment } from "#bridge/instance/attachment";
import { settle } from "#bridge/test/bridge-scene";
import { unavailable } from "#core/errors";
import type { InstanceConfig } from "#core/instance-config";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

type AttachConfig = NonNullable<InstanceConfig["attach"]>;

const config: AttachConfig = { host: "10.0.0.7", port: 1, passwordFile: "door" };

/** A server that answers when the test says. */
const scene = async () => {
  const clock = new ManualClock();
  const disk = new MemoryDisk();
  await disk.write("/data/secrets/door", new TextEncoder().encode("hunter2hunter2"));
  const said: string[] = [];
  const tried: number[] = [];
  const state = { there: true, occupied: false, wanted: config as AttachConfig | undefined, hold: Promise.resolve() };
  const closed: (() => void)[] = [];
  const connectRcon = async (_: unknown, onClosed: () => void) => {
    tried.push(clock.now());
    await state.hold;
    if (!state.there) throw unavailable("nobody listens");
    closed.push(onClosed);
    return { send: async () => "", close: () => said.push("closed") } as unknown as RconConnection;
  };
  const hands = {
    ...{ clock, disk, dir: "/data", network: { connectRcon } },
    connected: () => void said.push("connected"),
    lost: () => void said.push("lost"),
    alarm: (message: string | undefined) => void said.push(message === undefined ? "well" : "alarm"),
  };
  const attaching = () =>
    new Attaching({
      ...{ ...hands, instance: "north" },
      wanted: () => state.wanted,
      occupied: () => state.occupied,
      changed: () => {},
      restart: () => void said.push("restart"),
    });
  return { clock, hands, said, tried, state, closed, attaching };
};

test("it is tried again after a growing pause, up to half a minute, and after a success from the beginning (AT2)", async () => {
  const { clock, hands, tried, state, closed, said } = await scene();
  state.there = false;
  const attachment = new Attachment(config, hands);
  await clock.advanceSettling(150_000, settle);
  const pauses = tried.slice(1).map((at, n) => (at - tried[n]!) / 1_000);
  expect(pauses).toEqual([1, 2, 4, 8, 16, 30, 30, 30]);
  state.there = true;
  await clock.advanceSettling(30_000, settle);
  expect(said.slice(-2)).toEqual(["well", "connected"]);
  const before = clock.now();
  closed.at(-1)?.();
  closed.at(-1)?.();
  expect(said.filter((one) => one === "lost")).toHaveLength(1);
  await clock.advanceSettling(1_000, settle);
  expect(tried.at(-1)).toBe(before + 1_000);
  attachment.close();
});

test("a connection that ends before it is told of is told of, and its end (AT1)", async () => {
  const { hands, said, state, closed } = await scene();
  let go = () => {};
  state.hold = new Promise((resolve) => (go = resolve));
  const push = closed.push.bind(closed);
  closed.push = (onClosed) => {
    onClosed();
    return push(onClosed);
  };
  const attachment = new Attachment(config, hands);
  go();
  await settle();
  expect(said).toEqual(["well", "connected", "lost"]);
  expect(attachment.phase).toBe("backing-off");
  attachment.close();
});

test("one that was let go of says nothing any more, hangs up what comes, and tries nothing again", async () => {
  for (const [there, then] of [
    [true, ["closed"]],
    [false, []],
  ] as const) {
    const { clock, hands, said, state, tried } = await scene();
    let go = () => {};
    state.there = there;
    state.hold = new Promise((resolve) => (go = resolve));
    const attachment = new Attachment(config, hands);
    await settle();
    attachment.close();
    go();
    await clock.advanceSettling(60_000, settle);
    expect([said, tried.length]).toEqual([then, 1]);
  }
  const { clock, hands, tried, state, closed, said } = await scene();
  const connected = new Attachment(config, hands);
  await settle();
  connected.close();
  closed[0]?.();
  expect(said).toEqual(["well", "connected", "closed"]);
  state.there = false;
  const waiting = new Attachment(config, hands);
  await settle();
  waiting.close();
  const { length } = tried;
  await clock.advanceSettling(60_000, settle);
  expect(tried).toHaveLength(length);
});

test("a server that was given up is taken up again by another configuration, and then by its own; not while a game of its own runs (AT3)", async () => {
  const { state, attaching, said } = await scene();
  const it = attaching();
  it.follow();
  await settle();
  it.giveUp();
  expect(said.at(-1)).toBe("lost");
  it.follow();
  expect(it.current).toBeUndefined();
  state.wanted = { ...config, port: 2 };
  it.follow();
  expect(it.current?.config.port).toBe(2);
  state.wanted = config;
  it.follow();
  expect(it.current?.config.port).toBe(1);
  state.wanted = undefined;
  it.follow();
  expect(it.current).toBeUndefined();
  [state.wanted, state.occupied] = [config, true];
  it.follow();
  expect([it.current, it.start()]).toEqual([undefined, false]);
  state.occupied = false;
  it.follow();
  expect(() => it.start()).toThrow(/is attached/);
  it.close();
});
