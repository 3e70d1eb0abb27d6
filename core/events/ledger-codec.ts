import { crc32Hex, sha256 } from "#core/digest";
import { encodeText } from "#core/events/codec";
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
  const bytes = sealBytes(message.data);
  return { subject: subjects.ledger(body.type), bytes, hash: sha256(bytes), message };
};

/** `,"sum":"xxxxxxxx"}` */
const SUM_BYTES = 18;

/** A message's bytes as stored: its JSON, whose last field is the sum of all that stands before it. */
export const sealBytes = (data: LedgerMessage["data"]): Uint8Array => {
  const head = JSON.stringify(data.sum === undefined ? data : withoutSum(data)).slice(0, -1);
  return encodeText(`${head},"sum":"${crc32Hex(head)}"}`);
};

const withoutSum = ({ sum: _sum, ...data }: LedgerMessage["data"]) => data;

/** True when the message has no sum (version 0.1 wrote none) or one that fits its bytes. */
const isWhole = (bytes: Uint8Array, sum: string | undefined): boolean => {
  if (sum === undefined) return true;
  const head = bytes.subarray(0, -SUM_BYTES);
  return crc32Hex(head) === sum && decoder.decode(bytes.subarray(-SUM_BYTES)) === `,"sum":"${sum}"}`;
};

const known: ReadonlyMap<string, LedgerType> = new Map(
  LEDGER_TYPES.map((type) => [`${SUBJECT_PREFIX}.ledger.${type}`, type]),
);
const decoder = new TextDecoder("utf-8", { fatal: true });

export type Unsealed =
  | { readonly kind: "message"; readonly message: LedgerMessage; readonly hash: string }
  /** Not of this version: nobody may lead on a ledger that he cannot fold. */
  | { readonly kind: "unreadable"; readonly reason: string }
  /** Not what its author wrote: bits of it changed. */
  | { readonly kind: "damaged"; readonly reason: string };

const plainMessage = (value: unknown): LedgerMessage | undefined => {
  const data = plainRound(value);
  return data === undefined ? undefined : { type: "round", data };
};

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
  let message = type === "round" ? plainMessage(value) : undefined;
  if (message === undefined) {
    const parsed = ledgerMessages[type].safeParse(value);
    if (!parsed.success) {
      return { kind: "unreadable", reason: parsed.error.issues[0]?.message ?? "does not fit its schema" };
    }
    message = { type, data: parsed.data } as LedgerMessage;
  }
  const { sum } = message.data;
  if (!isWhole(stored.data, sum)) return { kind: "damaged", reason: `its bytes do not have its sum ${sum}` };
  return { kind: "message", message, hash: sha256(stored.data) };
};
