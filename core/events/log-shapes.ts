import { z } from "zod";
import * as shape from "#core/events/shapes";

/** Lines of what an instance's game prints and its bridge says about it (core/events/log.ts). */

/** A longer line is cut: a stack trace has shorter ones. */
export const LOG_TEXT_MAX = 2_000;
/** Lines of one message. */
export const LOG_LINES_MAX = 1_000;

export const logLine = z.object({
  /** When the bridge read it (ms). */
  at: shape.count,
  /** Who said it. */
  from: z.enum(["game", "bridge"]),
  text: z.string().max(LOG_TEXT_MAX),
});
export type LogLine = z.infer<typeof logLine>;

/** Lines that follow each other: a run of a bridge numbers those of an instance from 0 on, so that no line counts twice. */
export const logBatch = z.object({
  boot: shape.boot,
  /** The number of its first line. */
  first: shape.count,
  lines: z.array(logLine).max(LOG_LINES_MAX),
  /** So many lines before them were more than is let through. */
  dropped: shape.count.exactOptional(),
});
export type LogBatch = z.infer<typeof logBatch>;
