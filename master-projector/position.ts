import { envelopeId } from "#core/events/fact-decoder";
import type { Position } from "#core/fold/state";
import type { Log } from "#core/ports/log";

/** Where reading `EVENTS` goes on, and what happened to the stream meanwhile ◆. */
export type Resumption =
  | { readonly kind: "same"; readonly from: number }
  /** Another message stands there, or the stream is shorter or another one: what was in between is lost to us. */
  | { readonly kind: "lost"; readonly end: Position }
  /** The message at the position was discarded by age or size. */
  | { readonly kind: "unverifiable"; readonly end: Position };

/** Compares a position's three parts with the stream as it is now. */
export const resume = async (events: Log, position: Position | undefined): Promise<Resumption> => {
  const info = await events.info();
  if (position === undefined) return { kind: "same", from: info.firstSeq };
  const endOf = async (): Promise<Position> => {
    const last = info.lastSeq === 0 ? undefined : await events.get(info.lastSeq);
    return { created: info.created, seq: info.lastSeq, id: last === undefined ? "" : envelopeId(last.data) };
  };
  if (position.created !== info.created || position.seq > info.lastSeq) return { kind: "lost", end: await endOf() };
  if (position.seq === 0) {
    return info.firstSeq > 1 ? { kind: "unverifiable", end: await endOf() } : { kind: "same", from: 1 };
  }
  const at = await events.get(position.seq);
  if (at === undefined) return { kind: "unverifiable", end: await endOf() };
  if (envelopeId(at.data) !== position.id) return { kind: "lost", end: await endOf() };
  return { kind: "same", from: position.seq + 1 };
};
