import type { z } from "zod";
import { instancesFolder, pathsOf } from "#bridge/instance/folder";
import { shiftLineage } from "#bridge/instance/lineage";
import { OUR_MOD } from "#bridge/instance/mods";
import { decodeRecord, encodeRecord, type InstanceRecord } from "#bridge/instance/record";
import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { type Answer, vaultOf } from "#bridge/saves/desk";
import { Incoming } from "#bridge/saves/incoming";
import { notesPath } from "#bridge/saves/notes";
import type { FileState, Vault } from "#bridge/saves/vault";
import { badInput, refused } from "#core/errors";
import { decodeText, encodeText } from "#core/events/codec";
import {
  type AboutAnswer,
  type Area,
  MOVED_FILES_MAX,
  type MovedFile,
  type move,
  SAVE_BYTES_MAX,
} from "#core/events/saves";
import { type InstanceId, slaveId } from "#core/ids";
import { partPath } from "#core/saves/name";

/**
 * One instance's way from slave to slave, as its two bridges see it; `clusterio instance move` takes the steps and may be
 * repeated after whatever ended it (ADR 0077).
 *
 * MV1 from before the first byte leaves until it is another slave's, the source holds the instance: it is stopped, and neither
 *     an operator nor a restart of the bridge starts it.
 * MV2 at the target it is nothing but files, beside everything else, until all are there with their sums (`seal`) and the
 *     leader says that it is this slave's; then it becomes the instance's folder by one rename.
 * MV3 the source's folder is set aside or removed only when the leader says, with a higher epoch than the folder's own, that the
 *     instance is another slave's.
 * MV4 times of files, and the periods by which a world's own saves are known, are moved by the same difference of clocks.
 */

/** What was set aside is kept so long. */
export const DEPARTED_MS_MAX = 14 * 24 * 3_600_000;
const LISTS = /^server-(?:adminlist|banlist|whitelist)\.json$/;

type Move = z.output<typeof move>;

export interface MovingHost {
  runner(instance: InstanceId): InstanceRunner | undefined;
  /** The instance's runner, once a leader says that it belongs here. */
  assigned(instance: InstanceId): Promise<InstanceRunner>;
  /** Whether the leader says, with a higher epoch, that it is another slave's. @throws ClusterioError when nobody can say. */
  isAnothers(record: InstanceRecord): Promise<boolean>;
  /** Lets go of its folder, which no game runs in. */
  letGo(instance: InstanceId): Promise<void>;
}

export class Moving {
  readonly #vault: Vault;
  readonly #incoming = new Map<InstanceId, Incoming>();
  readonly #digests = new Map<string, FileState & { readonly sha256: string }>();
  readonly #turns = new Map<InstanceId, Promise<unknown>>();

  constructor(
    private readonly context: BridgeContext,
    private readonly host: MovingHost,
  ) {
    this.#vault = vaultOf(context);
  }

  async answer(instance: InstanceId, ask: Move, body: Uint8Array | undefined): Promise<Answer> {
    switch (ask.op) {
      case "about":
        return { ok: await this.#about(instance) };
      case "read":
        return this.#piece(instance, ask);
      case "put":
        return { ok: { offset: await this.#parts(instance).put(ask.sha256, ask.offset, body ?? new Uint8Array()) } };
      case "finish":
        return { ok: await this.#finish(instance, ask) };
      default:
        return { ok: await this.#inTurn(instance, () => this.#step(instance, ask)) };
    }
  }

  async #step(instance: InstanceId, ask: Exclude<Move, { op: "about" | "read" | "put" | "finish" }>): Promise<unknown> {
    switch (ask.op) {
      case "hold":
        await (await this.host.assigned(instance)).hold(slaveId(ask.to));
        return this.#about(instance);
      case "release":
        await this.#release(instance);
        return this.#about(instance);
      case "discard":
        await this.#vault.remove(this.#stage(instance));
        return this.#about(instance);
      case "files":
        return this.#files(instance);
      case "open":
        return this.#open(instance, ask.area, ask.path);
      case "begin":
        return this.#begin(instance, ask);
      case "seal":
        await this.#seal(instance, ask);
        return this.#about(instance);
      case "arrive":
        await this.host.assigned(instance);
        return this.#about(instance);
      case "settled":
        await this.#here(instance).settled();
        return this.#about(instance);
      case "depart":
        return this.#depart(instance, ask.remove === true);
    }
  }

  /**
   * The record of a folder that came here and is sealed, with its folder in place; undefined when none did. Called once the leader
   * said that the instance is this slave's, under `epoch`.
   * @throws ClusterioError `refused` when that is an older word than the one that the folder knows (ADR 0040).
   */
  async arrival(instance: InstanceId, epoch: number): Promise<InstanceRecord | undefined> {
    const record = await this.#sealed(instance);
    if (record === undefined) return undefined;
    if (epoch < record.link.epoch) {
      throw refused(`the ledger names an older assignment of ${instance} than came with its folder: assign it again`);
    }
    const folder = `${instancesFolder(this.context.settings.dir)}/${instance}`;
    await this.#setAside(instance, folder);
    await this.#vault.moveFolder(this.#stage(instance), folder);
    return record;
  }

  /** What came and was not gone on with, and what was set aside long enough. */
  async clean(): Promise<void> {
    const now = this.context.ports.clock.now();
    for (const folder of [this.#departed, this.#arriving]) {
      for (const { name, writtenAt } of await this.#vault.entries(folder))
        if (now - writtenAt >= DEPARTED_MS_MAX) await this.#vault.remove(`${folder}/${name}`);
    }
  }

  get #arriving(): string {
    return `${this.context.settings.dir}/arriving`;
  }

  get #departed(): string {
    return `${this.context.settings.dir}/moved-away`;
  }

  #stage(instance: InstanceId): string {
    return `${this.#arriving}/${instance}`;
  }

  #here(instance: InstanceId): InstanceRunner {
    const runner = this.host.runner(instance);
    if (runner === undefined) throw refused(`${instance} is not on ${this.context.settings.slave}`);
    return runner;
  }

  /** Held and at rest. @throws ClusterioError `refused` otherwise. */
  #held(instance: InstanceId): InstanceRunner {
    const runner = this.#here(instance);
    if (runner.record.moving === undefined) throw refused(`${instance} is not being moved`);
    if (runner.phase !== "stopped" && runner.phase !== "failed")
      throw refused(`${instance} is still ${runner.phase}: its files are not at rest`);
    return runner;
  }

  async #sealed(instance: InstanceId): Promise<InstanceRecord | undefined> {
    const { record } = pathsOf(this.#stage(instance));
    const bytes = await this.context.ports.disk.read(record);
    return bytes === undefined ? undefined : decodeRecord(bytes, record);
  }

  async #about(instance: InstanceId): Promise<AboutAnswer> {
    const runner = this.host.runner(instance);
    if (runner !== undefined) {
      const { moving, arrived, link } = runner.record;
      return {
        ...{ here: "here", phase: runner.phase, linked: runner.telemetry().linked, epoch: link.epoch },
        ...(moving === undefined ? {} : { moving }),
        ...(arrived === undefined ? {} : { arrived }),
      };
    }
    const none = { phase: "stopped", linked: false };
    const sealed = await this.#sealed(instance);
    if (sealed !== undefined) {
      const { arrived, link } = sealed;
      return { here: "sealed", ...none, epoch: link.epoch, ...(arrived === undefined ? {} : { arrived }) };
    }
    const some = await this.#vault.entries(this.#stage(instance));
    return { here: some.length > 0 ? "arriving" : "nothing", ...none, epoch: 0 };
  }

  /** What goes along. The mod of this bridge's own version stays: the target has its own. */
  async #files(instance: InstanceId): Promise<unknown> {
    const { paths, record } = this.#held(instance);
    const [saves, mods, folder] = await Promise.all([
      this.#vault.files(paths.saves),
      this.#vault.files(paths.mods),
      this.#vault.entries(paths.folder),
    ]);
    const lists = await Promise.all(
      folder
        .filter(({ name }) => LISTS.test(name))
        .map(async ({ name }) => ({ path: name, ...(await this.#vault.stat(`${paths.folder}/${name}`))! })),
    );
    const files = [
      ...saves.filter(({ path }) => !path.includes("/")).map((file) => ({ area: "saves" as const, ...file })),
      ...mods.filter(({ path }) => !path.startsWith(`${OUR_MOD}_`)).map((file) => ({ area: "mods" as const, ...file })),
      ...lists.map((file) => ({ area: "lists" as const, ...file })),
    ];
    if (files.length > MOVED_FILES_MAX)
      throw refused(
        `${instance} has ${files.length} files of saves and mods, ${MOVED_FILES_MAX} go along: remove some`,
      );
    const notes = await this.context.ports.disk.read(notesPath(paths.folder));
    const text = notes === undefined || notes.length > 300_000 ? {} : { notes: decodeText(notes) };
    return { now: this.context.ports.clock.now(), record: decodeText(encodeRecord(record)), ...text, files };
  }

  #pathIn(folder: string, area: Area, path: string): string {
    if (area !== "lists") return `${folder}/${area}/${partPath(path)}`;
    if (!LISTS.test(path)) throw badInput(`"${path.slice(0, 80)}" is no list of players`);
    return `${folder}/${path}`;
  }

  async #open(instance: InstanceId, area: Area, path: string): Promise<unknown> {
    const { paths } = this.#held(instance);
    const full = this.#pathIn(paths.folder, area, path);
    const state = await this.#vault.stat(full);
    if (state === undefined) throw refused(`${instance} has no ${area}/${path} any more: begin again`);
    return { file: path, ...state, sha256: await this.#digest(full, state) };
  }

  async #piece(instance: InstanceId, ask: Move & { op: "read" }): Promise<Answer> {
    const { paths } = this.#held(instance);
    const full = this.#pathIn(paths.folder, ask.area, ask.path);
    const now = await this.#vault.stat(full);
    if (now?.bytes !== ask.bytes || now.writtenAt !== ask.writtenAt)
      throw refused(`${ask.area}/${ask.path} was written anew while it was read: begin again`);
    const piece = await this.#vault.read(full, ask.offset, ask.length);
    return { ok: { offset: ask.offset, bytes: piece.length }, body: piece };
  }

  async #digest(path: string, state: FileState): Promise<string> {
    const known = this.#digests.get(path);
    if (known?.bytes === state.bytes && known.writtenAt === state.writtenAt) return known.sha256;
    const sha256 = await this.#vault.digest(path);
    this.#digests.set(path, { ...state, sha256 });
    return sha256;
  }

  #parts(instance: InstanceId): Incoming {
    let parts = this.#incoming.get(instance);
    if (parts === undefined) {
      const max = this.context.settings.saveBytesMax ?? SAVE_BYTES_MAX;
      parts = new Incoming(this.#vault, `${this.#stage(instance)}/incoming`, max);
      this.#incoming.set(instance, parts);
    }
    return parts;
  }

  async #isThere(instance: InstanceId, file: Pick<MovedFile, "area" | "path" | "bytes" | "sha256">): Promise<boolean> {
    const path = this.#pathIn(this.#stage(instance), file.area, file.path);
    const state = await this.#vault.stat(path);
    return state?.bytes === file.bytes && (await this.#digest(path, state)) === file.sha256;
  }

  async #begin(instance: InstanceId, ask: Move & { op: "begin" }): Promise<unknown> {
    const stale = this.host.runner(instance);
    if (stale !== undefined) {
      if (stale.phase !== "stopped" && stale.phase !== "failed")
        throw refused(`${instance} is ${stale.phase} on ${this.context.settings.slave} already`);
      // A folder from an earlier time; it has to be another's by now (MV3).
      await this.#proveAnothers(stale.record);
      await this.host.letGo(instance);
      await this.#setAside(instance, stale.paths.folder);
    }
    if (await this.#isThere(instance, ask)) return { offset: ask.bytes, done: true };
    // What is sealed is one whole: with another file in it, it is not what it says it is.
    await this.context.ports.disk.remove(pathsOf(this.#stage(instance)).record);
    return { offset: await this.#parts(instance).begin(ask), done: false };
  }

  async #finish(instance: InstanceId, ask: Move & { op: "finish" }): Promise<unknown> {
    const to = this.#pathIn(this.#stage(instance), ask.area, ask.path);
    if (await this.#isThere(instance, ask)) return { offset: ask.bytes, done: true };
    return this.#parts(instance).finish(ask, async (part) => {
      await this.#vault.place(part, to);
      return { offset: ask.bytes, done: true };
    });
  }

  /** MV2, MV4 */
  async #seal(instance: InstanceId, { record: text, notes, ...ask }: Move & { op: "seal" }): Promise<void> {
    const stage = this.#stage(instance);
    const record = decodeRecord(encodeText(text), `the record of ${instance}`);
    if (record.instance !== instance) throw badInput(`that is the record of ${record.instance}, not of ${instance}`);
    const wanted = new Map(ask.files.map((file) => [this.#pathIn(stage, file.area, file.path), file]));
    for (const file of ask.files)
      if (!(await this.#isThere(instance, file)))
        throw refused(`${file.area}/${file.path} has not come whole: bring it again`);
    const shift = this.context.ports.clock.now() - ask.now;
    for (const { path } of await this.#vault.files(stage)) {
      const file = wanted.get(`${stage}/${path}`);
      if (file === undefined) await this.#vault.remove(`${stage}/${path}`);
      else await this.#vault.touch(`${stage}/${path}`, file.writtenAt + shift);
    }
    const { disk } = this.context.ports;
    if (notes !== undefined) await disk.write(notesPath(stage), encodeText(shiftNotes(notes, shift)));
    const { moving: _, ...rest } = record;
    const arrived = { from: ask.from, ran: ask.ran };
    const sealed: InstanceRecord = {
      ...rest,
      desired: "stopped",
      lineage: shiftLineage(record.lineage, shift),
      arrived,
    };
    await disk.write(pathsOf(stage).record, encodeRecord(sealed));
  }

  /** MV1: while the target may run it, the source must not. */
  async #release(instance: InstanceId): Promise<void> {
    const runner = this.#here(instance);
    if (runner.record.moving === undefined) return;
    if (await this.host.isAnothers(runner.record))
      throw refused(`${instance} belongs to another slave by now: move it back instead`);
    await runner.release();
  }

  /** MV3 */
  async #proveAnothers(record: InstanceRecord): Promise<void> {
    if (await this.host.isAnothers(record)) return;
    throw refused(`${record.instance} belongs to ${this.context.settings.slave}, says the leader: its folder stays`);
  }

  async #depart(instance: InstanceId, remove: boolean): Promise<unknown> {
    const runner = this.host.runner(instance);
    if (runner === undefined) return { departed: false };
    const { paths, record } = this.#held(instance);
    await this.#proveAnothers(record);
    await this.host.letGo(instance);
    if (remove) {
      await this.#vault.remove(paths.folder);
      return { departed: true };
    }
    return { departed: true, kept: await this.#setAside(instance, paths.folder) };
  }

  /** A folder of this instance that is not its folder any more. */
  async #setAside(instance: InstanceId, folder: string): Promise<string | undefined> {
    if ((await this.#vault.entries(folder)).length === 0) return undefined;
    const now = this.context.ports.clock.now();
    const to = `${this.#departed}/${instance}-${new Date(now).toISOString().replace(/[:.]/g, "-")}`;
    await this.#vault.moveFolder(folder, to);
    // Its age counts from now.
    await this.#vault.touch(to, now);
    this.context.ports.journal("info", `${instance}: what was here is kept in ${to}`, { instance });
    return to;
  }

  #inTurn<T>(instance: InstanceId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(instance) ?? Promise.resolve()).then(work);
    this.#turns.set(
      instance,
      turn.catch(() => {}),
    );
    return turn;
  }
}

/** Notes are for people: those that cannot be read are none. */
const shiftNotes = (text: string, shift: number): string => {
  try {
    const file = JSON.parse(text) as { notes: Record<string, { writtenAt: number }> };
    for (const note of Object.values(file.notes)) note.writtenAt += shift;
    return JSON.stringify(file);
  } catch {
    return JSON.stringify({ v: 1, notes: {} });
  }
};
