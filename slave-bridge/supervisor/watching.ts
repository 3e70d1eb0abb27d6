import type { Input, Phase, Server } from "#bridge/supervisor/server";
import { end, enter, type Step, stay } from "#bridge/supervisor/step";

/** A process is there: what its log, its RCON and its ticks say of it, and when it is taken for hung (S3, S5, S11). */

type Running = Extract<Phase, { kind: "running" }>;

export const running = (pid: number, now: number): Running => ({
  kind: "running",
  process: { pid },
  since: now,
  rcon: { kind: "silent", since: now },
});

/** What the log and the RCON connection say. */
export const heard = (
  server: Server,
  kind: "ready" | "failed" | "saving" | "saved" | "rcon-connected" | "rcon-lost",
  now: number,
): Step => {
  const { phase } = server;
  if (phase.kind === "starting" && kind === "ready" && phase.process !== "asked") {
    // It loaded: what was set aside before was at fault (S10).
    return enter({ ...server, unloadable: 0 }, running(phase.process.pid, now), { kind: "connect-rcon" });
  }
  if (phase.kind === "starting" && kind === "failed") {
    return stay({ ...server, phase: { ...phase, until: Math.min(phase.until, now + server.limits.killMs) } });
  }
  if (phase.kind !== "running") return stay(server);
  switch (kind) {
    case "saving":
      return stay({ ...server, phase: { ...phase, saving: now } });
    case "saved":
      return stay({ ...server, phase: saved(phase, now) });
    case "rcon-connected": {
      const silentSince = phase.rcon.kind === "silent" ? phase.rcon.since : now;
      const live = { ...phase, rcon: { kind: "connected", silentSince } as const, savedAt: phase.savedAt ?? now };
      return enter(server, live, { kind: "clear-alarm" });
    }
    case "rcon-lost": {
      if (phase.rcon.kind === "silent") return stay(server);
      // A connection over which nothing was answered is as good as none (S11).
      const since = phase.rcon.silentSince ?? now;
      return enter(server, { ...phase, rcon: { kind: "silent", since } }, { kind: "connect-rcon" });
    }
    default:
      return stay(server);
  }
};

const saved = (phase: Running, now: number): Running => {
  const { saving: _, ...rest } = phase;
  // What was silent, or stood still, because of the save has its whole patience again (S3).
  const rcon = rest.rcon.kind === "silent" ? { ...rest.rcon, since: now } : rest.rcon;
  return { ...rest, rcon, ...(rest.pulse === undefined ? {} : { pulse: { ...rest.pulse, since: now } }) };
};

/** It answered a command. */
export const answered = (server: Server): Step => {
  const { phase } = server;
  if (phase.kind !== "running" || phase.rcon.kind !== "connected" || phase.rcon.silentSince === undefined)
    return stay(server);
  return stay({ ...server, phase: { ...phase, rcon: { kind: "connected" } } });
};

/** S11: it said which tick it is. */
export const pulsed = (server: Server, { tick, paused }: Extract<Input, { kind: "pulse" }>, now: number): Step => {
  const { phase, limits } = server;
  if (phase.kind !== "running") return stay(server);
  const { pulse, saving } = phase;
  if (pulse === undefined || pulse.tick !== tick || paused || saving !== undefined)
    return stay({ ...server, phase: { ...phase, pulse: { tick, since: now } } });
  if (now - pulse.since < limits.stillMs) return stay(server);
  const seconds = Math.round((now - pulse.since) / 1000);
  const message = `the game answers on RCON, but stood at tick ${tick} for ${seconds} s without being paused, and was killed`;
  return end(server, phase.process, now, { ranMs: now - phase.since, message });
};

export const hungOrSave = (server: Server, phase: Running, now: number): Step => {
  const { limits } = server;
  if (phase.rcon.kind === "silent") {
    const saves = isSaving(server, now);
    // What is silent after a save that took too long has no more patience than any other.
    const since = Math.max(phase.rcon.since, saves ? (phase.saving ?? 0) : 0);
    const patience = saves ? limits.saveMs : limits.silenceMs;
    if (now - since < patience) return stay(server);
    const message = `the game answered nothing on RCON for ${patience / 1000} s and was killed`;
    return end(server, phase.process, now, { ranMs: now - phase.since, message });
  }
  if (server.autosaveMs === 0 || now - (phase.savedAt ?? now) < server.autosaveMs) return stay(server);
  return save(server, now);
};

/** It says that it saves, and has not said so for too long. */
export const isSaving = ({ phase, limits }: Server, now: number): boolean =>
  phase.kind === "running" && phase.saving !== undefined && now - phase.saving < limits.saveMs;

/** S5 */
export const save = (server: Server, now: number): Step => {
  const { phase } = server;
  if (phase.kind !== "running" || phase.rcon.kind !== "connected") return stay(server);
  if (isSaving(server, now)) return stay(server);
  return [{ ...server, phase: { ...phase, savedAt: now } }, [{ kind: "save" }]];
};
