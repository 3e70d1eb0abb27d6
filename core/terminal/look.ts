/** What the reader of an output can see: how wide it is, and whether it knows colours. */
export interface Look {
  /** Undefined: nobody looks at a terminal, and nothing is cut off. */
  readonly columns: number | undefined;
  readonly colours: boolean;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Env = Readonly<Record<string, string | undefined>>;

export const PLAIN: Look = { columns: undefined, colours: false };

/** No colours where NO_COLOR is set (https://no-color.org) or nobody looks. */
export const lookOf = (stream: Stream, env: Env): Look => {
  if (stream.isTTY !== true) return PLAIN;
  const { NO_COLOR: none, TERM: term } = env;
  const columns = stream.columns === undefined || stream.columns < 1 ? undefined : stream.columns;
  return { columns, colours: (none === undefined || none === "") && term !== "dumb" };
};

/** Of standard output, as it is now: a window may become narrower. */
export const ownLook = (): Look => lookOf(process.stdout, process.env);

/** Few, and each with one meaning: bad wants somebody, warn may, good is as it should be, dim can be overlooked. */
export type Tone = "good" | "warn" | "bad" | "dim" | "bold";

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export const painted = (text: string, tone: Tone | undefined, { colours }: Pick<Look, "colours">): string => {
  if (!colours || tone === undefined || text === "") return text;
  const [on, off] = CODES[tone];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};

/** Control characters of a name or message never reach a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
export const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
