import type { Clock } from "#core/ports/clock";

interface Task {
  readonly at: number;
  /** Tasks of the same moment run in the order in which they were set. */
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now: number;
  #order = 0;
  readonly #tasks = new Set<Task>();

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const task: Task = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#tasks.add(task);
    return () => void this.#tasks.delete(task);
  }

  /** Moves time on, running what is due on the way, each task at its own moment; also what these set anew. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let task = this.#due(end); task !== undefined; task = this.#due(end)) this.#run(task);
    this.#now = end;
  }

  /** Like `advance`, but waits for `settle` after each moment, so that promises come to rest before the next one. */
  async advanceSettling(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let task = this.#due(end); task !== undefined; task = this.#due(end)) {
      this.#run(task);
      await settle();
    }
    this.#now = end;
    await settle();
  }

  /** When the next task is due, or undefined when none is set. */
  nextAt(): number | undefined {
    return this.#due(Number.POSITIVE_INFINITY)?.at;
  }

  #run(task: Task): void {
    this.#tasks.delete(task);
    this.#now = Math.max(this.#now, task.at);
    task.run();
  }

  #due(end: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (task.at > end) continue;
      if (first === undefined || task.at < first.at || (task.at === first.at && task.order < first.order)) first = task;
    }
    return first;
  }
}
