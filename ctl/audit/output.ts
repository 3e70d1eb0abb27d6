/** Where the audit commands talk: results on standard output, progress on standard error. */
const SHOWN_MS = 200;
/** Where nobody looks at a terminal, a line this often. */
const PLAIN_MS = 10_000;

export const grouped = (n: number): string => n.toLocaleString("en-US");
export const signed = (n: number): string => (n > 0 ? `+${grouped(n)}` : grouped(n));
export const timeText = (ms: number): string => new Date(ms).toISOString();

/** Standard output whose reader may leave (`| head`): then the signal aborts. */
export class Output {
  readonly #gone = new AbortController();
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#gone.signal]);
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => this.#gone.abort());
  }

  readonly line = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };

  readonly json = (value: unknown): void => this.line(JSON.stringify(value));

  /** True when what was asked for is not wanted any more. */
  get gone(): boolean {
    return this.#gone.signal.aborted;
  }
}

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
