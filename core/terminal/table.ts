import { type Look, ownLook, painted, printable, type Tone } from "#core/terminal/look";

/** Tables for people: one helper, so that all of them look alike. Programs read `-o json`. */

export interface Column<T> {
  /** In capitals, as kubectl has it. */
  readonly head: string;
  readonly of: (row: T) => string;
  /** Numbers stand on the right. */
  readonly align?: "left" | "right";
  readonly tone?: (row: T) => Tone | undefined;
  /** Made narrower than this on a small terminal it would say nothing (default 8). */
  readonly least?: number;
}

const GAP = "  ";
const LEAST = 8;
const CUT = "…";

const width = (text: string): number => [...text].length;

const cut = (text: string, to: number): string =>
  width(text) <= to ? text : `${[...text].slice(0, Math.max(0, to - 1)).join("")}${CUT}`;

/** The widest column gives way first, until the line fits or all are as narrow as they may be. */
const fitted = (widths: readonly number[], least: readonly number[], room: number): number[] => {
  const fit = [...widths];
  let over = fit.reduce((sum, one) => sum + one, 0) - room;
  while (over > 0) {
    let widest = -1;
    for (const [at, own] of fit.entries()) if (own > least[at]! && (widest < 0 || own > fit[widest]!)) widest = at;
    if (widest < 0) return fit;
    fit[widest] = fit[widest]! - 1;
    over -= 1;
  }
  return fit;
};

/** A head and one line a row. Cut to the terminal's width on a terminal only. */
export const tableLines = <T>(rows: readonly T[], columns: readonly Column<T>[], look: Look = ownLook()): string[] => {
  const cells = rows.map((row) => columns.map(({ of }) => printable(of(row))));
  const natural = columns.map(({ head }, at) => Math.max(width(head), ...cells.map((row) => width(row[at]!))));
  const least = columns.map(({ head, least = LEAST }, at) => Math.min(natural[at]!, Math.max(width(head), least)));
  const gaps = GAP.length * (columns.length - 1);
  const room = look.columns === undefined ? Number.POSITIVE_INFINITY : look.columns - gaps;
  // On the smallest of terminals heads are cut, too.
  const widths = fitted(
    fitted(natural, least, room),
    natural.map(() => 1),
    room,
  );
  const line = (texts: readonly string[], toneOf: (at: number) => Tone | undefined): string => {
    const last = texts.findLastIndex((text) => text !== "");
    return texts
      .slice(0, last + 1)
      .map((text, at) => {
        const shown = cut(text, widths[at]!);
        const pad = " ".repeat(widths[at]! - width(shown));
        const tinted = painted(shown, toneOf(at), look);
        if (columns[at]!.align === "right") return `${pad}${tinted}`;
        return at === last ? tinted : `${tinted}${pad}`;
      })
      .join(GAP);
  };
  const head = columns.map((column) => column.head);
  return [line(head, () => "bold"), ...cells.map((texts, row) => line(texts, (at) => columns[at]!.tone?.(rows[row]!)))];
};
