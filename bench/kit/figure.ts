/** One measured figure beside a reference that was measured in the same run, so that a slow machine shows in both. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

export interface Aim {
  readonly sense: "at least" | "under";
  readonly value: number;
}

export interface Figure extends Measure {
  /** The scenario that measured it: what `--only` takes. */
  readonly name: string;
  readonly reference: Measure;
  /** What the project promises; absent for figures that are only shown. */
  readonly aim?: Aim;
  /** The same against the reference, as value / reference. */
  readonly ratioAim?: Aim;
}

const holds = ({ sense, value }: Aim, measured: number): boolean =>
  sense === "at least" ? measured >= value : measured < value;

export const ratioOf = ({ value, reference }: Figure): number => value / reference.value;

/** Undefined when nothing was promised. */
export const isMet = (figure: Figure): boolean | undefined => {
  const { aim, ratioAim, value } = figure;
  if (aim === undefined && ratioAim === undefined) return undefined;
  return (aim === undefined || holds(aim, value)) && (ratioAim === undefined || holds(ratioAim, ratioOf(figure)));
};
