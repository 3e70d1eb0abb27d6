import { unavailable } from "#core/errors";
import { decodePlayerFact } from "#core/people/facts";
import { evolvePlayers, type Player, type PlayerBook } from "#core/people/players";
import type { Following, Log, StoredMessage } from "#core/ports/log";
import { parseEventSubject } from "#core/subjects";

/** Who plays and has played, read from PLAYERS by whoever leads; beside the fold of items, which never waits for it. */
export class PlayerModel {
  #book: PlayerBook = new Map();
  #following: Following | undefined;
  #readUntil = 0;
  /** The last message that the stream held when reading began; undefined while that is not known. */
  #heldUntil: number | undefined;
  #closed = false;

  constructor(private readonly log: Log) {}

  /** Begins to read, if that was not done. @throws ClusterioError `unavailable` when the broker is away. */
  async ready(): Promise<void> {
    if (this.#heldUntil !== undefined) return;
    const { lastSeq, firstSeq } = await this.log.info();
    if (this.#closed || this.#heldUntil !== undefined) return;
    this.#heldUntil = firstSeq > lastSeq ? 0 : lastSeq;
    this.#follow();
  }

  #follow(): void {
    this.#following = this.log.follow(
      1,
      (message) => this.#take(message),
      () => {
        // Another stream: what it holds is what there is.
        this.#book = new Map();
        this.#readUntil = 0;
        this.#heldUntil = 0;
        if (!this.#closed) this.#follow();
      },
    );
  }

  #take({ seq, subject, data, time }: StoredMessage): void {
    this.#readUntil = seq;
    const from = parseEventSubject(subject);
    const fact = from === undefined ? undefined : decodePlayerFact(from, data);
    if (from !== undefined && fact !== undefined) evolvePlayers(this.#book, { instance: from.instance, time }, fact);
  }

  /** By name. @throws ClusterioError `unavailable` while the past is still read. */
  players(): Player[] {
    if (this.#heldUntil === undefined || this.#readUntil < this.#heldUntil)
      throw unavailable("the master still reads who has played: ask again in a moment");
    return [...this.#book.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#following?.stop();
  }
}
