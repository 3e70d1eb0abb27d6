import { moveRefused } from "#bridge/attached/care";
import type { AttachConfig } from "#bridge/attached/folder";
import { pinOf } from "#bridge/factorio/choose";
import { instancesFolder, type Paths, pathsOf } from "#bridge/instance/folder";
import type { TakenPort } from "#bridge/instance/game-ports";
import type { PartsHands, RunnerHost } from "#bridge/instance/host";
import { chosenGame, portsFor } from "#bridge/instance/launch";
import { findRunning } from "#bridge/instance/leftovers";
import { InstanceParts } from "#bridge/instance/parts";
import { wantedAtStart } from "#bridge/instance/policy";
import type { InstanceRecord } from "#bridge/instance/record";
import { FolderWork, heldFor, refuseMoving, released, settled } from "#bridge/instance/standstill";
import { portsOf, telemetryOf } from "#bridge/instance/telemetry";
import type { Incoming } from "#bridge/messages/mailbox";
import type { Players } from "#bridge/people/players";
import type { BridgeContext } from "#bridge/ports";
import type { SaveNotes } from "#bridge/saves/notes";
import { actOn } from "#bridge/schedule/actions";
import type { Scheduler } from "#bridge/schedule/scheduler";
import type { Server } from "#bridge/supervisor/server";
import { isClusterioError, refused, unavailable } from "#core/errors";
import type { WorldStatement } from "#core/events/command";
import type { Delivery } from "#core/events/delivery";
import type { LogBatch } from "#core/events/log-shapes";
import type { InstanceTelemetry } from "#core/events/telemetry";
import type { InstanceId, SlaveId } from "#core/ids";
import { modesOf } from "#core/people/lists";

/** One instance as operators, other slaves and the bridge around it have it: what they may ask, and what they are answered. */

/** Whether the bridge itself has just come, or only learned of the instance. */
export type When = "bridge-started" | "learned";

export class InstanceRunner {
  readonly instance: InstanceId;
  readonly #parts: InstanceParts;
  readonly #folderWork: FolderWork;
  readonly #unlock: () => Promise<void>;

  private constructor(
    private readonly context: BridgeContext,
    private readonly host: RunnerHost,
    of: { readonly paths: Paths; readonly record: InstanceRecord; readonly unlock: () => Promise<void> },
  ) {
    const { paths, record } = of;
    this.instance = record.instance;
    this.#unlock = of.unlock;
    this.#folderWork = new FolderWork(record.instance);
    const hands: PartsHands = { host, act: (name, entry) => actOn(context.ports, this, { name, entry }) };
    this.#parts = new InstanceParts(context, { paths, record }, hands);
  }

  /**
   * Takes the folder, finds what runs in it, and goes on with what its configuration says, or an operator wanted last.
   * @throws ClusterioError `refused` when another bridge holds the folder.
   */
  static async open(
    context: BridgeContext,
    host: RunnerHost,
    { record, when }: { readonly record: InstanceRecord; readonly when: When },
  ): Promise<InstanceRunner> {
    const paths = pathsOf(`${instancesFolder(context.settings.dir)}/${record.instance}`);
    const unlock = await context.ports.game.lock(paths.lock);
    const runner = new InstanceRunner(context, host, { paths, record, unlock });
    try {
      await runner.#parts.record.change({ lastBoot: context.boot });
      await runner.schedule.open();
      await runner.#resume(when);
    } catch (error) {
      // Whoever tries again, when the disk has room, finds the folder as it was, and free.
      await runner.close();
      throw error;
    }
    return runner;
  }

  get phase(): Server["phase"]["kind"] {
    return this.#parts.phase;
  }

  get record(): InstanceRecord {
    return this.#parts.record.now;
  }

  /** Where its files are; of a server that the bridge does not run, saves and mods are in that one's folder. */
  get paths(): Paths {
    return this.#parts.seenPaths;
  }

  /** The server that is to be attached, undefined where the bridge runs a game of its own. */
  get attached(): AttachConfig | undefined {
    return this.#parts.attached;
  }

  get players(): Players {
    return this.#parts.players;
  }

  get notes(): SaveNotes {
    return this.#parts.notes;
  }

  get schedule(): Scheduler {
    return this.#parts.schedule;
  }

  get gameVersion(): string | undefined {
    return this.#parts.game.run.version;
  }

  /** Some list of its goes around the cluster. */
  get followsLists(): boolean {
    return Object.values(modesOf(this.record.config)).some((mode) => mode !== "off");
  }

  get pinned(): string | undefined {
    return pinOf(this.record.config);
  }

  /** Those of its running game, else those that it is to have. */
  get ports(): readonly TakenPort[] {
    return portsOf(this.instance, this.#parts.game.run.listens, this.record.config);
  }

  telemetry(): InstanceTelemetry {
    const { phase, game, attaching, session, players, telling } = this.#parts;
    const { linked, world } = session;
    return telemetryOf(
      {
        ...{ phase, linked, world, config: this.record.config, alarms: telling.alarms, players: players.count },
        ...{ listens: game.run.listens, attached: attaching.current !== undefined },
      },
      session.measured(),
    );
  }

  /**
   * Does something in its folder that no game may see half done; nothing is started meanwhile (SD1).
   * @throws ClusterioError `refused` while it is not stopped.
   */
  whileStopped<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.#folderWork.during(what, this.phase, work);
  }

  /** MV1. @throws ClusterioError `refused` when it is on its way to another slave than this one. */
  async hold(to: SlaveId): Promise<void> {
    this.#folderWork.refuse();
    if (this.attached !== undefined) throw moveRefused(this.instance, this.attached);
    const held = heldFor(this.record, to);
    if (held !== this.record) await this.#parts.record.become(held);
    await this.stop();
  }

  async release(): Promise<void> {
    const { moving } = this.record;
    await this.#parts.record.become(released(this.record));
    if (moving?.ran === true) await this.start();
  }

  /** The slave that it came from let go. */
  async settled(): Promise<void> {
    await this.#parts.record.become(settled(this.record));
  }

  async start(): Promise<void> {
    const { attaching, game, record, session, telling } = this.#parts;
    this.#folderWork.refuse();
    if (attaching.start()) return;
    refuseMoving(this.record);
    if (!game.alive) await this.#proveStart();
    await record.desire("running");
    session.restart();
    telling.alarm("link", undefined);
    telling.alarm("saves", undefined);
    game.input({ kind: "start" });
  }

  stop(): Promise<void> {
    return this.#parts.stop();
  }

  /** Also when its bridge ends in between: it is to run. A stop that somebody says meanwhile counts. */
  async restart(): Promise<void> {
    const { game, record } = this.#parts;
    if (!game.alive) return this.start();
    await record.desire("running");
    void this.stopForNow().then(() => {
      if (this.record.desired === "running") game.input({ kind: "start" });
    });
  }

  async kill(): Promise<void> {
    const { attaching, game, record } = this.#parts;
    attaching.refuse();
    await record.desire("stopped");
    game.input({ kind: "kill" });
  }

  /** As an autosave, under the next of its rotating names. @throws ClusterioError when a server is not there to be told. */
  async orderSave(): Promise<void> {
    if (this.attached === undefined) this.#parts.game.input({ kind: "save" });
    else await this.#parts.care.saves.autosave();
  }

  /** A save of a server that the bridge does not run, under this name or the next of so many. */
  saveElsewhere(name: string, keep?: number): Promise<string> {
    const { saves } = this.#parts.care;
    return keep === undefined ? saves.saveAs(name) : saves.next(name, keep);
  }

  /** @throws ClusterioError `unavailable` when the game is not there. */
  command(text: string): Promise<string> {
    return this.#parts.command(text);
  }

  /** The last lines of its game and its bridge. */
  log(count: number): LogBatch {
    return this.#parts.telling.lastLines(count);
  }

  /** @throws ClusterioError `unavailable` when there is no session to ask. */
  async report(): Promise<number> {
    const tick = await this.#parts.session.report();
    if (tick === undefined) throw unavailable(`${this.instance} has no open session with its game`);
    return tick;
  }

  /** @throws ClusterioError `unavailable` when there is no session to ask. */
  async statement(after?: string): Promise<WorldStatement> {
    const statement = await this.#parts.session.statement(after);
    if (statement === undefined)
      throw unavailable(`${this.instance} is ${this.phase}: no session with its game is open`);
    return statement;
  }

  /** @throws ClusterioError `refused` when there is nothing to decide. */
  decide(as: "same" | "new"): void {
    if (!this.#parts.session.decided(as)) {
      throw refused(`${this.instance} has no save without a world id to decide about, or no master was heard lately`);
    }
  }

  delivery(delivery: Delivery): void {
    this.#parts.learning.copy.heard(delivery);
    this.#parts.session.delivery(delivery);
  }

  message(message: Incoming): void {
    this.#parts.session.message(message);
  }

  restate(): void {
    this.#parts.session.restate();
  }

  tick(): void {
    this.#parts.tick();
  }

  /** Stops the game without changing what an operator wants; resolves when it is gone. */
  stopForNow(): Promise<void> {
    const { attaching, game, session } = this.#parts;
    return attaching.current === undefined ? game.ended() : session.leave();
  }

  /** Lets go of the folder; a running game goes on. */
  async close(): Promise<void> {
    await this.#parts.close();
    await this.#unlock();
  }

  async #resume(when: When): Promise<void> {
    const { attaching, game, record } = this.#parts;
    const server = await findRunning(this.context, this.#parts.paths);
    await this.players.open(server?.process != null);
    if (server?.process != null) {
      await game.adopt(server.process, server);
      if (this.record.desired === "stopped") game.input({ kind: "stop" });
      return;
    }
    await record.desire(wantedAtStart(this.record, when));
    if (this.record.config.attach !== undefined) attaching.follow();
    else if (this.record.desired === "running") game.input({ kind: "start" });
  }

  /** What an operator who starts it is told at once. @throws ClusterioError when a port cannot be had. */
  async #proveStart(): Promise<void> {
    const chosen = await chosenGame(this.context, this.#parts.paths, this.record).catch((error: unknown) => {
      // The start itself says so, and stays failed.
      if (!isClusterioError(error)) throw error;
      return undefined;
    });
    if (chosen === undefined) return;
    await portsFor(this.context, this.record, chosen, this.host.takenPorts(this.instance));
  }
}
