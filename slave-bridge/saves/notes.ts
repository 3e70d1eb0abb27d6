import { z } from "zod";
import type { VaultFile } from "#bridge/saves/vault";
import { canonicalJson, decodeFile } from "#core/events/codec";
import type { FactBody } from "#core/events/facts";
import { type SaveNote, saveNote } from "#core/events/saves";
import type { Disk } from "#core/ports/disk";
import type { Stated } from "#core/saves/describe";

/**
 * What is known of a world when one of its saves is written, kept beside the saves: whose it is, and its totals by its last
 * report. So an operator is told what a rewind to it would take back before he does it. For people only: what counts is what
 * the mod says once a save runs.
 */
export type Notes = Readonly<Record<string, SaveNote>>;

const NONE: Stated = { world: "", tick: 0, exported: {}, received: {} };
/** More names than a folder of rotating saves and an operator's own has. */
const NOTES_MAX = 200;
/** Totals of a world with more resources than that are left out: 200 notes stay below 10 MB. */
const RESOURCES_MAX = 1_000;

export const statedAfter = (stated: Stated, { type, data }: FactBody): Stated => {
  if (type === "world-adopted") return stated;
  const { world, tick, exported, received } = data;
  const begins = stated.world !== world || (type === "world-synced" && (data.part ?? 1) === 1);
  if (begins) return { world, tick, exported: { ...exported }, received: { ...received } };
  return {
    world,
    tick: Math.max(tick, stated.tick),
    exported: { ...stated.exported, ...exported },
    received: { ...stated.received, ...received },
  };
};

const noteOf = ({ world, tick, exported, received }: Stated, writtenAt: number): SaveNote => {
  const few = Object.keys(exported).length + Object.keys(received).length <= RESOURCES_MAX;
  return { writtenAt, world: world as SaveNote["world"], tick, ...(few ? { exported, received } : {}) };
};

/** The newest file was just written, if it is not noted yet. Files that are gone, or are others by now, lose their notes. */
export const notesAfterSave = (notes: Notes, files: readonly VaultFile[], stated: Stated): Notes => {
  const there = new Map(files.map((file) => [file.path, file.writtenAt]));
  const kept = Object.entries(notes).filter(([name, note]) => there.get(name) === note.writtenAt);
  const newest = files.reduce<VaultFile | undefined>(
    (a, b) => (a === undefined || b.writtenAt > a.writtenAt ? b : a),
    undefined,
  );
  if (newest === undefined || stated.world === "" || kept.some(([name]) => name === newest.path))
    return Object.fromEntries(kept);
  const all = [...kept, [newest.path, noteOf(stated, newest.writtenAt)] as const];
  return Object.fromEntries(all.sort(([, a], [, b]) => b.writtenAt - a.writtenAt).slice(0, NOTES_MAX));
};

/** The note of a file as it is now. */
export const noteFor = (notes: Notes, name: string, writtenAt: number): SaveNote | undefined =>
  notes[name]?.writtenAt === writtenAt ? notes[name] : undefined;

const file = z.object({ v: z.literal(1), notes: z.record(z.string(), saveNote) });

export const notesPath = (folder: string): string => `${folder}/save-notes.json`;

const readNotes = async (disk: Disk, folder: string): Promise<Notes> => {
  const bytes = await disk.read(notesPath(folder));
  return bytes === undefined ? {} : decodeFile(file, bytes, notesPath(folder)).notes;
};

const writeNotes = (disk: Disk, folder: string, notes: Notes): Promise<void> =>
  disk.write(notesPath(folder), new TextEncoder().encode(`${canonicalJson({ v: 1, notes })}\n`));

/** One instance's notes: hears its facts, and is told when a save was written. */
export class SaveNotes {
  #stated: Stated = NONE;
  #work: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    private readonly files: () => Promise<VaultFile[]>,
  ) {}

  get stated(): Stated {
    return this.#stated;
  }

  heard(fact: FactBody): void {
    this.#stated = statedAfter(this.#stated, fact);
  }

  /** A save was just written. Never throws: notes are for people. */
  saved(): Promise<void> {
    const stated = this.#stated;
    return this.#change(async (notes) => notesAfterSave(notes, await this.files(), stated)).catch(() => {});
  }

  /** A copy has what its original has. */
  copied(from: string, to: string, writtenAt: number): Promise<void> {
    return this.#change(async (before) => {
      const notes: Record<string, SaveNote> = { ...before };
      const note = notes[from];
      if (note !== undefined) notes[to] = { ...note, writtenAt };
      return notes;
    });
  }

  async all(): Promise<Notes> {
    await this.#work;
    return readNotes(this.disk, this.folder).catch(() => ({}));
  }

  #change(change: (notes: Notes) => Promise<Notes>): Promise<void> {
    const done = this.#work.then(async () => {
      const before = await readNotes(this.disk, this.folder).catch((): Notes => ({}));
      const after = await change(before);
      if (canonicalJson(after) !== canonicalJson(before)) await writeNotes(this.disk, this.folder, after);
    });
    this.#work = done.catch(() => {});
    return done;
  }
}
