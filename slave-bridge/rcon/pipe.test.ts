import { Pipe } from "#bridge/rcon/pipe";
import { ManualClock } from "#core/ports/memory/manual-clock";

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const scene = (bytesPerSecond?: number) => {
  const clock = new ManualClock();
  const sent: string[] = [];
  const pipe = new Pipe(clock, async (command) => {
    sent.push(command);
    return `reply to ${command.slice(0, 5)}`;
  });
  if (bytesPerSecond !== undefined) pipe.paced(bytesPerSecond);
  return { clock, pipe, sent };
};

const long = (letter: string, bytes = 1_500) => letter.repeat(bytes);

test("with room a command goes out at once, and its reply comes back", async () => {
  const { pipe, sent } = scene();
  const reply = pipe.ask("delivery", () => "import");
  expect(sent).toEqual(["import"]);
  expect(await reply).toBe("reply to impor");
});

test("what waits is composed when its turn comes: last values replace each other", async () => {
  const { clock, pipe, sent } = scene(6_000);
  let level = 1;
  void pipe.ask("delivery", () => long("d"));
  void pipe.ask("level", () => `level ${level}`);
  for (level = 2; level < 50; level++) clock.advance(1);
  await clock.advanceSettling(1_000, settle);
  expect(sent).toEqual([long("d"), "level 50"]);
});

test("an operator's command goes behind deliveries and before signals and levels", async () => {
  const { clock, pipe, sent } = scene(6_000);
  void pipe.ask("delivery", () => long("a"));
  for (const rank of ["level", "signal", "command", "delivery"] as const) void pipe.ask(rank, () => rank);
  await clock.advanceSettling(1_000, settle);
  expect(sent).toEqual([long("a"), "delivery", "command", "signal", "level"]);
});

test("bytes that are sent past it count as well", async () => {
  const { clock, pipe, sent } = scene(6_000);
  expect(await pipe.turn("command", 3_000)).toBe(true);
  void pipe.ask("delivery", () => "delivery");
  await clock.advanceSettling(250, settle);
  expect(sent).toEqual([]);
  await clock.advanceSettling(100, settle);
  expect(sent).toEqual(["delivery"]);
});

test("bytes count, not letters", async () => {
  const { clock, pipe, sent } = scene(6_000);
  void pipe.ask("delivery", () => long("ü"));
  void pipe.ask("level", () => "level");
  // 3,000 bytes, less the 1,200 of a burst.
  await clock.advanceSettling(299, settle);
  expect(sent).toHaveLength(1);
  await clock.advanceSettling(2, settle);
  expect(sent).toHaveLength(2);
});

test("nothing to say takes no time from others, and is no reply", async () => {
  const { pipe, sent } = scene(6_000);
  expect(await pipe.ask("level", () => undefined)).toBeUndefined();
  expect(await pipe.ask("level", () => "x")).toBe("reply to x");
  expect(sent).toEqual(["x"]);
});

test("when the connection ends, nobody waits on, and nobody is composed for", async () => {
  const { clock, pipe, sent } = scene(6_000);
  void pipe.ask("delivery", () => long("d"));
  const asked = pipe.ask("level", () => "never");
  const turn = pipe.turn("command", 10);
  pipe.close();
  expect([await asked, await turn, await pipe.ask("signal", () => "later")]).toEqual([undefined, false, undefined]);
  clock.advance(10_000);
  expect(sent).toEqual([long("d")]);
});

test("players who leave set free what waits", async () => {
  const { pipe, sent } = scene(6_000);
  void pipe.ask("delivery", () => long("d"));
  void pipe.ask("level", () => "level");
  expect(sent).toHaveLength(1);
  pipe.paced(Number.POSITIVE_INFINITY);
  expect(sent).toHaveLength(2);
});
