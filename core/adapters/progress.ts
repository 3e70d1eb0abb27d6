/** How far something is that takes its time, on standard error (an adapter: reads a clock). */
const SHOWN_MS = 200;
/** Where nobody looks at a terminal, a line this often. */
const PLAIN_MS = 10_000;

export const grouped = (n: number): string => n.toLocaleString("en-US");

/** Rate and time left of something with a known end. */
export class Progress {
  readonly #begun = performance.now();
  #shown = performance.now();
  #drawn = false;

  constructor(
    private readonly what: string,
    private readonly total: number,
  ) {}

  update(done: number): void {
    const now = performance.now();
    const live = process.stderr.isTTY;
    if (now - this.#shown < (live ? SHOWN_MS : PLAIN_MS)) return;
    this.#shown = now;
    const rate = done / ((now - this.#begun) / 1_000);
    const left = Math.ceil((this.total - done) / Math.max(1, rate));
    const share = Math.floor((done / Math.max(1, this.total)) * 100);
    const text = `${this.what}: ${grouped(done)} of ${grouped(this.total)} (${share} %), ${grouped(Math.round(rate))}/s, ${left} s left`;
    process.stderr.write(live ? `\r\x1b[2K${text}` : `${text}\n`);
    this.#drawn = live;
  }

  /** Takes the line away. */
  end(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[2K");
  }
}
