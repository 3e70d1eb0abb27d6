import { z } from "zod";
import { logBatch } from "#core/events/log-shapes";
import { ANSWER_BYTES_MAX } from "#core/events/query";
import * as shape from "#core/events/shapes";

/**
 * What an instance's game prints and its bridge says about it: `log.<slave>.<instance>`, kept in LOGS by age and size, and asked
 * for by `query.<user>.logs.<instance>`. For looking at: nothing is decided by it, and lines may be missing where more came than
 * is let through.
 */

/** Lines that a question for the last ones may ask for. */
export const LOG_TAIL_MAX = 10_000;
/** An answer's batches, as JSON. */
export const LOG_ANSWER_BYTES_MAX = ANSWER_BYTES_MAX;

export const logQuery = {
  /** Without `since` and `after`: the last `lines` of them. `after` is the `next` of the answer before; times are in ms. */
  request: z.object({
    since: shape.count.exactOptional(),
    until: shape.count.exactOptional(),
    after: shape.count.exactOptional(),
    lines: z.number().int().min(1).max(LOG_TAIL_MAX).default(100),
  }),
  answer: z.object({
    batches: z.array(logBatch.extend({ slave: shape.id })),
    /** There is more behind it. */
    next: shape.count.exactOptional(),
  }),
} as const;
export type LogRequest = z.input<typeof logQuery.request>;
export type LogAnswer = z.infer<typeof logQuery.answer>;
