import { z } from "zod";
import type { Auditor } from "#core/audit/auditor";
import type { Base } from "#core/audit/checkpoints";
import { AUDIT_RULES, describeFinding, type Finding } from "#core/audit/finding";
import { hashOf, imageOf } from "#core/fold/image";
import { VERSION } from "#core/version";

/**
 * What an audit proves, as a document that can be kept (`schemas/proof.v1.schema.json`): the last line of
 * `clusterio audit verify --json`.
 */
const count = z.number().int().min(0);
const text = z.string();
const hash = z.string().regex(/^(?:|[A-Za-z0-9_-]{43})$/);
const range = z.object({ from: count, to: count });

const archiveSource = z.object({
  kind: z.literal("archive"),
  file: text,
  /** SHA-256 (base64url) of its bytes after the header, as the header has it. */
  sha256: hash,
  from: count,
  to: count,
  tip: hash,
  stateHash: hash,
});
const liveSource = z.object({ kind: z.literal("live"), created: text, firstSeq: count, lastSeq: count });

/** What could not be compared, and why. */
const notCompared = z.object({ compared: z.literal(false), reason: text });

export const proof = z.object({
  v: z.literal(1),
  kind: z.literal("clusterio-audit"),
  /** Version of the program that audited. */
  software: text,
  /** incomplete: what was looked at holds, but not all that was asked for is there or can be read. */
  verdict: z.enum(["holds", "violated", "incomplete"]),
  /** What was read, in order. They join by hash: one chain goes through all of them. */
  sources: z.array(z.discriminatedUnion("kind", [archiveSource, liveSource])),
  /** What was asked for by --from and --to. */
  asked: z.object({ from: count.optional(), to: count.optional() }),
  /** What the audit rests on: the ledger's beginning, or the checkpoint that begins at this sequence. */
  base: z.object({ kind: z.enum(["beginning", "checkpoint"]), seq: count }),
  /** Sequences that were audited, the first and the last included. */
  from: count,
  to: count,
  rounds: range,
  /** closedAt of the base and of the last valid message (ms since 1970). */
  time: range,
  /** SHA-256 (base64url) of the last valid message's bytes, and of the state that all messages fold into. */
  tip: hash,
  stateHash: hash,
  tally: z.object({
    messages: count,
    valid: count,
    terms: count,
    rounds: count,
    splitRounds: count,
    acts: count,
    grants: count,
    grantedResources: count,
    creditedResources: count,
    otherResources: count,
    conservationChecks: count,
    notRecomputable: z.object({ sessionBegan: count, roundCutShort: count }),
    withheld: z.object({ rounds: count, afterGranting: count, firstAfterGranting: count.optional() }),
    checkpoints: count,
    partialCheckpoints: count,
  }),
  voids: z.object({ count, seqs: z.array(count) }),
  gaps: z.array(range),
  /** The leader's answers at one round. */
  live: z.union([z.object({ compared: z.literal(true), round: count, worlds: count, resources: count }), notCompared]),
  /** What the worlds themselves last stated in EVENTS. */
  worlds: z.union([
    z.object({
      compared: z.literal(true),
      /** Worlds with an open session whose totals were compared, and single totals. */
      worlds: count,
      totals: count,
      /** Worlds whose statements have aged out of EVENTS. */
      unknown: z.array(text),
      /** Up to this sequence of EVENTS the ledger has read. */
      position: count,
    }),
    notCompared,
  ]),
  finding: z
    .object({
      rule: z.enum(AUDIT_RULES),
      seq: count,
      round: count.optional(),
      resource: text.optional(),
      world: text.optional(),
      expected: text,
      found: text,
      message: text,
    })
    .optional(),
  incomplete: z.object({ seq: count, reason: text }).optional(),
});
export type Proof = z.infer<typeof proof>;
export type ProofSource = Proof["sources"][number];
export type Live = Proof["live"];
export type Worlds = Proof["worlds"];
export type Incomplete = NonNullable<Proof["incomplete"]>;

/** Voids named one by one; the count says how many there are. */
const VOIDS_NAMED = 100;

export interface ProofOf extends Pick<Proof, "sources" | "asked" | "to" | "live" | "worlds"> {
  readonly auditor: Auditor;
  readonly base: Pick<Base, "kind" | "seq">;
  /** Where the base stood: round and time of its last message. */
  readonly start: { readonly round: number; readonly closedAt: number };
  readonly finding?: Finding | undefined;
  readonly incomplete?: Incomplete | undefined;
}

export const proofOf = ({ auditor, base, start, to, finding, incomplete, ...given }: ProofOf): Proof => {
  const { state, tally, chain, checkpoints } = auditor;
  return {
    v: 1,
    kind: "clusterio-audit",
    software: VERSION,
    verdict: finding !== undefined ? "violated" : incomplete !== undefined ? "incomplete" : "holds",
    ...given,
    base: { kind: base.kind, seq: base.seq },
    from: base.seq + 1,
    to: finding?.seq ?? to,
    rounds: { from: start.round + 1, to: state.round },
    time: { from: start.closedAt, to: state.closedAt },
    tip: state.chain,
    stateHash: hashOf(imageOf(state)),
    tally: { ...tally, checkpoints: checkpoints.compared, partialCheckpoints: checkpoints.partial },
    voids: { count: chain.voids.length, seqs: chain.voids.slice(0, VOIDS_NAMED).map(({ seq }) => seq) },
    gaps: [...chain.gaps],
    ...(finding === undefined ? {} : { finding: { ...finding, message: describeFinding(finding) } }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
};
