import type { SaveFacts } from "#core/adapters/save-check";

/**
 * An instance's files as a port, for what comes from outside and goes there; slave-bridge/game/adapters/vault.ts does it on a
 * real disk. Paths are absolute. A missing file is a value.
 */
export interface FileState {
  readonly bytes: number;
  /** Milliseconds since 1970, whole. */
  readonly writtenAt: number;
}

export interface VaultFile extends FileState {
  /** Relative to the folder that was looked at, with "/". */
  readonly path: string;
}

export interface Vault {
  stat(path: string): Promise<FileState | undefined>;
  /** All files below a folder, sorted, without those whose name, or whose folder's name, begins with a dot. */
  files(folder: string): Promise<VaultFile[]>;
  read(path: string, offset: number, bytes: number): Promise<Uint8Array>;
  /** Writes at `offset` and cuts off what stood behind it; makes the folder. @throws `unavailable` when the disk is full. */
  write(path: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** SHA-256 in hex, in bounded memory. */
  digest(path: string): Promise<string>;
  freeBytes(folder: string): Promise<number>;
  /** Flushes a file, then gives it its name, replacing what is there; makes the folder. */
  place(from: string, to: string): Promise<void>;
  /** Renames a folder; the one above the target is made. Whole or not at all. */
  moveFolder(from: string, to: string): Promise<void>;
  touch(path: string, writtenAt: number): Promise<void>;
  /** Removes a file or a whole folder. */
  remove(path: string): Promise<void>;
  /** @throws ClusterioError `refused` when it is not a save, in words that call it `shown`. */
  check(path: string, shown: string): Promise<SaveFacts>;
  /** Names in a folder with their age; [] when there is none. */
  entries(folder: string): Promise<readonly { readonly name: string; readonly writtenAt: number }[]>;
}
