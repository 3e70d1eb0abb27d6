import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DEFAULT_LINE } from "#sim/factorio/game-version";

/** A mod given as files; info.json is made unless it is among them. */
export type ModFiles = Readonly<Record<string, string>>;

/** A mod directory of its own, removed by `remove`. */
export interface ModFolder {
  readonly path: string;
  remove(): void;
}

export const infoJson = (name: string, fields: object = {}): string =>
  JSON.stringify({ name, version: "1.0.0", title: name, author: "test", factorio_version: DEFAULT_LINE, ...fields });

const writeMod = (folder: string, name: string, files: ModFiles): void => {
  for (const [path, text] of Object.entries({ "info.json": infoJson(name), ...files })) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), text);
  }
};

/** Makes a mod directory with mods given as files, and links to folders of existing mods. */
export const modFolder = (mods: Readonly<Record<string, ModFiles>>, links: readonly string[] = []): ModFolder => {
  const path = mkdtempSync(join(tmpdir(), "factorio-mods-"));
  for (const [name, files] of Object.entries(mods)) writeMod(path, name, files);
  for (const link of links) symlinkSync(link, join(path, basename(link)));
  return { path, remove: () => rmSync(path, { recursive: true }) };
};
