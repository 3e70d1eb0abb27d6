import { grouped } from "#core/adapters/progress";

export { grouped, Progress } from "#core/adapters/progress";

/** Where the audit commands talk: results on standard output, progress on standard error. */
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
