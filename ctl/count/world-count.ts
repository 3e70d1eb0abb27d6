import { z } from "zod";
import { unavailable } from "#core/errors";
import { isResourceKey } from "#core/resource";
import { isSignalKey } from "#core/signal";

/** What is counted in one world: never taken from the cluster's counters. */
export type Vector = Readonly<Record<string, number>>;
export interface WorldCount {
  readonly frozen: boolean;
  readonly produced: Vector;
  readonly consumed: Vector;
  /** In chests, on the ground, and in the import buffer of the cluster's mod. */
  readonly held: Vector;
  /** Signals that it puts on the demo's channel, and that its receiver shows. */
  readonly sent?: Vector;
  readonly shown?: Vector;
  /** What its inventory combinator shows of the storage. */
  readonly levels?: Vector;
}

const amount = z.number().int();
const vector = z
  .record(
    z.string().refine((key): boolean => isResourceKey(key), "a resource key"),
    amount,
  )
  // Lua writes an empty table as [] or {}.
  .or(z.tuple([]).transform((): Record<string, number> => ({})));

const signals = z
  .record(
    z.string().refine((key): boolean => isSignalKey(key), "a signal's key"),
    amount,
  )
  .or(z.tuple([]).transform((): Record<string, number> => ({})))
  // A demo world of before there were combinators.
  .exactOptional();

const reply = z.object({
  frozen: z.boolean(),
  produced: vector,
  consumed: vector,
  held: vector,
  sent: signals,
  shown: signals,
  levels: signals,
});

/** The reply to `/demo-count`. @throws ClusterioError `unavailable` when it is something else. */
export const parseWorldCount = (text: unknown, instance: string): WorldCount => {
  if (typeof text !== "string") throw unavailable(`${instance} did not count: its answer has no text`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unavailable(`${instance} did not count: it answered "${text.trim().slice(0, 200)}"`);
  }
  const decoded = reply.safeParse(value);
  if (decoded.success) return decoded.data;
  const issue = decoded.error.issues[0];
  throw unavailable(`${instance} counted in another form: ${issue?.path.join(".")} ${issue?.message}`);
};
