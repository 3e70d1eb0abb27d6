import type { Game } from "#bridge/game/port";
import {
  autosaveName,
  belongs,
  chooseSave,
  ended,
  MADE_SAVE,
  made,
  started,
  startFileFor,
} from "#bridge/instance/lineage";
import { recordAssigned } from "#bridge/link/identity";
import type { BridgeContext } from "#bridge/ports";
import { Session } from "#bridge/session/session";
import { LIMITS } from "#bridge/supervisor/limits";
import { type Boot, nextBoot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import type { Delivery, LinkAnswer } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody } from "#core/events/facts";
import type { InstanceId, SlaveId } from "#core/ids";
import { type Clock, every, pause } from "#core/ports/clock";
import { IDLE } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { subjects } from "#core/subjects";
import { BridgeWatch, WatchedBus } from "#sim/cluster/bridge-watch";
import { type Folder, newFolder, putSave, savesIn } from "#sim/cluster/folder";
import { GameWatch } from "#sim/cluster/game-watch";
import { Machine } from "#sim/cluster/machine";
import { ReportFiles } from "#sim/cluster/report-files";
import type { Setting } from "#sim/cluster/setting";
import { SimRcon } from "#sim/cluster/sim-rcon";
import type { Opening, Save, World } from "#sim/cluster/world";

const decoder = new TextDecoder();

const REPORTS = "/out";
const TICK_MS = 500;
const GAME_PASS_MS = 250;
const TICKS_PER_MS = 60 / 1000;
/** After so many questions in vain the operator repeats himself. */
const ASKS_MAX = 5;

/** One run of the bridge's process. */
interface BridgeRun {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly session: Session;
  readonly boot: Boot;
  readonly watch: BridgeWatch;
  readonly disconnect: () => void;
  rcon: SimRcon | undefined;
  facts: number;
}

const notThere = (): never => {
  throw new Error("the simulation has no such thing");
};

/** One instance's folder on one slave, with its game and the shipped session of its bridge. */
export class Host {
  game: World | undefined;
  bridge: BridgeRun | undefined;
  /** Why the link stopped the server for good. */
  stopped: "twin" | "not-yours" | "rejected" | undefined;
  /** The link asks the operator which world an id-less save is. */
  undecided = false;
  /** How often its link was lost. */
  unlinks = 0;
  /** The bridge said that no leader knows the instance to be its own. */
  disowned = false;
  /** The bridge said that the id-less save is of another map: no operator calls it the same world. */
  otherMap = false;
  decidedAt = 0;
  /** False while an operator works on it, and for good when it was taken away. */
  wanted = true;
  /** Moved to another slave: whoever meant to start it again, comes too late. */
  gone = false;
  /** An operator is at work here. */
  busy = false;
  /** The slave has taken the instance up. */
  founded = false;
  readonly #files: ReportFiles;
  readonly watch: GameWatch;
  #passedAt = 0;
  #tickRest = 0;
  #stopGameTimer = () => {};
  #startedFrom: Save | undefined;
  /** The save that the game writes when it ends in order. */
  #exitFile = "";

  constructor(
    private readonly setting: Setting,
    readonly instance: InstanceId,
    readonly slave: SlaveId,
    readonly folder: Folder = newFolder(),
  ) {
    this.#files = new ReportFiles(setting.clock);
    this.watch = new GameWatch(setting, instance);
  }

  get running(): boolean {
    return this.game !== undefined;
  }

  /** The slave's clock. */
  now(): number {
    return this.setting.clock.now() + this.setting.skewOf(this.slave);
  }

  // ---- the bridge's process

  startBridge(): void {
    if (this.bridge !== undefined || this.gone) return;
    this.founded = true;
    const { setting, folder } = this;
    const machine = new Machine(setting.skewOf(this.slave));
    const clock = machine.clock(setting.clock);
    const random = setting.chance.fork();
    const boot = nextBoot(clock.now(), folder.lastBoot, random);
    folder.lastBoot = boot;
    const inner = setting.broker.connect();
    const bus = new WatchedBus(machine, inner, setting.clock, () => setting.weather.request());
    const watch = this.#watch();
    bus.onAnswer = (answer) => watch.answer(answer);
    const context = this.#context(boot, { clock, random, bus });
    const session = new Session(context, this.#owner(machine), folder.link);
    const disconnect = () => inner.setConnected(false);
    this.bridge = { machine, clock, session, boot, watch, disconnect, rcon: undefined, facts: 0 };
    every(clock, TICK_MS, () => session.tick() || IDLE);
    bus.onConnection((connected) => connected && session.restate());
    if (this.wanted && this.stopped === undefined && !this.running) this.startGame();
    else this.#connect(this.bridge);
  }

  #watch(): BridgeWatch {
    const { setting, instance, folder } = this;
    return new BridgeWatch({
      instance,
      clock: setting.clock,
      remembered: () => folder.link,
      told: (world, seed) => folder.told.tell(world, seed),
      signedEpoch: (assignment) => setting.signedEpoch(assignment),
      broke: (rule, detail) => setting.broke(rule, detail),
    });
  }

  killBridge(): void {
    this.bridge?.machine.kill();
    this.bridge?.disconnect();
    this.bridge = undefined;
  }

  #context(boot: Boot, own: Pick<BridgeContext["ports"], "clock" | "random" | "bus">): BridgeContext {
    const files = this.#files;
    const disk = new MemoryDisk();
    disk.list = async (path) => files.names(`${path}/`);
    const game: Game = {
      ...{ spawn: notThere, watch: notThere, signal: notThere, find: notThere, saves: notThere, copy: notThere },
      ...{ move: notThere, trim: notThere },
      ...{ mods: notThere, lastLines: notThere, bound: notThere, lock: notThere },
      ...{ freePorts: notThere, portState: notThere, mayBindLow: notThere },
      ...{ connectRcon: notThere, saveVersion: notThere, modInfo: notThere },
      remove: async (path) => files.remove(path),
      follow: (path, _from, onLine) => files.follow(path, (line) => this.bridge?.machine.run(() => onLine(line))),
    };
    const install = { name: "simulated", command: "", args: [], readData: "", version: "2.1.9", line: "2.1" };
    const settings = { slave: this.slave, dir: "", install, mods: [], gameAddress: "", limits: LIMITS, version: "0" };
    const { factRoom } = this.setting;
    const room = factRoom === undefined ? {} : { factRoom };
    return { settings, boot, ports: { ...own, disk, facts: own.bus, game, journal: () => {} }, ...room };
  }

  #owner(machine: Machine): ConstructorParameters<typeof Session>[1] {
    const { folder } = this;
    return {
      instance: this.instance,
      reports: REPORTS,
      remember: async (record) => {
        if (!machine.dead) folder.link = record;
      },
      configure: () => {},
      happened: () => {},
      belongs: (world) => this.#belongs(world),
      publish: (fact) => {
        if (this.bridge?.machine === machine) this.#publish(this.bridge, fact);
      },
      stopServer: (message) => this.#stopServer(message),
      alarm: (message) => {
        if (message !== undefined) this.setting.log(`alarm of ${this.slave}: ${message}`);
        if (message?.includes("is not assigned to") === true) {
          this.disowned = true;
          this.bridge?.watch.disowned();
        }
        // What the end of the ledger knew is lost, and the key that vouched for the folder's word, too.
        const isForgotten = message?.includes("assign the instance again") === true;
        if (isForgotten && this.setting.weather.counts.has("key-replaced")) this.disowned = true;
        if (message?.includes("cannot be taken for") !== true) return;
        this.undecided = true;
        this.otherMap = message.includes("another map");
      },
      // No mod of a simulated world has anything to say to another.
      send: () => {},
      dropped: () => {},
      changed: () => {
        if (this.bridge?.session.linked === false) this.unlinks++;
      },
      saving: () => false,
      pulls: () => false,
      answered: () => {},
      pulse: () => {},
    };
  }

  #belongs(world: Parameters<typeof belongs>[1]): void {
    this.watch.belongs(world);
    if (this.#startedFrom !== undefined) this.setting.named(this, this.#startedFrom, world);
    const before = this.folder.lineage;
    this.folder.lineage = belongs(before, world, this.now());
    if (this.folder.lineage === before) return;
    const { game } = this;
    this.setting.clock.after(this.setting.chance.below(1_500), () => {
      if (this.game === game) this.autosave(true);
    });
  }

  #publish(bridge: BridgeRun, fact: FactBody): void {
    const from = { slave: this.slave, instance: this.instance, boot: bridge.boot, number: ++bridge.facts };
    const subject = subjects.event(this.slave, this.instance, fact.type);
    bridge.watch.says(fact as Parameters<BridgeWatch["says"]>[0]);
    this.setting.publishFact(bridge.machine, subject, encodeFact(from, bridge.clock.now(), fact));
  }

  #stopServer(message: string): void {
    if (message.includes("was rejected")) this.stopped = "rejected";
    else this.stopped = /assigned to another slave|was deleted/.test(message) ? "not-yours" : "twin";
    this.setting.weather.count(`stopped: ${this.stopped}`);
    void this.stopGame();
  }

  delivery(delivery: Delivery): void {
    const { bridge } = this;
    if (bridge === undefined || bridge.machine.cut) return;
    bridge.machine.run(() => {
      bridge.watch.delivery(delivery);
      bridge.session.delivery(delivery);
    });
  }

  #connect(bridge: BridgeRun): void {
    const { clock, chance, weather } = this.setting;
    clock.after(chance.between(20, 1_500), () => {
      const { game } = this;
      if (game === undefined || bridge !== this.bridge || bridge.rcon !== undefined) return;
      const rcon = new SimRcon(
        bridge.machine,
        clock,
        weather,
        (text) => this.#command(game, text),
        () => this.#disconnected(bridge, rcon),
        (text, reply) => this.watch.told(text, reply, this.folder.told),
      );
      bridge.rcon = rcon;
      bridge.machine.run(() => bridge.session.connected(rcon));
    });
  }

  #disconnected(bridge: BridgeRun, rcon: SimRcon): void {
    if (bridge.rcon !== rcon) return;
    bridge.rcon = undefined;
    bridge.session.disconnected();
    this.#connect(bridge);
  }

  #command(game: World, text: string): string | undefined {
    if (this.game !== game) return undefined;
    this.pass();
    this.watch.before(text, this.bridge?.watch);
    const reply = this.#guarded(() => game.command(text));
    this.watch.after(text, reply, this.folder.told);
    return reply;
  }

  /** A game ends with its mod's error. */
  #guarded<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      this.setting.crashed(error);
      return undefined;
    }
  }

  // ---- the game's process

  /** Lets the game's time pass up to now. */
  pass(): void {
    const now = this.setting.clock.now();
    const ticks = (now - this.#passedAt) * TICKS_PER_MS + this.#tickRest;
    this.#passedAt = now;
    this.#tickRest = ticks % 1;
    this.#guarded(() => this.game?.pass(Math.floor(ticks)));
  }

  startGame(): void {
    if (this.running) return;
    const { folder } = this;
    const now = this.now();
    let choice = chooseSave(folder.lineage, savesIn(folder));
    if (choice.kind === "create") {
      folder.saves.set(MADE_SAVE, {
        save: this.setting.games.newSave(this.setting.newSeed()),
        writtenAt: now,
        opens: true,
      });
      folder.lineage = made(folder.lineage);
      choice = chooseSave(folder.lineage, savesIn(folder));
    }
    if (choice.kind !== "start") {
      this.setting.weather.count("stuck without a save");
      return;
    }
    folder.lineage = started(folder.lineage, choice, now);
    this.setting.log(`${this.instance} starts ${choice.save}${choice.own ? ", its own" : ""}`);
    const file = startFileFor(choice.save);
    const { save, opens } = folder.saves.get(choice.save)!;
    folder.saves.set(file, { save, writtenAt: now, opens });
    if (!opens) {
      this.setting.weather.count("a save that does not open is started");
      this.setting.clock.after(this.setting.chance.between(1_000, 4_000), () => this.#restart());
      return;
    }
    this.watch.started(save, choice.own);
    this.#startedFrom = save;
    this.undecided = false;
    this.decidedAt = 0;
    this.#passedAt = this.setting.clock.now();
    this.#tickRest = 0;
    const opening: Opening = {
      untakeable: this.setting.untakeableOn(this),
      onLine: (path, line) => this.#files.append(`${REPORTS}/${path}`, line),
    };
    this.game = this.#guarded(() => this.setting.games.open(save, opening));
    this.#exitFile = file;
    this.#stopGameTimer = every(this.setting.clock, GAME_PASS_MS, () => {
      this.pass();
      return IDLE;
    });
    if (this.bridge !== undefined) this.#connect(this.bridge);
  }

  /** The process is gone: nothing was saved. */
  crash(): void {
    this.#ended();
    const { clock, chance } = this.setting;
    clock.after(chance.between(1_000, 4_000), () => this.#restart());
  }

  #restart(): void {
    if (this.wanted && this.stopped === undefined && this.bridge !== undefined) this.startGame();
  }

  #ended(): void {
    this.#stopGameTimer();
    this.game?.close();
    this.game = undefined;
    if (this.bridge === undefined) return;
    this.folder.lineage = ended(this.folder.lineage, this.now());
    this.bridge.rcon?.close();
  }

  /** Says good-bye, saves, ends; undefined when it did not get that far. */
  async stopGame(): Promise<Save | undefined> {
    const { game, bridge } = this;
    if (game === undefined) return undefined;
    if (bridge !== undefined && !bridge.machine.paused) {
      await Promise.race([bridge.session.leave(), pause(this.setting.clock, 4_000)]);
    }
    if (this.game !== game) return undefined;
    this.pass();
    const cutOff = this.setting.weather.strikes("spoiled-save", 10);
    if (cutOff) this.setting.weather.count("the save at the end is cut off");
    const save = this.#write(this.#exitFile, !cutOff);
    this.#ended();
    return save;
  }

  /** `opens`: false when it was cut off while being written. */
  autosave(opens: boolean): void {
    if (this.game === undefined) return;
    this.pass();
    this.#write(`${autosaveName(savesIn(this.folder))}.zip`, opens);
  }

  #write(name: string, opens: boolean): Save | undefined {
    const save = this.#guarded(() => this.game?.save());
    if (save === undefined) return undefined;
    this.folder.saves.set(name, { save, writtenAt: this.now(), opens });
    if (!opens) return undefined;
    this.watch.written(save);
    this.setting.archive(this, save);
    return save;
  }

  /** What the bridge would start the instance from now: also what an operator may take elsewhere (S8). */
  startable(): Save | undefined {
    const choice = chooseSave(this.folder.lineage, savesIn(this.folder));
    return choice.kind === "start" ? this.folder.saves.get(choice.save)?.save : undefined;
  }

  /** An operator puts a save there: the next start begins from it. */
  give(save: Save): void {
    putSave(this.folder, save, this.now());
    this.watch.given();
  }

  /** An operator ends the game without a word and starts another save. */
  load(save: Save): void {
    this.#ended();
    this.give(save);
    this.stopped = undefined;
    this.bridge?.session.restart();
    this.setting.clock.after(this.setting.chance.between(500, 3_000), () => this.#restart());
  }

  /**
   * K1: a slave without the instance's folder asks whether it is its own, and starts only then. `assign`: what the operator
   * says first, and again when nothing comes of it (the ledger may have forgotten).
   */
  async takeUp(assign: () => Promise<void>): Promise<void> {
    const { setting, slave, instance } = this;
    const bus = setting.broker.connect();
    await assign();
    for (let asks = 1; ; asks++) {
      if (asks % ASKS_MAX === 0) await assign();
      const asked = await bus.request(subjects.query(slave, "link"), encodeJson({ instance, epoch: 0 }), 2_000);
      if (asked.kind === "answer") {
        const answer = JSON.parse(decoder.decode(asked.data)) as LinkAnswer;
        if ("ok" in answer && answer.ok.epoch >= this.folder.link.epoch) {
          this.folder.link = recordAssigned(answer.ok);
          for (const [world, { seed }] of Object.entries(answer.ok.worlds)) this.folder.told.tell(world, seed);
          break;
        }
      }
      await pause(setting.clock, setting.chance.between(500, 2_000));
    }
    this.startBridge();
  }

  /** An operator starts a server that the link had stopped. */
  startAgain(): void {
    this.stopped = undefined;
    this.bridge?.session.restart();
    this.startGame();
  }
}
