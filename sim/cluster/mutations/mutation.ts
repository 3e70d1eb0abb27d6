import type { Fault } from "#sim/cluster/chance";

/** A deliberate defect: the shipped code, but for this. The simulation has to find each one. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
}

export interface Mutation extends Edit {
  /** What the mutated code does, in a few words. */
  readonly name: string;
  /** The invariant or the rule of DESIGN that it breaks. */
  readonly breaks: string;
  /** Where one rule is kept in two places: the other edits. */
  readonly also?: readonly Edit[];
  /** Only these kinds of trouble, each of them, in its histories: rare ones meet more often when nothing else happens. */
  readonly among?: readonly Fault[];
}

export const editsOf = ({ file, text, replacement, also = [] }: Mutation): readonly Edit[] => [
  { file, text, replacement },
  ...also,
];

/**
 * The source with the edit made.
 * @throws Error when the text is not there exactly once: the code moved on and the mutation has to follow.
 */
export const edited = (name: string, source: string, { file, text, replacement }: Edit): string => {
  const parts = source.split(text);
  if (parts.length !== 2)
    throw new Error(`mutation "${name}": its text stands ${parts.length - 1} times in ${file}, not once:\n${text}`);
  if (text === replacement) throw new Error(`mutation "${name}" changes nothing in ${file}`);
  return parts.join(replacement);
};
