/** A command line that somebody is typing, as the words of a shell. */
export interface Typing {
  /** Complete words before the one that is being typed, without the program's name. */
  readonly before: readonly string[];
  readonly current: string;
  /** The quotation mark that is open, or "". */
  readonly quote: string;
  /** The current word as it was typed, quotation marks and all. */
  readonly raw: string;
}

/** Splits what stands before the cursor as bash does; variables and the like stay as they are. */
export const typingOf = (line: string): Typing => {
  const words: string[] = [];
  let word = "";
  let raw = "";
  let quote = "";
  let begun = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (quote === "" && /\s/.test(letter)) {
      if (begun) words.push(word);
      [word, raw, begun] = ["", "", false];
      continue;
    }
    begun = true;
    raw += letter;
    if (quote !== "" && letter === quote) quote = "";
    else if (quote === "" && (letter === '"' || letter === "'")) quote = letter;
    else if (letter === "\\" && quote !== "'" && at + 1 < line.length) {
      word += line[++at]!;
      raw += line[at]!;
    } else word += letter;
  }
  return { before: words.slice(1), current: word, quote, raw };
};

/** What readline breaks words at, beside blanks: it replaces only what follows the last of these. */
const BREAKS = /^.*[:=]/;

/** A candidate as readline has to be given it: only the part behind its last break, escaped where no quotation mark is open. */
export const forBash = (candidate: string, { quote, current }: Pick<Typing, "quote" | "current">): string => {
  const typed = BREAKS.exec(current)?.[0] ?? "";
  const rest = quote === "" && candidate.startsWith(typed) ? candidate.slice(typed.length) : candidate;
  return quote === "" ? rest.replace(/[^A-Za-z0-9_./:=@%+,-]/g, "\\$&") : rest;
};
