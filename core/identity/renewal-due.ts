/** When credentials begin and end. */
export interface Term {
  /** Milliseconds since 1970. */
  readonly issued: number;
  /** Undefined: they do not end. */
  readonly expires?: number;
}

/** From when on they are to be renewed: a third of their life is enough for a long outage. Undefined: never. */
export const renewalDue = ({ issued, expires }: Term): number | undefined =>
  expires === undefined ? undefined : issued + Math.floor(((expires - issued) * 2) / 3);
