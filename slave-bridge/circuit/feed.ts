import { type Change, feedCommand } from "#bridge/circuit/payload";
import { wrap32 } from "#core/signal";

/**
 * What one feed of one world (a channel, or the storage's levels) was told, and what is to be told next. Pure.
 *
 * FD1 One command of a feed is under way at a time, and each is the difference to what was told before it: they are not
 *    overtaken by each other, however long they are.
 * FD2 What was told counts once the game said so. A feed that is told from the beginning shows what it showed until the last
 *    command of that has come.
 */
export class Feed {
  #told = new Map<number, number>();
  #counter = 0;
  /** Not yet told from the beginning to the end. */
  #state: "start" | "telling" | "told" = "start";

  constructor(
    readonly number: number,
    /** The mod's count of how often it forgot what this feed was told. */
    readonly epoch: number,
  ) {}

  /** From the beginning: the game did not take the last command. */
  restart(): void {
    this.#told = new Map();
    this.#state = "start";
  }

  /** The next command and what it tells; undefined when nothing differs. `wanted`: non-zero values by number. */
  next(
    tag: string,
    wanted: ReadonlyMap<number, number>,
  ): { readonly command: string; readonly took: () => void } | undefined {
    const changes = this.#changes(wanted);
    if (changes.length === 0 && this.#state === "told") return undefined;
    const start = this.#state === "start";
    const counter = start ? 0 : this.#counter + 1;
    const head = { feed: this.number, counter, start, end: this.#state !== "told" };
    const { command, count } = feedCommand(tag, head, changes);
    const took = () => {
      this.#counter = counter;
      if (this.#state !== "told") this.#state = count === changes.length ? "told" : "telling";
      for (const [number, difference] of changes.slice(0, count)) this.#add(number, difference);
    };
    return { command, took };
  }

  #add(number: number, difference: number): void {
    const value = wrap32((this.#told.get(number) ?? 0) + difference);
    if (value === 0) this.#told.delete(number);
    else this.#told.set(number, value);
  }

  /** In rising order of numbers. */
  #changes(wanted: ReadonlyMap<number, number>): Change[] {
    const changes: Change[] = [];
    for (const [number, value] of wanted) {
      const told = this.#told.get(number) ?? 0;
      if (told !== value) changes.push([number, wrap32(value - told)]);
    }
    for (const [number, told] of this.#told) if (!wanted.has(number)) changes.push([number, wrap32(-told)]);
    return changes.sort((a, b) => a[0] - b[0]);
  }
}
