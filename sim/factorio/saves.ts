import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { clockOffset, nodeClock } from "#core/adapters/node-clock";
import { failpoint } from "#core/failpoints";

/** The file meant by --create or a save's name: ".zip" is added. */
export const saveFile = (given: string): string => resolve(extname(given) === ".zip" ? given : `${given}.zip`);

/** The file meant by --start-server: a path, or a name in the saves folder. */
export const existingSave = (given: string, savesFolder: string): string | undefined =>
  [saveFile(given), saveFile(join(savesFolder, given))].find((file) => existsSync(file));

/** Saves by age, newest first; unfinished ones (.tmp.zip) are none. */
const byAge = (folder: string): string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.endsWith(".zip") && !name.endsWith(".tmp.zip"))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);

export const latestSave = (folder: string): string | undefined => byAge(folder)[0];

/** The autosave to write next: a free slot, else the oldest. */
export const nextAutosave = (folder: string, slots: number): string => {
  const names = Array.from({ length: slots }, (_, i) => join(folder, `_autosave${i + 1}.zip`));
  const free = names.find((file) => !existsSync(file));
  return free ?? byAge(folder).findLast((file) => names.includes(file)) ?? join(folder, "_autosave1.zip");
};

/** Under the final name there is always a whole save: it is written beside it and renamed. */
export const writeSave = (file: string, pack: (name: string) => Uint8Array): void => {
  mkdirSync(dirname(file), { recursive: true });
  const name = basename(file, ".zip");
  const temporary = join(dirname(file), `${name}.tmp.zip`);
  const bytes = pack(name);
  const half = bytes.length >> 1;
  writeFileSync(temporary, bytes.subarray(0, half));
  failpoint("save.writing");
  appendFileSync(temporary, bytes.subarray(half));
  failpoint("save.renaming");
  renameSync(temporary, file);
  if (clockOffset !== undefined) utimesSync(file, nodeClock.now() / 1000, nodeClock.now() / 1000);
  failpoint("save.renamed");
};
