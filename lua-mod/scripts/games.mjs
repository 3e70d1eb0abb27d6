// The game lines that the mod is built for, the current one first: one source, all differences in src/runtime/compat*.ts.

/** @typedef {{ line: string, base: string, project: string, suffix: number }} GameLine */

/** @type {readonly GameLine[]} */
export const games = [
  { line: "2.1", base: "2.1.9", project: "tsconfig.json", suffix: 21 },
  { line: "2.0", base: "2.0.75", project: "tsconfig.2.0.json", suffix: 20 },
];

/**
 * The portal keeps one release per version number, so each game line has numbers of its own: 0.1.3 of the project is 0.1.321
 * for 2.1 and 0.1.320 for 2.0.
 */
export function modVersion(version, { suffix }) {
  const [major, minor, patch] = version.split(".").map(Number);
  return `${major}.${minor}.${patch * 100 + suffix}`;
}
