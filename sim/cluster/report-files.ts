import type { Stop } from "#bridge/game/port";
import type { Clock } from "#core/ports/clock";

interface Follower {
  readonly path: string;
  read: number;
  readonly onLine: (line: string) => void;
  stopped: boolean;
}

/** A poll of the file takes so long to see a new line (ms). */
const SEEN_AFTER_MS = 20;

/** What a game writes to script-output, and who follows it. */
export class ReportFiles {
  readonly #lines = new Map<string, string[]>();
  readonly #followers = new Set<Follower>();

  constructor(private readonly clock: Clock) {}

  append(path: string, line: string): void {
    const lines = this.#lines.get(path);
    if (lines === undefined) this.#lines.set(path, [line]);
    else lines.push(line);
    for (const follower of this.#followers) if (follower.path === path) this.#pumpSoon(follower);
  }

  follow(path: string, onLine: (line: string) => void): Stop {
    const follower: Follower = { path, read: 0, onLine, stopped: false };
    this.#followers.add(follower);
    this.#pumpSoon(follower);
    return () => {
      follower.stopped = true;
      this.#followers.delete(follower);
    };
  }

  #pumpSoon(follower: Follower): void {
    this.clock.after(SEEN_AFTER_MS, () => {
      const lines = this.#lines.get(follower.path) ?? [];
      while (!follower.stopped && follower.read < lines.length) follower.onLine(lines[follower.read++]!);
    });
  }

  remove(path: string): void {
    this.#lines.delete(path);
  }

  names(folder: string): string[] {
    return [...this.#lines.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  }
}
