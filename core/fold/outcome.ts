import type { InstanceId, SlaveId } from "#core/ids";

/** Why a well-formed fact changed nothing ("limit": not all that it states). Counted by the projector, never fatal. */
export type Ignored =
  | "unknown-instance"
  | "not-yours"
  | "chain"
  | "older-boot"
  | "wrong-token"
  | "part-pending"
  | "wants-without-received"
  | "not-a-child"
  | "told-before"
  | "held"
  | "limit";
export type Outcome = "applied" | Ignored;

/** An assignment whose signature the caller verified. */
export interface SignedAssignment {
  readonly instance: InstanceId;
  readonly slave: SlaveId;
  readonly epoch: number;
}
