import type { WriteStream } from "node:tty";
import { nodeClock } from "#core/adapters/node-clock";
import { pause } from "#core/ports/clock";
import type { Output } from "#ctl/audit/output";
import type { Model } from "#ctl/watch/model";
import type { Size } from "#ctl/watch/render";
import { Screen } from "#ctl/watch/screen";
import type { Watcher } from "#ctl/watch/watcher";

/** What a live command shows, wherever it is looked at. */
export interface LiveView {
  /** A terminal's whole screen. */
  screen(model: Model | undefined, size: Size): readonly string[];
  /** Where nobody looks at a terminal: printed each time, below what was printed before. */
  plain(model: Model | undefined): readonly string[];
  /** Objects, one a line. */
  values(model: Model): readonly unknown[];
  /** A key was pressed; true when it changes what is shown. */
  key?(key: string): boolean;
}

export interface LiveOptions {
  readonly watcher: Watcher;
  readonly output: Output;
  readonly json: boolean;
  readonly intervalMs: number;
  /** Ends after so many; undefined: goes on until Ctrl-C. */
  readonly times: number | undefined;
}

const CTRL_C = "\u0003";
const ENDS = new Set(["q", "Q", CTRL_C, "\u0004"]);

/** The terminal's keys, one at a time, as long as it is open. Closing twice is once. */
class Keys {
  #open = process.stdin.isTTY === true;
  readonly #heard = (data: string): void => {
    for (const key of data) this.onKey(key);
  };
  readonly #leave = (): void => this.close();

  constructor(private readonly onKey: (key: string) => void) {
    if (!this.#open) return;
    process.stdin.setRawMode(true);
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", this.#heard);
    process.once("exit", this.#leave);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    process.off("exit", this.#leave);
    process.stdin.off("data", this.#heard);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}

/** Looks again and again, and shows what it sees, until it is told to end. */
export const runLive = async (
  view: LiveView,
  { watcher, output, json, intervalMs, times }: LiveOptions,
): Promise<void> => {
  const ended = new AbortController();
  const signal = AbortSignal.any([output.signal, ended.signal]);
  const live = !json && process.stdout.isTTY === true;
  let draw = (): void => {};
  const screen = live ? new Screen(process.stdout as WriteStream, () => draw()) : undefined;
  if (screen !== undefined) draw = () => screen.draw(view.screen(watcher.model, screen.size));
  const keys = new Keys((key) => {
    if (ENDS.has(key)) ended.abort();
    else if (view.key?.(key) === true) draw();
  });
  try {
    // The first look has nothing to compare with.
    await watcher.look();
    if (live) draw();
    for (let n = 0; n < (times ?? Number.POSITIVE_INFINITY) && !signal.aborted; n++) {
      await pause(nodeClock, intervalMs, signal);
      await watcher.look();
      if (signal.aborted) return;
      const { model } = watcher;
      if (live) draw();
      else if (json) for (const value of model === undefined ? [] : view.values(model)) output.json(value);
      else for (const line of view.plain(model)) output.line(line);
    }
  } finally {
    keys.close();
    screen?.close();
  }
};
