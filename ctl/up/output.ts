import type { WriteStream } from "node:tty";
import type { Model } from "#ctl/watch/model";
import { plainLine, render, type Surroundings } from "#ctl/watch/render";
import { Screen } from "#ctl/watch/screen";

/** A line this often where nobody looks at a terminal. */
const PLAIN_LINE_MS = 5_000;
const NOTES_KEPT = 20;

export interface Shown {
  readonly model: () => Model | undefined;
  /** Why the model is not of now, "" when it is. */
  readonly problem: () => string;
  readonly around: () => Omit<Surroundings, "notes">;
}

/** Where `up` talks: lines, or a live view on a terminal. With `json`, standard output is for the result alone. */
export class Output {
  #screen: Screen | undefined;
  #draw: () => void = () => {};
  readonly #notes: string[] = [];

  constructor(private readonly json: boolean) {
    // Somebody who reads only the first lines (`| head`) is no reason to fail.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  }

  /** Progress, and what happens while it runs. */
  readonly say = (line: string): void => {
    if (this.#screen !== undefined) {
      this.#notes.push(line.split("\n")[0] ?? "");
      if (this.#notes.length > NOTES_KEPT) this.#notes.shift();
      this.#draw();
      return;
    }
    (this.json ? process.stderr : process.stdout).write(`${line}\n`);
  };

  result(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  /** True when there is somebody to watch a live view. */
  get live(): boolean {
    return !this.json && process.stdout.isTTY;
  }

  /** Shows what `shown` gives at each update until it is closed: live, or as plain lines. */
  show({ model, problem, around }: Shown): { update(): void; close(): void } {
    if (!this.live) {
      let shownAt = Number.NEGATIVE_INFINITY;
      const update = () => {
        const now = performance.now();
        const current = model();
        if (current === undefined || now - shownAt < PLAIN_LINE_MS) return;
        shownAt = now;
        // What was true before somebody stopped answering is not news.
        this.say(problem() === "" ? plainLine(current) : problem());
      };
      return { update, close: () => {} };
    }
    const screen = new Screen(process.stdout as WriteStream, () => this.#draw());
    this.#screen = screen;
    this.#draw = () => {
      const current = model();
      if (current !== undefined) screen.draw(render(current, { ...around(), notes: this.#notes }, screen.size));
    };
    return {
      update: () => this.#draw(),
      close: () => {
        this.#draw = () => {};
        this.#screen = undefined;
        screen.close();
        for (const note of this.#notes.splice(0)) this.say(note);
      },
    };
  }
}
