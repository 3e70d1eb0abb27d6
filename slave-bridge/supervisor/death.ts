import { type Cause, causeOf } from "#bridge/supervisor/cause";
import type { Action, Exit, Phase, Server } from "#bridge/supervisor/server";
import { enter, fail, prepare, type Step, stay } from "#bridge/supervisor/step";

/** A process of the instance is gone: what that means, and whether another one follows (S4, S10). */

export const exited = (server: Server, exit: Exit, now: number): Step => {
  const { phase } = server;
  switch (phase.kind) {
    case "creating":
      if (exit.code === 0) return prepare(server, true);
      return died(server, { ranMs: 0, message: describe("making a new save", exit) }, now, KEEP_REPORT);
    case "starting":
      return didNotStart(server, exit, now);
    case "running":
      return endedByItself(server, exit, now - phase.since, now);
    case "stopping":
      return stopped(server, phase, exit, now);
    default:
      return stay(server);
  }
};

/** Lines of a dead game's output that its alarm shows; its report has more. */
const LINES_SHOWN = 15;

const OFF: Action = { kind: "disconnect-rcon" };
const KEEP_REPORT: Action = { kind: "keep-report" };

/** S10: a save that the game does not load is set aside, and the next older one is tried. */
const didNotStart = (server: Server, exit: Exit, now: number): Step => {
  const cause = causeOf(exit);
  const message = describe("starting", exit, cause);
  const death = { ranMs: 0, message, cause };
  if (cause?.kind !== "save") return died(server, death, now, OFF, KEEP_REPORT);
  const unloadable = server.unloadable + 1;
  if (unloadable > server.limits.unloadableMax) {
    const many = `${server.limits.unloadableMax} older saves were tried and none loads, so it is not their fault alone`;
    return fail(server, `gave up: ${many}: ${message}`, OFF, KEEP_REPORT);
  }
  return died({ ...server, unloadable }, death, now, OFF, KEEP_REPORT, { kind: "set-aside", why: "it does not load" });
};

/** Whoever ends a game in order without asking the bridge meant it, unless it is always to run. */
const endedByItself = (server: Server, exit: Exit, ranMs: number, now: number): Step => {
  if (inOrder(exit) && server.restart.policy === "on-failure") {
    return enter({ ...server, wanted: "stopped" }, { kind: "stopped" }, OFF, {
      kind: "alarm",
      message: "the game was ended from inside (/quit), and stays so until it is started",
    });
  }
  const cause = causeOf(exit);
  return died(server, { ranMs, message: describe("running", exit, cause), cause }, now, OFF, KEEP_REPORT);
};

/** Of an adopted process nobody learns the code: its last word has to do. */
const inOrder = ({ code, signal, lastLines }: Exit): boolean =>
  code === 0 || (code === undefined && signal === undefined && /\bGoodbye$/.test(lastLines.at(-1) ?? ""));

const stopped = (server: Server, phase: Extract<Phase, { kind: "stopping" }>, exit: Exit, now: number): Step => {
  if (server.wanted === "stopped") return enter(server, { kind: "stopped" }, OFF);
  if (phase.hung === undefined) return prepare(server, false, OFF);
  const message = [phase.hung.message, ...exit.lastLines.slice(-LINES_SHOWN)].join("\n");
  return died(server, { ranMs: phase.hung.ranMs, message }, now, OFF, KEEP_REPORT);
};

/** "the game ended with code 1 while starting: its port is taken. Its last lines: …" */
const describe = (doing: string, exit: Exit, cause = causeOf(exit)): string => {
  const how =
    exit.signal !== undefined ? ` by ${exit.signal}` : exit.code !== undefined ? ` with code ${exit.code}` : "";
  const why = cause === undefined ? "" : `: ${cause.says}`;
  const last = exit.lastLines.slice(-LINES_SHOWN);
  const lines = last.length === 0 ? " It printed nothing." : ` Its last lines:\n${last.join("\n")}`;
  return `the game ended${how} while ${doing}${why}.${lines}`;
};

interface Death {
  readonly ranMs: number;
  readonly message: string;
  readonly cause?: Cause | undefined;
}

/** S4 */
export const died = (server: Server, { ranMs, message }: Death, now: number, ...actions: Action[]): Step => {
  const { limits, restart } = server;
  const quickDeaths = ranMs < limits.quickMs ? server.quickDeaths + 1 : 1;
  if (restart.policy === "never")
    return fail({ ...server, quickDeaths }, `it is not restarted: ${message}`, ...actions);
  const attemptsMax = restart.attemptsMax ?? limits.quickDeathsMax;
  if (quickDeaths >= attemptsMax) {
    return fail({ ...server, quickDeaths }, `gave up after ${quickDeaths} tries in a row: ${message}`, ...actions);
  }
  const pauseMsMax = restart.pauseMsMax ?? limits.pauseMsMax;
  const pauseMs = Math.min(pauseMsMax, limits.pauseMsMin * 2 ** (quickDeaths - 1));
  const phase: Phase = { kind: "backing-off", until: now + pauseMs };
  return enter({ ...server, quickDeaths }, phase, ...actions, { kind: "alarm", message });
};
