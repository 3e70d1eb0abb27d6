import { type AttachConfig, attachedLog, attachedRoot, linkAdvice } from "#bridge/attached/folder";
import { anchorOf } from "#bridge/game/log-line";
import type { GameFiles, Stop } from "#bridge/game/port";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";

/**
 * What a server that the bridge does not run prints, followed where its write-data folder is seen.
 *
 * AF1 lines are handed over from when it is followed on; what stood there before is for who asks what it printed last.
 * AF2 a folder that is not there, or empty, is told, and taken back when it is there: a mount may come later.
 */

/** For who asks what it printed last. */
const REMEMBERED = 100;
const LOOK_MS = 30_000;

export interface LogHands {
  readonly clock: Clock;
  readonly disk: Pick<Disk, "list">;
  readonly files: Pick<GameFiles, "follow" | "lastLines">;
  /** The bridge's folder. */
  readonly dir: string;
  /** How long a save may take before silence is a fault (ms). */
  readonly saveMs: number;
  remember(lines: readonly string[]): void;
  line(text: string): void;
  saved(): void;
  /** Undefined: it is right again. */
  alarm(message: string | undefined): void;
}

export class AttachedLog {
  #path: string | undefined;
  #root: string | undefined;
  #stop: Stop = () => {};
  #lookedAt = Number.NEGATIVE_INFINITY;
  #missing = false;
  #savingSince: number | undefined;

  constructor(private readonly hands: LogHands) {}

  /** Its lines are read. */
  get followed(): boolean {
    return this.#path !== undefined && !this.#missing;
  }

  /** It said that it saves: its silence is no fault. */
  get saving(): boolean {
    const { clock, saveMs } = this.hands;
    return this.#savingSince !== undefined && clock.now() - this.#savingSince < saveMs;
  }

  /** The server as it is configured now, undefined while there is none. */
  follow(attach: AttachConfig | undefined): void {
    const root = attach === undefined ? undefined : attachedRoot(this.hands.dir, attach);
    const path = root === undefined || attach === undefined ? undefined : attachedLog(root, attach);
    if (path !== this.#path) this.#begin(root, path);
    if (root !== undefined && this.hands.clock.now() - this.#lookedAt >= LOOK_MS) void this.#look(root);
  }

  close(): void {
    this.#begin(undefined, undefined);
  }

  #begin(root: string | undefined, path: string | undefined): void {
    this.#stop();
    this.#stop = () => {};
    this.#root = root;
    this.#path = path;
    this.#savingSince = undefined;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    if (this.#missing) this.#found(undefined);
    if (path === undefined) return;
    void this.hands.files.lastLines(path, REMEMBERED).then(
      (lines) => path === this.#path && this.hands.remember(lines),
      () => {},
    );
    this.#stop = this.hands.files.follow(path, "end", (line) => this.#line(line));
  }

  #line(line: string): void {
    const anchor = anchorOf(line);
    if (anchor === "saving") this.#savingSince = this.hands.clock.now();
    if (anchor === "saved") {
      this.#savingSince = undefined;
      this.hands.saved();
    }
    this.hands.line(line);
  }

  /** AF2 */
  async #look(root: string): Promise<void> {
    this.#lookedAt = this.hands.clock.now();
    const there = await this.hands.disk.list(root).catch(() => []);
    if (root !== this.#root) return;
    if (there.length > 0 && this.#missing) this.#found(undefined);
    if (there.length === 0 && !this.#missing) this.#found(root);
  }

  #found(missing: string | undefined): void {
    this.#missing = missing !== undefined;
    this.hands.alarm(missing && `attach.writeData: nothing is in ${missing}: ${linkAdvice(missing)}`);
  }
}
