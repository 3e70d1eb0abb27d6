/** What somebody meant who typed something that there is not. */

/** Names that one message lists; `list` commands show all. */
const LISTED_MAX = 12;
/** Longer words than this are no names. */
const LENGTH_MAX = 100;

/** Letters put in, left out, exchanged, or two neighbours swapped, that make one word of the other. */
export const distance = (a: string, b: string): number => {
  const [from, to] = [[...a.slice(0, LENGTH_MAX)], [...b.slice(0, LENGTH_MAX)]];
  let [before, row]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, change, swapped ? before[j - 2]! + 1 : change);
    }
    [before, row] = [row, next];
  }
  return row[to.length]!;
};

/** A third of a word may be wrong. Of three letters one that is missing, too many or swapped: with another one it is another word. */
const isSlip = (typed: string, known: string, far: number): boolean => {
  if (typed.length > 3) return far <= Math.floor(typed.length / 3);
  return far === 1 && (typed.length !== known.length || [...typed].sort().join() === [...known].sort().join());
};

/** The candidate that was most likely meant, if any is near enough: the first of those that are equally near. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  const typed = word.toLowerCase();
  let best: { readonly candidate: string; readonly far: number } | undefined;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    // Who typed only the beginning of it made no slip; but the nearest in length was meant first.
    const begins = typed.length >= 2 && known.startsWith(typed);
    const far = begins ? known.length / 1_000 : distance(typed, known);
    if (!(begins || far === 0 || isSlip(typed, known, far)) || (best !== undefined && best.far <= far)) continue;
    best = { candidate, far };
  }
  return best?.candidate;
};

/** `; did you mean "north"?`, or nothing. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const near = nearest(word, candidates);
  return near === undefined ? "" : `; did you mean "${near}"?`;
};

/** `there are a, b and 7 more`. */
const thereAre = (names: readonly string[]): string => {
  const more = names.length - LISTED_MAX;
  return `there are ${names.slice(0, LISTED_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
};

/**
 * One line for a name that there is not: `there is no instance "nrth"; did you mean "north"? there are north, south`.
 * `none`: what to do where there is not a single one.
 */
export const noSuch = (
  what: string,
  word: string,
  { names, none }: { readonly names: readonly string[]; readonly none?: string },
): string => {
  const said = `there is no ${what} "${word.slice(0, LENGTH_MAX)}"`;
  if (names.length === 0) return `${said}; there is none yet${none === undefined ? "" : `: ${none}`}`;
  const meant = didYouMean(word, names);
  return meant === "" ? `${said}; ${thereAre(names)}` : `${said}${meant} ${thereAre(names)}`;
};
