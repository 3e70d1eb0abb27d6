import { type AttachConfig, attachedLog, attachedRoot, linkAdvice } from "#bridge/attached/folder";
import { anchorOf } from "#bridge/game/log-line";
import type { GameFiles, Stop } from "#bridge/game/port";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";

/**
 * What a server that the bridge does not run prints, followed where its write-data folder is seen.
 *
 * AF1 lines are handed over from when it is followed on; what stood there before is for who asks what it printed last.
 * AF2 a folder that is not there, or empty, or has no such log, is told, and taken back when it is there: a mount may come later.
 *     Until then the mod's words are its log.
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
  #stop: Stop = () => {};
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** There is such a file: somebody looked. */
  #found = false;
  #alarm: string | undefined;
  #savingSince: number | undefined;

  constructor(private readonly hands: LogHands) {}

  /** Its lines are read. */
  get followed(): boolean {
    return this.#path !== undefined && this.#found;
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
    if (path !== this.#path) this.#begin(path);
    if (root !== undefined && this.hands.clock.now() - this.#lookedAt >= LOOK_MS) void this.#look(root);
  }

  close(): void {
    this.#begin(undefined);
  }

  #begin(path: string | undefined): void {
    this.#stop();
    this.#stop = () => {};
    this.#path = path;
    this.#savingSince = undefined;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.#found = false;
    this.#tell(undefined);
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
    const path = this.#path ?? "";
    const there = await this.hands.disk.list(root).catch((): string[] => []);
    if (path !== this.#path) return;
    this.#found = there.includes(path.slice(root.length + 1));
    if (there.length === 0) this.#tell(`attach.writeData: nothing is in ${root}: ${linkAdvice(root)}`);
    else if (this.#found) this.#tell(undefined);
    else
      this.#tell(
        `attach.log: there is no ${path}: name what that server prints there, for example by its --console-log`,
      );
  }

  #tell(alarm: string | undefined): void {
    if (alarm === this.#alarm) return;
    this.#alarm = alarm;
    this.hands.alarm(alarm);
  }
}
