import type { WriteStream } from "node:tty";
import type { Size } from "#ctl/watch/render";

const ESC = "\u001b[";
const ENTER = `${ESC}?1049h${ESC}?25l`;
const LEAVE = `${ESC}?25h${ESC}?1049l`;

/** One frame as one write: each line is overwritten in place and its rest cleared, so nothing flickers. */
export const frame = (lines: readonly string[]): string =>
  `${ESC}H${lines.map((line) => `${line}${ESC}K`).join("\r\n")}${ESC}J`;

/** The terminal's other screen, as long as it is open. What stood there before is back when it is closed. */
export class Screen {
  #open = true;
  #last = "";
  readonly #leave = () => this.close();

  constructor(
    private readonly out: WriteStream,
    /** Draws again in the new size. */
    private readonly onResize: () => void,
  ) {
    out.write(ENTER);
    out.on("resize", this.#resized);
    // Also when the process ends by a bug: a terminal without a cursor is no place to read about it.
    process.once("exit", this.#leave);
  }

  get size(): Size {
    return { columns: this.out.columns || 80, rows: this.out.rows || 24 };
  }

  draw(lines: readonly string[]): void {
    const next = frame(lines);
    if (!this.#open || next === this.#last) return;
    this.#last = next;
    this.out.write(next);
  }

  /** Twice is once. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.out.off("resize", this.#resized);
    process.off("exit", this.#leave);
    this.out.write(LEAVE);
  }

  readonly #resized = (): void => {
    this.#last = "";
    this.onResize();
  };
}
