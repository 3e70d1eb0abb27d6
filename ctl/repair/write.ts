import type { Boot } from "#core/boot";
import { sha256 } from "#core/digest";
import { ClusterioError, corrupt, unavailable } from "#core/errors";
import type { LedgerBody } from "#core/events/ledger";
import { seal } from "#core/events/ledger-codec";
import { evolve } from "#core/fold/evolve";
import { hashOf, imageOf, prepareAtOnce } from "#core/fold/image";
import { newState, type State } from "#core/fold/state";
import type { Log } from "#core/ports/log";
import { type Repair, repairBodies } from "#core/repair/bodies";

/**
 * Begins the ledger anew behind the old one.
 *
 * RP3 Every append expects the last sequence of the stream, as a leader's does: of two writers one loses, and has changed
 *     nothing, since what stands there without a whole checkpoint is void to every reader.
 * RP4 The new ledger counts once its checkpoint is whole; then the old messages, which are in a file, are purged.
 */
export interface Written {
  readonly first: number;
  readonly last: number;
}

const lost = (): ClusterioError =>
  new ClusterioError("lost-write", "somebody else wrote to LEDGER: nothing was repaired. Does a projector lead?");

/** The whole state in one checkpoint that begins with message `begin`. */
const checkpointOf = (state: State, begin: number): LedgerBody[] => {
  const { parts, stateHash } = prepareAtOnce(imageOf(state));
  return parts.map((image, index): LedgerBody => {
    const last = index + 1 === parts.length ? { parts: parts.length, stateHash } : {};
    const data = { part: index + 1, ...(index === 0 ? {} : { begin }), ...last, image };
    return { type: "checkpoint", data };
  });
};

export const writeLedger = async (
  log: Log,
  plan: { readonly state: State; readonly repair: Repair },
  by: { readonly boot: Boot; readonly now: number; readonly lastSeq: number },
): Promise<Written> => {
  const state = newState();
  let seq = by.lastSeq;
  const write = async (body: LedgerBody): Promise<void> => {
    const { subject, bytes, message, hash } = seal(state, by, body);
    const result = await log.append(subject, bytes, seq);
    if (result.kind === "full") throw unavailable("LEDGER is full: raise its limit, then repair again");
    if (result.kind !== "stored") {
      const there = await log.get(seq + 1);
      if (there === undefined || sha256(there.data) !== hash) throw lost();
    }
    seq++;
    evolve(state, message, hash);
  };
  for (const body of repairBodies(plan.state, plan.repair)) await write(body);
  if (hashOf(imageOf(state)) !== hashOf(imageOf(plan.state)))
    throw corrupt("the new ledger does not fold to what was planned");
  for (const body of checkpointOf(state, seq + 1)) await write(body);
  await log.purgeBelow(by.lastSeq + 1);
  return { first: by.lastSeq + 1, last: seq };
};
