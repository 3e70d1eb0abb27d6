import { sha256 } from "#core/digest";
import { encodeJson } from "#core/events/codec";
import { type LedgerBody, type LedgerMessage, ledgerMessages } from "#core/events/ledger";
import { plainRound } from "#core/events/round-decoder";
import type { State } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { LEDGER_TYPES, type LedgerType, SUBJECT_PREFIX, subjects } from "#core/subjects";

/** A ledger message ready to be appended. */
export interface Sealed {
  readonly subject: string;
  readonly bytes: Uint8Array;
  /** Of the bytes: the next message's `prev`. */
  readonly hash: string;
  readonly message: LedgerMessage;
}

/** Puts the header on: the next number, the leader, a time that never decreases, and the hash of what came before. */
export const seal = (
  state: Pick<State, "round" | "closedAt" | "chain">,
  { boot, now }: { boot: string; now: number },
  body: LedgerBody,
): Sealed => {
  const header = { v: 1, round: state.round + 1, boot, closedAt: Math.max(now, state.closedAt), prev: state.chain };
  // The body came typed; header and body together are the message of that type.
  const message = { type: body.type, data: { ...header, ...body.data } } as LedgerMessage;
  const bytes = encodeJson(message.data);
  return { subject: subjects.ledger(body.type), bytes, hash: sha256(bytes), message };
};

const known: ReadonlyMap<string, LedgerType> = new Map(
  LEDGER_TYPES.map((type) => [`${SUBJECT_PREFIX}.ledger.${type}`, type]),
);
const decoder = new TextDecoder("utf-8", { fatal: true });

export type Unsealed =
  | { readonly kind: "message"; readonly message: LedgerMessage; readonly hash: string }
  /** Not of this version: nobody may lead on a ledger that he cannot fold. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** Reads one stored ledger message, whether or not it belongs to the chain. */
export const unseal = (stored: Pick<StoredMessage, "subject" | "data">): Unsealed => {
  const type = known.get(stored.subject);
  if (type === undefined) return { kind: "unreadable", reason: `${stored.subject} is not known to this version` };
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(stored.data));
  } catch {
    return { kind: "unreadable", reason: "not JSON" };
  }
  if (type === "round") {
    const data = plainRound(value);
    if (data !== undefined) return { kind: "message", message: { type, data }, hash: sha256(stored.data) };
  }
  const parsed = ledgerMessages[type].safeParse(value);
  if (!parsed.success) {
    return { kind: "unreadable", reason: parsed.error.issues[0]?.message ?? "does not fit its schema" };
  }
  return { kind: "message", message: { type, data: parsed.data } as LedgerMessage, hash: sha256(stored.data) };
};
