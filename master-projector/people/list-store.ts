import { alarmText } from "#core/alarm";
import { refused, unavailable } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { ENTRIES_MAX, keyOf, type ListEntry, type Lists, listEntry, outranks } from "#core/people/lists";
import type { Log, StoredMessage } from "#core/ports/log";
import { subjects } from "#core/subjects";

/**
 * The cluster's lists in the stream LISTS: one message for each list and player, the last one.
 *
 * LT1 an entry is written only behind what was read: of two masters one wins, the other reads again.
 * LT2 what cannot be read is passed over and alarmed: a list that lost an entry is still a list.
 */
export interface ListStorePorts {
  readonly log: Log;
  readonly alarm: (message: string) => void;
}

const READ = 1_000;

export class ListStore {
  #entries = new Map<string, { readonly seq: number; readonly entry: ListEntry }>();
  #created = "";
  #lastSeq = 0;
  #read = false;

  constructor(
    private readonly ports: ListStorePorts,
    private readonly entriesMax = ENTRIES_MAX,
  ) {}

  get lists(): Lists {
    return new Map([...this.#entries].map(([key, { entry }]) => [key, entry]));
  }

  /** The stream's creation time, and its last message. */
  get position(): { readonly of: string; readonly seq: number } {
    return { of: this.#created, seq: this.#lastSeq };
  }

  /** What was written after a message, oldest first. */
  after(seq: number): { readonly seq: number; readonly entry: ListEntry }[] {
    return [...this.#entries.values()].filter((one) => one.seq > seq).sort((a, b) => a.seq - b.seq);
  }

  /** Reads all when that was not done, or the stream is another one. @throws ClusterioError `unavailable` when the broker is away. */
  async ready(): Promise<void> {
    if (this.#read) return;
    await this.#readAll();
  }

  async #readAll(): Promise<void> {
    const { log } = this.ports;
    const { created, lastSeq } = await log.info();
    const entries = new Map<string, { seq: number; entry: ListEntry }>();
    for (let from = 1; ; ) {
      const messages = await log.read(from, READ);
      for (const message of messages) {
        const entry = this.#decode(message);
        if (entry !== undefined) entries.set(keyOf(entry), { seq: message.seq, entry });
      }
      const last = messages.at(-1);
      if (last === undefined) break;
      from = last.seq + 1;
    }
    this.#entries = entries;
    this.#created = created;
    this.#lastSeq = lastSeq;
    this.#read = true;
  }

  /** LT2 */
  #decode({ data, seq }: StoredMessage): ListEntry | undefined {
    try {
      return decodeJson(listEntry, data, `message ${seq} of LISTS`);
    } catch {
      this.ports.alarm(alarmText("people", `message ${seq} of LISTS is no entry of a list: it is passed over`));
      return undefined;
    }
  }

  /**
   * Writes an entry where it counts; false where it does not (PL1).
   * @throws ClusterioError `unavailable` when the broker does not take it, `refused` when there are too many.
   */
  async write(entry: ListEntry): Promise<boolean> {
    const { log } = this.ports;
    const key = keyOf(entry);
    for (const again of [true, false]) {
      await this.ready();
      const before = this.#entries.get(key);
      if (!outranks(entry, before?.entry)) return false;
      if (before === undefined && this.#entries.size >= this.entriesMax)
        throw refused(`the lists hold ${this.entriesMax} names already`);
      const subject = subjects.list(entry.list, entry.player.toLowerCase());
      const result = await log.append(subject, encodeJson(entry).slice(), this.#lastSeq);
      if (result.kind === "stored") {
        this.#entries.set(key, { seq: result.seq, entry });
        this.#lastSeq = result.seq;
        return true;
      }
      // Another master wrote, the stream is another one, or the acknowledgement was lost: what is there says which (LT1).
      this.#read = false;
      if (result.kind === "full") throw unavailable("LISTS is full: raise its limit");
      if (!again) break;
    }
    throw unavailable("the list was not written: another master wrote, or the broker is away; ask again");
  }
}
