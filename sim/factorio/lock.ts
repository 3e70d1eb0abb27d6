import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Another running server has this write-data. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

/** Identifies a running process even when its number is used again: number and start time. */
const identity = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is over, however long its parent takes to notice.
    return fields[0] === "Z" ? undefined : `${pid} ${fields[19]}`;
  } catch {
    return undefined;
  }
};

/** Takes write-data for this process; what a killed server left behind does not count. Returns the release. */
export const lockWriteData = (writeData: string): (() => void) => {
  const file = join(writeData, ".lock");
  let holder = "";
  try {
    holder = readFileSync(file, "utf8");
  } catch {
    // no lock
  }
  const pid = Number(holder.split(" ")[0]);
  if (holder !== "" && pid !== process.pid && identity(pid) === holder) {
    throw new LockedError(`Couldn't create lock file ${file}: Is another instance already running?`);
  }
  writeFileSync(file, identity(process.pid) ?? "");
  return () => rmSync(file, { force: true });
};
