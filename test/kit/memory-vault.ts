import { createHash } from "node:crypto";
import type { FileState, Vault, VaultFile } from "#bridge/saves/vault";
import type { FakeMachine } from "#bridge/test/fake-game";
import type { Clock } from "#core/ports/clock";
import type { MemoryDisk } from "#core/ports/memory/memory-disk";

/** The files of a FakeMachine as a vault: its saves, and everything on its disk. Each change is one step, whole or not at all. */
export class MemoryVault implements Vault {
  readonly #times = new Map<string, number>();
  /** Written and not flushed. */
  readonly #loose = new Set<string>();

  constructor(
    private readonly machine: FakeMachine,
    private readonly disk: MemoryDisk,
    private readonly clock: Clock,
  ) {}

  async stat(path: string): Promise<FileState | undefined> {
    return this.#state(path);
  }

  async files(folder: string): Promise<VaultFile[]> {
    return this.#below(folder)
      .filter((path) => !path.split("/").some((part) => part.startsWith(".")))
      .map((path) => ({ path, ...this.#state(`${folder}/${path}`)! }));
  }

  async read(path: string, offset: number, bytes: number): Promise<Uint8Array> {
    return this.#bytes(path)!.slice(offset, offset + bytes);
  }

  async write(path: string, offset: number, bytes: Uint8Array): Promise<void> {
    const before = this.#bytes(path)?.slice(0, offset) ?? new Uint8Array();
    void this.disk.write(path, new Uint8Array([...before, ...bytes]));
    this.#times.set(path, this.clock.now());
    this.#loose.add(path);
  }

  /** The machine loses its power: what was not flushed is as long as it was, and empty behind its first half. */
  lose(): void {
    for (const path of this.#loose) {
      const bytes = this.#bytes(path);
      if (bytes !== undefined) void this.disk.write(path, bytes.fill(0, bytes.length >> 1));
    }
    this.#loose.clear();
  }

  async digest(path: string): Promise<string> {
    return createHash("sha256").update(this.#bytes(path)!).digest("hex");
  }

  async freeBytes(): Promise<number> {
    return 1e12;
  }

  async place(from: string, to: string): Promise<void> {
    this.#move(from, to);
  }

  async moveFolder(from: string, to: string): Promise<void> {
    if (this.#below(to).length > 0) throw new Error(`ENOTEMPTY: ${to}`);
    const paths = this.#below(from);
    if (paths.length === 0) throw new Error(`ENOENT: ${from}`);
    for (const path of paths) this.#move(`${from}/${path}`, `${to}/${path}`);
  }

  async touch(path: string, writtenAt: number): Promise<void> {
    const save = this.machine.saves.get(path);
    if (save !== undefined) this.machine.saves.set(path, { ...save, writtenAt });
    else this.#times.set(path, writtenAt);
  }

  async remove(path: string): Promise<void> {
    for (const one of [path, ...this.#below(path).map((below) => `${path}/${below}`)]) {
      this.machine.saves.delete(one);
      void this.disk.remove(one);
    }
  }

  async check(): Promise<Record<string, never>> {
    return {};
  }

  async entries(folder: string): Promise<{ name: string; writtenAt: number }[]> {
    const names = new Set(this.#below(folder).map((path) => path.split("/")[0]!));
    return [...names].sort().map((name) => ({ name, writtenAt: this.#times.get(`${folder}/${name}`) ?? 0 }));
  }

  #below(folder: string): string[] {
    const prefix = `${folder}/`;
    return [...this.machine.saves.keys(), ...this.disk.snapshot().keys()]
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .sort();
  }

  #bytes(path: string): Uint8Array | undefined {
    const save = this.machine.saves.get(path);
    if (save === undefined) return this.disk.snapshot().get(path);
    return new TextEncoder().encode(JSON.stringify({ content: save.content, opens: save.opens }));
  }

  #state(path: string): FileState | undefined {
    const bytes = this.#bytes(path)?.length;
    const writtenAt = this.machine.saves.get(path)?.writtenAt ?? this.#times.get(path) ?? 0;
    return bytes === undefined ? undefined : { bytes, writtenAt };
  }

  /** A part that is put among the saves is a save from then on. */
  #move(from: string, to: string): void {
    const bytes = this.#bytes(from)!;
    const { writtenAt } = this.#state(from)!;
    this.machine.saves.delete(from);
    void this.disk.remove(from);
    this.#loose.delete(from);
    this.#times.delete(from);
    if (/\/saves\/(?:.+\/)?[^/]+\.zip$/.test(to)) {
      this.machine.saves.set(to, { ...JSON.parse(new TextDecoder().decode(bytes)), writtenAt });
    } else {
      void this.disk.write(to, bytes);
      this.#times.set(to, writtenAt);
    }
  }
}
