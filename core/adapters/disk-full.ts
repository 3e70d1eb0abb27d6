import { unavailable } from "#core/errors";

const FULL: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What to throw where a write failed: that the disk is full, in words for an operator, or the error as it is. */
export const orFull = (folder: string, error: unknown): unknown =>
  FULL.has((error as NodeJS.ErrnoException | undefined)?.code)
    ? unavailable(`the disk of ${folder} is full: make room there and try again`, error)
    : error;
