import type { Disk } from "#core/ports/disk";

/** Files in memory. Bytes are copied both ways, as a disk does. */
export class MemoryDisk implements Disk {
  readonly #files = new Map<string, { bytes: Uint8Array; mode: number }>();

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.#files.get(path)?.bytes.slice();
  }

  async write(path: string, bytes: Uint8Array, mode = 0o600): Promise<void> {
    this.#files.set(path, { bytes: bytes.slice(), mode });
  }

  async list(path: string): Promise<string[]> {
    const prefix = path.endsWith("/") ? path : `${path}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split("/", 1)[0]!);
    }
    return [...names].sort();
  }

  async remove(path: string): Promise<void> {
    this.#files.delete(path);
  }

  modeOf(path: string): number | undefined {
    return this.#files.get(path)?.mode;
  }

  /** All files as they are now, to put a crashed machine's disk back. */
  snapshot(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#files].map(([path, file]) => [path, file.bytes.slice()]));
  }
}
