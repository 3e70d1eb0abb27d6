import { sizeText } from "#core/terminal/size";

/** How a transfer gets on, on standard error: a line that is drawn over in a terminal, one now and then elsewhere. */
const SHOWN_MS = 200;
const PLAIN_MS = 10_000;

const progressText = (
  what: string,
  { done, total, rate }: { readonly done: number; readonly total: number; readonly rate: number },
): string => {
  const share = total === 0 ? 100 : Math.floor((done / total) * 100);
  const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : "";
  return `${what}: ${sizeText(done)} of ${sizeText(total)} (${share} %), ${sizeText(Math.round(rate))}/s${left}`;
};

export class TransferProgress {
  #begun: { readonly at: number; readonly done: number } | undefined;
  #shown = 0;
  #drawn = false;

  constructor(
    private readonly what: string,
    private readonly total: number,
  ) {}

  /** What a resumed transfer had already says nothing of its rate. */
  readonly update = (done: number): void => {
    const now = performance.now();
    this.#begun ??= { at: now, done };
    const live = process.stderr.isTTY === true;
    this.#shown ||= now;
    if (now - this.#shown < (live ? SHOWN_MS : PLAIN_MS)) return;
    this.#shown = now;
    const seconds = (now - this.#begun.at) / 1_000;
    const rate = seconds > 0 ? (done - this.#begun.done) / seconds : 0;
    const text = progressText(this.what, { done, total: this.total, rate });
    process.stderr.write(live ? `\r\x1b[2K${text}` : `${text}\n`);
    this.#drawn = live;
  };

  end(): void {
    if (this.#drawn) process.stderr.write("\r\x1b[2K");
  }
}
