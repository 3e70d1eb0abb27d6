import type { Base } from "#core/audit/checkpoints";
import { type Step, takeStep } from "#core/audit/step";
import { corrupt } from "#core/errors";
import { unseal } from "#core/events/ledger-codec";
import type { State } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";

/** Folds a ledger that is taken as good, for statements and replays: void messages are skipped, nothing is checked. */
export class Refold {
  readonly state: State;
  /** Sequence of the last message read. */
  seq: number;
  voids = 0;

  constructor(base: Base) {
    this.state = base.state;
    this.seq = base.seq;
  }

  /** Undefined for a void message. @throws ClusterioError `corrupt` when the message cannot be folded. */
  take(stored: StoredMessage): Step | undefined {
    const unsealed = unseal(stored);
    if (unsealed.kind !== "message") throw corrupt(`ledger message ${stored.seq}: ${unsealed.reason}`);
    this.seq = stored.seq;
    if (unsealed.message.data.prev !== this.state.chain) {
      this.voids++;
      return undefined;
    }
    const step = takeStep(this.state, unsealed.message, unsealed.hash);
    if (step.refusal === undefined) return step;
    throw corrupt(`ledger message ${stored.seq}: ${step.refusal}; \`clusterio audit verify\` says where it begins`);
  }
}
