/** Ports of a machine from one to another, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `34197-34296`; undefined when it is no range. */
export const parsePortRange = (text: string): PortRange | undefined => {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
  const range = { from: Number(from), to: Number(to) };
  return range.from >= 1 && range.from <= range.to && range.to <= 65_535 ? range : undefined;
};
