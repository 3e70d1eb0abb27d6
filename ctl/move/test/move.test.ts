import { refused, unavailable } from "#core/errors";
import type { AboutAnswer } from "#core/events/saves";
import { slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { Move } from "#ctl/move/move";
import type { Saves } from "#ctl/save/base";

const SUM = "a".repeat(64);
const FILES = { now: 5, record: "{}", files: [{ area: "saves", path: "one.zip", bytes: 3, writtenAt: 4 }] };

/** Two bridges as a move sees them, a master that assigns, and a word for everything that was asked of them. */
const scene = () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const did: string[] = [];
  const said: string[] = [];
  const base = { linked: false, epoch: 1 };
  const about: Record<string, AboutAnswer> = {
    home: { ...base, here: "here", phase: "running" },
    attic: { ...base, here: "nothing", phase: "" },
  };
  /** What happens at a step, by `<slave> <op>`; a step that is not named does what a bridge does. */
  const on: Record<string, () => void> = {
    "home hold": () => {
      about.home = { ...about.home!, phase: "stopped", moving: { to: "attic", ran: true } };
    },
    "attic seal": () => {
      about.attic = { ...about.attic!, here: "sealed", phase: "" };
    },
    "attic arrive": () => {
      about.attic = { ...about.attic!, here: "here", phase: "stopped", arrived: { from: "home", ran: true } };
    },
    "attic start": () => {
      about.attic = { ...about.attic!, phase: "running", linked: true };
    },
    "attic settled": () => {
      const { arrived: _, ...rest } = about.attic!;
      about.attic = rest;
    },
  };
  const step = (name: string) => {
    did.push(name);
    on[name]?.();
  };
  const sealed: object[] = [];
  const client = {
    exchange: async (at: { slave: string }, _verb: string, { request }: { request: { op: string } }) => {
      if (request.op !== "about") step(`${at.slave} ${request.op}`);
      if (request.op === "seal") sealed.push(request);
      const answers: Record<string, unknown> = {
        files: FILES,
        open: { file: "one.zip", bytes: 3, writtenAt: 4, sha256: SUM },
        depart: { departed: true, kept: "moved/north-1" },
      };
      return { ok: answers[request.op] ?? about[at.slave] };
    },
    bridge: async ({ slave }: { slave: string }, verb: string) => step(`${slave} ${verb}`),
    master: async (name: string, { slave }: { slave: string }) => step(`master ${name} ${slave}`),
  };
  const saves = {
    ...{ client, clock, signal: stop.signal },
    carry: async (what: string) => step(`carry ${what}`),
  } as unknown as Saves;
  const order = { instance: "north", to: slaveId("attic"), deleteSource: false };
  const move = new Move(saves, order, (line) => void said.push(line));
  /** Until it ends, however long it waits. */
  const run = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const ended = work.finally(() => {
      over = true;
    });
    ended.catch(() => {});
    while (!over) {
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10_000);
    }
    return ended;
  };
  return {
    about,
    on,
    did,
    sealed,
    said,
    stop,
    move: (from: string) => run(move.run(from)),
    abort: () => run(move.abort("home")),
  };
};

const WHOLE = [
  ...["home hold", "home files", "home open", "carry one.zip", "attic seal", "master instance.assign attic"],
  ...["attic arrive", "attic start", "home depart", "attic settled"],
];

test("an instance that ran is held, carried, sealed, assigned, started, and let go of at last", async () => {
  const { move, did, sealed } = scene();
  expect(await move("home")).toEqual({
    ...{ instance: "north", from: "home", to: "attic", files: 1, bytes: 3, running: true },
    ...{ kept: "moved/north-1", already: false },
  });
  expect(did).toEqual(WHOLE);
  // What came is said whole: as it was at the source, and whether it ran there.
  const files = [{ area: "saves", path: "one.zip", bytes: 3, writtenAt: 4, sha256: SUM }];
  expect(sealed).toEqual([{ op: "seal", now: 5, record: "{}", files, from: "home", ran: true }]);
});

test("one that did not run is not started; one that failed to stop in order is carried, too", async () => {
  const { move, did, on, about } = scene();
  on["home hold"] = () => {
    about.home = { ...about.home!, phase: "failed", moving: { to: "attic", ran: false } };
  };
  expect(await move("home")).toMatchObject({ running: false });
  expect(did).toEqual(WHOLE.filter((step) => step !== "attic start"));
});

test("one of no slave is assigned and nothing else; one whose game runs where it goes is refused", async () => {
  const none = scene();
  expect(await none.move("")).toMatchObject({ from: "", files: 0, running: false, kept: null, already: false });
  expect(none.did).toEqual(["master instance.assign attic"]);
  const { move, did, about } = scene();
  for (const phase of ["running", "starting", "backing-off"]) {
    about.attic = { ...about.attic!, here: "here", phase };
    await expect(move("home")).rejects.toMatchObject({ code: "refused" });
  }
  expect(did).toEqual([]);
  about.attic = { ...about.attic!, here: "here", phase: "stopped" };
  expect(await move("home")).toMatchObject({ already: false });
});

test("the source lets go of nothing until the target is linked: neither when it fails nor when it takes too long", async () => {
  for (const [phase, why] of [
    ["failed", "north does not start on attic: look at its log there; home keeps its folder"],
    ["starting", "north is not linked on attic within 330 s (starting)"],
  ] as const) {
    const { move, did, on, about } = scene();
    on["attic start"] = () => {
      about.attic = { ...about.attic!, phase };
    };
    await expect(move("home")).rejects.toMatchObject({ code: "unavailable", message: expect.stringContaining(why) });
    expect(did).toEqual(WHOLE.slice(0, -2));
  }
});

test("one that does not stop is carried nowhere, and so is one whose file is refused on the way", async () => {
  const { move, did, on } = scene();
  on["home hold"] = () => {};
  await expect(move("home")).rejects.toThrow("north does not stop on home within 150 s (running)");
  expect(did).toEqual(["home hold"]);
  const other = scene();
  other.on["carry one.zip"] = () => {
    throw refused("no");
  };
  await expect(other.move("home")).rejects.toThrow("no");
  expect(other.did.at(-1)).toBe("carry one.zip");
});

test("interrupted while it waits it says so, and nothing more is done", async () => {
  const { move, did, on, stop } = scene();
  on["home hold"] = () => stop.abort();
  await expect(move("home")).rejects.toThrow("interrupted: the same command goes on with the move of north");
  expect(did).toEqual(["home hold"]);
});

test("assigned already it goes on where it was: sealed, arrived, or all done", async () => {
  const sealed = scene();
  sealed.about.attic = { ...sealed.about.attic!, here: "sealed" };
  expect(await sealed.move("attic")).toMatchObject({
    from: "home",
    running: true,
    kept: "moved/north-1",
    already: false,
  });
  expect(sealed.did).toEqual(["attic arrive", ...WHOLE.slice(-4)]);
  const done = scene();
  done.about.attic = { ...done.about.attic!, here: "here", phase: "running", linked: true };
  expect(await done.move("attic")).toMatchObject({ running: true, kept: null, already: true });
  expect(done.did).toEqual([]);
});

test("ended, it stays where it was, also when the other slave is away", async () => {
  const { abort, did, said, on } = scene();
  on["attic discard"] = () => {
    throw unavailable("nobody is there");
  };
  await abort();
  expect(did).toEqual(["home release", "attic discard"]);
  expect(said).toEqual(["attic does not answer: what has come there is thrown away by age"]);
});
