import { Airwaves } from "#bridge/circuit/airwaves";
import { Levels } from "#bridge/circuit/levels";
import { carryOut, commandIn, errorAnswer, isAboutFiles, slaveCommandIn } from "#bridge/commands";
import { gamesOf } from "#bridge/factorio/games";
import { FactorioOrders } from "#bridge/factorio/orders";
import { instancesFolder, pathsOf, readRecord } from "#bridge/instance/folder";
import type { TakenPort } from "#bridge/instance/game-ports";
import { type InstanceRecord, newRecord } from "#bridge/instance/record";
import { InstanceRunner, type RunnerHost } from "#bridge/instance/runner";
import { recordAssigned } from "#bridge/link/identity";
import type { Said } from "#bridge/messages/message-line";
import { Post } from "#bridge/messages/post";
import { ClusterLists } from "#bridge/people/cluster-lists";
import type { BridgeContext, BridgeSettings, Ports } from "#bridge/ports";
import type { Answer } from "#bridge/saves/desk";
import { askedOf, CLEAN_MS, FileService } from "#bridge/saves/service";
import { type Boot, nextBoot } from "#core/boot";
import { isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { type Delivery, delivery, type LinkAnswer, type LinkRequest, linkAnswer } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody } from "#core/events/facts";
import { FACT_BYTES_MAX } from "#core/events/shapes";
import {
  type AuditEntry,
  type InstanceTelemetry,
  type SlaveStatus,
  type SlaveTelemetry,
  TELEMETRY_MS,
} from "#core/events/telemetry";
import { failpoint } from "#core/failpoints";
import { type InstanceId, instanceId, isId, type WorldId } from "#core/ids";
import { forgottenConfig } from "#core/instance-config";
import type { BusMessage } from "#core/ports/bus";
import { every } from "#core/ports/clock";
import {
  parseDeliverySubject,
  parseSlaveCommandSubject,
  SELF,
  type SlaveCommandSubject,
  subjects,
} from "#core/subjects";
import { encodeFrame, splitFrame } from "#core/transfer/frame";

/**
 * The bridge of one slave: its instances, and everything that they say and hear over NATS.
 *
 * K1 a delivery for an instance that has no folder here is an assignment: the leader is asked, and its answer makes the folder.
 * K2 every command is answered once, by `{ok}` or `{error}`, and stands in the audit before and after; of a transfer
 *    its beginning and its end do, not each piece.
 * K4 of an instance that a leader calls deleted nothing is thrown away: its game is stopped, its folder set aside.
 * K3 a boot id is greater than every earlier one that used one of these folders.
 */

/** Deadlines are looked at this often. */
const TICK_MS = 500;
/** An assignment that could not be taken is tried again no sooner. */
const ASSIGN_AGAIN_MS = 5_000;
/** More names than that are somebody's mistake: they are all forgotten, which costs a question each. */
const REFUSED_MAX = 1_000;
const ANSWER_MS_MAX = 2_000;

export class Bridge implements RunnerHost {
  readonly #runners = new Map<InstanceId, InstanceRunner>();
  readonly #assigning = new Map<InstanceId, Promise<InstanceRunner>>();
  readonly #refusedAt = new Map<InstanceId, number>();
  readonly #closers: (() => void)[] = [];
  readonly #changed = new Set<InstanceId>();
  /** What was last told of each instance, for whoever asks between two times. */
  readonly #told = new Map<InstanceId, Omit<InstanceTelemetry, "latencyMs">>();
  readonly #post: Post;
  readonly #files: FileService;
  readonly #factorio: FactorioOrders;
  #facts = 0;
  #unlock: () => Promise<void> = async () => {};

  private constructor(private readonly context: BridgeContext) {
    this.#post = new Post(context, this.#runners);
    this.#files = new FileService(context, {
      runner: (instance) => this.#runners.get(instance),
      assigned: (instance) => this.#assigned(instance),
      isAnothers: (record) => this.#isAnothers(record),
      letGo: (instance) => this.#letGo(instance),
    });
    this.#factorio = new FactorioOrders(context.ports);
  }

  /**
   * Opens every instance in the folder and goes on with what should run.
   * @throws ClusterioError `unavailable` when the folder cannot be used, `refused` when another bridge uses it.
   */
  static async open(settings: BridgeSettings, ports: Ports): Promise<Bridge> {
    const unlock = await lockDir(settings, ports);
    const records = await readRecords(settings, ports);
    const boot = records.reduce<Boot>(
      (latest, { lastBoot }) => (lastBoot === "" ? latest : later(latest, lastBoot, ports)),
      nextBoot(ports.clock.now(), "", ports.random),
    );
    const circuits = { air: new Airwaves(ports, settings.slave, boot), levels: new Levels(ports, settings.slave) };
    const lists = new ClusterLists(ports, settings.slave, `${settings.dir}/lists.json`);
    await lists.open();
    const games = ports.installs === undefined ? {} : { games: gamesOf(settings, ports.installs) };
    const bridge = new Bridge({ settings, ports, boot, circuits, lists, ...games });
    bridge.#unlock = unlock;
    try {
      for (const record of records) await bridge.#open(record, "bridge-started");
      bridge.#listen();
    } catch (error) {
      await bridge.close();
      throw error;
    }
    return bridge;
  }

  get boot(): Boot {
    return this.context.boot;
  }

  runner(instance: InstanceId): InstanceRunner | undefined {
    return this.#runners.get(instance);
  }

  publish(instance: InstanceId, fact: FactBody): void {
    const { settings, ports, boot } = this.context;
    const from = { slave: settings.slave, instance, boot, number: ++this.#facts };
    const bytes = encodeFact(from, ports.clock.now(), fact);
    if (bytes.length > FACT_BYTES_MAX) {
      ports.journal(
        "error",
        `${instance}: a ${fact.type} of ${bytes.length} bytes: the master takes ${FACT_BYTES_MAX}`,
      );
    }
    if (failpoint("fact.publishing") === "drop") return;
    ports.facts.publish(subjects.event(settings.slave, instance, fact.type), bytes);
    failpoint("fact.published");
  }

  send(instance: InstanceId, world: WorldId, said: Said): void {
    this.#post.send(instance, world, said);
  }

  dropped(): void {
    this.#post.dropped();
  }

  changed(instance: InstanceId): void {
    this.#changed.add(instance);
  }

  takenPorts(but: InstanceId): TakenPort[] {
    return [...this.#runners.values()].filter(({ instance }) => instance !== but).flatMap(({ ports }) => ports);
  }

  /** K4 */
  async gone(instance: InstanceId): Promise<void> {
    const runner = this.#runners.get(instance);
    if (runner === undefined) return;
    const { ports, settings, boot } = this.context;
    await runner.stopForNow();
    this.#runners.delete(instance);
    await runner.close();
    const [from, to] = [`${instancesFolder(settings.dir)}/${instance}`, `${settings.dir}/deleted/${instance}-${boot}`];
    await ports.game.move(from, to);
    ports.journal("warn", `${instance} was deleted: its folder is ${to} now`, { instance });
  }

  /** Lets go of everything; the games run on unless they are to be stopped with it. */
  async close(options: { readonly stopGames?: boolean } = {}): Promise<void> {
    for (const close of this.#closers.splice(0)) close();
    await Promise.allSettled(this.#assigning.values());
    const runners = [...this.#runners.values()];
    const tick = every(this.context.ports.clock, TICK_MS, () => {
      for (const runner of runners) runner.tick();
    });
    if (options.stopGames === true) await Promise.all(runners.map((runner) => runner.stopForNow()));
    tick();
    for (const runner of runners) this.#tellTelemetry(runner);
    await Promise.all(runners.map((runner) => runner.close()));
    await this.#factorio.close();
    await this.context.lists?.close();
    this.context.circuits?.air.close();
    this.context.circuits?.levels.close();
    await this.#unlock();
  }

  async #open(
    record: Parameters<typeof InstanceRunner.open>[2],
    when: "bridge-started" | "learned" = "learned",
  ): Promise<InstanceRunner> {
    const runner = await InstanceRunner.open(this.context, this, record, when);
    this.#runners.set(record.instance, runner);
    return runner;
  }

  #listen(): void {
    const { settings, ports } = this.context;
    const { bus, clock } = ports;
    const delivered = bus.subscribe(subjects.deliveriesTo(settings.slave), (message) => this.#delivered(message));
    const commanded = bus.subscribe(
      subjects.all.commandsTo(settings.slave),
      (message) => void this.#commanded(message),
    );
    const posted = this.#post.listen();
    const connection = bus.onConnection((connected) => {
      if (connected) for (const runner of this.#runners.values()) runner.restate();
    });
    this.#closers.push(
      () => delivered.stop(),
      () => commanded.stop(),
      () => posted.stop(),
      () => connection.stop(),
      every(clock, TICK_MS, () => this.#tick()),
      every(clock, TELEMETRY_MS, () => this.#tellAll()),
      every(clock, CLEAN_MS, () => void this.#files.clean(this.#runners.values())),
    );
    this.#tellAll();
  }

  #tick(): void {
    if ([...this.#runners.values()].some((runner) => runner.followsLists)) this.context.lists?.tick();
    for (const runner of this.#runners.values()) runner.tick();
    for (const instance of this.#changed) {
      const runner = this.#runners.get(instance);
      if (runner !== undefined) this.#tellTelemetry(runner);
    }
    this.#changed.clear();
  }

  #tellAll(): void {
    const { settings, ports } = this.context;
    for (const runner of this.#runners.values()) this.#tellTelemetry(runner);
    ports.bus.publish(subjects.telemetry(settings.slave, SELF), encodeJson(this.#status()));
  }

  #status(): SlaveTelemetry {
    const { settings, boot, ports } = this.context;
    const credentials = ports.credentials?.();
    const instances = [...this.#runners.keys()].sort().slice(0, 1_000);
    return {
      boot,
      version: settings.version,
      game: settings.install.name,
      instances,
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  #toldNow(): NonNullable<SlaveStatus["told"]> {
    return Object.fromEntries([...this.#told].filter(([instance]) => this.#runners.has(instance)));
  }

  #tellTelemetry(runner: InstanceRunner): void {
    const { settings, ports } = this.context;
    const telemetry: InstanceTelemetry = runner.telemetry();
    const { latencyMs: _, ...told } = telemetry;
    this.#told.set(runner.instance, told);
    ports.bus.publish(subjects.telemetry(settings.slave, runner.instance), encodeJson(telemetry));
  }

  #delivered(message: BusMessage): void {
    const to = parseDeliverySubject(message.subject);
    if (to === undefined || to.slave !== this.context.settings.slave) return;
    const stated = this.#decodeDelivery(message);
    if (stated === undefined) return;
    const runner = this.#runners.get(to.instance);
    if (runner !== undefined) return runner.delivery(stated);
    void this.#takeUp(to.instance);
  }

  #decodeDelivery(message: BusMessage): Delivery | undefined {
    try {
      return decodeJson(delivery, message.data, message.subject);
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      this.context.ports.journal("warn", messageOf(error));
      return undefined;
    }
  }

  /** A delivery says that the instance is ours; after a refusal it is not asked again at once. */
  async #takeUp(instance: InstanceId): Promise<void> {
    const { clock, journal } = this.context.ports;
    const refusedAt = this.#refusedAt.get(instance);
    if (refusedAt !== undefined && clock.now() - refusedAt < ASSIGN_AGAIN_MS) return;
    try {
      await this.#assigned(instance);
      this.#refusedAt.delete(instance);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      if (this.#refusedAt.size >= REFUSED_MAX) this.#refusedAt.clear();
      this.#refusedAt.set(instance, clock.now());
      journal("warn", messageOf(error), { instance });
    }
  }

  /**
   * The instance's runner, made if a leader says that it belongs here (K1).
   * @throws ClusterioError when it does not, or nobody can say.
   */
  #assigned(instance: InstanceId): Promise<InstanceRunner> {
    const runner = this.#runners.get(instance);
    if (runner !== undefined) return Promise.resolve(runner);
    const running = this.#assigning.get(instance);
    if (running !== undefined) return running;
    const assigning = this.#askForAssignment(instance).finally(() => this.#assigning.delete(instance));
    this.#assigning.set(instance, assigning);
    return assigning;
  }

  async #askForAssignment(instance: InstanceId): Promise<InstanceRunner> {
    const { settings, ports } = this.context;
    const answer = await this.#askLink({ instance, epoch: 0 });
    if ("notYours" in answer) throw refused(`${instance} is not assigned to ${settings.slave}`);
    const { epoch } = answer.ok;
    // A ledger that lost its memory knows no more than that the instance is ours.
    const came = ports.vault === undefined ? undefined : await this.#files.moving.arrival(instance, epoch);
    const config = answer.ok.config ?? came?.config ?? forgottenConfig(instance);
    const record = came ?? newRecord(instance, config);
    ports.journal("info", `${instance} is assigned to ${settings.slave}`, { instance, epoch });
    return this.#open({ ...record, config, link: recordAssigned(answer.ok, record.link) });
  }

  /** @throws ClusterioError `unavailable` when nobody can say. */
  async #askLink(request: LinkRequest): Promise<Exclude<LinkAnswer, { error: unknown }>> {
    const { settings, ports } = this.context;
    const { instance } = request;
    const result = await ports.bus.request(subjects.query(settings.slave, "link"), encodeJson(request), ANSWER_MS_MAX);
    if (result.kind !== "answer")
      throw unavailable(`no master answers whether ${instance} is assigned to ${settings.slave}`);
    const answer = decodeJson(linkAnswer, result.data, "the answer of link");
    if ("error" in answer) throw unavailable(`the master about ${instance}: ${answer.error.message}`);
    return answer;
  }

  /** Whether a leader says, with a higher epoch than the folder's own, that an instance is another slave's. */
  async #isAnothers({ instance, link }: InstanceRecord): Promise<boolean> {
    const { epoch, assignment } = link;
    const answer = await this.#askLink({ instance, epoch, ...(assignment === "" ? {} : { assignment }) });
    return "notYours" in answer && answer.notYours.epoch > epoch;
  }

  async #letGo(instance: InstanceId): Promise<void> {
    const runner = this.#runners.get(instance);
    this.#runners.delete(instance);
    await runner?.close();
  }

  /** K2 */
  async #commanded(message: BusMessage): Promise<void> {
    const subject = parseSlaveCommandSubject(message.subject);
    if (subject === undefined) return;
    const { bus } = this.context.ports;
    const asked = askedOf(message, subject);
    if (asked !== undefined) this.#audit(subject, { outcome: "asked", ...asked });
    try {
      const { ok, body } = await this.#carryOut(message, subject);
      if (asked !== undefined) this.#audit(subject, { outcome: "ok" });
      bus.respond(message, encodeFrame({ ok }, body));
    } catch (error) {
      const answer = errorAnswer(error);
      this.#audit(subject, { outcome: answer.error.code, message: answer.error.message.slice(0, 10_000) });
      bus.respond(message, encodeJson(answer));
    }
  }

  async #carryOut(message: BusMessage, subject: SlaveCommandSubject): Promise<Answer> {
    if (subject.instance !== SELF) {
      const command = commandIn(message, subject);
      if (isAboutFiles(command)) return this.#files.answer(subject.instance, command, splitFrame(message.data).body);
      return { ok: await carryOut(await this.#assigned(subject.instance), command) };
    }
    const order = slaveCommandIn(message, subject);
    if (order.verb === "status") return { ok: { ...this.#status(), told: this.#toldNow() } };
    return { ok: await this.#factorio.carryOut(order, [...this.#runners.values()]) };
  }

  #audit({ user, instance, verb }: SlaveCommandSubject, what: Pick<AuditEntry, "outcome" | "message">): void {
    const { settings, ports } = this.context;
    const time = new Date(ports.clock.now()).toISOString();
    const entry: AuditEntry = { user, verb: verb.slice(0, 100), ...what, time };
    ports.bus.publish(subjects.audit(settings.slave, instance), encodeJson(entry));
  }
}

const later = (boot: Boot, than: Boot, { clock, random }: Ports): Boot =>
  boot > than ? boot : nextBoot(clock.now(), than, random);

const lockDir = async ({ dir }: BridgeSettings, { disk, game }: Ports): Promise<() => Promise<void>> => {
  try {
    // Shows that the folder can be written before anything rests on it.
    await disk.write(
      `${dir}/README`,
      new TextEncoder().encode("The state of a clusterio-bridge: one folder per instance.\n"),
    );
    await disk.list(instancesFolder(dir));
  } catch (error) {
    if (isClusterioError(error)) throw error;
    throw unavailable(`the folder ${dir} cannot be used: ${messageOf(error)}`, error);
  }
  return game.lock(`${dir}/lock`);
};

const readRecords = async ({ dir }: BridgeSettings, { disk }: Ports) => {
  const folder = instancesFolder(dir);
  const names = (await disk.list(folder)).filter(isId);
  const records = await Promise.all(names.map((name) => readRecord(disk, pathsOf(`${folder}/${name}`))));
  return records
    .filter((record) => record !== undefined)
    .filter(({ instance }) => names.includes(instanceId(instance)));
};
