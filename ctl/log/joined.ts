import type { LogBatch, LogLine } from "#core/events/log-shapes";

/** A line of an instance's log, with its number in the run of the bridge that read it. */
export interface ShownLine extends LogLine {
  readonly instance: string;
  readonly slave: string;
  readonly boot: string;
  readonly number: number;
  /** So many before it were more than was let through. */
  readonly dropped?: number;
}

/**
 * The past of a log and what comes, joined: bridges number their lines, so that a line which both have is shown once. Pure but
 * for its memory.
 */
export class Joined {
  /** By instance and run of a bridge: the number of the next line. */
  readonly #next = new Map<string, number>();

  /** Those of its lines that were not seen yet. */
  fresh(
    of: { readonly instance: string; readonly slave: string },
    { boot, first, lines, dropped }: LogBatch,
  ): ShownLine[] {
    const run = `${of.instance} ${of.slave} ${boot}`;
    const next = this.#next.get(run) ?? 0;
    const fresh = lines.flatMap((line, at): ShownLine[] => {
      const number = first + at;
      return number < next
        ? []
        : [{ ...of, boot, number, ...line, ...(dropped === undefined || at > 0 ? {} : { dropped }) }];
    });
    this.#next.set(run, Math.max(next, first + lines.length));
    return fresh;
  }
}
