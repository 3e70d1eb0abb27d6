import type { Action, Phase, Process, Server } from "#bridge/supervisor/server";

/** What every part of the supervisor's decisions is made of: the next state, and what is to be done. */
export type Step = readonly [Server, readonly Action[]];

const REPORT: Action = { kind: "report" };

export const stay = (server: Server): Step => [server, []];

export const enter = (server: Server, phase: Phase, ...actions: Action[]): Step => [
  { ...server, phase },
  [...actions, REPORT],
];

export const prepare = (server: Server, created: boolean, ...actions: Action[]): Step => {
  const attempt = server.attempt + 1;
  return enter({ ...server, attempt }, { kind: "preparing", attempt, created }, ...actions, {
    kind: "prepare",
    attempt,
  });
};

/** SIGKILL at once, or as soon as there is a process to send it to. */
export const end = (
  server: Server,
  process: Process,
  now: number,
  hung?: { readonly ranMs: number; readonly message: string },
): Step => {
  const base = { kind: "stopping", process, killed: true, until: now + server.limits.killMs } as const;
  const phase: Phase = hung === undefined ? base : { ...base, hung };
  return process === "asked" ? enter(server, phase) : enter(server, phase, { kind: "signal", signal: "SIGKILL" });
};

export const fail = (server: Server, message: string, ...actions: Action[]): Step =>
  enter(server, { kind: "failed", message }, ...actions, { kind: "alarm", message });
