import type { Vault } from "#bridge/saves/vault";
import { badInput, refused, unavailable } from "#core/errors";
import { PIECE_BYTES_MAX } from "#core/events/saves";

/**
 * Files that come in pieces, each below its own sum until it is whole. All that is known of a transfer is the length of its
 * part on the disk: whoever brings the same bytes again, from wherever, after whatever ended, goes on there.
 *
 * TR1 a piece is written only where the part ends: what came twice or out of turn is refused with the place to go on at.
 * TR2 a file has its name only after all its bytes were read back and have the sum that was promised; one that has not is
 *     removed, so that the next attempt begins anew.
 * TR3 at most one part for each sum, and what nobody went on with for a day is removed.
 * TR4 nothing is begun that is above the limit, or for which the disk has no room.
 */

export const PART_MS_MAX = 24 * 3_600_000;
/** A disk is not filled to its last byte: the games on it have to save. */
export const SPARE_BYTES = 64 * 1024 * 1024;

export interface Promised {
  readonly bytes: number;
  readonly sha256: string;
}

export class Incoming {
  /** One thing at a time for each part: pieces come faster than they are written. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly vault: Vault,
    /** Where the parts are. */
    private readonly folder: string,
    private readonly bytesMax: number,
  ) {}

  partOf(sha256: string): string {
    return `${this.folder}/${sha256}.part`;
  }

  /** Where to go on. @throws ClusterioError `refused` above the limit, `unavailable` without room (TR4). */
  begin({ bytes, sha256 }: Promised): Promise<number> {
    return this.#inTurn(sha256, async () => {
      if (bytes > this.bytesMax) throw refused(`${bytes} bytes are more than this bridge takes: ${this.bytesMax}`);
      const part = this.partOf(sha256);
      const there = (await this.vault.stat(part))?.bytes ?? 0;
      const free = await this.vault.freeBytes(this.folder);
      const needed = bytes - Math.min(there, bytes) + SPARE_BYTES;
      if (free < needed)
        throw unavailable(
          `the disk has no room: ${needed} bytes are needed, ${free} are free; make room and try again`,
        );
      if (there <= bytes) return there;
      await this.vault.remove(part);
      return 0;
    });
  }

  /** TR1 */
  put(sha256: string, offset: number, piece: Uint8Array): Promise<number> {
    return this.#inTurn(sha256, async () => {
      if (piece.length === 0 || piece.length > PIECE_BYTES_MAX)
        throw badInput(`a piece has 1 to ${PIECE_BYTES_MAX} bytes, not ${piece.length}`);
      const part = this.partOf(sha256);
      const there = (await this.vault.stat(part))?.bytes ?? 0;
      if (offset !== there)
        throw refused(`a piece at ${offset}, but ${there} bytes are here: begin again to go on there`);
      if (offset + piece.length > this.bytesMax) throw refused(`this bridge takes at most ${this.bytesMax} bytes`);
      await this.vault.write(part, offset, piece);
      return offset + piece.length;
    });
  }

  /** The whole part is handed to `place` once it is proved (TR2). */
  finish<T>({ bytes, sha256 }: Promised, place: (part: string) => Promise<T>): Promise<T> {
    return this.#inTurn(sha256, async () => {
      const part = this.partOf(sha256);
      const there = await this.vault.stat(part);
      if (there === undefined) throw refused("nothing of that file is here: begin again");
      if (there.bytes < bytes)
        throw refused(`only ${there.bytes} of ${bytes} bytes are here: begin again to go on there`);
      const found = there.bytes > bytes ? "other" : await this.vault.digest(part);
      if (found !== sha256) {
        await this.vault.remove(part);
        throw refused(`what came has another sum than was promised: it was thrown away, begin again`);
      }
      return place(part);
    });
  }

  /** TR3 */
  async clean(now: number): Promise<void> {
    for (const { name, writtenAt } of await this.vault.entries(this.folder)) {
      // Besides parts: a copy or a new map that was being made when its bridge ended.
      if (/\.(?:part|zip)$/.test(name) && now - writtenAt >= PART_MS_MAX)
        await this.vault.remove(`${this.folder}/${name}`);
    }
  }

  #inTurn<T>(sha256: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(sha256) ?? Promise.resolve();
    const turn = before.then(work, work);
    const settled = turn.then(
      () => {},
      () => {},
    );
    this.#turns.set(sha256, settled);
    void settled.then(() => {
      if (this.#turns.get(sha256) === settled) this.#turns.delete(sha256);
    });
    return turn;
  }
}
