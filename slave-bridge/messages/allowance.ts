/**
 * How many messages of one instance go out in a stretch of time, whatever its save believes that it may. Pure.
 */
export interface Allowance {
  readonly left: number;
  /** As of then (ms). */
  readonly at: number;
}

/** A game at five times its normal speed that says all it may. */
export const MESSAGES_PER_SECOND = 10;
/** A mod's own burst of twenty at that moment, and as many that waited in its file. */
export const MESSAGES_AT_ONCE = 50;

export const fullAllowance = (now: number): Allowance => ({ left: MESSAGES_AT_ONCE, at: now });

/** The allowance with one message taken off, undefined when none is left. */
export const spend = ({ left, at }: Allowance, now: number): Allowance | undefined => {
  // A clock that was set back gives nothing.
  const more = (Math.max(0, now - at) / 1_000) * MESSAGES_PER_SECOND;
  const filled = Math.min(MESSAGES_AT_ONCE, left + more);
  return filled < 1 ? undefined : { left: filled - 1, at: now };
};
