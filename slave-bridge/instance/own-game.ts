import type { ProcessExit, ProcessId, RconConnection } from "#bridge/game/port";
import type { ChosenGame } from "#bridge/install";
import { keepReport } from "#bridge/instance/crash-report";
import type { Paths } from "#bridge/instance/folder";
import type { TakenPort } from "#bridge/instance/game-ports";
import { GameRun } from "#bridge/instance/game-run";
import type { KeptRecord } from "#bridge/instance/kept-record";
import { createSave, prepare, startServer } from "#bridge/instance/launch";
import { autosaveName, ended, fellBack, made, started, startFileFor } from "#bridge/instance/lineage";
import { restartOf } from "#bridge/instance/policy";
import type { ServerRecord } from "#bridge/instance/record";
import { setAside } from "#bridge/instance/set-aside";
import { isAtRest } from "#bridge/instance/standstill";
import type { Telling } from "#bridge/instance/telling";
import type { BridgeContext } from "#bridge/ports";
import { type Action, type Input, isAlive, newServer, type Server } from "#bridge/supervisor/server";
import { supervise } from "#bridge/supervisor/supervise";
import { isSaving } from "#bridge/supervisor/watching";
import { isClusterioError, messageOf, unavailable } from "#core/errors";
import type { ListModes } from "#core/people/lists";

/**
 * The game that the bridge itself runs: feeds its supervisor (supervisor/supervise.ts) and carries out what that decides.
 *
 * R1 the supervisor's actions are carried out one after the other, in the order in which they were decided.
 */

/** Of a game that still ran when this bridge came, for who asks what it printed last. */
const LINES_REMEMBERED = 100;

export interface OwnGameHands {
  readonly context: BridgeContext;
  readonly paths: Paths;
  readonly record: KeptRecord;
  readonly telling: Telling;
  /** Which lists of players the cluster keeps. */
  modes(): ListModes;
  /** Ports that the slave's other instances use or are to use. */
  takenPorts(): readonly TakenPort[];
  /** What must be in the folder before a start, beside what this file puts there. */
  prepare(): Promise<void>;
  /** Its world link says good-bye, in a bounded time. */
  leave(): Promise<void>;
  printed(line: string): void;
  /** A save was written; resolves when that is noted. */
  saved(): Promise<void>;
  connected(rcon: RconConnection): void;
  disconnected(): void;
  exited(): void;
  /** It is in another phase, or in the same one anew. */
  reported(): void;
  clean(text: string): string;
}

export class OwnGame {
  readonly run: GameRun;
  #server: Server;
  #save: { readonly save: string; readonly own: boolean } | undefined;
  #chosen: ChosenGame | undefined;
  #work: Promise<void> = Promise.resolve();
  #atRest: (() => void)[] = [];
  #closed = false;

  constructor(private readonly hands: OwnGameHands) {
    const { context, paths } = hands;
    const { config } = hands.record.now;
    this.#server = {
      ...newServer(config.autosaveSeconds * 1_000, context.settings.limits),
      restart: restartOf(config),
    };
    this.run = new GameRun(context.ports, paths, {
      line: (text) => hands.printed(text),
      log: (what) => {
        this.input({ kind: what });
        if (what === "saved") void hands.saved();
      },
      exited: (exit, lastLines) => void this.#exited(exit, lastLines),
      connected: (rcon) => {
        hands.connected(rcon);
        this.input({ kind: "rcon-connected" });
      },
      lost: () => {
        hands.disconnected();
        this.input({ kind: "rcon-lost" });
      },
    });
  }

  get phase(): Server["phase"]["kind"] {
    return this.#server.phase.kind;
  }

  /** A process of it is there, or was ordered. */
  get alive(): boolean {
    return isAlive(this.#server);
  }

  get saving(): boolean {
    return isSaving(this.#server, this.hands.context.ports.clock.now());
  }

  /** One that an earlier bridge started still runs. */
  async adopt(process: ProcessId, server: ServerRecord): Promise<void> {
    const { context, paths, telling } = this.hands;
    // First of all: from here on its password is known, and taken out of what is told.
    this.run.begin(process, server);
    telling.remember(await context.ports.game.lastLines(paths.console, LINES_REMEMBERED));
    this.run.watch("end");
    telling.say("info", `its game still runs, process ${process.pid}`);
    this.input({ kind: "adopted", pid: process.pid });
  }

  input(input: Input): void {
    // MV1
    if (this.#closed || (input.kind === "start" && this.hands.record.now.moving !== undefined)) return;
    const [next, actions] = supervise(this.#server, input, this.hands.context.ports.clock.now());
    this.#server = next;
    for (const action of actions) this.#work = this.#work.then(() => this.#perform(action));
    this.#tellAtRest();
  }

  /** Stops it; resolves when it is gone. */
  ended(): Promise<void> {
    this.input({ kind: "stop" });
    return new Promise((resolve) => {
      this.#atRest.push(resolve);
      this.#tellAtRest();
    });
  }

  /** Lets go of it: it goes on. Nothing is begun any more. */
  release(): void {
    this.#closed = true;
    this.run.release();
  }

  /** What was begun is done. */
  worked(): Promise<void> {
    return this.#work;
  }

  #tellAtRest(): void {
    if (!isAtRest(this.phase)) return;
    for (const resolve of this.#atRest.splice(0)) resolve();
  }

  async #perform(action: Action): Promise<void> {
    const { hands } = this;
    switch (action.kind) {
      case "prepare":
        return this.#prepare(action.attempt);
      case "create-save":
        return this.#spawn(async () => ({ process: await this.#createSave() }));
      case "spawn":
        return this.#spawn(() => this.#startServer());
      case "connect-rcon":
        return this.run.connect();
      case "disconnect-rcon":
        if (this.run.disconnect()) hands.disconnected();
        return;
      case "leave":
        return hands.leave();
      case "signal":
        return this.run.signal(action.signal);
      case "save":
        return void this.#orderSave();
      case "set-aside":
        return this.#tolerably("its save is not set aside", () => this.#setAside(action.why));
      case "keep-report":
        return this.#tolerably("what it printed last is not kept", () =>
          keepReport(hands.context.ports, hands.paths, (line) => hands.clean(line)),
        );
      case "alarm":
        return hands.telling.alarm("supervisor", `${hands.record.now.instance}: ${hands.clean(action.message)}`);
      case "clear-alarm":
        return hands.telling.alarm("supervisor", undefined);
      case "report":
        return hands.reported();
    }
  }

  async #prepare(attempt: number): Promise<void> {
    const { context, paths, record, telling } = this.hands;
    try {
      await this.hands.prepare();
      const { lineage, choice, torn, chosen, loaded } = await prepare(context, paths, record.now);
      if (torn !== undefined) telling.alarm("saves", `${record.now.instance}: ${torn}`);
      if (choice.kind === "stuck") {
        return this.input({ kind: "unprepared", attempt, message: choice.message, hopeless: true });
      }
      await record.change({ lineage, ...(loaded === undefined ? {} : { loaded }) });
      this.#save = choice.kind === "start" ? choice : undefined;
      this.#chosen = chosen;
      this.input({ kind: "prepared", attempt, save: choice.kind === "start" });
    } catch (error) {
      const message = `its folder cannot be made ready: ${messageOf(error)}`;
      this.input({ kind: "unprepared", attempt, message, hopeless: isClusterioError(error, "bad-input") });
    }
  }

  async #spawn(spawn: () => Promise<{ process: ProcessId; server?: ServerRecord }>): Promise<void> {
    try {
      const { process, server } = await spawn();
      this.run.begin(process, server);
      this.input({ kind: "spawned", pid: process.pid });
      // Only now: the supervisor is to hear of the process before it hears what that says.
      this.run.watch("start");
    } catch (error) {
      this.input({ kind: "spawn-failed", message: messageOf(error) });
    }
  }

  async #createSave(): Promise<ProcessId> {
    const { context, paths, record } = this.hands;
    if (this.#chosen === undefined) throw unavailable("no game was chosen");
    return createSave(context, paths, record.now, this.#chosen);
  }

  /** R2 */
  async #startServer(): Promise<{ process: ProcessId; server: ServerRecord }> {
    const { context, paths, record } = this.hands;
    const save = this.#save;
    if (save === undefined || this.#chosen === undefined) throw unavailable("no save was chosen");
    await record.change({ lineage: started(record.now.lineage, save, context.ports.clock.now()) });
    const [taken, modes] = [this.hands.takenPorts(), this.hands.modes()];
    const order = { record: record.now, save: save.save, chosen: this.#chosen, taken, modes };
    const server = await startServer(context, paths, order);
    if (server.process === null) throw unavailable("the process has no id");
    return { process: server.process, server };
  }

  /** A disk that is full keeps no game from being started again. */
  async #tolerably(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.hands.telling.say("error", `${what}: ${messageOf(error)}`);
    }
  }

  /** S10: on disk before another save is chosen (R2). */
  async #setAside(why: string): Promise<void> {
    const { context, paths, record, telling } = this.hands;
    const chosen = this.#save;
    if (chosen === undefined) return;
    const order = { save: chosen.save, copy: startFileFor(chosen.save), why };
    telling.alarm("saves", `${record.now.instance}: ${await setAside(context, paths, order)}`);
    await record.change({ lineage: fellBack(record.now.lineage, chosen) });
  }

  async #exited(exit: ProcessExit, lastLines: readonly string[]): Promise<void> {
    const { context, paths, record } = this.hands;
    const { clock, disk } = context.ports;
    const { lineage } = record.now;
    const after = this.phase === "creating" && exit.code === 0 ? made(lineage) : ended(lineage, clock.now());
    // It holds in any case; the next write has it.
    await this.#tolerably("that its game ended is not on disk", () => record.change({ lineage: after }));
    this.hands.exited();
    await this.hands.saved();
    await disk.remove(paths.server);
    this.input({ kind: "exited", ...exit, lastLines });
  }

  /** A save of a run that is not yet known to be this world's would never be started (S8). */
  async #orderSave(): Promise<void> {
    const { context, paths, record } = this.hands;
    const { world, made: byUs } = record.now.lineage;
    if (world === "" && !byUs) return;
    const name = autosaveName(await context.ports.game.saves(paths.saves));
    await this.run.rcon?.send(`/server-save ${name}`).catch((error) => {
      if (!isClusterioError(error)) throw error;
    });
  }
}
