import type { FactRoom } from "#bridge/link/statements";
import type { Policies } from "#core/events/command";
import type { Delivery } from "#core/events/delivery";
import { type InstanceId, instanceId, type SlaveId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { parseDeliverySubject, SUBJECT_PREFIX, subjects } from "#core/subjects";
import type { Chance, Fault } from "#sim/cluster/chance";
import { Checker } from "#sim/cluster/checker";
import { contentOf } from "#sim/cluster/content";
import { type Folder, newFolder } from "#sim/cluster/folder";
import { Host } from "#sim/cluster/host";
import { LostTail } from "#sim/cluster/lost-tail";
import type { Machine } from "#sim/cluster/machine";
import type { LogWeather } from "#sim/cluster/machine-log";
import { Keys, Master, type MasterSetting } from "#sim/cluster/master";
import { Operator } from "#sim/cluster/operator";
import type { Setting } from "#sim/cluster/setting";
import { Traffic, type WrittenRound } from "#sim/cluster/traffic";
import { unsealOnce } from "#sim/cluster/unsealing";
import { memoryOf } from "#sim/cluster/verdict";
import type { Weather } from "#sim/cluster/weather";
import type { Games, Resource, Save } from "#sim/cluster/world";

const decoder = new TextDecoder();

export const SLAVES: readonly SlaveId[] = [slaveId("s1"), slaveId("s2"), slaveId("s3")];
const settled = Promise.resolve();
/** Runs every promise that can run, and what that sets off: asked from a microtask, a tick comes after all the others. */
const settle = (then: () => void): void => void settled.then(() => process.nextTick(then));

/** What keeps a leader from writing when it means to. */
const HOLDING_UP: readonly Fault[] = [
  ...(["clock-jump", "slow-broker", "lost-ack", "late-append", "ledger-full"] as const),
  ...(["master-pause", "master-cut", "events-regrown", "ledger-regrown"] as const),
];
/** Saves that somebody may still load, of all worlds. */
const ARCHIVE_MAX = 60;
/** Above the share at which grants end. */
const NEARLY_FULL = 0.953;
const SKEW_MS = 20_000;
const SKEW_MS_MAX = 600_000;
const CHECKPOINTS = [7, 40, 5_000];
const LEDGER_BYTES = [30_000, 60_000, 200_000];
/** Worlds have three resources: in some histories few of them fit one fact, by count or by bytes, or one round. */
const FACT_ROOMS: readonly (FactRoom | undefined)[] = [
  ...[undefined, undefined, undefined],
  { keysMax: 1, bytesMax: 10_000 },
  { keysMax: 2, bytesMax: 10_000 },
  { keysMax: 2_000, bytesMax: 150 },
];
const ROUND_BYTES = [undefined, undefined, 300, 600];

/** What of a sync in parts is looked at. */
interface SyncFact {
  readonly data: { readonly token: string; readonly part?: number; readonly parts?: number };
}

/** Which policies a round was closed under. */
const countPolicies = (weather: Weather, { rule, weights, tiers, resources }: Partial<Policies>): void => {
  if (rule !== undefined) weather.count(`round under ${rule}`);
  if (Object.keys(weights ?? {}).length > 0) weather.count("round under weights");
  if (rule === "priority" && Object.keys(tiers ?? {}).length > 0) weather.count("round under tiers");
  if (Object.values(resources ?? {}).some(({ reserve = 0 }) => reserve > 0)) weather.count("round under a reserve");
};

/** A whole cluster: broker, two projectors, slaves with their games. */
export class Cluster implements Setting {
  readonly clock = new ManualClock();
  readonly broker = new MemoryBroker(this.clock);
  readonly events = new MemoryLog(this.clock);
  readonly #ledgerOptions: { bytesMax?: number } = {};
  readonly ledger: MemoryLog;
  readonly state = new MemoryLog(this.clock);
  readonly keys = new Keys();
  readonly masters: readonly Master[];
  readonly factRoom: FactRoom | undefined;
  readonly traffic: Traffic;
  readonly lostTail = new LostTail();
  #policies: Partial<Policies> = {};
  readonly operator = new Operator(this.clock, this.broker);
  readonly checker: Checker;
  hosts: Host[] = [];
  /** The newest save of each world that ever was, by the instance that it belongs to. */
  readonly archived = new Map<string, Save>();
  readonly saves: Save[] = [];
  readonly #skews = new Map<SlaveId, number>();
  readonly #untakeable = new Map<Host, ReadonlySet<string>>();
  readonly #addresses = new Map<string, NonNullable<ReturnType<typeof parseDeliverySubject>>>();
  #seeds = 0;
  #names = 0;
  readonly log: (message: string) => void;

  constructor(
    readonly chance: Chance,
    readonly weather: Weather,
    readonly games: Games,
    log: (message: string) => void,
  ) {
    this.log = (message) => log(`${String(this.clock.now() - 1_700_000_000_000).padStart(7)} ${message}`);
    if (weather.odds["ledger-full"] > 0) this.#ledgerOptions.bytesMax = chance.pick(LEDGER_BYTES);
    this.factRoom = chance.pick(FACT_ROOMS);
    this.traffic = new Traffic((what) => weather.count(what));
    this.ledger = new MemoryLog(this.clock, this.#ledgerOptions);
    const never = (faults: readonly Fault[]) => faults.every((fault) => weather.odds[fault] === 0);
    this.checker = new Checker({
      now: () => this.clock.now(),
      onBroken: (what) => this.log(`BROKEN ${what}`),
      steadyClocks: never(["clock-jump"]),
      promptLeaders: never(HOLDING_UP),
      watchfulLeaders: never(HOLDING_UP.filter((fault) => fault !== "ledger-full")),
    });
    this.broker.capture(`${SUBJECT_PREFIX}.state.>`, this.state);
    this.broker.connect().subscribe(subjects.all.deliveries, ({ subject, data }) => this.#route(subject, data));
    for (const slave of SLAVES) this.#skews.set(slave, this.drawSkew());
    const setting = this.#masterSetting();
    this.masters = [new Master(setting, this.drawSkew()), new Master(setting, this.drawSkew())];
  }

  /** What its worlds trade. */
  get resources(): readonly Resource[] {
    return this.games.resources;
  }

  drawSkew(): number {
    if (this.weather.odds["clock-skew"] === 0) return 0;
    this.weather.count("clock-skew");
    const max = this.chance.once(4) ? SKEW_MS_MAX : SKEW_MS;
    return this.chance.between(-max, max);
  }

  #masterSetting(): MasterSetting {
    const { clock, broker, chance, events, ledger, state, keys, weather, checker } = this;
    const logWeather = (stored: LogWeather["stored"], refused = () => {}, purged = () => {}): LogWeather => ({
      append: () => weather.append(),
      forgetsName: () => weather.forgetsName(),
      readDelayMs: () => weather.readDelayMs(),
      stored,
      refused,
      purged,
    });
    return {
      ...{ clock, broker, chance, events, ledger, state, keys },
      eventsWeather: logWeather(() => {}),
      ledgerWeather: logWeather(
        (subject, data, seq) => {
          const type = subject.slice(subject.lastIndexOf(".") + 1);
          weather.count(`ledger: ${type}`);
          this.#written(type, data);
          this.lostTail.stored(type, data, seq);
          if (type !== "round") this.log(`ledger ${type} ${type === "checkpoint" ? "" : decoder.decode(data)}`);
          checker.ledgerMessage(type, data);
          void ledger.info().then(({ bytes, bytesMax }) => checker.ledgerFilled(bytes, bytesMax));
        },
        () => checker.ledgerRefused(),
        () => this.lostTail.purged(),
      ),
      checkpointEvery: chance.pick(CHECKPOINTS),
      roundBytesMax: chance.pick(ROUND_BYTES),
      unseal: unsealOnce(),
      onCrash: (error) => this.crashed(error),
      onStarted: (state) => checker.loaded(memoryOf(state)),
      onStandby: (state) => {
        if (weather.odds["slow-broker"] + weather.odds["ledger-regrown"] === 0) checker.loaded(memoryOf(state));
      },
      onAlarm: (message) => {
        const section = /#([a-z-]+)\)$/.exec(message)?.[1];
        weather.count(`alarm: ${section ?? message.replace(/[0-9]+/g, "N").slice(0, 60)}`);
        this.log(`master alarm: ${message}`);
      },
      onRole: (role) => {
        this.log(`a master is ${role}`);
        // No history of the simulation damages a ledger.
        if (role === "halted") checker.broke("halted", "a master took its ledger for damaged");
      },
    };
  }

  #written(type: string, data: Uint8Array): void {
    const message = contentOf<WrittenRound & { readonly policies?: Partial<Policies> }>(data);
    const half = this.traffic.written(message.boot, type === "round" ? message : undefined);
    if (half && this.weather.strikes("half-round", 40)) this.#killWriter(message.boot);
    if (type === "policy-set") this.#policies = message.policies ?? {};
    if (type === "round" && message.storage !== undefined) countPolicies(this.weather, this.#policies);
  }

  /** Right after what it has just written. */
  #killWriter(boot: string): void {
    const writer = this.masters.find(({ state, machine }) => state?.boot === boot && !machine.dead);
    if (writer === undefined) return;
    this.log("a master is killed between two parts of a round");
    writer.kill();
    this.clock.after(this.chance.between(200, 4_000), () => {
      if (writer.machine.dead) writer.start();
    });
  }

  // ---- what hosts need

  crashed(error: unknown): void {
    this.checker.broke("crash", error instanceof Error ? `${error.stack}` : String(error));
  }

  skewOf(slave: SlaveId): number {
    return this.#skews.get(slave) ?? 0;
  }

  newSeed(): number {
    return ++this.#seeds;
  }

  untakeableOn(host: Host): ReadonlySet<string> {
    const known = this.#untakeable.get(host) ?? new Set();
    if (!this.weather.strikes("untakeable", 6)) return known;
    const drawn = new Set(this.resources.filter((key) => this.chance.once(4) && key !== "energy"));
    this.#untakeable.set(host, drawn);
    return drawn;
  }

  archive(host: Host, save: Save): void {
    if (save.world === "" || save.instance !== host.instance) return;
    // Of two that really run at once one is cut off from the cluster, and may begin a map of the same name.
    if (this.hosts.filter((other) => other.instance === host.instance).length === 1) {
      this.checker.saved(save.world, save.seed, host.folder.told);
    }
    this.archived.set(save.world, save);
    this.saves.push(save);
    if (this.saves.length > ARCHIVE_MAX) this.saves.shift();
  }

  named(host: Host, save: Save, world: string): void {
    if (save.world === "" || save.instance !== host.instance) this.checker.named(save.world, world);
  }

  broke(rule: string, detail: string): void {
    this.checker.broke(rule, detail);
  }

  handed(world: string, token: string): void {
    this.checker.handed(world, token);
  }

  signedEpoch(assignment: string): number | undefined {
    return this.keys.assignments.verify(assignment)?.epoch;
  }

  publishFact(from: Machine, subject: string, bytes: Uint8Array): void {
    if (from.dead) return;
    const type = subject.slice(subject.lastIndexOf(".") + 1);
    this.weather.count(`fact: ${type}`);
    this.checker.fact(bytes);
    if (type !== "world-reported") this.log(`fact ${decoder.decode(bytes)}`);
    const lagMs = from.said.leave(this.clock.now(), !this.weather.quiet);
    const arrivals = from.cut ? [] : this.weather.fact(lagMs, type === "world-synced");
    const [, , , instance = ""] = subject.split(".");
    const sync = type === "world-synced" ? { sync: contentOf<SyncFact>(bytes).data } : {};
    const number = this.traffic.departs({ instance, arrivals, ...sync });
    for (const ms of arrivals) {
      if (ms === 0) this.#store(number, subject, bytes);
      else this.clock.after(ms, () => this.#store(number, subject, bytes));
    }
  }

  #store(number: number, subject: string, bytes: Uint8Array): void {
    this.traffic.arrives(number);
    const stored = this.events.store(subject, bytes);
    if (stored.kind === "stored") this.checker.eventStored(stored.seq, bytes);
  }

  #addressOf(subject: string): ReturnType<typeof parseDeliverySubject> {
    const known = this.#addresses.get(subject);
    if (known !== undefined) return known;
    const parsed = parseDeliverySubject(subject);
    if (parsed !== undefined) this.#addresses.set(subject, parsed);
    return parsed;
  }

  #route(subject: string, data: Uint8Array): void {
    const to = this.#addressOf(subject);
    if (to === undefined) return;
    const delivery = contentOf<Delivery>(data);
    this.checker.delivery(to.instance, delivery);
    for (const host of this.hosts) {
      if (host.instance !== to.instance || host.slave !== to.slave) continue;
      const number = this.traffic.deliveryDeparts();
      const arrive = () => {
        this.traffic.deliveryArrives(`${host.slave} ${host.instance}`, number);
        host.delivery(delivery);
      };
      const lagMs = host.bridge?.machine.told.leave(this.clock.now(), !this.weather.quiet) ?? 0;
      for (const ms of this.weather.delivery(lagMs)) {
        if (ms === 0) arrive();
        else this.clock.after(ms, arrive);
      }
    }
  }

  // ---- what histories do

  newName(stem: string): InstanceId {
    return instanceId(`${stem}${++this.#names}`);
  }

  host(instance: InstanceId, slave: SlaveId, folder: Folder = newFolder()): Host {
    const host = new Host(this, instance, slave, folder);
    this.hosts.push(host);
    return host;
  }

  /** An instance is made, assigned, and taken up by its slave. */
  async found(instance: InstanceId, slave: SlaveId, folder?: Folder): Promise<void> {
    const host = this.host(instance, slave, folder);
    await host.takeUp(async () => {
      await this.operator.command("instance", "create", { name: instance });
      await this.operator.command("instance", "assign", { instance, slave });
    });
  }

  /** The operator gives an instance to another slave, with a save to go on from. */
  async reassign(instance: InstanceId, slave: SlaveId, folder: Folder): Promise<void> {
    const host = this.host(instance, slave, folder);
    await host.takeUp(async () => {
      // A ledger that was lost with everything knows no instance until its bridge speaks.
      if (this.leader?.state?.instances.has(instance) !== true)
        await this.operator.command("instance", "create", { name: instance });
      await this.operator.command("instance", "assign", { instance, slave });
    });
  }

  /** Its instance was deleted: nobody starts one of its worlds again. */
  forget(host: Host): void {
    this.hosts = this.hosts.filter((other) => other !== host);
    for (const [world, save] of this.archived) if (save.instance === host.instance) this.archived.delete(world);
  }

  get leader(): Master | undefined {
    const leaders = this.masters.filter((master) => master.leads);
    return leaders.sort((a, b) => ((a.state?.boot ?? "") < (b.state?.boot ?? "") ? 1 : -1))[0];
  }

  raiseLedgerLimit(): void {
    delete this.#ledgerOptions.bytesMax;
  }

  /** An operator allows the ledger hardly more than it holds. */
  async lowerLedgerLimit(): Promise<void> {
    this.#ledgerOptions.bytesMax = Math.ceil((await this.ledger.info()).bytes / NEARLY_FULL);
  }

  /** After a quiet point: there is a limit again, and room below it. */
  async restoreLedgerLimit(): Promise<void> {
    if (this.weather.odds["ledger-full"] === 0) return;
    this.#ledgerOptions.bytesMax = (await this.ledger.info()).bytes + this.chance.pick(LEDGER_BYTES);
  }

  jumpClock(slave: SlaveId, ms: number): void {
    this.#skews.set(slave, this.skewOf(slave) + ms);
    for (const host of this.hosts)
      if (host.slave === slave && host.bridge !== undefined) host.bridge.machine.skewMs += ms;
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceDraining(ms, settle);
  }

  /** Nothing more happens. */
  end(): void {
    for (const master of this.masters) master.kill();
    for (const host of this.hosts) {
      host.killBridge();
      host.game?.close();
    }
  }
}
