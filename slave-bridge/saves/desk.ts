import type { z } from "zod";
import { filesRefused, startRefused } from "#bridge/attached/care";
import { guarded } from "#bridge/attached/guarded";
import type { SaveFile } from "#bridge/game/port";
import type { Install } from "#bridge/install";
import { chosenGame } from "#bridge/instance/launch";
import { chooseSave, NEXT_SAVE } from "#bridge/instance/lineage";
import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { makeMap } from "#bridge/saves/create-map";
import { Incoming } from "#bridge/saves/incoming";
import { noteFor } from "#bridge/saves/notes";
import type { FileState, Vault } from "#bridge/saves/vault";
import { badInput, isClusterioError, refused, unavailable } from "#core/errors";
import { SAVE_BYTES_MAX, type SaveView, type saveRead, type saveWrite } from "#core/events/saves";
import { pause } from "#core/ports/clock";
import { meaningOf } from "#core/saves/describe";
import { existingSaveFile, newSaveName } from "#core/saves/name";
import { newerThan } from "#core/saves/zip";

/**
 * One instance's saves, for operators: listed, fetched and brought in pieces, copied, renamed, deleted, restored.
 *
 * SV1 nothing that an operator does here makes an instance start from another save by itself: names that the game or the
 *     bridge writes are nobody's, and only `restore` (next.zip) says what is loaded next.
 * SV2 a save is in its place whole or not at all: it comes under another name, is read through, and is renamed.
 * SV3 the save that the next start goes on from is deleted or renamed only when that is asked for by `force`: it would be a
 *     rewind.
 */

/** A large map on a slow disk; the caller waits a little longer. */
const SAVE_MS_MAX = 110_000;
const LOOK_MS = 100;
const RESTORE_ADVICE =
  "a save is not restored here: have whoever runs it start it with that one; what loading it takes back is judged as any rewind";

export interface Answer {
  readonly ok: unknown;
  readonly body?: Uint8Array;
}

type Read = z.output<typeof saveRead>;
type Write = z.output<typeof saveWrite>;

/** @throws ClusterioError `unavailable` where a bridge has no such files (tests). */
export const vaultOf = ({ ports }: BridgeContext): Vault => {
  if (ports.vault === undefined) throw unavailable("this bridge keeps no files");
  return ports.vault;
};

/** What is needed of an instance. */
export type Keeper = Pick<
  InstanceRunner,
  "instance" | "paths" | "record" | "notes" | "phase" | "command" | "whileStopped" | "attached" | "saveElsewhere"
>;

export class SaveDesk {
  readonly #vault: Vault;
  #parts: { readonly folder: string; readonly incoming: Incoming } | undefined;
  readonly #digests = new Map<string, FileState & { readonly sha256: string }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly context: BridgeContext,
    private readonly runner: Keeper,
  ) {
    this.#vault = vaultOf(context);
  }

  /** Beside the saves: where these are is the configuration's. */
  get #incoming(): Incoming {
    const folder = this.runner.paths.incoming;
    if (this.#parts?.folder !== folder)
      this.#parts = { folder, incoming: new Incoming(this.#vault, folder, this.#bytesMax) };
    return this.#parts.incoming;
  }

  read(ask: Read): Promise<Answer> {
    return this.#seen(() => this.#read(ask));
  }

  async write(ask: Write, body: Uint8Array | undefined): Promise<Answer> {
    const { attached } = this.runner;
    if (attached !== undefined && ask.op === "create") return { ok: await this.#createElsewhere(ask) };
    if (attached !== undefined && ask.op === "restore")
      throw startRefused(this.runner.instance, attached, RESTORE_ADVICE);
    return this.#seen(() => this.#write(ask, body));
  }

  /** Files of a server that the bridge does not run are where this machine sees them, if it does. */
  async #seen<T>(work: () => Promise<T>): Promise<T> {
    const { attached, instance } = this.runner;
    if (attached === undefined) return work();
    if (attached.writeData === undefined) throw filesRefused(instance, attached);
    return guarded(work);
  }

  async #read(ask: Read): Promise<Answer> {
    switch (ask.op) {
      case "list":
        return { ok: await this.#list() };
      case "open":
        return { ok: await this.#open(ask.path) };
      case "read":
        return this.#piece(ask);
      case "describe":
        return { ok: await this.#describe(ask.path) };
    }
  }

  async #write(ask: Write, body: Uint8Array | undefined): Promise<Answer> {
    switch (ask.op) {
      case "begin": {
        await this.#newPath(ask.path, ask.replace);
        const offset = await this.#incoming.begin(ask);
        return { ok: { offset, done: false } };
      }
      case "put":
        return { ok: { offset: await this.#incoming.put(ask.sha256, ask.offset, body ?? new Uint8Array()) } };
      case "finish":
        return { ok: await this.#finish(ask) };
      default:
        return this.#inTurn(async () => ({ ok: await this.#change(ask) }));
    }
  }

  async clean(): Promise<void> {
    const { attached } = this.runner;
    if (attached !== undefined && attached.writeData === undefined) return;
    const clean = () => this.#incoming.clean(this.context.ports.clock.now());
    // Of a folder that is away nothing is removed now.
    if (attached === undefined) return clean();
    await guarded(clean).catch((error: unknown) => {
      if (!isClusterioError(error)) throw error;
    });
  }

  get #bytesMax(): number {
    return this.context.settings.saveBytesMax ?? SAVE_BYTES_MAX;
  }

  #at(file: string): string {
    return `${this.runner.paths.saves}/${file}`;
  }

  async #change(ask: Exclude<Write, { op: "begin" | "put" | "finish" }>): Promise<unknown> {
    switch (ask.op) {
      case "create":
        return this.#create(ask);
      case "copy":
        return this.#copy(ask.from, ask.to);
      case "rename":
        return this.#rename(ask);
      case "delete":
        return this.#delete(ask);
      case "restore":
        return this.#restore(ask.path);
    }
  }

  async #list(): Promise<unknown> {
    const [files, saves, notes] = await Promise.all([
      this.#vault.files(this.runner.paths.saves),
      this.context.ports.game.saves(this.runner.paths.saves),
      this.runner.notes.all(),
    ]);
    const next = this.#nextOf(saves);
    const views = saves.flatMap(({ name, opens, writtenAt }): SaveView[] => {
      const found = files.find(({ path }) => path === name);
      if (found === undefined) return [];
      const note = noteFor(notes, name, writtenAt);
      const known = note === undefined ? {} : { world: note.world, tick: note.tick };
      return [{ file: name, bytes: found.bytes, writtenAt, opens, ...known, ...(name === next ? { next: true } : {}) }];
    });
    const freeBytes = await this.#vault.freeBytes(this.runner.paths.saves);
    const sorted = views.sort((a, b) => b.writtenAt - a.writtenAt);
    return { saves: sorted, state: this.runner.phase, freeBytes, bytesMax: this.#bytesMax };
  }

  /** The save that the next start would take. */
  #nextOf(saves: readonly SaveFile[]): string | undefined {
    if (this.runner.attached !== undefined) return undefined;
    if (saves.some(({ name, opens }) => name === NEXT_SAVE && opens)) return NEXT_SAVE;
    const choice = chooseSave(this.runner.record.lineage, saves);
    return choice.kind === "start" ? choice.save : undefined;
  }

  async #existing(text: string): Promise<FileState & { readonly file: string }> {
    const file = existingSaveFile(text);
    const state = await this.#vault.stat(this.#at(file));
    if (state !== undefined) return { file, ...state };
    const saves = await this.context.ports.game.saves(this.runner.paths.saves);
    const names = saves.map(({ name }) => name.slice(0, -".zip".length)).sort();
    const there = names.length === 0 ? "it has none yet" : `there are ${names.slice(0, 20).join(", ")}`;
    throw badInput(`${this.runner.instance} has no save "${text.slice(0, 80)}"; ${there}`);
  }

  async #open(path: string): Promise<unknown> {
    const found = await this.#existing(path);
    return { ...found, sha256: await this.#digest(found) };
  }

  /** A file that was not changed since has the sum that it had. */
  async #digest({ file, bytes, writtenAt }: FileState & { readonly file: string }): Promise<string> {
    const known = this.#digests.get(file);
    if (known?.bytes === bytes && known.writtenAt === writtenAt) return known.sha256;
    const sha256 = await this.#vault.digest(this.#at(file));
    this.#digests.set(file, { bytes, writtenAt, sha256 });
    return sha256;
  }

  async #piece({ path, offset, length, bytes, writtenAt }: Read & { op: "read" }): Promise<Answer> {
    const now = await this.#existing(path);
    if (now.bytes !== bytes || now.writtenAt !== writtenAt)
      throw refused(`${now.file} was written anew while it was read: begin again, or read a copy of it`);
    const piece = await this.#vault.read(this.#at(now.file), offset, length);
    return { ok: { offset, bytes: piece.length }, body: piece };
  }

  async #describe(path: string): Promise<unknown> {
    const found = await this.#existing(path);
    const { version, world: hint } = await this.#vault.check(this.#at(found.file), found.file);
    const note = noteFor(await this.runner.notes.all(), found.file, found.writtenAt);
    const { lineage } = this.runner.record;
    const at = { current: lineage.world, stated: this.runner.notes.stated };
    return { ...found, ...(await this.#facts(version, hint)), ...meaningOf(this.runner.instance, { note, hint }, at) };
  }

  /** The one that the instance runs; where what it pins is missing, the bridge's. */
  async #game(): Promise<Install> {
    try {
      return (await chosenGame(this.context, this.runner.paths, this.runner.record)).install;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      return this.context.settings.install;
    }
  }

  async #facts(version: string | undefined, hint: string | undefined) {
    const { version: runs } = await this.#game();
    const newer = version !== undefined && newerThan(version, runs);
    const warning = newer
      ? `it was written by ${version}: this instance runs ${runs}, which will not load it`
      : undefined;
    return {
      ...(version === undefined ? {} : { version }),
      ...(hint === undefined ? {} : { hint }),
      ...(warning === undefined ? {} : { warning }),
    };
  }

  /** A new file's path. @throws ClusterioError `refused` when one of that name is there and is not to be replaced. */
  async #newPath(text: string, replace: boolean | undefined): Promise<string> {
    const file = `${newSaveName(text)}.zip`;
    if (replace !== true && (await this.#vault.stat(this.#at(file))) !== undefined)
      throw refused(`${this.runner.instance} has a save "${file}" already: choose another name, or say --replace`);
    return file;
  }

  /** SV2 */
  #finish(ask: Write & { op: "finish" }): Promise<unknown> {
    return this.#incoming.finish(ask, async (part) => {
      const file = await this.#newPath(ask.path, ask.replace);
      const { version, world: hint } = await this.#checkOrRemove(part, file);
      await this.#vault.place(part, this.#at(file));
      return { file, bytes: ask.bytes, ...(await this.#facts(version, hint)) };
    });
  }

  async #checkOrRemove(part: string, shown: string) {
    try {
      return await this.#vault.check(part, shown);
    } catch (error) {
      await this.#vault.remove(part);
      throw error;
    }
  }

  async #create({ name, replace, map }: Write & { op: "create" }): Promise<unknown> {
    const file = await this.#newPath(name, replace);
    const { runner } = this;
    if (runner.phase === "running") {
      if (map !== undefined && Object.keys(map).length > 0)
        throw refused(
          `${runner.instance} runs: its map is what it is; settings of a new map are for a stopped instance`,
        );
      return this.#saveNow(file);
    }
    return runner.whileStopped("a new map is being made", async () => {
      const made = `${runner.paths.incoming}/new-map.zip`;
      await this.#vault.remove(made);
      const order = { paths: runner.paths, record: runner.record, map: map ?? {}, file: made };
      await makeMap(this.context, this.#vault, order);
      const { version, world: hint } = await this.#checkOrRemove(made, "what the game made");
      await this.#vault.place(made, this.#at(file));
      const state = await this.#vault.stat(this.#at(file));
      return { file, bytes: state?.bytes ?? 0, ...(await this.#facts(version, hint)), made: "map" };
    });
  }

  /** By a server that the bridge does not run. */
  async #createElsewhere({ name, replace, map }: Write & { op: "create" }): Promise<unknown> {
    const { runner } = this;
    const file = `${newSaveName(name)}.zip`;
    if (map !== undefined && Object.keys(map).length > 0)
      throw refused(`${runner.instance} is attached: settings of a new map are for whoever makes its map`);
    if (runner.phase !== "running")
      throw unavailable(`${runner.instance} is attached and does not answer: look at its alarm`);
    if (runner.attached?.writeData !== undefined)
      return this.#inTurn(() => this.#seen(async () => this.#saveNow(await this.#newPath(name, replace))));
    if (replace !== true)
      throw refused(
        `this bridge does not see whether ${runner.instance} has a save "${file}" already: say --replace if that may go`,
      );
    await runner.saveElsewhere(file.slice(0, -".zip".length));
    return { file, bytes: 0, made: "save", elsewhere: true };
  }

  /** The running game writes it by itself, under another name first. */
  async #saveNow(file: string): Promise<unknown> {
    const { clock, game } = this.context.ports;
    const before = await this.#vault.stat(this.#at(file));
    const until = clock.now() + SAVE_MS_MAX;
    await this.runner.command(`/server-save ${file.slice(0, -".zip".length)}`);
    for (;;) {
      const now = await this.#vault.stat(this.#at(file));
      if (now !== undefined && (before === undefined || now.writtenAt !== before.writtenAt)) {
        const [found] = (await game.saves(this.runner.paths.saves)).filter(({ name }) => name === file);
        if (found?.opens === true)
          return { file, bytes: (await this.#vault.stat(this.#at(file)))?.bytes ?? now.bytes, made: "save" };
      }
      if (clock.now() >= until)
        throw unavailable(
          `${this.runner.instance} has not written ${file} within ${SAVE_MS_MAX / 1_000} s: look at its log`,
        );
      await pause(clock, LOOK_MS);
    }
  }

  async #copy(from: string, to: string): Promise<unknown> {
    const original = await this.#existing(from);
    const file = await this.#newPath(to, false);
    const free = await this.#vault.freeBytes(this.runner.paths.saves);
    if (free < original.bytes)
      throw unavailable(`the disk has no room for a copy: ${original.bytes} bytes, ${free} are free`);
    const draft = `${this.runner.paths.incoming}/copy.zip`;
    await this.context.ports.game.copy(this.#at(original.file), draft);
    await this.#vault.touch(draft, original.writtenAt);
    await this.#vault.place(draft, this.#at(file));
    await this.runner.notes.copied(original.file, file, original.writtenAt);
    return { file, bytes: original.bytes };
  }

  async #rename({ from, to, force }: Write & { op: "rename" }): Promise<unknown> {
    const original = await this.#existing(from);
    const file = await this.#newPath(to, false);
    await this.#refuseNeeded(original.file, force, "renamed");
    await this.#vault.place(this.#at(original.file), this.#at(file));
    await this.runner.notes.copied(original.file, file, original.writtenAt);
    return { file, bytes: original.bytes };
  }

  async #delete({ path, force }: Write & { op: "delete" }): Promise<unknown> {
    const { file, bytes } = await this.#existing(path);
    await this.#refuseNeeded(file, force, "deleted");
    await this.#vault.remove(this.#at(file));
    return { file, bytes };
  }

  /** SV3 */
  async #refuseNeeded(file: string, force: boolean | undefined, done: string): Promise<void> {
    const { instance, phase, record, paths } = this.runner;
    const running = /^world-[ab]\.zip$/.test(file) && phase !== "stopped" && phase !== "failed";
    if (running) throw refused(`${instance} is ${phase} on ${file}: it cannot be ${done}`);
    if (force === true) return;
    if (this.runner.attached !== undefined) return this.#refuseNewest(file, done);
    const begun = record.lineage.world !== "" || record.lineage.original !== "";
    if (begun && this.#nextOf(await this.context.ports.game.saves(paths.saves)) === file)
      throw refused(
        `${instance} goes on from ${file} at its next start: without it an older save is loaded; say --force if that is meant`,
      );
  }

  /** Whoever runs it most likely goes on from that one. */
  async #refuseNewest(file: string, done: string): Promise<void> {
    const saves = (await this.context.ports.game.saves(this.runner.paths.saves)).filter(({ opens }) => opens);
    const newest = Math.max(...saves.map(({ writtenAt }) => writtenAt));
    if (!saves.some(({ name, writtenAt }) => name === file && writtenAt === newest)) return;
    const { instance } = this.runner;
    throw refused(
      `${file} is the newest save of ${instance}, which whoever runs it may go on from: say --force if it is to be ${done}`,
    );
  }

  async #restore(path: string): Promise<unknown> {
    const found = await this.#existing(path);
    return this.runner.whileStopped("a save is being restored", async () => {
      const { version, world: hint } = await this.#vault.check(this.#at(found.file), found.file);
      const { warning, ...facts } = await this.#facts(version, hint);
      if (warning !== undefined) throw refused(`${found.file} is not restored: ${warning}`);
      if (found.file !== NEXT_SAVE) {
        const draft = `${this.runner.paths.incoming}/next.zip`;
        await this.context.ports.game.copy(this.#at(found.file), draft);
        await this.#vault.place(draft, this.#at(NEXT_SAVE));
      }
      return { file: found.file, bytes: found.bytes, ...facts };
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
