import type { Action, Exit, Input, Phase, Process, Server } from "#bridge/supervisor/server";

/**
 * One instance's server as a pure state machine (STYLE 7): the shell (instance/runner.ts) feeds it and acts.
 *
 * S1 there is at most one process of an instance: nothing is spawned between an order to spawn and the exit of what came
 *    of it, nor while an adopted process lives.
 * S2 an asked stop always ends in `stopped` once the process is gone, whatever happened in between; it is never killed
 *    before its grace is over, and always after.
 * S3 every state that waits for something has a deadline: a load that never ends, a game that answers nothing, a stop
 *    that is not obeyed. A long save that the log announced is not taken for a hang.
 * S4 a death that nobody asked for is answered by a restart after a growing pause; a row of quick ones ends in `failed`
 *    with one message that holds its last lines. Only an operator leaves `failed`.
 * S5 saves are ordered only over a live RCON connection and never while one is being written.
 * S6 `leave` comes before the SIGTERM of an orderly stop, and at most once.
 */
export type Step = readonly [Server, readonly Action[]];

export const supervise = (server: Server, input: Input, now: number): Step => {
  switch (input.kind) {
    case "start":
      return start(server);
    case "stop":
      return stop({ ...server, wanted: "stopped" }, now);
    case "kill":
      return kill({ ...server, wanted: "stopped" }, now);
    case "prepared":
    case "unprepared":
      return prepared(server, input, now);
    case "spawned":
      return spawned(server, input.pid, now);
    case "spawn-failed":
      return exited(server, { lastLines: [input.message] }, now);
    case "exited":
      return exited(server, input, now);
    case "adopted":
      return adopted(server, input.pid, now);
    case "tick":
      return tick(server, now);
    case "save":
      return save(server, now);
    case "autosave":
      return stay({ ...server, autosaveMs: input.ms });
    default:
      return heard(server, input.kind, now);
  }
};

const REPORT: Action = { kind: "report" };
const stay = (server: Server): Step => [server, []];
const enter = (server: Server, phase: Phase, ...actions: Action[]): Step => [
  { ...server, phase },
  [...actions, REPORT],
];

const prepare = (server: Server, created: boolean, ...actions: Action[]): Step => {
  const attempt = server.attempt + 1;
  return enter({ ...server, attempt }, { kind: "preparing", attempt, created }, ...actions, {
    kind: "prepare",
    attempt,
  });
};

const start = (server: Server): Step => {
  const wanting: Server = { ...server, wanted: "running" };
  switch (server.phase.kind) {
    case "stopped":
    case "failed":
    case "backing-off":
      return prepare({ ...wanting, quickDeaths: 0 }, false, { kind: "clear-alarm" });
    default:
      return stay(wanting);
  }
};

const stop = (server: Server, now: number): Step => {
  const { phase, limits } = server;
  switch (phase.kind) {
    case "stopped":
    case "stopping":
      return stay(server);
    case "preparing":
    case "backing-off":
    case "failed":
      return enter(server, { kind: "stopped" }, { kind: "clear-alarm" });
    case "creating":
      return end(server, phase.process, now);
    case "starting":
    case "running": {
      const actions: Action[] = phase.kind === "running" ? [{ kind: "leave" }] : [];
      if (phase.process !== "asked") actions.push({ kind: "signal", signal: "SIGTERM" });
      const stopping: Phase = { kind: "stopping", process: phase.process, killed: false, until: now + limits.stopMs };
      return enter(server, stopping, ...actions, { kind: "clear-alarm" });
    }
  }
};

const kill = (server: Server, now: number): Step => {
  const { phase } = server;
  if (!("process" in phase)) return stop(server, now);
  if (phase.kind === "stopping" && phase.killed) return stay(server);
  return end(server, phase.process, now);
};

/** SIGKILL at once, or as soon as there is a process to send it to. */
const end = (server: Server, process: Process, now: number, hung?: { ranMs: number; message: string }): Step => {
  const base = { kind: "stopping", process, killed: true, until: now + server.limits.killMs } as const;
  const phase: Phase = hung === undefined ? base : { ...base, hung };
  return process === "asked" ? enter(server, phase) : enter(server, phase, { kind: "signal", signal: "SIGKILL" });
};

const prepared = (server: Server, input: Extract<Input, { kind: "prepared" | "unprepared" }>, now: number): Step => {
  const { phase, limits } = server;
  if (phase.kind !== "preparing" || phase.attempt !== input.attempt) return stay(server);
  if (input.kind === "unprepared") {
    return input.hopeless ? fail(server, input.message) : died(server, 0, input.message, now);
  }
  if (input.save) {
    const starting: Phase = { kind: "starting", process: "asked", since: now, until: now + limits.startMs };
    return enter(server, starting, { kind: "spawn" });
  }
  if (phase.created) return died(server, 0, "a new save was made, and yet there is none that opens", now);
  return enter(server, { kind: "creating", process: "asked", until: now + limits.startMs }, { kind: "create-save" });
};

const spawned = (server: Server, pid: number, now: number): Step => {
  const { phase } = server;
  if (!("process" in phase) || phase.process !== "asked") return stay(server);
  const process = { pid };
  if (phase.kind !== "stopping") return [{ ...server, phase: { ...phase, process } }, [REPORT]];
  if (phase.killed) return end(server, process, now, phase.hung);
  return enter(server, { ...phase, process, until: now + server.limits.stopMs }, { kind: "signal", signal: "SIGTERM" });
};

const adopted = (server: Server, pid: number, now: number): Step => {
  if (server.phase.kind !== "stopped") return stay(server);
  const running: Phase = { kind: "running", process: { pid }, since: now, rcon: { kind: "silent", since: now } };
  return enter({ ...server, wanted: "running" }, running, { kind: "connect-rcon" });
};

const exited = (server: Server, exit: Exit, now: number): Step => {
  const { phase } = server;
  switch (phase.kind) {
    case "creating":
      if (exit.code === 0) return prepare(server, true);
      return died(server, 0, describe("making a new save", exit), now);
    case "starting":
      return died(server, 0, describe("starting", exit), now, { kind: "disconnect-rcon" });
    case "running":
      return died(server, now - phase.since, describe("running", exit), now, { kind: "disconnect-rcon" });
    case "stopping": {
      const off: Action = { kind: "disconnect-rcon" };
      if (server.wanted === "stopped") return enter(server, { kind: "stopped" }, off);
      if (phase.hung === undefined) return prepare(server, false, off);
      return died(server, phase.hung.ranMs, [phase.hung.message, ...exit.lastLines].join("\n"), now, off);
    }
    default:
      return stay(server);
  }
};

/** "Factorio ended with code 1 while starting. Its last lines: …" */
const describe = (doing: string, exit: Exit): string => {
  const how =
    exit.signal !== undefined ? ` by ${exit.signal}` : exit.code !== undefined ? ` with code ${exit.code}` : "";
  const lines = exit.lastLines.length === 0 ? " It printed nothing." : ` Its last lines:\n${exit.lastLines.join("\n")}`;
  return `the game ended${how} while ${doing}.${lines}`;
};

/** S4 */
const died = (server: Server, ranMs: number, message: string, now: number, ...actions: Action[]): Step => {
  const { limits } = server;
  const quickDeaths = ranMs < limits.quickMs ? server.quickDeaths + 1 : 1;
  if (quickDeaths >= limits.quickDeathsMax) {
    return fail({ ...server, quickDeaths }, `gave up after ${quickDeaths} tries in a row: ${message}`, ...actions);
  }
  const pauseMs = Math.min(limits.pauseMsMax, limits.pauseMsMin * 2 ** (quickDeaths - 1));
  const phase: Phase = { kind: "backing-off", until: now + pauseMs };
  return enter({ ...server, quickDeaths }, phase, ...actions, { kind: "alarm", message });
};

const fail = (server: Server, message: string, ...actions: Action[]): Step =>
  enter(server, { kind: "failed", message }, ...actions, { kind: "alarm", message });

/** What the log and the RCON connection say. */
const heard = (
  server: Server,
  kind: "ready" | "failed" | "saving" | "saved" | "rcon-connected" | "rcon-lost",
  now: number,
): Step => {
  const { phase } = server;
  if (phase.kind === "starting" && kind === "ready" && phase.process !== "asked") {
    const running = {
      kind: "running",
      process: phase.process,
      since: now,
      rcon: { kind: "silent", since: now },
    } as const;
    return enter(server, running, { kind: "connect-rcon" });
  }
  if (phase.kind === "starting" && kind === "failed") {
    return stay({ ...server, phase: { ...phase, until: Math.min(phase.until, now + server.limits.killMs) } });
  }
  if (phase.kind !== "running") return stay(server);
  switch (kind) {
    case "saving":
      return stay({ ...server, phase: { ...phase, saving: now } });
    case "saved": {
      const { saving: _, ...rest } = phase;
      // What was silent because of the save has its whole patience again (S3).
      const rcon = rest.rcon.kind === "silent" ? { ...rest.rcon, since: now } : rest.rcon;
      return stay({ ...server, phase: { ...rest, rcon } });
    }
    case "rcon-connected": {
      const live = { ...phase, rcon: { kind: "connected" } as const, savedAt: phase.savedAt ?? now };
      return enter(server, live, { kind: "clear-alarm" });
    }
    case "rcon-lost":
      if (phase.rcon.kind === "silent") return stay(server);
      return enter(server, { ...phase, rcon: { kind: "silent", since: now } }, { kind: "connect-rcon" });
    default:
      return stay(server);
  }
};

const tick = (server: Server, now: number): Step => {
  const { phase, limits } = server;
  switch (phase.kind) {
    case "backing-off":
      return now < phase.until ? stay(server) : prepare(server, false);
    case "creating":
    case "starting": {
      if (now < phase.until || phase.process === "asked") return stay(server);
      const waitedMs = phase.kind === "starting" ? now - phase.since : limits.startMs;
      const message = `the game did not get ready within ${Math.round(waitedMs / 1000)} s and was killed`;
      return end(server, phase.process, now, { ranMs: 0, message });
    }
    case "stopping":
      return stillThere(server, phase, now);
    case "running":
      return hungOrSave(server, phase, now);
    default:
      return stay(server);
  }
};

const stillThere = (server: Server, phase: Extract<Phase, { kind: "stopping" }>, now: number): Step => {
  if (now < phase.until || phase.process === "asked") return stay(server);
  const [next, actions] = end(server, phase.process, now, phase.hung);
  if (!phase.killed) return [next, actions];
  return [
    next,
    [...actions, { kind: "alarm", message: `process ${phase.process.pid} does not end though it was killed` }],
  ];
};

const hungOrSave = (server: Server, phase: Extract<Phase, { kind: "running" }>, now: number): Step => {
  const { limits } = server;
  if (phase.rcon.kind === "silent") {
    const since = Math.max(phase.rcon.since, phase.saving ?? 0);
    const patience = phase.saving === undefined ? limits.silenceMs : limits.saveMs;
    if (now - since < patience) return stay(server);
    const message = `the game answered nothing on RCON for ${patience / 1000} s and was killed`;
    return end(server, phase.process, now, { ranMs: now - phase.since, message });
  }
  if (server.autosaveMs === 0 || now - (phase.savedAt ?? now) < server.autosaveMs) return stay(server);
  return save(server, now);
};

/** S5 */
const save = (server: Server, now: number): Step => {
  const { phase, limits } = server;
  if (phase.kind !== "running" || phase.rcon.kind !== "connected") return stay(server);
  if (phase.saving !== undefined && now - phase.saving < limits.saveMs) return stay(server);
  return [{ ...server, phase: { ...phase, savedAt: now } }, [{ kind: "save" }]];
};
