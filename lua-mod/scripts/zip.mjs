// The released form of the mod: one folder in a zip, the same bytes whenever and wherever it is built.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";

/** The zip format can't tell earlier times, and any time would do. */
const mtime = new Date(1980, 0, 1);

/** Paths of all files below `folder`, relative, sorted by code units. */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort((a, b) => (a < b ? -1 : 1));
}

/** The mod folder as a zip with the folder `name` in it. */
export function zipMod(folder, name) {
  const entries = {};
  for (const path of filesBelow(folder)) entries[`${name}/${path}`] = readFileSync(join(folder, path));
  return zipSync(entries, { level: 9, mtime, os: 3, attrs: 0o644 << 16 });
}
