import type { Auditor, Tally } from "#core/audit/auditor";
import type { Base } from "#core/audit/checkpoints";
import { describeFinding, type Finding } from "#core/audit/finding";
import { hashOf, imageOf } from "#core/fold/image";

/** What an audit proves, as a document that can be kept: the last line of `clusterio audit verify --json`. */
export interface Proof {
  readonly v: 1;
  readonly kind: "clusterio-audit";
  readonly verdict: "holds" | "violated";
  readonly stream: { readonly created: string; readonly firstSeq: number; readonly lastSeq: number };
  /** What the audit rests on: the ledger's beginning, or the checkpoint that ends at this sequence. */
  readonly base: { readonly kind: Base["kind"]; readonly seq: number };
  readonly from: number;
  readonly to: number;
  readonly rounds: { readonly from: number; readonly to: number };
  readonly time: { readonly from: number; readonly to: number };
  /** SHA-256 (base64url) of the last valid message's bytes, and of the state that all messages fold into. */
  readonly tip: string;
  readonly stateHash: string;
  readonly tally: Tally & { readonly checkpoints: number; readonly partialCheckpoints: number };
  readonly voids: { readonly count: number; readonly seqs: readonly number[] };
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  readonly live: Live;
  readonly finding?: Finding & { readonly message: string };
}

export type Live =
  | { readonly compared: true; readonly round: number; readonly worlds: number; readonly resources: number }
  | { readonly compared: false; readonly reason: string };

/** Voids named one by one; the count says how many there are. */
const VOIDS_NAMED = 100;

export interface ProofOf {
  readonly auditor: Auditor;
  readonly stream: Proof["stream"];
  readonly base: Proof["base"];
  /** Where the base stood: round and time of its last message. */
  readonly start: { readonly round: number; readonly closedAt: number };
  readonly to: number;
  readonly live: Live;
  readonly finding?: Finding | undefined;
}

export const proofOf = ({ auditor, stream, base, start, to, live, finding }: ProofOf): Proof => {
  const { state, tally, chain, checkpoints } = auditor;
  return {
    v: 1,
    kind: "clusterio-audit",
    verdict: finding === undefined ? "holds" : "violated",
    stream,
    base,
    from: base.seq + 1,
    to: finding?.seq ?? to,
    rounds: { from: start.round + 1, to: state.round },
    time: { from: start.closedAt, to: state.closedAt },
    tip: state.chain,
    stateHash: hashOf(imageOf(state)),
    tally: { ...tally, checkpoints: checkpoints.compared, partialCheckpoints: checkpoints.partial },
    voids: { count: chain.voids.length, seqs: chain.voids.slice(0, VOIDS_NAMED).map(({ seq }) => seq) },
    gaps: chain.gaps,
    live,
    ...(finding === undefined ? {} : { finding: { ...finding, message: describeFinding(finding) } }),
  };
};
