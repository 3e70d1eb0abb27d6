import { Answering } from "#bridge/answering";
import { Assignments } from "#bridge/assignments";
import { Airwaves } from "#bridge/circuit/airwaves";
import { Levels } from "#bridge/circuit/levels";
import { type Command, carryOut, isAboutFiles, type SlaveOrder } from "#bridge/commands";
import { gamesOf } from "#bridge/factorio/games";
import { FactorioOrders } from "#bridge/factorio/orders";
import { type BridgeFolder, openFolder } from "#bridge/folder";
import { instancesFolder } from "#bridge/instance/folder";
import type { TakenPort } from "#bridge/instance/game-ports";
import type { RunnerHost } from "#bridge/instance/host";
import type { InstanceRecord } from "#bridge/instance/record";
import { InstanceRunner, type When } from "#bridge/instance/runner";
import type { Said } from "#bridge/messages/message-line";
import { Post } from "#bridge/messages/post";
import { ClusterLists } from "#bridge/people/cluster-lists";
import type { BridgeContext, BridgeSettings, Ports } from "#bridge/ports";
import type { Answer } from "#bridge/saves/desk";
import { CLEAN_MS, FileService } from "#bridge/saves/service";
import { Showing } from "#bridge/showing";
import type { Boot } from "#core/boot";
import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { type Delivery, delivery } from "#core/events/delivery";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody } from "#core/events/facts";
import { FACT_BYTES_MAX } from "#core/events/shapes";
import { TELEMETRY_MS } from "#core/events/telemetry";
import { failpoint } from "#core/failpoints";
import type { InstanceId, WorldId } from "#core/ids";
import type { BusMessage } from "#core/ports/bus";
import { every } from "#core/ports/clock";
import { parseDeliverySubject, subjects } from "#core/subjects";

/**
 * The bridge of one slave: its instances, and everything that they say and hear over NATS.
 *
 * K4 of an instance that a leader calls deleted nothing is thrown away: its game is stopped, its folder set aside.
 */

/** Deadlines are looked at this often. */
const TICK_MS = 500;

export class Bridge implements RunnerHost {
  readonly #runners = new Map<InstanceId, InstanceRunner>();
  readonly #closers: (() => void)[] = [];
  readonly #assignments: Assignments;
  readonly #answering: Answering;
  readonly #showing: Showing;
  readonly #post: Post;
  readonly #files: FileService;
  readonly #factorio: FactorioOrders;
  #facts = 0;

  private constructor(
    private readonly context: BridgeContext,
    private readonly folder: BridgeFolder,
  ) {
    const runner = (instance: InstanceId) => this.#runners.get(instance);
    const { vault } = context.ports;
    this.#assignments = new Assignments(context, {
      runner,
      open: (record) => this.#open(record, "learned"),
      arrival: async (instance, epoch) =>
        vault === undefined ? undefined : this.#files.moving.arrival(instance, epoch),
    });
    this.#files = new FileService(context, {
      runner,
      assigned: (instance) => this.#assignments.assigned(instance),
      isAnothers: (record) => this.#assignments.isAnothers(record),
      letGo: (instance) => this.#letGo(instance),
    });
    this.#answering = new Answering(context, {
      instance: (instance, command, body) => this.#carryOut(instance, command, body),
      slave: (order, body) => this.#carryOutHere(order, body),
    });
    this.#showing = new Showing(context, this.#runners);
    this.#post = new Post(context, this.#runners);
    this.#factorio = new FactorioOrders(context.ports, context.settings.dir);
  }

  /**
   * Opens every instance in the folder and goes on with what should run.
   * @throws ClusterioError `unavailable` when the folder cannot be used, `refused` when another bridge uses it.
   */
  static async open(settings: BridgeSettings, ports: Ports): Promise<Bridge> {
    const folder = await openFolder(settings, ports);
    const { boot } = folder;
    const circuits = { air: new Airwaves(ports, settings.slave, boot), levels: new Levels(ports, settings.slave) };
    const lists = new ClusterLists(ports, settings.slave, `${settings.dir}/lists.json`);
    await lists.open();
    const games = ports.installs === undefined ? {} : { games: gamesOf(settings, ports.installs) };
    const bridge = new Bridge({ settings, ports, boot, circuits, lists, ...games }, folder);
    try {
      for (const record of folder.records) await bridge.#open(record, "bridge-started");
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
    this.#showing.changed(instance);
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
    await this.#letGo(instance);
    const [from, to] = [`${instancesFolder(settings.dir)}/${instance}`, `${settings.dir}/deleted/${instance}-${boot}`];
    await ports.game.move(from, to);
    ports.journal("warn", `${instance} was deleted: its folder is ${to} now`, { instance });
  }

  /** Lets go of everything; the games run on unless they are to be stopped with it. */
  async close(options: { readonly stopGames?: boolean } = {}): Promise<void> {
    for (const close of this.#closers.splice(0)) close();
    await this.#assignments.idle();
    const runners = [...this.#runners.values()];
    const tick = every(this.context.ports.clock, TICK_MS, () => {
      for (const runner of runners) runner.tick();
    });
    if (options.stopGames === true) await Promise.all(runners.map((runner) => runner.stopForNow()));
    tick();
    for (const runner of runners) this.#showing.tell(runner);
    await Promise.all(runners.map((runner) => runner.close()));
    await this.#factorio.close();
    await this.context.lists?.close();
    this.context.circuits?.air.close();
    this.context.circuits?.levels.close();
    await this.folder.unlock();
  }

  async #open(record: InstanceRecord, when: When): Promise<InstanceRunner> {
    const runner = await InstanceRunner.open(this.context, this, { record, when });
    this.#runners.set(record.instance, runner);
    return runner;
  }

  async #letGo(instance: InstanceId): Promise<void> {
    const runner = this.#runners.get(instance);
    this.#runners.delete(instance);
    await runner?.close();
  }

  #listen(): void {
    const { settings, ports } = this.context;
    const { bus, clock } = ports;
    const delivered = bus.subscribe(subjects.deliveriesTo(settings.slave), (message) => this.#delivered(message));
    const commanded = bus.subscribe(
      subjects.all.commandsTo(settings.slave),
      (message) => void this.#answering.commanded(message),
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
      every(clock, TELEMETRY_MS, () => this.#showing.tellAll()),
      every(clock, CLEAN_MS, () => void this.#files.clean(this.#runners.values())),
      every(clock, CLEAN_MS, () => void this.#factorio.clean()),
    );
    this.#showing.tellAll();
  }

  #tick(): void {
    if ([...this.#runners.values()].some((runner) => runner.followsLists)) this.context.lists?.tick();
    for (const runner of this.#runners.values()) runner.tick();
    this.#showing.tellChanged();
  }

  #delivered(message: BusMessage): void {
    const to = parseDeliverySubject(message.subject);
    if (to === undefined) return;
    const stated = this.#decodeDelivery(message);
    if (stated === undefined) return;
    const runner = this.#runners.get(to.instance);
    if (runner !== undefined) return runner.delivery(stated);
    void this.#assignments.takeUp(to.instance);
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

  async #carryOut(instance: InstanceId, command: Command, body: Uint8Array | undefined): Promise<Answer> {
    if (isAboutFiles(command)) return this.#files.answer(instance, command, body);
    return { ok: await carryOut(await this.#assignments.assigned(instance), command) };
  }

  async #carryOutHere(order: SlaveOrder, body: Uint8Array | undefined): Promise<unknown> {
    if (order.verb === "status") return this.#showing.status();
    return this.#factorio.carryOut(order, body, [...this.#runners.values()]);
  }
}
