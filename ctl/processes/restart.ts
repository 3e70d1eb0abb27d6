/** Between the death of a process and its next start: the first pause, doubled each time, up to the last. */
export const RESTART_PAUSE_MS_MIN = 250;
export const RESTART_PAUSE_MS_MAX = 15_000;
/** A process that ran this long was well: its next death counts as the first. */
export const WELL_MS = 30_000;

export interface Restarts {
  /** Deaths in a row. */
  readonly deaths: number;
}
export const NO_RESTARTS: Restarts = { deaths: 0 };

/** The pause before the next start of a process that died after `ranMs`. */
export const afterDeath = ({ deaths }: Restarts, ranMs: number): readonly [Restarts, pauseMs: number] => {
  const row = ranMs >= WELL_MS ? 1 : deaths + 1;
  return [{ deaths: row }, Math.min(RESTART_PAUSE_MS_MAX, RESTART_PAUSE_MS_MIN * 2 ** (row - 1))];
};
