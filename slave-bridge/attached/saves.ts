import { z } from "zod";
import { isClusterioError } from "#core/errors";
import { canonicalJson, decodeFile } from "#core/events/codec";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";

/**
 * Saves that a bridge orders of a server that it does not run: by RCON, so that they are written where that server writes.
 *
 * AO1 they take the place of none but their own: rotating names that nobody else gives, and which of them is next is on disk
 *     before it is ordered.
 * AO2 a map that stands still is not saved over and over: each word would move it on by a tick.
 */

export const AUTOSAVES = 5;
/** More than a configuration has schedules. */
const SERIES_MAX = 40;

const file = z.object({ v: z.literal(1), last: z.record(z.string(), z.number().int().min(1)) });

export interface AttachedSavesHands {
  readonly clock: Clock;
  readonly disk: Disk;
  /** Which of a series was ordered last. */
  readonly path: string;
  /** @throws ClusterioError `unavailable` when it is not there to be told. */
  ask(command: string): Promise<unknown>;
}

export class AttachedSaves {
  #savedAt: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly hands: AttachedSavesHands) {}

  /** `answers`: it is there, and its map goes on (AO2). */
  tick(autosaveMs: number, answers: boolean): void {
    const now = this.hands.clock.now();
    this.#savedAt ??= now;
    if (autosaveMs === 0 || !answers || now - this.#savedAt < autosaveMs) return;
    void this.autosave().catch((error: unknown) => {
      // It went away: it is asked again when it is there.
      if (!isClusterioError(error)) throw error;
    });
  }

  /** What it is called. */
  autosave(): Promise<string> {
    this.#savedAt = this.hands.clock.now();
    return this.next("clusterio-auto", AUTOSAVES);
  }

  /** The next of `keep` files of a series. */
  next(series: string, keep: number): Promise<string> {
    const done = this.#turn.then(async () => {
      const last = await this.#last();
      const number = ((last[series] ?? 0) % keep) + 1;
      const kept = Object.entries({ ...last, [series]: number }).slice(-SERIES_MAX);
      const content = { v: 1, last: Object.fromEntries(kept) };
      await this.hands.disk.write(this.hands.path, new TextEncoder().encode(`${canonicalJson(content)}\n`));
      return this.saveAs(`${series}-${number}`);
    });
    this.#turn = done.catch(() => {});
    return done;
  }

  async saveAs(name: string): Promise<string> {
    await this.hands.ask(`/server-save ${name}`);
    return `${name}.zip`;
  }

  async #last(): Promise<Record<string, number>> {
    const bytes = await this.hands.disk.read(this.hands.path);
    if (bytes === undefined) return {};
    try {
      return decodeFile(file, bytes, this.hands.path).last;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      return {};
    }
  }
}
