import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { ArchiveHeader } from "#core/archive/format";
import { badInput, isClusterioError, messageOf } from "#core/errors";
import { sizeText } from "#core/terminal/size";
import { grouped, timeText } from "#ctl/audit/output";
import { ArchiveFile } from "#ctl/history/archive-file";

/** One file of a folder of archives. */
export type Listed =
  | {
      readonly file: string;
      readonly header: ArchiveHeader;
      /** True when it goes on where an earlier one of the folder ends, or the ledger begins with it. */
      readonly joins: boolean;
    }
  | { readonly file: string; readonly damaged: string };

const ARCHIVE_NAME = /\.gz$/;

/** The archives of a folder in the order of their ranges; what is no archive is left out. */
export const listArchives = async (dir: string): Promise<Listed[]> => {
  const folder = resolve(dir);
  const names = await readdir(folder).catch((error: unknown) => {
    throw badInput(`cannot read the folder ${folder}: ${messageOf(error)}`, error);
  });
  const good: { file: string; header: ArchiveHeader }[] = [];
  const damaged: Listed[] = [];
  for (const file of names.filter((name) => ARCHIVE_NAME.test(name) && !name.startsWith(".")).sort()) {
    try {
      const archive = await ArchiveFile.open(join(folder, file));
      good.push({ file, header: archive.header });
      await archive.close();
    } catch (error) {
      if (isClusterioError(error, "corrupt")) damaged.push({ file, damaged: error.message });
      else if (!isClusterioError(error, "bad-input")) throw error;
    }
  }
  good.sort((a, b) => a.header.from - b.header.from);
  const tips = new Set(good.map(({ header }) => header.tip));
  return [
    ...good.map(({ file, header }) => ({ file, header, joins: header.prev === "" || tips.has(header.prev) })),
    ...damaged,
  ];
};

export const listLines = (listed: readonly Listed[]): string[] =>
  listed.flatMap((one) => {
    if ("damaged" in one) return [`${one.file}: DAMAGED: ${one.damaged}`];
    const { from, to, messages, time, bytes, tip, stateHash, sha256 } = one.header;
    return [
      `${one.file}: messages ${grouped(from)} to ${grouped(to)}${one.joins ? "" : " (what is before it is not here)"}`,
      `  ${grouped(messages)} messages, ${timeText(time.from)} to ${timeText(time.to)}, ${sizeText(bytes)}`,
      `  tip ${tip}  state ${stateHash}  sha256 ${sha256}`,
    ];
  });
