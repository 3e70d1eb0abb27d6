import { AttachedCare } from "#bridge/attached/care";
import { type AttachConfig, attachedPaths } from "#bridge/attached/folder";
import type { RconConnection } from "#bridge/game/port";
import { Attaching } from "#bridge/instance/attaching";
import type { Paths } from "#bridge/instance/folder";
import type { PartsHands } from "#bridge/instance/host";
import { KeptRecord } from "#bridge/instance/kept-record";
import { Learning } from "#bridge/instance/learning";
import { LiveSettings } from "#bridge/instance/live-settings";
import { OwnGame } from "#bridge/instance/own-game";
import { pausesAlone } from "#bridge/instance/policy";
import type { InstanceRecord } from "#bridge/instance/record";
import { Telling } from "#bridge/instance/telling";
import { GameLists } from "#bridge/people/game-lists";
import { Players } from "#bridge/people/players";
import type { BridgeContext } from "#bridge/ports";
import { SaveNotes } from "#bridge/saves/notes";
import { Scheduler } from "#bridge/schedule/scheduler";
import type { Pulse } from "#bridge/session/pulse";
import { Session, type SessionOwner } from "#bridge/session/session";
import type { Server } from "#bridge/supervisor/server";
import { unavailable } from "#core/errors";
import type { InstanceId } from "#core/ids";
import { type ListModes, modesOf } from "#core/people/lists";
import type { Schedules } from "#core/schedule/entry";

/**
 * The parts of one instance, each told what it has to know of the others: its game (the bridge's own, or the server that it is
 * attached to), the session with the mod in it, its record, and everybody who listens.
 */

const NO_SCHEDULE: Schedules = {};

/** An operator's RCON command may take a while in a big game. */
const COMMAND_MS_MAX = 30_000;
/** Whether its tick goes on needs no closer look. */
const PULSE_MS = 1_000;

/** Where the instance is, and as what. */
export interface PartsOf {
  readonly paths: Paths;
  readonly record: InstanceRecord;
}

export class InstanceParts {
  readonly instance: InstanceId;
  readonly record: KeptRecord;
  readonly telling: Telling;
  readonly game: OwnGame;
  /** Instead of a game of its own. */
  readonly attaching: Attaching;
  readonly care: AttachedCare;
  readonly session: Session;
  readonly learning: Learning;
  readonly players: Players;
  readonly lists: GameLists;
  readonly notes: SaveNotes;
  readonly schedule: Scheduler;
  readonly paths: Paths;
  readonly #live: LiveSettings;
  #pulsedAt = 0;
  #closed = false;

  constructor(
    readonly context: BridgeContext,
    { paths, record }: PartsOf,
    private readonly hands: PartsHands,
  ) {
    this.instance = record.instance;
    this.paths = paths;
    const { ports, settings, lists } = context;
    const { disk, vault } = ports;
    const { instance } = this;
    const clean = (text: string) => this.#clean(text);
    const ask = (command: string) => this.command(command);
    this.record = new KeptRecord(disk, paths, record);
    this.telling = new Telling({ context, instance, clean, changed: () => hands.host.changed(instance) });
    this.notes = new SaveNotes(disk, paths.folder, async () => (await vault?.files(this.seenPaths.saves)) ?? []);
    this.lists = new GameLists(ports, lists, {
      ...{ instance, slave: settings.slave, folder: paths.folder, ask },
      modes: () => this.listModes,
      elsewhere: () => (this.attached === undefined ? undefined : this.care.root),
    });
    this.players = new Players(context, { instance, path: paths.players, ask });
    this.#live = new LiveSettings({
      ...{ disk, path: paths.settings, send: ask },
      note: (message) => this.telling.say("info", message),
    });
    this.schedule = new Scheduler({
      ...{ clock: ports.clock, disk, path: paths.schedule },
      entries: () => this.record.now.config.schedule ?? NO_SCHEDULE,
      act: (name, entry) => hands.act(name, entry),
      tell: (level, message) => this.telling.say(level, message),
    });
    this.game = this.#newGame();
    this.attaching = this.#newAttaching();
    this.care = this.#newCare();
    this.session = this.#newSession();
    this.learning = this.#newLearning();
  }

  get phase(): Server["phase"]["kind"] {
    return this.attaching.current?.phase ?? this.game.phase;
  }

  get rcon(): RconConnection | undefined {
    return (this.attaching.current ?? this.game.run).rcon;
  }

  /** Of a game whose files this bridge reads; others are told (AttachedCare). */
  get listModes(): ListModes {
    const { config } = this.record.now;
    return modesOf(config.attach === undefined || this.care.root !== undefined ? config : undefined);
  }

  /** The server that is to be attached, undefined while a game of the bridge's own runs. */
  get attached(): AttachConfig | undefined {
    return this.game.alive ? undefined : this.record.now.config.attach;
  }

  /** As `paths`; of a server that the bridge does not run, saves and mods are in that one's folder. */
  get seenPaths(): Paths {
    const root = this.attached === undefined ? undefined : this.care.root;
    return root === undefined ? this.paths : attachedPaths(this.paths, root);
  }

  /** There is a game, and it may be asked. */
  get answers(): boolean {
    return this.phase === "running" && this.rcon !== undefined;
  }

  /** @throws ClusterioError `unavailable` when the game is not there. */
  async command(text: string): Promise<string> {
    const { rcon } = this;
    if (rcon === undefined) throw unavailable(`${this.instance} is ${this.phase}: there is no RCON to send that to`);
    const turn = await this.session.commandTurn(Buffer.byteLength(text));
    if (!turn) throw unavailable(`${this.instance} lost its RCON connection before that could be sent`);
    return rcon.send(text, COMMAND_MS_MAX);
  }

  tick(): void {
    this.game.input({ kind: "tick" });
    this.session.tick();
    this.learning.copy.tick();
    this.schedule.tick();
    this.game.run.tick(this.context.ports.clock.now());
    this.attaching.follow();
    this.care.tick();
    const { answers } = this;
    if (answers) this.lists.tick();
    this.players.tick(answers);
  }

  async stop(): Promise<void> {
    this.attaching.refuse();
    await this.record.desire("stopped");
    this.game.input({ kind: "stop" });
  }

  /** Lets go of the game, which goes on, and of the folder. */
  async close(): Promise<void> {
    this.#closed = true;
    this.learning.close();
    this.game.release();
    this.attaching.close();
    this.care.close();
    this.session.disconnected();
    await this.game.worked();
    await this.record.written();
    this.telling.close();
    await this.players.close();
    await this.schedule.close();
  }

  #newGame(): OwnGame {
    const { instance, context, paths, record, telling } = this;
    return new OwnGame({
      ...{ context, paths, record, telling },
      modes: () => this.listModes,
      takenPorts: () => this.hands.host.takenPorts(instance),
      prepare: () => this.lists.prepare(),
      leave: () => this.session.leave(),
      printed: (line) => this.#printed(line),
      saved: () => this.notes.saved(),
      connected: (rcon) => {
        this.players.connected();
        this.session.connected(rcon);
        void this.#live.apply(record.now.config);
      },
      disconnected: () => this.session.disconnected(),
      exited: () => this.players.exited(),
      reported: () => telling.phase(this.phase),
      clean: (text) => this.#clean(text),
    });
  }

  #newAttaching(): Attaching {
    const { clock, disk, game } = this.context.ports;
    const { telling, instance } = this;
    return new Attaching({
      ...{ instance, clock, disk, network: game, dir: this.context.settings.dir },
      wanted: () => this.record.now.config.attach,
      occupied: () => this.#closed || this.game.alive || this.game.phase === "preparing",
      connected: (rcon) => {
        this.players.connected();
        this.session.connected(rcon);
        this.care.connected();
      },
      lost: () => this.session.disconnected(),
      alarm: (message) => telling.alarm("supervisor", message && `${instance}: ${message}`),
      changed: () => telling.phase(this.phase),
      restart: () => {
        this.session.restart();
        telling.alarm("link", undefined);
      },
    });
  }

  #newCare(): AttachedCare {
    const { instance, paths, telling } = this;
    return new AttachedCare(this.context, {
      ...{ instance, paths },
      config: () => this.record.now.config,
      server: () => this.attaching.current?.config,
      answers: () => this.answers,
      paused: () => this.session.paused,
      ask: (command) => this.command(command),
      remember: (lines) => telling.remember(lines),
      line: (text) => this.#printed(text),
      saved: () => void this.notes.saved(),
      note: (message) => telling.say("info", message),
      alarm: (message) => telling.alarm("saves", message && `${instance}: ${message}`),
    });
  }

  #newSession(): Session {
    const { instance, telling, context } = this;
    const { host } = this.hands;
    const owner: SessionOwner = {
      instance,
      reports: this.paths.reports,
      remember: (link) => this.record.change({ link }),
      configure: (config) => this.learning.configure(config),
      belongs: (world) => this.learning.belongs(world),
      publish: (fact) => {
        this.notes.heard(fact);
        host.publish(instance, fact);
      },
      send: (world, said) => host.send(instance, world, said),
      dropped: () => host.dropped(),
      stopServer: () => (this.attaching.current === undefined ? void this.stop() : this.attaching.giveUp()),
      alarm: (message) => telling.alarm("link", message),
      changed: () => host.changed(instance),
      saving: () => this.care.saving || this.game.saving,
      pulls: () => this.attaching.current !== undefined,
      happened: (happening) => this.care.happened(happening),
      answered: () => this.game.input({ kind: "answered" }),
      pulse: (pulse) => this.#pulse(pulse),
    };
    const ports = { ...context.ports, journal: telling.journal };
    return new Session({ ...context, ports }, owner, this.record.now.link);
  }

  #newLearning(): Learning {
    const { context, instance, record, telling, game } = this;
    return new Learning({
      ...{ context, instance, record, telling, game },
      configured: (config) => {
        this.care.configured();
        if (this.attached === undefined) void this.#live.apply(config);
      },
      gone: () => void this.hands.host.gone(instance),
    });
  }

  #printed(line: string): void {
    this.telling.printed(line);
    this.players.line(line);
  }

  /** Without the passwords of its RCON. */
  #clean(text: string): string {
    return this.game.run.clean(this.attaching.clean(text));
  }

  #pulse({ tick, players, paused = false }: Pulse): void {
    // No log may tell who comes and goes there.
    if (this.attaching.current !== undefined) this.players.counted(players);
    const now = this.context.ports.clock.now();
    if (now - this.#pulsedAt < PULSE_MS) return;
    this.#pulsedAt = now;
    const { config } = this.record.now;
    this.game.input({ kind: "pulse", tick, paused: paused || (players === 0 && pausesAlone(config)) });
  }
}
