/**
 * What an audit holds against a ledger. The first one that is broken ends the audit: what comes after it rests on it.
 *
 * V1 `sequence`, `chain`: no message is missing, and each names the hash of the one before. A void message is the word of
 *    another leader, whose history was cut off; a leader never contradicts itself.
 * V2 `header`: numbers rise by one; the time of closing and the leader's boot never decrease.
 * V3 `conservation`: storage + Σ held − Σ debt − shortfall = Σ exported − Σ allocated + adjusted, added up from the accounts.
 * V4 `bounds`: nothing is negative or beyond TOTAL_MAX; allocated ≥ received.
 * V5 `totals`: a world's totals fall, and its debt rises, only in a round in which its session began or ended.
 * V6 `credit`: where a round only credits a resource, debts, shortfall and storage are what the credits make them.
 * V7 `grant`, `carry`: grants and carries are what the rules of that time make of stock and demand.
 * V8 `withheld`: a round that grants leaves no demand beside grantable storage.
 * V9 `checkpoint`: its content and its hash are those of the refolded state.
 * V10 `live`: what the leader answers is what the ledger says at that round.
 * V11 `format`: every message can be read.
 * V12 `rewind`: what a rewind tells is what it moved: credits taken back by source, receipts in flight again, one world's.
 * V13 `worlds`: what each world with an open session last stated in EVENTS is what the ledger holds of it.
 * V14 `archive`: an archive's bytes are those that were written, and its messages fold into what its header says.
 */
export const AUDIT_RULES = [
  "sequence",
  "chain",
  "header",
  "conservation",
  "bounds",
  "totals",
  "credit",
  "grant",
  "carry",
  "withheld",
  "checkpoint",
  "live",
  "format",
  "rewind",
  "worlds",
  "archive",
] as const;
export type AuditRule = (typeof AUDIT_RULES)[number];

/** The first place where a ledger does not hold. */
export interface Finding {
  readonly rule: AuditRule;
  /** Sequence in the LEDGER stream. */
  readonly seq: number;
  readonly round?: number;
  readonly resource?: string;
  readonly world?: string;
  readonly expected: string;
  readonly found: string;
}

export const isFinding = (value: object): value is Finding => "rule" in value && "expected" in value;

/** One sentence for a person. */
export const describeFinding = ({ rule, seq, round, resource, world, expected, found }: Finding): string => {
  const where = [
    `message ${seq}`,
    ...(round === undefined ? [] : [`round ${round}`]),
    ...(resource === undefined ? [] : [resource]),
    ...(world === undefined ? [] : [`world ${world}`]),
  ];
  return `${where.join(", ")}: ${rule}: expected ${expected}, found ${found}`;
};
