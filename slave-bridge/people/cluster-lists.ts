import { z } from "zod";
import type { Ports } from "#bridge/ports";
import { isClusterioError, messageOf } from "#core/errors";
import { canonicalJson, decodeFile, decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import * as shape from "#core/events/shapes";
import type { InstanceId, SlaveId } from "#core/ids";
import {
  ENTRIES_MAX,
  EXCHANGED_MAX,
  keyOf,
  type ListEntry,
  type ListExchange,
  type Lists,
  listEntry,
  listExchanged,
  mergedAll,
} from "#core/people/lists";
import { subjects } from "#core/subjects";

/**
 * A bridge's copy of the cluster's lists, and what was done in its games that the master has not confirmed.
 *
 * CO1 what a game did counts here at once, and is said to the master until it answers; the master's word then takes its place.
 * CO2 nothing is done to any game before the cluster's lists were known once.
 */

/** How often a master is asked for news: so soon does a ban reach every game. */
const ASK_MS = 3_000;
const ANSWER_MS_MAX = 2_000;
/** Said in games and not yet taken: a day of moderation. */
const WAITING_MAX = 2_000;

interface Change {
  readonly instance: string;
  readonly entry: ListEntry;
}

const file = z.object({
  v: z.literal(1),
  of: z.string(),
  seq: shape.count,
  entries: z.array(listEntry).max(ENTRIES_MAX),
  waiting: z.array(z.object({ instance: shape.id, entry: listEntry })).max(WAITING_MAX),
});

export class ClusterLists {
  #base: Lists = new Map();
  #of = "";
  #seq = 0;
  #waiting: readonly Change[] = [];
  #view: Lists | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly ports: Pick<Ports, "disk" | "bus" | "clock" | "journal">,
    private readonly slave: SlaveId,
    private readonly path: string,
  ) {}

  async open(): Promise<void> {
    const bytes = await this.ports.disk.read(this.path);
    if (bytes === undefined) return;
    try {
      const { of, seq, entries, waiting } = decodeFile(file, bytes, this.path);
      this.#base = new Map(entries.map((entry) => [keyOf(entry), entry]));
      this.#of = of;
      this.#seq = seq;
      this.#waiting = waiting;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      this.ports.journal("warn", `the copy of the cluster's lists is read anew: ${messageOf(error)}`);
    }
  }

  /** CO2 */
  get known(): boolean {
    return this.#of !== "";
  }

  /** CO1 */
  get lists(): Lists {
    this.#view ??= mergedAll(
      this.#base,
      this.#waiting.map(({ entry }) => entry),
    );
    return this.#view;
  }

  /** Done in a game. */
  say(instance: InstanceId, entries: readonly ListEntry[]): void {
    if (entries.length === 0) return;
    this.#waiting = [...this.#waiting, ...entries.map((entry) => ({ instance, entry }))].slice(-WAITING_MAX);
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#changed();
  }

  tick(): void {
    const { clock, bus } = this.ports;
    if (this.#asking || !bus.connected() || clock.now() - this.#askedAt < ASK_MS) return;
    this.#askedAt = clock.now();
    void this.#ask();
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  async #ask(): Promise<void> {
    const { bus, journal } = this.ports;
    this.#asking = true;
    try {
      const said = this.#waiting.slice(0, EXCHANGED_MAX);
      const request: ListExchange = { of: this.#of, since: this.#seq, changes: [...said] };
      const result = await bus.request(subjects.query(this.slave, "list-exchange"), encodeJson(request), ANSWER_MS_MAX);
      if (result.kind !== "answer") return;
      const decoded = decodeJson(answer, result.data, "the answer of list-exchange");
      if ("error" in decoded) return;
      const { of, seq, entries, more, refused } = listExchanged.parse(decoded.ok);
      for (const why of new Set(refused)) journal("warn", `what was done in a game stays there: ${why}`);
      if (of !== this.#of) this.#base = new Map();
      const base = new Map(this.#base);
      for (const entry of entries) base.set(keyOf(entry), entry);
      const news = of !== this.#of || entries.length > 0 || said.length > 0;
      this.#base = base;
      this.#of = of;
      this.#seq = seq;
      this.#waiting = this.#waiting.slice(said.length);
      if (more === true) this.#askedAt = Number.NEGATIVE_INFINITY;
      if (news) this.#changed();
    } catch (error) {
      // An answer of another version, or a connection that broke: asked again.
      if (!isClusterioError(error) && !(error instanceof z.ZodError)) throw error;
    } finally {
      this.#asking = false;
    }
  }

  #changed(): void {
    this.#view = undefined;
    const { disk, journal } = this.ports;
    // The next one has it all.
    this.#writing = this.#writing
      .then(() => {
        const entries = [...this.#base.values()];
        const content = { v: 1, of: this.#of, seq: this.#seq, entries, waiting: this.#waiting };
        return disk.write(this.path, new TextEncoder().encode(`${canonicalJson(content)}\n`));
      })
      .catch((error) => journal("warn", `the cluster's lists are not on disk: ${messageOf(error)}`));
  }
}
