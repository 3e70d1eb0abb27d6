/** Files as a port. Paths are absolute. A missing file is a value, not an error. */
export interface Disk {
  /** The file's bytes, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Replaces the file as a whole (temporary file, fsync, rename), creating folders; `mode` defaults to 0o600.
   * @throws ClusterioError `unavailable` when the disk is full.
   */
  write(path: string, bytes: Uint8Array, mode?: number): Promise<void>;
  /** Names in a folder, sorted; [] when there is none. */
  list(path: string): Promise<string[]>;
  /** Removes a file; nothing happens when there is none. */
  remove(path: string): Promise<void>;
}
