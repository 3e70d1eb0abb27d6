import { anchorOf } from "#bridge/game/log-line";
import type { ProcessExit, ProcessId, RconConnection, Stop } from "#bridge/game/port";
import { openRcon } from "#bridge/game/rcon-line";
import type { Paths } from "#bridge/instance/folder";
import type { ServerRecord } from "#bridge/instance/record";
import type { Ports } from "#bridge/ports";

/** Lines of a dead game's output in which the cause of its end is looked for. */
const LAST_LINES = 60;
/** Its output is kept below this, beside as much again of what came before. */
const CONSOLE_BYTES_MAX = 16 * 1024 * 1024;
const BOUND_EVERY_MS = 60_000;

export interface GameEvents {
  /** Every line that it prints. */
  line(text: string): void;
  log(what: "ready" | "failed" | "saving" | "saved"): void;
  exited(exit: ProcessExit, lastLines: readonly string[]): void;
  connected(rcon: RconConnection): void;
  lost(): void;
}

/** One instance's running process, its output and its RCON connection, at most one of each. */
export class GameRun {
  #process: ProcessId | undefined;
  #server: ServerRecord | undefined;
  #rcon: RconConnection | undefined;
  #stopProcess: Stop = () => {};
  #stopConsole: Stop = () => {};
  #stopRcon: Stop = () => {};
  #boundAt = 0;
  /** Of the last one: what it printed is told when it is gone. */
  #password = "";

  constructor(
    private readonly ports: Pick<Ports, "clock" | "game">,
    private readonly paths: Paths,
    private readonly on: GameEvents,
  ) {}

  get listens(): { readonly game: number; readonly rcon: number } | undefined {
    return this.#server === undefined ? undefined : { game: this.#server.gamePort, rcon: this.#server.rconPort };
  }

  get rcon(): RconConnection | undefined {
    return this.#rcon;
  }

  /** Of the game that runs. */
  get version(): string | undefined {
    return this.#server?.version;
  }

  /** There is a process now; what it says is not yet listened to. */
  begin(process: ProcessId, server: ServerRecord | undefined): void {
    this.#process = process;
    this.#server = server;
    if (server !== undefined) this.#password = server.password;
  }

  /** Listens to its output, from the file's start or only what comes, and for its end. */
  watch(from: "start" | "end"): void {
    const { game } = this.ports;
    if (this.#process === undefined) return;
    this.#stopConsole();
    this.#stopConsole = game.follow(this.paths.console, from, (line) => {
      this.on.line(line);
      const anchor = anchorOf(line);
      // RCON is tried until it answers, so its own line says nothing new.
      if (anchor !== undefined && anchor !== "rcon") this.on.log(anchor);
    });
    this.#stopProcess();
    this.#stopProcess = game.watch(this.#process, (exit) => void this.#exited(exit));
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#process !== undefined) this.ports.game.signal(this.#process, signal);
  }

  /** Tries until there is a connection; its loss is told once. */
  connect(): void {
    if (this.#server === undefined) return;
    this.#stopRcon();
    const address = { port: this.#server.rconPort, password: this.#server.password };
    this.#stopRcon = openRcon({ clock: this.ports.clock, network: this.ports.game }, address, {
      connected: (rcon) => {
        this.#rcon = rcon;
        this.on.connected(rcon);
      },
      lost: () => {
        this.#rcon = undefined;
        this.on.lost();
      },
    });
  }

  /** True when there was a connection. Its loss is not told. */
  disconnect(): boolean {
    const had = this.#rcon !== undefined;
    this.#stopRcon();
    this.#stopRcon = () => {};
    this.#rcon = undefined;
    return had;
  }

  /** Without its RCON password, which a game prints with its arguments. */
  clean(text: string): string {
    return this.#password === "" ? text : text.replaceAll(this.#password, "[secret]");
  }

  /** Keeps the output bounded. */
  tick(now: number): void {
    if (this.#process === undefined || now - this.#boundAt < BOUND_EVERY_MS) return;
    this.#boundAt = now;
    void this.ports.game.bound(this.paths.console, CONSOLE_BYTES_MAX);
    void this.ports.game.trim(this.paths.ownLog, CONSOLE_BYTES_MAX);
  }

  /** Lets go; the process goes on. */
  release(): void {
    this.#stopProcess();
    this.#stopConsole();
    this.disconnect();
  }

  async #exited(exit: ProcessExit): Promise<void> {
    this.#process = undefined;
    this.#server = undefined;
    this.#stopConsole();
    this.on.exited(exit, await this.ports.game.lastLines(this.paths.console, LAST_LINES));
  }
}
