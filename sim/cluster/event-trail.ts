import { contentOf } from "#sim/cluster/content";
import type { BookPosition } from "#sim/cluster/ledger-book";

interface Stored {
  readonly seq: number;
  /** Cut off before this many messages had been stored. */
  cutAt: number;
  /** When it aged out (ms). */
  agedAt?: number;
}

/** What EVENTS has ever held, in the order in which it was stored: also what was cut off again. */
export class EventTrail {
  wasCut = false;
  readonly #all: Stored[] = [];
  /** A fact that comes twice may stand at one sequence twice, before a cut and after it. */
  readonly #index = new Map<string, number[]>();
  readonly #ids = new Set<string>();
  readonly #heardAt = new Map<string, number>();

  stored(seq: number, bytes: Uint8Array, now: number): void {
    const { id, type, data } = contentOf<{ id: string; type: string; data: { token?: string } }>(bytes);
    const name = `${seq} ${id}`;
    this.#index.set(name, [...(this.#index.get(name) ?? []), this.#all.length]);
    this.#all.push({ seq, cutAt: Number.POSITIVE_INFINITY });
    // A second copy of a session's first fact says nothing, and what explains an adoption is none of the session's.
    if (data.token !== undefined && type !== "world-adopted" && !this.#ids.has(id)) this.#heardAt.set(data.token, now);
    this.#ids.add(id);
  }

  cut(lastSeq: number): void {
    this.wasCut = true;
    for (const each of this.#all) if (each.seq > lastSeq) each.cutAt = Math.min(each.cutAt, this.#all.length);
  }

  /** What stood before this sequence aged out. */
  aged(firstSeq: number, now: number): void {
    for (const each of this.#all)
      if (each.seq < firstSeq && each.cutAt === Number.POSITIVE_INFINITY) each.agedAt ??= now;
  }

  /** When the message at this position aged out; undefined when it did not, or was cut off. */
  agedAt(position: BookPosition | undefined): number | undefined {
    const last = this.#all[this.#at(position).at(-1) ?? -1];
    return last?.cutAt === Number.POSITIVE_INFINITY ? last.agedAt : undefined;
  }

  /** When a fact of this session was last stored. */
  heardAt(token: string): number | undefined {
    return this.#heardAt.get(token);
  }

  #at(position: BookPosition | undefined): readonly number[] {
    return position === undefined ? [] : (this.#index.get(`${position.seq} ${position.id}`) ?? []);
  }

  /** What is wrong about reading on from one position to another. */
  problem(from: BookPosition | undefined, to: BookPosition | undefined): string | undefined {
    const ends = this.#at(to);
    const beginnings = this.#at(from);
    if (beginnings.length === 0 || ends.length === 0) return undefined;
    const follows = (before: number, after: number) => before <= after && (this.#all[before]?.cutAt ?? 0) > after;
    if (beginnings.some((before) => ends.some((after) => follows(before, after)))) return undefined;
    return `EVENTS was read on from ${from?.seq} to ${to?.seq}, which never followed it`;
  }
}
