import type { Limits } from "#bridge/supervisor/limits";

/** What `supervise` folds: one instance's server as its bridge sees it. */

/** How a process ended. Of an adopted process nobody learns the code. */
export interface Exit {
  readonly code?: number;
  readonly signal?: string;
  /** The last lines that it printed, oldest first. */
  readonly lastLines: readonly string[];
}

/** `asked`: the shell was told to spawn and has not said how that went. */
export type Process = "asked" | { readonly pid: number };

export type Rcon =
  /** `silentSince`: nothing was answered over it yet, nor over those before it since then. */
  { readonly kind: "connected"; readonly silentSince?: number } | { readonly kind: "silent"; readonly since: number };

/** Which deaths that nobody asked for are answered by a restart. */
export interface Restart {
  /** "on-failure": not after an end in order that came from inside the game. */
  readonly policy: "never" | "on-failure" | "always";
  /** Quick deaths in a row before nobody tries again; absent: as the limits say. */
  readonly attemptsMax?: number;
  /** The longest pause before a restart; absent: as the limits say. */
  readonly pauseMsMax?: number;
}

export const ALWAYS: Restart = { policy: "always" };

export type Phase =
  | { readonly kind: "stopped" }
  /** The folder is made ready and a save is chosen; `attempt` tells its answer from one of an earlier try. */
  | { readonly kind: "preparing"; readonly attempt: number; readonly created: boolean }
  | { readonly kind: "creating"; readonly process: Process; readonly until: number }
  | { readonly kind: "starting"; readonly process: Process; readonly since: number; readonly until: number }
  | {
      readonly kind: "running";
      readonly process: { readonly pid: number };
      readonly since: number;
      readonly rcon: Rcon;
      /** Since when it says that it is saving. */
      readonly saving?: number;
      /** When a save was ordered last, or when that became possible. */
      readonly savedAt?: number;
      /** The tick that it said last, and since when it says that one. */
      readonly pulse?: { readonly tick: number; readonly since: number };
    }
  | {
      readonly kind: "stopping";
      readonly process: Process;
      readonly killed: boolean;
      readonly until: number;
      /** Set when it is stopped because it hung: how long it ran, and what to tell. */
      readonly hung?: { readonly ranMs: number; readonly message: string };
    }
  | { readonly kind: "backing-off"; readonly until: number }
  | { readonly kind: "failed"; readonly message: string };

export interface Server {
  readonly phase: Phase;
  readonly wanted: "running" | "stopped";
  /** Deaths in a row, each soon after its start. */
  readonly quickDeaths: number;
  /** Counts `prepare` actions. */
  readonly attempt: number;
  /** Time between the saves that the bridge orders; 0: none. */
  readonly autosaveMs: number;
  readonly restart: Restart;
  /** Saves in a row that the game did not load. */
  readonly unloadable: number;
  readonly limits: Limits;
}

export const newServer = (autosaveMs: number, limits: Limits): Server => ({
  phase: { kind: "stopped" },
  wanted: "stopped",
  quickDeaths: 0,
  attempt: 0,
  autosaveMs,
  restart: ALWAYS,
  unloadable: 0,
  limits,
});

export type Signal = "SIGTERM" | "SIGKILL";

export type Input =
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  | { readonly kind: "kill" }
  /** The answer to `prepare`: there is a save to start, or there is none yet, or it could not be done. */
  | { readonly kind: "prepared"; readonly attempt: number; readonly save: boolean }
  | { readonly kind: "unprepared"; readonly attempt: number; readonly message: string; readonly hopeless: boolean }
  | { readonly kind: "spawned"; readonly pid: number }
  | { readonly kind: "spawn-failed"; readonly message: string }
  | ({ readonly kind: "exited" } & Exit)
  /** A process of this instance that an earlier bridge started is still running. */
  | { readonly kind: "adopted"; readonly pid: number }
  /** What its log says (game/log-line.ts). */
  | { readonly kind: "ready" }
  /** It cannot go on (a port in use, a save that does not load) and ends by itself, as a rule. */
  | { readonly kind: "failed" }
  | { readonly kind: "saving" }
  | { readonly kind: "saved" }
  | { readonly kind: "rcon-connected" }
  | { readonly kind: "rcon-lost" }
  /** A save is worth having now. */
  | { readonly kind: "save" }
  /** The instance's configuration is another one. */
  | { readonly kind: "configure"; readonly autosaveMs: number; readonly restart: Restart }
  /** It answered a command. */
  | { readonly kind: "answered" }
  /** It said which tick it is; `paused`: that tick may stand still. */
  | { readonly kind: "pulse"; readonly tick: number; readonly paused: boolean }
  | { readonly kind: "tick" };

export type Action =
  | { readonly kind: "prepare"; readonly attempt: number }
  | { readonly kind: "create-save" }
  | { readonly kind: "spawn" }
  | { readonly kind: "connect-rcon" }
  | { readonly kind: "disconnect-rcon" }
  /** The world link says good-bye while RCON still works. Takes a bounded time. */
  | { readonly kind: "leave" }
  | { readonly kind: "signal"; readonly signal: Signal }
  | { readonly kind: "save" }
  /** The save that was started last goes where it is not started again. */
  | { readonly kind: "set-aside"; readonly why: string }
  /** What it printed last is kept for whoever looks into it. */
  | { readonly kind: "keep-report" }
  | { readonly kind: "report" }
  | { readonly kind: "alarm"; readonly message: string }
  | { readonly kind: "clear-alarm" };

export const isAlive = (server: Server): boolean => "process" in server.phase;
