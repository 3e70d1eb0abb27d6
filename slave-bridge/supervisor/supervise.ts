import { died, exited } from "#bridge/supervisor/death";
import type { Action, Input, Phase, Server } from "#bridge/supervisor/server";
import { end, enter, fail, prepare, type Step, stay } from "#bridge/supervisor/step";
import { answered, heard, hungOrSave, pulsed, running, save } from "#bridge/supervisor/watching";

/**
 * One instance's server as a pure state machine (STYLE 7): the shell (instance/own-game.ts) feeds it and acts.
 *
 * S1 there is at most one process of an instance: nothing is spawned between an order to spawn and the exit of what came
 *    of it, nor while an adopted process lives.
 * S2 an asked stop always ends in `stopped` once the process is gone, whatever happened in between; it is never killed
 *    before its grace is over, and always after.
 * S3 every state that waits for something has a deadline: a load that never ends, a game that answers nothing, a stop
 *    that is not obeyed. A long save that the log announced is not taken for a hang.
 * S4 a death that nobody asked for is answered as the instance's restart policy says: by a restart after a growing pause,
 *    and a row of quick ones ends in `failed` with one message that holds its cause and last lines. Only an operator leaves
 *    `failed`.
 * S5 saves are ordered only over a live RCON connection and never while one is being written.
 * S6 `leave` comes before the SIGTERM of an orderly stop, and at most once.
 * S10 a save that the game itself says it cannot load is set aside, never deleted, and the next older one is started; after
 *    `unloadableMax` of them in a row nobody tries again. A save of another version is left where it is.
 * S11 a game is alive while it answers commands and its tick goes on: a connection over which nothing is answered counts as
 *    silence, and one that answers while its tick stands still is hung, unless it saves or is paused.
 */

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
    case "configure":
      return stay({ ...server, autosaveMs: input.autosaveMs, restart: input.restart });
    case "answered":
      return answered(server);
    case "pulse":
      return pulsed(server, input, now);
    default:
      return heard(server, input.kind, now);
  }
};

const start = (server: Server): Step => {
  const wanting: Server = { ...server, wanted: "running" };
  switch (server.phase.kind) {
    case "stopped":
    case "failed":
    case "backing-off":
      return prepare({ ...wanting, quickDeaths: 0, unloadable: 0 }, false, { kind: "clear-alarm" });
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

const prepared = (server: Server, input: Extract<Input, { kind: "prepared" | "unprepared" }>, now: number): Step => {
  const { phase, limits } = server;
  if (phase.kind !== "preparing" || phase.attempt !== input.attempt) return stay(server);
  if (input.kind === "unprepared") {
    return input.hopeless ? fail(server, input.message) : died(server, { ranMs: 0, message: input.message }, now);
  }
  if (input.save) {
    const starting: Phase = { kind: "starting", process: "asked", since: now, until: now + limits.startMs };
    return enter(server, starting, { kind: "spawn" });
  }
  if (phase.created) {
    return died(server, { ranMs: 0, message: "a new save was made, and yet there is none that opens" }, now);
  }
  return enter(server, { kind: "creating", process: "asked", until: now + limits.startMs }, { kind: "create-save" });
};

const spawned = (server: Server, pid: number, now: number): Step => {
  const { phase } = server;
  if (!("process" in phase) || phase.process !== "asked") return stay(server);
  const process = { pid };
  if (phase.kind !== "stopping") return enter(server, { ...phase, process });
  if (phase.killed) return end(server, process, now, phase.hung);
  return enter(server, { ...phase, process, until: now + server.limits.stopMs }, { kind: "signal", signal: "SIGTERM" });
};

const adopted = (server: Server, pid: number, now: number): Step => {
  if (server.phase.kind !== "stopped") return stay(server);
  return enter({ ...server, wanted: "running" }, running(pid, now), { kind: "connect-rcon" });
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
