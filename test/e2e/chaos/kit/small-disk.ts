import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const mount = (folder: string, mebibytes: number): void => {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=700`, "tmpfs", folder], { stdio: "pipe" });
};

/** Whether these rights allow to mount a small disk. */
export const canMount = (): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "clusterio-mount-"));
  try {
    mount(folder, 1);
    execFileSync("umount", [folder], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
};

const BLOCK = Buffer.alloc(64 * 1024, 1);

/** A disk so small that a test can fill it. It goes with the cluster's folder (reaper.ts looks for `mounts/`). */
export class SmallDisk {
  constructor(
    readonly folder: string,
    mebibytes: number,
  ) {
    mount(folder, mebibytes);
  }

  get #ballast(): string {
    return join(this.folder, "ballast");
  }

  /** Not a byte is left. */
  async fill(): Promise<void> {
    const file = await open(this.#ballast, "a");
    try {
      for (let bytes = BLOCK.length; bytes >= 1; ) {
        const wrote = await file.write(BLOCK, 0, bytes).then(
          ({ bytesWritten }) => bytesWritten,
          (error: NodeJS.ErrnoException) => {
            if (error.code !== "ENOSPC") throw error;
            return 0;
          },
        );
        if (wrote < bytes) bytes >>= 1;
      }
    } finally {
      await file.close();
    }
  }

  /** As an operator does who has seen the alarm. */
  async free(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }
}
