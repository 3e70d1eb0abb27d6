import type { ModInfo } from "#core/mods/info";

/**
 * The game as a port (DESIGN 6): its process, what it writes, its saves and its RCON. game/adapters does it for real;
 * the simulation and the tests have their own. Paths are absolute.
 */

/** A process told from every other, also from one that later gets the same number. */
export interface ProcessId {
  readonly pid: number;
  /** The machine's start and the process's start time within it, as text. */
  readonly started: string;
}

/** What the system holds a process to, and everything that it starts. */
export interface ProcessLimits {
  /** Memory that it may take for itself, each process of its own (RLIMIT_DATA): beyond it gets none. */
  readonly memoryMiB?: number;
  /** How much it stands back for others when processors are scarce: 0 to 19. */
  readonly nice?: number;
}

export interface SpawnOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Both of its output streams are appended here. */
  readonly output: string;
  readonly limits?: ProcessLimits;
}

export interface ProcessExit {
  /** Absent for a process that another bridge started. */
  readonly code?: number;
  readonly signal?: string;
}

export type Stop = () => void;

export interface Processes {
  /** Starts a process, in a group of its own, that outlives this one. @throws ClusterioError `unavailable` when it cannot be started. */
  spawn(order: SpawnOrder): Promise<ProcessId>;
  /**
   * Calls `onExit` once, when the process is gone and with it everything that it started: what outlives it is killed. At once if
   * all that is gone already.
   */
  watch(process: ProcessId, onExit: (exit: ProcessExit) => void): Stop;
  /** Sends SIGTERM to exactly this process or to none, SIGKILL to its whole group. */
  signal(process: ProcessId, signal: "SIGTERM" | "SIGKILL"): void;
  /** Live processes that have this text as one whole argument; not those that one of them started. */
  find(argument: string): Promise<ProcessId[]>;
}

export interface SaveFile {
  /** `auto-1.zip` */
  readonly name: string;
  readonly writtenAt: number;
  /** Its central directory is complete: a save that was cut off while being written is not started. */
  readonly opens: boolean;
}

export interface ModSource {
  readonly name: string;
  readonly version: string;
  /** A zip, or a folder with an info.json. */
  readonly path: string;
}

export interface GameFiles {
  /** The zips in a folder; [] when there is no folder. */
  saves(folder: string): Promise<SaveFile[]>;
  /** The version of the game that wrote a save, undefined when it does not tell. */
  saveVersion(path: string): Promise<string | undefined>;
  /** Copies a file or a whole folder, replacing what was there. */
  copy(from: string, to: string): Promise<void>;
  /** Moves a file or a whole folder within one file system, keeping when it was written; makes the folder; nothing happens when there is none. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; nothing happens when there is none. */
  remove(path: string): Promise<void>;
  /** The mods in a folder, or the folder itself when it is one. @throws `unavailable` when it cannot be read. */
  mods(folder: string): Promise<ModSource[]>;
  /**
   * What a mod says about itself; `shown`: what to call it in an error.
   * @throws ClusterioError `bad-input` when it is no mod, `unavailable` when it cannot be read.
   */
  modInfo(path: string, shown?: string): Promise<ModInfo>;
  /** The last complete lines of a text file, at most `count`; [] when there is none. */
  lastLines(path: string, count: number): Promise<string[]>;
  /** Keeps a file that another process appends to below `bytesMax`: what it held moves to `<path>.1`. */
  bound(path: string, bytesMax: number): Promise<void>;
  /** Empties a file that another process writes when it takes up more room than that: nobody needs what it held. */
  trim(path: string, bytesMax: number): Promise<void>;
  /**
   * Calls `onLine` for each line that stands in the file (from its start, or only for what comes) as it is completed; a file
   * that is not there yet is waited for.
   */
  follow(path: string, from: "start" | "end", onLine: (line: string) => void): Stop;
  /**
   * Makes this process the only owner of a folder by a file in it.
   * @throws ClusterioError `refused` when a live process owns it.
   */
  lock(path: string): Promise<() => Promise<void>>;
}

export interface RconAddress {
  /** Default: loopback. */
  readonly host?: string;
  readonly port: number;
  readonly password: string;
}

export interface RconConnection {
  /** @throws ClusterioError `unavailable` when the connection is gone or nothing came within the deadline. */
  send(command: string, timeoutMs?: number): Promise<string>;
  close(): void;
}

export interface Network {
  /** Whether this process could have a port now: UDP for players, TCP for RCON. */
  portState(kind: "game" | "rcon", address: string, port: number): Promise<"free" | "in-use" | "no-right">;
  /** Whether a program has the right to ports below 1024 by itself. */
  mayBindLow(binary: string): Promise<boolean>;
  /** A UDP port for players and a TCP port for RCON on loopback that nobody has now. */
  freePorts(gameAddress: string): Promise<{ readonly game: number; readonly rcon: number }>;
  /**
   * Connects and logs in; `onClosed` is called once when the connection ends, for whatever reason, also by `close`.
   * @throws ClusterioError `unavailable` when nobody answers, `bad-input` when the password is wrong.
   */
  connectRcon(address: RconAddress, onClosed: () => void): Promise<RconConnection>;
}

export type Game = Processes & GameFiles & Network;
