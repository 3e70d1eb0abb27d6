import { LIMITS } from "#bridge/supervisor/limits";
import { ALWAYS } from "#bridge/supervisor/server";
import { Machine, running } from "#bridge/test/supervised-machine";

/** How long a supervisor waits for what, from when on, and what makes it begin to count anew. */

const starting = (): Machine => {
  const machine = new Machine(false);
  machine.input({ kind: "start" });
  machine.prepared(true);
  machine.spawned(true);
  return machine;
};
const kinds = ({ actions }: Machine) => actions.map(({ kind }) => kind);
const signals = ({ actions }: Machine) => actions.flatMap((one) => (one.kind === "signal" ? [one.signal] : []));
const exits = (machine: Machine, exit: { code?: number; signal?: string }, lastLines: readonly string[]) => {
  machine.process = "none";
  machine.input({ kind: "exited", ...exit, lastLines });
};
const UNLOADABLE = ["   1.0 Error MapLoader.cpp:1: Error while loading map: unexpected end of file"];

describe("a start", () => {
  test("that says late that it failed has no more time than it had", () => {
    const machine = starting();
    machine.advance(LIMITS.startMs - 1_000);
    machine.input({ kind: "failed" });
    machine.advance(1_000);
    expect(machine.killed).toBe(true);
  });

  test("whose process is not there yet is waited for, and then has what is left of its time", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(true);
    machine.advance(LIMITS.startMs);
    expect(machine.server.phase.kind).toBe("starting");
    machine.spawned(true);
    machine.advance(1);
    expect(machine.killed).toBe(true);
  });

  test("that an operator says begins both counts anew: of quick deaths, and of saves that do not load", () => {
    const machine = starting();
    for (let death = 1; machine.server.phase.kind !== "failed"; death++) {
      exits(machine, { code: 1 }, death < 3 ? UNLOADABLE : ["Error: no"]);
      machine.advance(LIMITS.pauseMsMax);
      machine.prepared(true);
      machine.spawned(true);
    }
    expect(machine.server).toMatchObject({ quickDeaths: LIMITS.quickDeathsMax, unloadable: 2 });
    machine.input({ kind: "start" });
    expect(machine.server).toMatchObject({ quickDeaths: 0, unloadable: 0 });
  });
});

describe("silence", () => {
  test("counts from the first loss of the connection: another word of it gives no new patience", () => {
    const machine = running();
    machine.input({ kind: "answered" });
    machine.input({ kind: "rcon-lost" });
    machine.advance(LIMITS.silenceMs - 1_000);
    machine.input({ kind: "rcon-lost" });
    machine.advance(1_000);
    expect(machine.killed).toBe(true);
  });

  test("of a game that then begins to save counts from there", () => {
    const machine = running();
    machine.input({ kind: "answered" });
    machine.input({ kind: "rcon-lost" });
    machine.advance(LIMITS.silenceMs - 1_000);
    machine.input({ kind: "saving" });
    machine.advance(LIMITS.saveMs - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
  });

  test("a tick that stood still while a save was written has its whole patience again", () => {
    const machine = running();
    machine.input({ kind: "answered" });
    machine.input({ kind: "pulse", tick: 77, paused: false });
    machine.input({ kind: "saving" });
    machine.advance(LIMITS.stillMs);
    machine.input({ kind: "saved" });
    machine.input({ kind: "pulse", tick: 77, paused: false });
    expect(machine.killed).toBe(false);
  });
});

describe("saves", () => {
  const saves = (machine: Machine) => kinds(machine).filter((kind) => kind === "save").length;

  test("one that was ordered is not ordered again at the next look, and a new connection does not put it off", () => {
    const machine = running();
    machine.advance(6_000);
    machine.input({ kind: "rcon-lost" });
    machine.input({ kind: "rcon-connected" });
    machine.advance(4_000);
    expect(saves(machine)).toBe(1);
    machine.advance(500);
    expect(saves(machine)).toBe(1);
  });

  test("one that never ends holds the next one up only as long as it may take", () => {
    const machine = running();
    machine.input({ kind: "answered" });
    machine.input({ kind: "saving" });
    machine.advance(LIMITS.saveMs - 1);
    expect(saves(machine)).toBe(0);
    machine.advance(1);
    expect(saves(machine)).toBe(1);
  });
});

describe("a stop", () => {
  test("of a game that does not answer yet says no good-bye; that it was killed is no alarm, that it stays is", () => {
    const machine = starting();
    machine.input({ kind: "stop" });
    expect(kinds(machine)).not.toContain("leave");
    machine.advance(LIMITS.stopMs);
    expect(machine).toMatchObject({ killed: true, alarms: [] });
    machine.advance(LIMITS.killMs);
    expect(machine.alarms).toHaveLength(1);
  });

  test("a process that has a number keeps it (S1)", () => {
    const machine = starting();
    const before = machine.server;
    machine.input({ kind: "spawned", pid: 99 });
    expect(machine.server).toBe(before);
  });

  test("before the process has a number leaves it its whole grace from when it has one", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(true);
    machine.input({ kind: "stop" });
    machine.advance(LIMITS.stopMs);
    machine.spawned(true);
    expect(signals(machine)).toEqual(["SIGTERM"]);
    machine.advance(LIMITS.stopMs - 1);
    expect(machine.killed).toBe(false);
    machine.advance(1);
    expect(machine.killed).toBe(true);
  });

  test("a kill before the process has a number kills it at once when it has one; said twice it is one", () => {
    const machine = new Machine(false);
    machine.input({ kind: "start" });
    machine.prepared(true);
    machine.input({ kind: "kill" });
    machine.spawned(true);
    expect(signals(machine)).toEqual(["SIGKILL"]);
    machine.input({ kind: "kill" });
    expect(signals(machine)).toEqual(["SIGKILL"]);
    // Nor is the word that it does not end put off by that.
    machine.advance(LIMITS.killMs);
    expect(machine.alarms.at(-1)).toContain("does not end though it was killed");
  });
});

describe("a death", () => {
  test("for a reason that no save has sets none aside", () => {
    const machine = starting();
    exits(machine, { code: 1 }, ["   0.3 Error X.cpp:1: MultiplayerManager failed: Host address is already in use."]);
    expect(kinds(machine)).not.toContain("set-aside");
    expect(machine.alarms.at(-1)).toContain("its port is taken");
  });

  test("after a save that loaded, others may fail to load as often as ever", () => {
    const machine = starting();
    const unloadable = () => {
      exits(machine, { code: 1 }, UNLOADABLE);
      machine.advance(LIMITS.pauseMsMax);
      machine.prepared(true);
      machine.spawned(true);
    };
    for (let n = 0; n < LIMITS.unloadableMax; n++) unloadable();
    machine.input({ kind: "ready" });
    machine.advance(LIMITS.quickMs);
    machine.die(1);
    machine.advance(LIMITS.pauseMsMax);
    machine.prepared(true);
    machine.spawned(true);
    unloadable();
    expect(machine.server).toMatchObject({ unloadable: 1, phase: { kind: "starting" } });
  });

  test("in order is answered by a start where it is always to run, and by a signal it was none", () => {
    const always = running();
    always.input({ kind: "configure", autosaveMs: 0, restart: ALWAYS });
    always.die(0);
    expect(always.server.phase.kind).toBe("backing-off");
    const killed = running();
    killed.input({ kind: "configure", autosaveMs: 0, restart: { policy: "on-failure" } });
    exits(killed, { signal: "SIGKILL" }, ["Goodbye"]);
    expect(killed.server.phase.kind).toBe("backing-off");
  });

  test("is told with its last fifteen lines, one that hung as well", () => {
    const lines = Array.from({ length: 40 }, (_, n) => `line ${n}.`);
    const machine = starting();
    exits(machine, { code: 1 }, lines);
    const hung = running();
    hung.input({ kind: "rcon-lost" });
    hung.advance(LIMITS.silenceMs);
    exits(hung, { signal: "SIGKILL" }, lines);
    for (const { alarms } of [machine, hung]) {
      expect(alarms.at(-1)).toContain("line 25.");
      expect(alarms.at(-1)).not.toContain("line 24.");
    }
  });
});
