import fc from "fast-check";
import { LIMITS } from "#bridge/supervisor/limits";
import { ALWAYS, isAlive, type Server } from "#bridge/supervisor/server";
import { Machine, running } from "#bridge/test/supervised-machine";

type Move = (machine: Machine) => void;
const move = (name: string, run: Move) => ({ name, run });
const MOVES = [
  move("start", (m) => m.input({ kind: "start" })),
  move("stop", (m) => m.input({ kind: "stop" })),
  move("kill", (m) => {
    m.killAsked = true;
    m.input({ kind: "kill" });
  }),
  move("prepared", (m) => m.prepared(true)),
  move("prepared, no save", (m) => m.prepared(false)),
  move("unprepared", (m) => {
    const attempt = m.prepares.shift();
    if (attempt !== undefined) m.input({ kind: "unprepared", attempt, message: "no mod", hopeless: false });
  }),
  move("spawned", (m) => m.spawned(true)),
  move("spawn failed", (m) => m.spawned(false)),
  move("dies", (m) => m.die(1)),
  move("ends", (m) => m.die(0)),
  move("killed dies", (m) => m.killed && m.die()),
  move("ready", (m) => m.process === "alive" && m.input({ kind: "ready" })),
  move("failed", (m) => m.process === "alive" && m.input({ kind: "failed" })),
  move("rcon", (m) => {
    if (m.server.phase.kind !== "running") return;
    m.rcon = true;
    m.input({ kind: "rcon-connected" });
  }),
  move("rcon lost", (m) => {
    m.rcon = false;
    m.input({ kind: "rcon-lost" });
  }),
  move("saving", (m) => {
    if (m.server.phase.kind !== "running") return;
    m.saving = true;
    m.input({ kind: "saving" });
  }),
  move("saved", (m) => {
    m.saving = false;
    m.input({ kind: "saved" });
  }),
  move("save wanted", (m) => m.input({ kind: "save" })),
  move("a moment", (m) => m.advance(500)),
  move("a while", (m) => {
    // A save that takes longer than its limit is not waited for.
    m.advance(20_000);
  }),
  move("long", (m) => {
    m.saving = false;
    m.advance(130_000);
  }),
];

const histories = fc.record({
  adoptable: fc.boolean(),
  moves: fc.array(fc.constantFrom(...MOVES), { maxLength: 80 }),
});

const play = ({ adoptable, moves }: { adoptable: boolean; moves: (typeof MOVES)[number][] }): Machine => {
  const machine = new Machine(adoptable);
  for (const { run } of moves) {
    run(machine);
    expect(isAlive(machine.server)).toBe(machine.process !== "none"); // S1: it knows what there is
    if (machine.server.phase.kind === "failed") expect(machine.alarms.length).toBeGreaterThan(0);
  }
  return machine;
};

describe("supervise", () => {
  test("in every history there is at most one process, saves are ordered over a live connection, nobody is killed early", () => {
    fc.assert(
      fc.property(histories, (history) => void play(history)),
      { numRuns: 2_000 },
    );
  });

  test("an asked stop ends in stopped, whatever happened before", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const machine = play(history);
        machine.input({ kind: "stop" });
        for (let step = 0; step < 20 && machine.server.phase.kind !== "stopped"; step++) {
          machine.spawned(true);
          machine.prepared(true);
          machine.advance(LIMITS.stopMs);
          if (machine.killed) machine.die();
        }
        expect(machine.server.phase.kind).toBe("stopped");
        expect(machine.process).toBe("none");
      }),
      { numRuns: 1_000 },
    );
  });

  test("a game that says nothing any more is killed within its deadlines, whatever happened before", () => {
    fc.assert(
      fc.property(histories, (history) => {
        const machine = play(history);
        machine.spawned(true);
        if (machine.process !== "alive") return;
        machine.input({ kind: "rcon-lost" });
        machine.rcon = false;
        const { startMs, silenceMs, saveMs, stopMs } = LIMITS;
        machine.advance(Math.max(startMs, silenceMs, saveMs, stopMs));
        machine.advance(1);
        expect(machine.killed).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test("without a save one is made first, then started", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(false);
    expect(machine.server.phase.kind).toBe("creating");
    machine.spawned(true);
    machine.die(0);
    machine.prepared(true);
    expect(machine.server.phase.kind).toBe("starting");
    expect(machine.actions.map(({ kind }) => kind)).toContain("create-save");
  });

  test("a game that dies at its start is told with its last lines, and after five quick deaths nobody tries again", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    const pauses: number[] = [];
    for (let death = 1; death <= LIMITS.quickDeathsMax; death++) {
      machine.prepared(true);
      machine.spawned(true);
      machine.die(1);
      expect(machine.alarms).toHaveLength(death);
      expect(machine.alarms.at(-1)).toContain("with code 1 while starting");
      expect(machine.alarms.at(-1)).toContain("Error: no\nGoodbye");
      const { phase } = machine.server;
      if (phase.kind !== "backing-off") break;
      pauses.push(phase.until - machine.now);
      machine.advance(phase.until - machine.now);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(machine.server.phase.kind).toBe("failed");
    machine.advance(1_000_000);
    expect(machine.server.phase.kind).toBe("failed");
    machine.input({ kind: "start" });
    expect(machine.server.phase.kind).toBe("preparing");
  });

  test("a game that says that it failed and does not end is killed soon", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(true);
    machine.spawned(true);
    machine.input({ kind: "failed" });
    machine.advance(LIMITS.killMs - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
    machine.die();
    expect(machine.alarms.at(-1)).toContain("did not get ready within 10 s");
    expect(machine.alarms.at(-1)).toContain("Error: no");
  });

  test("a death after a good while starts the count anew", () => {
    const machine = running();
    machine.die(139);
    expect(machine.server.quickDeaths).toBe(1);
    machine.advance(LIMITS.pauseMsMin);
    machine.prepared(true);
    machine.spawned(true);
    machine.input({ kind: "ready" });
    machine.die(139);
    expect(machine.server.quickDeaths).toBe(2);
    machine.advance(2 * LIMITS.pauseMsMin);
    machine.prepared(true);
    machine.spawned(true);
    machine.input({ kind: "ready" });
    machine.now += LIMITS.quickMs;
    machine.die(139);
    expect(machine.server.quickDeaths).toBe(1);
    expect(machine.server.phase).toEqual({ kind: "backing-off", until: machine.now + LIMITS.pauseMsMin });
  });

  test("a save that was made and cannot be found is a death, not made again for ever", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(false);
    machine.spawned(true);
    machine.die(0);
    machine.prepared(false);
    expect(machine.server.phase.kind).toBe("backing-off");
    expect(machine.alarms.at(-1)).toContain("none that opens");
  });

  test("a process is adopted only while there is none", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(true);
    machine.spawned(true);
    const before = machine.server;
    machine.input({ kind: "adopted", pid: 99 });
    expect(machine.server).toBe(before);
  });

  test("a long save that the log announced is not taken for a hang; a silence after it is", () => {
    const machine = running();
    machine.input({ kind: "saving" });
    machine.saving = true;
    machine.input({ kind: "rcon-lost" });
    machine.advance(LIMITS.silenceMs * 3);
    expect(machine.killed).toBe(false);
    machine.input({ kind: "saved" });
    machine.advance(LIMITS.silenceMs - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
    machine.die();
    expect(machine.alarms.at(-1)).toContain("answered nothing on RCON");
    expect(machine.server.phase.kind).toBe("backing-off");
  });

  test("a stop says good-bye over RCON first, asks, and kills only when the grace is over", () => {
    const machine = running();
    machine.actions = [];
    machine.input({ kind: "stop" });
    expect(machine.actions.map(({ kind }) => kind)).toEqual(["leave", "signal", "clear-alarm", "report"]);
    machine.advance(LIMITS.stopMs - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
    machine.advance(LIMITS.killMs);
    expect(machine.alarms.at(-1)).toContain("does not end though it was killed");
    machine.die();
    expect(machine.server.phase.kind).toBe("stopped");
  });

  test("a start that is asked while stopping starts again once the process is gone", () => {
    const machine = running();
    machine.input({ kind: "stop" });
    machine.input({ kind: "start" });
    expect(machine.server.phase.kind).toBe("stopping");
    machine.die(0);
    expect(machine.server.phase.kind).toBe("preparing");
  });

  test("a stop before the process has a number is sent as soon as it has one", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(true);
    machine.input({ kind: "stop" });
    expect(machine.termAt).toBeUndefined();
    machine.spawned(true);
    expect(machine.termAt).toBeDefined();
    expect(machine.server.phase).toMatchObject({ process: { pid: 8 } });
  });

  test("an answer to an earlier prepare changes nothing", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    const [first] = machine.prepares;
    machine.input({ kind: "stop" });
    machine.input({ kind: "start" });
    machine.input({ kind: "prepared", attempt: first ?? 0, save: true });
    expect(machine.server.phase.kind).toBe("preparing");
  });

  test("saves are ordered in the configured rhythm, and not while one is being written", () => {
    const machine = running();
    const saves = () => machine.actions.filter(({ kind }) => kind === "save").length;
    machine.advance(9_999);
    expect(saves()).toBe(0);
    machine.advance(1);
    expect(saves()).toBe(1);
    machine.input({ kind: "saving" });
    machine.saving = true;
    machine.advance(30_000);
    expect(saves()).toBe(1);
    machine.saving = false;
    machine.input({ kind: "saved" });
    machine.advance(1);
    expect(saves()).toBe(2);
    machine.input({ kind: "configure", autosaveMs: 0, restart: ALWAYS });
    machine.advance(100_000);
    expect(saves()).toBe(2);
  });

  test("a connection over which nothing is answered is silence, however often it is made (S11)", () => {
    const machine = running();
    const flap = () => {
      machine.advance(5_000);
      machine.input({ kind: "rcon-lost" });
      machine.input({ kind: "rcon-connected" });
    };
    machine.advance(5_000);
    machine.input({ kind: "answered" });
    for (let n = 0; n < 11; n++) flap();
    // Lost 5 s after its last answer, and never answered again since.
    expect(machine.killed).toBe(false);
    machine.input({ kind: "rcon-lost" });
    machine.advance(LIMITS.silenceMs - 50_000 - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
  });

  test("a game that answers while its tick stands still is hung, one that is paused or saves is not (S11)", () => {
    const machine = running();
    const stands = (seconds: number, paused = false) => {
      for (let n = 0; n < seconds; n += 10) {
        machine.advance(10_000);
        machine.input({ kind: "answered" });
        machine.input({ kind: "pulse", tick: 77, paused });
      }
    };
    stands(600, true);
    machine.input({ kind: "saving" });
    stands(300);
    machine.input({ kind: "saved" });
    stands(LIMITS.stillMs / 1_000 - 10);
    expect(machine.killed).toBe(false);
    machine.input({ kind: "pulse", tick: 78, paused: false });
    stands(10);
    stands(LIMITS.stillMs / 1_000 - 10);
    expect(machine.killed).toBe(false);
    stands(10);
    expect(machine.killed).toBe(true);
    machine.die();
    expect(machine.alarms.at(-1)).toMatch(/^the game answers on RCON, but stood at tick 77 for 120 s/);
    expect(machine.server.phase.kind).toBe("backing-off");
  });

  test("a save that never ends is waited for as long as one may take, and not for ever", () => {
    const machine = running();
    machine.input({ kind: "saving" });
    machine.input({ kind: "rcon-lost" });
    machine.advance(LIMITS.saveMs - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
  });

  describe("the restart policy", () => {
    const running_ = (restart: Server["restart"]) => {
      const machine = running();
      machine.input({ kind: "configure", autosaveMs: 0, restart });
      return machine;
    };

    test("never: what died stays so, with its reason", () => {
      const machine = running_({ policy: "never" });
      machine.die(1);
      expect(machine.server.phase.kind).toBe("failed");
      expect(machine.alarms.at(-1)).toContain("it is not restarted");
    });

    test("on-failure: an end in order from inside is meant, a death is not", () => {
      const machine = running_({ policy: "on-failure" });
      machine.die(0);
      expect(machine.server).toMatchObject({ wanted: "stopped", phase: { kind: "stopped" } });
      const other = running_({ policy: "on-failure" });
      other.die(1);
      expect(other.server.phase.kind).toBe("backing-off");
      // One that another bridge started: its last word says how it ended.
      const adopted = running_({ policy: "on-failure" });
      adopted.die();
      expect(adopted.server.phase.kind).toBe("stopped");
    });

    test("its own number of attempts and longest pause", () => {
      const machine = running_({ policy: "always", attemptsMax: 7, pauseMsMax: 5_000 });
      const pauses: number[] = [];
      for (let death = 1; machine.server.phase.kind !== "failed" && death < 20; death++) {
        machine.die(1);
        const { phase } = machine.server;
        if (phase.kind !== "backing-off") break;
        pauses.push(phase.until - machine.now);
        machine.advance(phase.until - machine.now);
        machine.prepared(true);
        machine.spawned(true);
      }
      expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
      expect(machine.alarms.at(-1)).toContain("gave up after 7 tries");
    });
  });

  test("saves that do not load are set aside one after the other, and after three others nobody tries more (S10)", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    const aside = () => machine.actions.filter(({ kind }) => kind === "set-aside").length;
    for (let n = 0; n < 4; n++) {
      machine.prepared(true);
      machine.spawned(true);
      machine.process = "none";
      const lastLines = ["   1.0 Error MapLoader.cpp:1: Error while loading map: unexpected end of file"];
      machine.input({ kind: "exited", code: 1, lastLines });
      machine.advance(60_000);
    }
    expect(aside()).toBe(3);
    expect(machine.server.phase.kind).toBe("failed");
    expect(machine.alarms[0]).toContain("its save does not load");
    expect(machine.alarms.at(-1)).toContain("3 older saves were tried");
  });
});
