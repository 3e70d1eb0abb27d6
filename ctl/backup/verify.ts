import { stat } from "node:fs/promises";
import { join } from "node:path";
import { checkSave } from "#core/adapters/save-check";
import { isClusterioError, messageOf } from "#core/errors";
import { filesOf, type Manifest } from "#ctl/backup/manifest";
import { ArchiveFile } from "#ctl/history/archive-file";
import { verifyBack } from "#ctl/ledger/archive";
import { digestOf } from "#ctl/save/local-file";

/** Whether a backup still is what it was: each file's sum, each save read through, the ledger audited. */
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
  const { ledger } = of;
  if (ledger !== null && !damaged.has(ledger.file.path)) {
    const problem = await said(() => verifyLedger(join(folder, ledger.file.path), signal));
    if (problem !== undefined) problems.push({ path: ledger.file.path, problem });
  }
  return problems;
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
