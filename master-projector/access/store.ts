import { BOOK_BYTES_MAX, type Book, book, emptyBook } from "#core/access/book";
import { alarmText } from "#core/alarm";
import { corrupt, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import { canonicalJson, decodeJson, encodeJson } from "#core/events/codec";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { Log } from "#core/ports/log";
import { subjects } from "#core/subjects";

export interface StorePorts {
  readonly log: Log;
  readonly disk: Disk;
  /** This master's own copy. */
  readonly path: string;
  readonly clock: Clock;
  readonly alarm: (message: string) => void;
}

/**
 * The book in the stream ACCESS, and a copy of it on this master's disk.
 *
 * AS1 a book is written only behind the one that it was made from: of two masters one wins, the other reads again.
 * AS2 a stream that is behind the copy was lost or restored: the copy counts, so that nothing revoked comes back.
 */
export class BookStore {
  #book: Book | undefined;
  #lastSeq = 0;

  constructor(private readonly ports: StorePorts) {}

  get book(): Book {
    if (this.#book === undefined) throw new Error("the book was not read yet");
    return this.#book;
  }

  /** Reads what counts now. @throws ClusterioError `corrupt` when it is no book, `unavailable` when the broker is away. */
  async read(): Promise<void> {
    const { log, clock, alarm } = this.ports;
    const { lastSeq } = await log.info();
    const last = await log.last(subjects.access());
    const stored = last === undefined ? undefined : decodeBook(last.data, `message ${last.seq} of ACCESS`);
    const copy = await this.#copy();
    this.#lastSeq = lastSeq;
    if (copy !== undefined && copy.revision > (stored?.revision ?? 0)) {
      const knew = stored === undefined ? "nothing" : `revision ${stored.revision}`;
      const again = `revision ${copy.revision} is written again from this master's copy`;
      alarm(alarmText("access", `ACCESS knew ${knew} of who may do what: ${again}`));
      this.#book = copy;
      return this.write(copy);
    }
    this.#book = stored ?? emptyBook(clock.now());
  }

  /** A copy that cannot be read is of no use, and is written anew. */
  async #copy(): Promise<Book | undefined> {
    const { disk, path, alarm } = this.ports;
    const bytes = await disk.read(path);
    if (bytes === undefined) return undefined;
    try {
      return decodeBook(bytes, path);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      alarm(alarmText("access", `this master's copy of who may do what cannot be read: ${messageOf(error)}`));
      return undefined;
    }
  }

  /** @throws ClusterioError `unavailable` when another master wrote first, or the broker does not take it: nothing has changed. */
  async write(next: Book): Promise<void> {
    const { log, disk, path } = this.ports;
    const written: Book = { ...next, revision: this.book.revision + 1 };
    const bytes = encodeJson(written);
    if (bytes.length > BOOK_BYTES_MAX)
      throw refused(
        `who may do what would take ${bytes.length} bytes, at most ${BOOK_BYTES_MAX}: remove what is not used`,
      );
    const result = await log.append(subjects.access(), bytes.slice(), this.#lastSeq);
    if (result.kind !== "stored") {
      await this.read();
      // A lost acknowledgement: it is stored all the same.
      if (result.kind === "unknown" && canonicalJson(this.book) === canonicalJson(written)) return;
      throw unavailable("who may do what was not written: another master wrote, or the broker is away; ask again");
    }
    this.#lastSeq = result.seq;
    this.#book = written;
    await disk.write(path, bytes, 0o600);
  }
}

const decodeBook = (bytes: Uint8Array, what: string): Book => {
  try {
    return decodeJson(book, bytes, what);
  } catch (error) {
    if (!isClusterioError(error, "bad-input")) throw error;
    throw corrupt(`${messageOf(error)}: it is no book of rights, or one of another version`);
  }
};
