import { stat } from "node:fs/promises";
import { join } from "node:path";
import { checkSave } from "#core/adapters/save-check";
import { isClusterioError, messageOf } from "#core/errors";
import { verifyLists } from "#ctl/backup/lists";
import { type BackupFile, filesOf, type Manifest } from "#ctl/backup/manifest";
import { verifyPlayers } from "#ctl/backup/players";
import { verifyRights } from "#ctl/backup/rights";
import { ArchiveFile } from "#ctl/history/archive-file";
import { verifyBack } from "#ctl/ledger/archive";
import { digestOf } from "#ctl/save/local-file";

/** Whether a backup still is what it was: each file's sum, each save read through, the ledger audited, the rest read and counted. */
export interface Problem {
  readonly path: string;
  readonly problem: string;
}

export const verifyBackup = async (folder: string, of: Manifest, signal: AbortSignal): Promise<Problem[]> => {
  const problems: Problem[] = [];
  for (const file of filesOf(of)) {
    const found = await problemOf(join(folder, file.path), file, signal);
    if (found !== undefined) problems.push({ path: file.path, problem: found });
  }
  const damaged = new Set(problems.map(({ path }) => path));
  for (const { save } of of.instances) {
    if (damaged.has(save.path)) continue;
    const problem = await said(() => checkSave(join(folder, save.path), { shown: save.path }));
    if (problem !== undefined) problems.push({ path: save.path, problem });
  }
  for (const [file, check] of checksOf(of)) {
    if (damaged.has(file.path)) continue;
    const path = join(folder, file.path);
    const problem = await said(() => check(path, signal));
    if (problem !== undefined) problems.push({ path: file.path, problem });
  }
  return problems;
};

type Check = (path: string, signal: AbortSignal) => Promise<void>;

/** What is to be proved of each part beside its sum. */
const checksOf = ({ ledger, rights, lists, players }: Manifest): [BackupFile, Check][] => {
  const all: [BackupFile, Check][] = [];
  if (ledger !== null) all.push([ledger.file, verifyLedger]);
  if (rights !== null) all.push([rights.file, (path) => verifyRights(rights, path)]);
  if (lists !== null) all.push([lists.file, (path) => verifyLists(lists, path)]);
  if (players !== null) all.push([players.file, (path) => verifyPlayers(players, path)]);
  return all;
};

const verifyLedger = async (path: string, signal: AbortSignal): Promise<void> => {
  const archive = await ArchiveFile.open(path);
  try {
    await verifyBack(archive, signal);
  } finally {
    await archive.close();
  }
};

const problemOf = async (
  path: string,
  { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  signal: AbortSignal,
): Promise<string | undefined> => {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return "it is missing";
  if (there.size !== bytes) return `it has ${there.size} bytes instead of ${bytes}`;
  return (await digestOf(path, signal)) === sha256 ? undefined : "its bytes are not those that were written";
};

const said = async (check: () => Promise<unknown>): Promise<string | undefined> => {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return messageOf(error);
  }
};
