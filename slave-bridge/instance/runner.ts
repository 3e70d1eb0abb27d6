import { pinOf } from "#bridge/factorio/choose";
import type { ProcessExit, ProcessId } from "#bridge/game/port";
import type { ChosenGame } from "#bridge/install";
import { Alarms } from "#bridge/instance/alarms";
import { Attaching } from "#bridge/instance/attaching";
import { ConfigCopy } from "#bridge/instance/config-copy";
import { keepReport } from "#bridge/instance/crash-report";
import { instancesFolder, type Paths, pathsOf, writeRecord } from "#bridge/instance/folder";
import type { TakenPort } from "#bridge/instance/game-ports";
import { GameRun } from "#bridge/instance/game-run";
import { chosenGame, createSave, portsFor, prepare, startServer } from "#bridge/instance/launch";
import { findRunning } from "#bridge/instance/leftovers";
import { autosaveName, belongs, ended, fellBack, made, started, startFileFor } from "#bridge/instance/lineage";
import { LiveSettings } from "#bridge/instance/live-settings";
import { pausesAlone, restartOf, wantedAtStart } from "#bridge/instance/policy";
import type { InstanceRecord, ServerRecord } from "#bridge/instance/record";
import { setAside } from "#bridge/instance/set-aside";
import { InstanceLog } from "#bridge/log/instance-log";
import type { Incoming } from "#bridge/messages/mailbox";
import type { Said } from "#bridge/messages/message-line";
import { GameLists } from "#bridge/people/game-lists";
import { Players } from "#bridge/people/players";
import type { BridgeContext, Journal } from "#bridge/ports";
import { SaveNotes } from "#bridge/saves/notes";
import { actOn } from "#bridge/schedule/actions";
import { Scheduler } from "#bridge/schedule/scheduler";
import type { Pulse } from "#bridge/session/pulse";
import { Questions } from "#bridge/session/questions";
import { Session } from "#bridge/session/session";
import { type Action, type Input, isAlive, newServer, type Server } from "#bridge/supervisor/server";
import { supervise } from "#bridge/supervisor/supervise";
import { isSaving } from "#bridge/supervisor/watching";
import { isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import type { WorldStatement } from "#core/events/command";
import type { Delivery } from "#core/events/delivery";
import type { FactBody } from "#core/events/facts";
import type { LogBatch } from "#core/events/log-shapes";
import type { InstanceTelemetry } from "#core/events/telemetry";
import type { InstanceId, SlaveId, WorldId } from "#core/ids";
import { revisionOf } from "#core/instance-config";
import { type ListModes, modesOf } from "#core/people/lists";
import type { Schedules } from "#core/schedule/entry";

/**
 * One instance: carries out what its supervisor decides, and lends its game to its session.
 *
 * R1 the supervisor's actions are carried out one after the other, in the order in which they were decided.
 * R2 what must survive a kill of the bridge is on disk before what depends on it happens: the lineage before the start, the
 *    server's record before the spawn, the desired state before the first action.
 */

const NO_SCHEDULE: Schedules = {};

/** An operator's RCON command may take a while in a big game. */
const COMMAND_MS_MAX = 30_000;
/** Whether its tick goes on needs no closer look. */
const PULSE_MS = 1_000;
/** Of a game that still ran when this bridge came, for who asks what it printed last. */
const LINES_REMEMBERED = 100;

export interface RunnerHost {
  publish(instance: InstanceId, fact: FactBody): void;
  send(instance: InstanceId, world: WorldId, said: Said): void;
  /** A message between worlds did not get through. */
  dropped(): void;
  /** Something that telemetry shows has changed. */
  changed(instance: InstanceId): void;
  /** Ports that the slave's other instances use or are to use. */
  takenPorts(but: InstanceId): readonly TakenPort[];
  /** It was deleted: stops it, closes it, and sets its folder aside. */
  gone(instance: InstanceId): Promise<void>;
}

export class InstanceRunner {
  readonly instance: InstanceId;
  readonly #paths: Paths;
  readonly #session: Session;
  #record: InstanceRecord;
  #server: Server;
  readonly #game: GameRun;
  /** Instead of a game of its own. */
  readonly #attaching: Attaching;
  readonly players: Players;
  readonly #lists: GameLists;
  readonly notes: SaveNotes;
  readonly schedule: Scheduler;
  readonly #copy: ConfigCopy;
  readonly #live: LiveSettings;
  #save: { readonly save: string; readonly own: boolean } | undefined;
  #chosen: ChosenGame | undefined;
  readonly #alarms = new Alarms();
  readonly #log: InstanceLog;
  #work: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #told = "";
  #pulsedAt = 0;
  #closed = false;
  /** What is done in its folder while no game may run in it. */
  #busy: string | undefined;
  #settled: (() => void)[] = [];

  private constructor(
    private readonly context: BridgeContext,
    private readonly host: RunnerHost,
    record: InstanceRecord,
    private readonly unlock: () => Promise<void>,
  ) {
    this.instance = record.instance;
    this.#record = record;
    this.#paths = pathsOf(`${instancesFolder(context.settings.dir)}/${record.instance}`);
    const autosaveMs = record.config.autosaveSeconds * 1_000;
    this.#server = { ...newServer(autosaveMs, context.settings.limits), restart: restartOf(record.config) };
    const { disk, vault } = context.ports;
    this.notes = new SaveNotes(disk, this.#paths.folder, async () => (await vault?.files(this.#paths.saves)) ?? []);
    this.#game = this.#newGame();
    this.#attaching = this.#newAttaching();
    const { settings, boot, ports } = context;
    const of = { slave: settings.slave, instance: this.instance, boot };
    this.#log = new InstanceLog(ports, of, (text) => this.#clean(text));
    this.#session = this.#newSession();
    this.#copy = this.#newCopy();
    this.schedule = new Scheduler({
      clock: ports.clock,
      disk,
      path: this.#paths.schedule,
      entries: () => this.#record.config.schedule ?? NO_SCHEDULE,
      act: (name, entry) => actOn(ports, this, { name, entry }),
      tell: (level, message) => this.#journal(level, `${this.instance}: ${message}`),
    });
    const ask = (command: string) => this.command(command);
    const modes = () => this.#listModes();
    const place = { instance: this.instance, slave: context.settings.slave, folder: this.#paths.folder, modes, ask };
    this.#lists = new GameLists(context.ports, context.lists, place);
    this.players = new Players(context, { instance: record.instance, path: this.#paths.players, ask });
    this.#live = new LiveSettings({
      ...{ disk, path: this.#paths.settings },
      send: (command) => this.command(command),
      note: (message) => this.#journal("info", `${this.instance}: ${message}`),
    });
  }

  /**
   * Takes the folder, finds what runs in it, and goes on with what its configuration says, or an operator wanted last.
   * @throws ClusterioError `refused` when another bridge holds the folder.
   */
  static async open(
    context: BridgeContext,
    host: RunnerHost,
    record: InstanceRecord,
    when: "bridge-started" | "learned" = "learned",
  ): Promise<InstanceRunner> {
    const paths = pathsOf(`${instancesFolder(context.settings.dir)}/${record.instance}`);
    const unlock = await context.ports.game.lock(paths.lock);
    const runner = new InstanceRunner(context, host, { ...record, lastBoot: context.boot }, unlock);
    await runner.#write();
    await runner.schedule.open();
    await runner.#resume(when);
    return runner;
  }

  get phase(): Server["phase"]["kind"] {
    return this.#attaching.current?.phase ?? this.#server.phase.kind;
  }

  get record(): InstanceRecord {
    return this.#record;
  }

  get paths(): Paths {
    return this.#paths;
  }

  /**
   * Does something in its folder that no game may see half done; nothing is started meanwhile (S1).
   * @throws ClusterioError `refused` while it is not stopped.
   */
  async whileStopped<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#refuseBusy();
    if (this.phase !== "stopped" && this.phase !== "failed") {
      const how = `stop it first (clusterio instance stop ${this.instance})`;
      throw refused(`${this.instance} is ${this.phase}: ${how}`);
    }
    this.#busy = what;
    try {
      return await work();
    } finally {
      this.#busy = undefined;
    }
  }

  /** MV1. @throws ClusterioError `refused` when it is on its way to another slave than this one. */
  async hold(to: SlaveId): Promise<void> {
    this.#refuseBusy();
    this.#attaching.refuse();
    const { moving, desired } = this.#record;
    if (moving !== undefined && moving.to !== to)
      throw refused(`${this.instance} is on its way to ${moving.to}: ${this.#movingAdvice(moving.to)}`);
    if (moving === undefined) await this.#change({ moving: { to, ran: desired === "running" } });
    await this.stop();
  }

  async release(): Promise<void> {
    const { moving, ...rest } = this.#record;
    this.#record = rest;
    await this.#write();
    if (moving?.ran === true) await this.start();
  }

  /** The slave that it came from let go. */
  async settled(): Promise<void> {
    const { arrived: _, ...rest } = this.#record;
    this.#record = rest;
    await this.#write();
  }

  #movingAdvice(to: string): string {
    return `clusterio instance move ${this.instance} --to ${to} goes on with that, with --abort it ends it`;
  }

  #refuseBusy(): void {
    if (this.#busy !== undefined) throw refused(`${this.instance}: ${this.#busy}; try again when that is done`);
  }

  get gameVersion(): string | undefined {
    return this.#game.version;
  }

  /** Some list of its goes around the cluster. */
  get followsLists(): boolean {
    return Object.values(this.#listModes()).some((mode) => mode !== "off");
  }

  /** The files of a game that the bridge does not run are not here. */
  #listModes(): ListModes {
    const { attach } = this.#record.config;
    return modesOf(attach === undefined ? this.#record.config : undefined);
  }

  get pinned(): string | undefined {
    return pinOf(this.#record.config);
  }

  telemetry(): InstanceTelemetry {
    const { world } = this.#session;
    const alarm = this.#alarms.text;
    const ports = this.#game.listens;
    return {
      state: this.phase,
      ...(ports === undefined ? {} : { ports }),
      ...(this.#attaching.current === undefined ? {} : { attached: true as const }),
      linked: this.#session.linked,
      name: this.#record.config.name,
      config: revisionOf(this.#record.config),
      ...(world === "" ? {} : { world }),
      ...(alarm === undefined ? {} : { alarm: alarm.slice(0, 10_000) }),
      ...(this.players.count === 0 ? {} : { players: this.players.count }),
      ...this.#session.measured(),
    };
  }

  async start(): Promise<void> {
    this.#refuseBusy();
    if (this.#attaching.start()) return;
    const { moving } = this.#record;
    if (moving !== undefined)
      throw refused(`${this.instance} is being moved to ${moving.to}: ${this.#movingAdvice(moving.to)}`);
    if (!isAlive(this.#server)) await this.#proveStart();
    await this.#desire("running");
    this.#session.restart();
    this.#alarm("link", undefined);
    this.#alarm("saves", undefined);
    this.#input({ kind: "start" });
  }

  /** What an operator who starts it is told at once. @throws ClusterioError when a port cannot be had. */
  async #proveStart(): Promise<void> {
    const chosen = await chosenGame(this.context, this.#record).catch((error: unknown) => {
      // The start itself says so, and stays failed.
      if (!isClusterioError(error)) throw error;
      return undefined;
    });
    if (chosen === undefined) return;
    await portsFor(this.context, this.#record, chosen, this.host.takenPorts(this.instance));
  }

  /** Those of its running game, else those that it is to have. */
  get ports(): readonly TakenPort[] {
    const by = this.instance;
    const { game, rcon } = this.#game.listens ?? this.#record.config.ports ?? {};
    return [
      ...(game === undefined ? [] : [{ kind: "game" as const, port: game, by }]),
      ...(rcon === undefined ? [] : [{ kind: "rcon" as const, port: rcon, by }]),
    ];
  }

  async stop(): Promise<void> {
    this.#attaching.refuse();
    await this.#desire("stopped");
    this.#input({ kind: "stop" });
  }

  /** Also when its bridge ends in between: it is to run. A stop that somebody says meanwhile counts. */
  async restart(): Promise<void> {
    if (!isAlive(this.#server)) return this.start();
    this.#refuseBusy();
    await this.#desire("running");
    void this.stopForNow().then(() => {
      if (this.#record.desired === "running") this.#input({ kind: "start" });
    });
  }

  async kill(): Promise<void> {
    this.#attaching.refuse();
    await this.#desire("stopped");
    this.#input({ kind: "kill" });
  }

  /** As an autosave, under the next of its rotating names. */
  orderSave(): void {
    this.#input({ kind: "save" });
  }

  /** @throws ClusterioError `unavailable` when the game is not there. */
  async command(text: string): Promise<string> {
    const { rcon } = this.#attaching.current ?? this.#game;
    if (rcon === undefined) throw unavailable(`${this.instance} is ${this.phase}: there is no RCON to send that to`);
    const turn = await this.#session.commandTurn(Buffer.byteLength(text));
    if (!turn) throw unavailable(`${this.instance} lost its RCON connection before that could be sent`);
    return rcon.send(text, COMMAND_MS_MAX);
  }

  /** The last lines of its game and its bridge. */
  log(count: number): LogBatch {
    return this.#log.last(count);
  }

  /** @throws ClusterioError `unavailable` when there is no session to ask. */
  async report(): Promise<number> {
    const tick = await this.#session.report();
    if (tick === undefined) throw unavailable(`${this.instance} has no open session with its game`);
    return tick;
  }

  /** @throws ClusterioError `unavailable` when there is no session to ask. */
  async statement(after?: string): Promise<WorldStatement> {
    const statement = await this.#session.statement(after);
    if (statement === undefined)
      throw unavailable(`${this.instance} is ${this.phase}: no session with its game is open`);
    return statement;
  }

  /** @throws ClusterioError `refused` when there is nothing to decide. */
  decide(as: "same" | "new"): void {
    if (!this.#session.decided(as)) {
      throw refused(`${this.instance} has no save without a world id to decide about, or no master was heard lately`);
    }
  }

  delivery(delivery: Delivery): void {
    this.#copy.heard(delivery);
    this.#session.delivery(delivery);
  }

  message(message: Incoming): void {
    this.#session.message(message);
  }

  restate(): void {
    this.#session.restate();
  }

  tick(): void {
    this.#input({ kind: "tick" });
    this.#session.tick();
    this.#copy.tick();
    this.schedule.tick();
    this.#game.tick(this.context.ports.clock.now());
    this.#attaching.follow();
    const answers = this.phase === "running" && (this.#attaching.current ?? this.#game).rcon !== undefined;
    // What the files of an attached server say, nobody here can read.
    if (answers && this.#attaching.current === undefined) this.#lists.tick();
    this.players.tick(answers);
  }

  /** Stops the game without changing what an operator wants; resolves when it is gone. */
  stopForNow(): Promise<void> {
    if (this.#attaching.current !== undefined) return this.#session.leave();
    this.#input({ kind: "stop" });
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#tellSettled();
    });
  }

  /** Lets go of the folder; a running game goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#game.release();
    this.#attaching.close();
    this.#session.disconnected();
    await this.#work;
    await this.#writing;
    this.#log.close();
    await this.players.close();
    await this.schedule.close();
    await this.unlock();
  }

  async #resume(when: "bridge-started" | "learned"): Promise<void> {
    const server = await findRunning(this.context, this.#paths);
    await this.players.open(server?.process != null);
    if (server?.process == null) {
      await this.#desire(wantedAtStart(this.#record, when));
      if (this.#record.config.attach !== undefined) this.#attaching.follow();
      else if (this.#record.desired === "running") this.#input({ kind: "start" });
      return;
    }
    this.#game.begin(server.process, server);
    this.#log.remember(await this.context.ports.game.lastLines(this.#paths.console, LINES_REMEMBERED));
    this.#game.watch("end");
    this.#journal("info", `${this.instance}: its game still runs, process ${server.process.pid}`);
    this.#input({ kind: "adopted", pid: server.process.pid });
    if (this.#record.desired === "stopped") this.#input({ kind: "stop" });
  }

  #input(input: Input): void {
    if (this.#closed || (input.kind === "start" && this.#record.moving !== undefined)) return;
    const [next, actions] = supervise(this.#server, input, this.context.ports.clock.now());
    this.#server = next;
    for (const action of actions) this.#work = this.#work.then(() => this.#perform(action));
    this.#tellSettled();
  }

  #tellSettled(): void {
    if (this.phase !== "stopped" && this.phase !== "failed") return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  async #perform(action: Action): Promise<void> {
    switch (action.kind) {
      case "prepare":
        return this.#prepare(action.attempt);
      case "create-save":
        return this.#spawn(async () => ({ process: await this.#createSave() }));
      case "spawn":
        return this.#spawn(() => this.#startServer());
      case "connect-rcon":
        return this.#game.connect();
      case "disconnect-rcon":
        if (this.#game.disconnect()) this.#session.disconnected();
        return;
      case "leave":
        return this.#session.leave();
      case "signal":
        return this.#game.signal(action.signal);
      case "save":
        return void this.#orderSave();
      case "set-aside":
        return this.#tolerably("its save is not set aside", () => this.#setAside(action.why));
      case "keep-report":
        return this.#tolerably("what it printed last is not kept", () =>
          keepReport(this.context.ports, this.#paths, (line) => this.#clean(line)),
        );
      case "alarm":
        return this.#alarm("supervisor", `${this.instance}: ${this.#clean(action.message)}`);
      case "clear-alarm":
        return this.#alarm("supervisor", undefined);
      case "report":
        return this.#tellPhase();
    }
  }

  async #prepare(attempt: number): Promise<void> {
    try {
      await this.#lists.prepare();
      const { lineage, choice, torn, chosen, loaded } = await prepare(this.context, this.#paths, this.#record);
      if (torn !== undefined) this.#alarm("saves", `${this.instance}: ${torn}`);
      if (choice.kind === "stuck") {
        return this.#input({ kind: "unprepared", attempt, message: choice.message, hopeless: true });
      }
      this.#record = { ...this.#record, lineage, ...(loaded === undefined ? {} : { loaded }) };
      await this.#write();
      this.#save = choice.kind === "start" ? choice : undefined;
      this.#chosen = chosen;
      this.#input({ kind: "prepared", attempt, save: choice.kind === "start" });
    } catch (error) {
      const message = `its folder cannot be made ready: ${messageOf(error)}`;
      this.#input({ kind: "unprepared", attempt, message, hopeless: isClusterioError(error, "bad-input") });
    }
  }

  async #spawn(spawn: () => Promise<{ process: ProcessId; server?: ServerRecord }>): Promise<void> {
    try {
      const { process, server } = await spawn();
      this.#game.begin(process, server);
      this.#input({ kind: "spawned", pid: process.pid });
      // Only now: the supervisor is to hear of the process before it hears what that says.
      this.#game.watch("start");
    } catch (error) {
      this.#input({ kind: "spawn-failed", message: messageOf(error) });
    }
  }

  async #createSave(): Promise<ProcessId> {
    if (this.#chosen === undefined) throw unavailable("no game was chosen");
    return createSave(this.context, this.#paths, this.#record, this.#chosen);
  }

  async #startServer(): Promise<{ process: ProcessId; server: ServerRecord }> {
    const save = this.#save;
    if (save === undefined || this.#chosen === undefined) throw unavailable("no save was chosen");
    await this.#change({ lineage: started(this.#record.lineage, save, this.context.ports.clock.now()) });
    const taken = this.host.takenPorts(this.instance);
    const modes = this.#listModes();
    const order = { record: this.#record, save: save.save, chosen: this.#chosen, taken, modes };
    const server = await startServer(this.context, this.#paths, order);
    if (server.process === null) throw unavailable("the process has no id");
    return { process: server.process, server };
  }

  /** A disk that is full keeps no game from being started again. */
  async #tolerably(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#journal("error", `${this.instance}: ${what}: ${messageOf(error)}`);
    }
  }

  /** S10: on disk before another save is chosen (R2). */
  async #setAside(why: string): Promise<void> {
    const chosen = this.#save;
    if (chosen === undefined) return;
    const order = { save: chosen.save, copy: startFileFor(chosen.save), why };
    this.#alarm("saves", `${this.instance}: ${await setAside(this.context, this.#paths, order)}`);
    await this.#change({ lineage: fellBack(this.#record.lineage, chosen) });
  }

  #newGame(): GameRun {
    return new GameRun(this.context.ports, this.#paths, {
      line: (text) => {
        this.#log.game(text);
        this.players.line(text);
      },
      log: (what) => {
        this.#input({ kind: what });
        if (what === "saved") void this.notes.saved();
      },
      exited: (exit, lastLines) => void this.#exited(exit, lastLines),
      connected: (rcon) => {
        this.players.connected();
        this.#session.connected(rcon);
        this.#input({ kind: "rcon-connected" });
        void this.#live.apply(this.#record.config);
      },
      lost: () => {
        this.#session.disconnected();
        this.#input({ kind: "rcon-lost" });
      },
    });
  }

  async #exited(exit: ProcessExit, lastLines: readonly string[]): Promise<void> {
    const { clock, disk } = this.context.ports;
    const { lineage } = this.#record;
    const after = this.phase === "creating" && exit.code === 0 ? made(lineage) : ended(lineage, clock.now());
    await this.#change({ lineage: after });
    this.players.exited();
    await this.notes.saved();
    await disk.remove(this.#paths.server);
    this.#input({ kind: "exited", ...exit, lastLines });
  }

  #tellPhase(): void {
    if (this.#told === this.phase) return;
    this.#told = this.phase;
    this.#journal("info", `${this.instance} is ${this.phase}`);
    this.host.changed(this.instance);
  }

  /** A save of a run that is not yet known to be this world's would never be started (S8). */
  async #orderSave(): Promise<void> {
    const { world, made: byUs } = this.#record.lineage;
    if (world === "" && !byUs) return;
    const name = autosaveName(await this.context.ports.game.saves(this.#paths.saves));
    await this.#game.rcon?.send(`/server-save ${name}`).catch((error) => {
      if (!isClusterioError(error)) throw error;
    });
  }

  #newSession(): Session {
    const { instance } = this;
    const owner = {
      instance,
      reports: this.#paths.reports,
      remember: (link: InstanceRecord["link"]) => this.#change({ link }),
      configure: (config: InstanceRecord["config"]) => this.#configure(config),
      belongs: (world: Parameters<typeof belongs>[1]) => this.#belongs(world),
      publish: (fact: FactBody) => {
        this.notes.heard(fact);
        this.host.publish(instance, fact);
      },
      send: (world: WorldId, said: Said) => this.host.send(instance, world, said),
      dropped: () => this.host.dropped(),
      stopServer: () => (this.#attaching.current === undefined ? void this.stop() : this.#attaching.giveUp()),
      alarm: (message: string | undefined) => this.#alarm("link", message),
      changed: () => this.host.changed(instance),
      saving: () => isSaving(this.#server, this.context.ports.clock.now()),
      pulls: () => this.#attaching.current !== undefined,
      answered: () => this.#input({ kind: "answered" }),
      pulse: (pulse: Pulse) => this.#pulse(pulse),
    };
    const ports = { ...this.context.ports, journal: this.#journal };
    return new Session({ ...this.context, ports }, owner, this.#record.link);
  }

  #newCopy(): ConfigCopy {
    const { bus, clock, journal } = this.context.ports;
    const { slave } = this.context.settings;
    const { instance } = this;
    const complain = (message: string) => journal("warn", `${instance}: ${message}`, { instance });
    const questions = new Questions({ bus, slave, complain });
    return new ConfigCopy({
      clock,
      ask: () => {
        const { epoch, assignment } = this.#record.link;
        return questions.link({ instance, epoch, ...(assignment === "" ? {} : { assignment }) });
      },
      have: () => this.#record.config,
      take: (config) => this.#configure(config),
      gone: () => void (this.#closed || this.host.gone(instance)),
    });
  }

  #newAttaching(): Attaching {
    const { clock, disk, game } = this.context.ports;
    return new Attaching({
      ...{ instance: this.instance, clock, disk, network: game, dir: this.context.settings.dir },
      wanted: () => this.#record.config.attach,
      occupied: () => this.#closed || isAlive(this.#server) || this.#server.phase.kind === "preparing",
      connected: (rcon) => {
        this.players.connected();
        this.#session.connected(rcon);
      },
      lost: () => this.#session.disconnected(),
      alarm: (message) => this.#alarm("supervisor", message && `${this.instance}: ${message}`),
      changed: () => this.#tellPhase(),
      restart: () => {
        this.#session.restart();
        this.#alarm("link", undefined);
      },
    });
  }

  /** Without the passwords of its RCON. */
  #clean(text: string): string {
    return this.#game.clean(this.#attaching.clean(text));
  }

  #pulse({ tick, players, paused = false }: Pulse): void {
    // No log tells who comes and goes there.
    if (this.#attaching.current !== undefined) this.players.counted(players);
    const now = this.context.ports.clock.now();
    if (now - this.#pulsedAt < PULSE_MS) return;
    this.#pulsedAt = now;
    this.#input({ kind: "pulse", tick, paused: paused || (players === 0 && pausesAlone(this.#record.config)) });
  }

  #configure(config: InstanceRecord["config"]): void {
    if (this.#closed || revisionOf(config) === revisionOf(this.#record.config)) return;
    this.#input({ kind: "configure", autosaveMs: config.autosaveSeconds * 1_000, restart: restartOf(config) });
    // A save that is named again later is gone on from again.
    const { loaded: _, ...rest } = this.#record;
    if (config.save !== this.#record.loaded) this.#record = rest;
    void this.#change({ config }).then(() => this.#live.apply(config));
  }

  #belongs(world: Parameters<typeof belongs>[1]): void {
    const before = this.#record.lineage;
    const lineage = belongs(before, world, this.context.ports.clock.now());
    if (lineage === before) return;
    // Its first save: until there is one, a crash goes back to the original.
    void this.#change({ lineage }).then(() => this.#input({ kind: "save" }));
  }

  #alarm(of: "supervisor" | "saves" | "link", message: string | undefined): void {
    if (!this.#alarms.set(of, message)) return;
    if (message !== undefined) this.#journal("error", message);
    this.host.changed(this.instance);
  }

  /** One line for the bridge's own log, and for the instance's. */
  readonly #journal: Journal = (level, message, fields = {}) => {
    this.context.ports.journal(level, message, { instance: this.instance, ...fields });
    if (level !== "debug") this.#log.bridge(message);
  };

  #desire(desired: InstanceRecord["desired"]): Promise<void> {
    return this.#record.desired === desired ? Promise.resolve() : this.#change({ desired });
  }

  #change(change: Partial<InstanceRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    return this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => writeRecord(this.context.ports.disk, this.#paths, this.#record));
    return this.#writing;
  }
}
