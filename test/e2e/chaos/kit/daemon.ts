import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isAlive, type ProcessId, processWithPid } from "#core/adapters/process-id";
import type { Failpoint } from "#core/failpoints";
import { until } from "#test/kit/until";

/** As a service manager does; each death in a row doubles the pause. */
const RESTART_MS_MIN = 50;
const RESTART_MS_MAX = 1_000;
const WELL_MS = 5_000;

export interface Exit {
  readonly daemon: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it printed. */
  readonly said: string;
}

export interface DaemonOptions {
  readonly name: string;
  /** Asked at each start. */
  readonly argv: (speed?: number) => readonly string[];
  /** Of the cluster: log, failpoints and clock of this daemon are in it. */
  readonly folder: string;
}

/** A program that is started again when it dies, with failpoints and a clock of its own. */
export class Daemon {
  readonly name: string;
  readonly exits: Exit[] = [];
  /** Of the games that a bridge starts, when another one than usual. */
  speed: number | undefined;
  #child: ChildProcess | undefined;
  #id: ProcessId | undefined;
  #logFrom = 0;
  #wanted = false;
  #deaths = 0;
  #startedAt = 0;
  #again: NodeJS.Timeout | undefined;

  constructor(private readonly options: DaemonOptions) {
    this.name = options.name;
  }

  /** The command line of its next start. */
  get argv(): readonly string[] {
    return this.options.argv(this.speed);
  }

  get failpoints(): string {
    return join(this.options.folder, "failpoints", this.name);
  }

  get log(): string {
    return join(this.options.folder, "logs", `${this.name}.log`);
  }

  get #clock(): string {
    return join(this.options.folder, "clocks", this.name);
  }

  /** `clockMs`: how far its clock is ahead. */
  async start(clockMs = 0): Promise<void> {
    await mkdir(this.failpoints, { recursive: true });
    await mkdir(dirname(this.log), { recursive: true });
    await this.setClock(clockMs);
    this.#wanted = true;
    this.#spawn();
  }

  /** The present process. */
  id(): Promise<ProcessId> {
    const alive = () => (this.#id !== undefined && isAlive(this.#id) ? this.#id : undefined);
    return until(alive, { timeoutMs: 30_000, what: `${this.name} runs` });
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill((await this.id()).pid, signal);
  }

  /** The next visit of the point does this. */
  async arm(point: Failpoint, action: string): Promise<void> {
    // Whole at once: it comes by at any moment.
    const draft = join(this.options.folder, "failpoints", `${this.name}.${point}.draft`);
    await writeFile(draft, action);
    await rename(draft, join(this.failpoints, point));
  }

  /** What has not fired will not. */
  async disarm(): Promise<void> {
    for (const name of await readdir(this.failpoints))
      if (name !== "fired.log") await rm(join(this.failpoints, name), { force: true });
  }

  async setClock(offsetMs: number): Promise<void> {
    await mkdir(dirname(this.#clock), { recursive: true });
    const draft = `${this.#clock}.draft`;
    await writeFile(draft, String(offsetMs));
    await rename(draft, this.#clock);
  }

  /** It printed this since its last start. */
  async says(text: string | RegExp, timeoutMs = 30_000): Promise<void> {
    const said = async () => {
      const log = await readFile(this.log, "utf8").catch(() => "");
      const own = log.slice(this.#logFrom);
      return typeof text === "string" ? own.includes(text) : text.test(own);
    };
    await until(said, { timeoutMs, what: `${this.name} says "${text}"` });
  }

  /** Ends it and keeps it ended until the next `start`. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#again);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    await ended;
  }

  #spawn(): void {
    const [command = "", ...args] = this.argv;
    const out = openSync(this.log, "a", 0o600);
    this.#logFrom = statSync(this.log).size;
    this.#startedAt = performance.now();
    const child = spawn(command, args, {
      cwd: this.options.folder,
      detached: true,
      stdio: ["ignore", out, out],
      env: {
        ...process.env,
        CLUSTERIO_FAILPOINTS_DIR: this.failpoints,
        CLUSTERIO_CLOCK_OFFSET_FILE: this.#clock,
      },
    });
    closeSync(out);
    this.#child = child;
    this.#id = processWithPid(child.pid ?? 0);
    child.once("error", (error) => this.#died(null, null, String(error)));
    child.once("exit", (code, signal) => void this.#exited(code, signal));
  }

  async #exited(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    const said = (await readFile(this.log, "utf8").catch(() => "")).slice(this.#logFrom).slice(-4_000);
    this.#died(code, signal, said);
  }

  #died(code: number | null, signal: NodeJS.Signals | null, said: string): void {
    this.#child = undefined;
    this.exits.push({ daemon: this.name, code, signal, said });
    if (!this.#wanted) return;
    this.#deaths = performance.now() - this.#startedAt > WELL_MS ? 0 : this.#deaths + 1;
    const pauseMs = Math.min(RESTART_MS_MAX, RESTART_MS_MIN * 2 ** this.#deaths);
    this.#again = setTimeout(() => this.#wanted && this.#spawn(), pauseMs);
  }
}
