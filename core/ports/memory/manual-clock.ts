import type { Clock } from "#core/ports/clock";

/** What a task returns to say that it set no promise off: then there is nothing to wait for before the next one. */
export const IDLE = Symbol("idle");

interface Task {
  readonly at: number;
  /** Tasks of the same moment run in the order in which they were set. */
  readonly order: number;
  /** Undefined once it ran or was cancelled. */
  run: (() => unknown) | undefined;
}

const NONE = Symbol("no task");

const isBefore = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A clock that stands still until it is moved. Its tasks lie in a binary heap, the next one on top. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #heap: Task[] = [];
  #cancelled = 0;

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => unknown): () => void {
    const task: Task = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#push(task);
    return () => {
      if (task.run === undefined) return;
      task.run = undefined;
      this.#cancelled++;
      if (this.#cancelled > 64 && this.#cancelled * 2 > this.#heap.length) this.#sweep();
    };
  }

  /** Moves time on, running what is due on the way, each task at its own moment; also what these set anew. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#runNext(end) !== NONE);
    this.#now = end;
  }

  /** Like `advance`, but waits for `settle` after each moment, so that promises come to rest before the next one. */
  async advanceSettling(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    await settle();
    while (this.#runNext(end) !== NONE) await settle();
    this.#now = end;
    await settle();
  }

  /** The same, several times faster: `settle` calls `then` when promises have come to rest. Rejects with what a task throws. */
  advanceDraining(ms: number, settle: (then: () => void) => void): Promise<void> {
    const end = this.#now + ms;
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          for (let said = this.#runNext(end); said !== NONE; said = this.#runNext(end)) {
            if (said !== IDLE) return settle(turn);
          }
        } catch (error) {
          return reject(error);
        }
        this.#now = end;
        settle(resolve);
      };
      settle(turn);
    });
  }

  /** When the next task is due, or undefined when none is set. */
  nextAt(): number | undefined {
    return this.#next()?.at;
  }

  /** What the next task due by `end` returns, NONE when there is none. */
  #runNext(end: number): unknown {
    const task = this.#next();
    if (task === undefined || task.at > end) return NONE;
    this.#pop();
    this.#now = Math.max(this.#now, task.at);
    const { run } = task;
    task.run = undefined;
    return run?.();
  }

  #next(): Task | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.run !== undefined) return top;
      this.#pop();
      this.#cancelled--;
    }
    return undefined;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.push(task) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(task, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length > 0) this.#sink(last, 0);
  }

  /** Puts a task at this place or below, where nothing under it comes earlier. */
  #sink(task: Task, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, task)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = task;
  }

  /** Most timers of requests are cancelled long before they are due. */
  #sweep(): void {
    const live = this.#heap.filter(({ run }) => run !== undefined);
    this.#heap.length = 0;
    for (const task of live) this.#push(task);
    this.#cancelled = 0;
  }
}
