import { type Unsealed, unseal } from "#core/events/ledger-codec";
import type { StoredMessage } from "#core/ports/log";

const frozen = <T>(value: T): T => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const key in value) frozen(value[key]);
  return Object.freeze(value);
};

/**
 * Reads each message that a stream of the simulation holds once, for all who read it: two projectors, again and again. Its
 * bytes never change (bits that do make another message), and nobody can change what was read.
 */
export const unsealOnce = (): ((stored: StoredMessage) => Unsealed) => {
  const read = new Map<StoredMessage, Unsealed>();
  return (stored) => {
    const known = read.get(stored);
    if (known !== undefined) return known;
    const unsealed = frozen(unseal(stored));
    read.set(stored, unsealed);
    return unsealed;
  };
};
