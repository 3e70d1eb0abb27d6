import { CommandQueue } from "#sim/factorio/command-queue";
import type { Paths, ServerSettings } from "#sim/factorio/config";
import type { Console } from "#sim/factorio/console";
import type { Flags } from "#sim/factorio/flags";
import type { Game } from "#sim/factorio/game";
import { HostConfig } from "#sim/factorio/host-config";
import type { Lists } from "#sim/factorio/lists";
import { Pace } from "#sim/factorio/pace";
import type { RconCommand } from "#sim/factorio/rcon-server";
import { nextAutosave, saveFile, writeSave } from "#sim/factorio/saves";
import { carryOut, type Request } from "#sim/factorio/script-output";

const TICKS_A_MINUTE = 3600;

interface Parts {
  readonly game: Game;
  readonly console: Console;
  readonly flags: Flags;
  readonly paths: Paths;
  readonly settings: ServerSettings;
  /** The save that was loaded: where it is saved to at the end. */
  readonly file: string;
  readonly lists: Lists;
}

/**
 * The running server.
 *
 * VS1  Commands run between ticks, at the next tick's start; each is answered once.
 * VS2  Paused (auto_pause, nobody there): no ticks, no timers; a command makes the map advance by one tick.
 * VS3  It ends once: by a signal, /quit or --until-tick with a save and 0, by a mod's error without a save and 1.
 */
export class Server {
  readonly #parts: Parts;
  readonly #queue: CommandQueue;
  readonly #pace: Pace;
  readonly #paused: boolean;
  readonly #hostConfig: HostConfig;
  readonly #autosaveTicks: number;
  #lastAutosave: number;
  #timer: (() => void) | undefined;
  #end: ((exitCode: number) => void) | undefined;
  #exitCode: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#queue = new CommandQueue(parts.settings, parts.flags.players);
    this.#pace = new Pace(parts.flags.speed, performance.now());
    this.#paused = parts.settings.auto_pause && parts.flags.players === 0;
    this.#autosaveTicks = Math.max(1, Math.round(parts.settings.autosave_interval * TICKS_A_MINUTE));
    this.#lastAutosave = parts.game.now();
    this.#hostConfig = new HostConfig(parts.settings);
  }

  /** Runs until the end; resolves with the exit code. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      this.#end = resolve;
      if (this.#exitCode !== undefined) resolve(this.#exitCode);
      this.#schedule();
    });
  }

  enqueue(command: RconCommand): void {
    this.#queue.add(command);
    this.#schedule();
  }

  /** Saves and ends. Twice is once. */
  stop(why: string): void {
    if (this.#exitCode !== undefined) return;
    const { console, file, game } = this.#parts;
    console.line(`Quitting: ${why}.`);
    console.info("MainLoop.cpp:437", `Saving map as ${file}`);
    writeSave(file, (name) => game.save(name));
    console.info("MainLoop.cpp:448", "Saving progress: 100.000000%");
    this.#states("InGame", "DisconnectingScheduled", "Disconnecting", "Disconnected", "Closed");
    this.#finish(0);
  }

  #states(...states: readonly string[]): void {
    for (let i = 1; i < states.length; i += 1) {
      this.#parts.console.info(
        "ServerMultiplayerManager.cpp:808",
        `updateTick(${this.#parts.game.now()}) changing state from(${states[i - 1]}) to(${states[i]})`,
      );
    }
  }

  #fail(error: Error): void {
    const { console, game } = this.#parts;
    console.error("MainLoop.cpp:1285", `Exception at tick ${game.now()}: ${error.message}`);
    this.#states("InGame", "Failed");
    this.#finish(1);
  }

  #finish(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#timer?.();
    this.#end?.(exitCode);
  }

  #schedule(): void {
    const idle = this.#paused && this.#queue.size === 0;
    if (this.#timer || this.#exitCode !== undefined || idle) return;
    if (this.#paused) this.#pace.resume(performance.now());
    const wait = this.#pace.wait(performance.now());
    const run = () => {
      this.#timer = undefined;
      this.#turn();
      this.#schedule();
    };
    if (wait > 0) {
      const timer = setTimeout(run, wait);
      this.#timer = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(run);
      this.#timer = () => clearImmediate(immediate);
    }
  }

  #turn(): void {
    const due = this.#pace.take(performance.now());
    try {
      for (let i = 0; i < due && this.#exitCode === undefined; i += 1) this.#tick();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#fail(error);
    }
  }

  #tick(): void {
    const { game, console, paths, flags, lists } = this.#parts;
    const commands = this.#queue.due();
    const late = commands.map((command) => {
      const own = lists.command(command.line) ?? this.#hostConfig.answer(command.line);
      const text = own ?? game.rcon(command.line);
      return () => command.reply(text);
    });
    if (this.#paused && commands.length === 0 && this.#queue.size === 0) return;
    const tick = game.tick(1);
    // What a command wrote is on disk before its answer is sent.
    const requests = carryOut(game.drain(), paths.scriptOutput, console);
    for (const reply of late) reply();
    for (const request of requests) this.#serve(request);
    if (this.#exitCode !== undefined) return;
    if (tick - this.#lastAutosave >= this.#autosaveTicks) this.#autosave(tick);
    if (flags.untilTick !== undefined && tick >= flags.untilTick) this.stop("until-tick");
  }

  #serve(request: Request): void {
    const { paths, file } = this.#parts;
    if (request.kind === "quit") this.stop(request.why);
    else if (request.kind === "autosave")
      this.#save(`${paths.saves}/_autosave${request.name ? `-${request.name}` : "1"}.zip`);
    else this.#save(request.name === undefined ? file : saveFile(`${paths.saves}/${request.name}`));
  }

  #autosave(tick: number): void {
    this.#lastAutosave = tick;
    this.#save(nextAutosave(this.#parts.paths.saves, this.#parts.settings.autosave_slots));
  }

  #save(file: string): void {
    const { console, settings, game } = this.#parts;
    const name = file.slice(file.lastIndexOf("/") + 1, -".zip".length);
    console.info(
      "AppManager.cpp:287",
      `Saving to ${name} (${settings.non_blocking_saving ? "non-blocking" : "blocking"}).`,
    );
    console.info("AppManager.cpp:394", `Saving game as ${file}`);
    writeSave(file, (inside) => game.save(inside));
    console.info("AppManager.cpp:419", "Saving finished");
  }
}
