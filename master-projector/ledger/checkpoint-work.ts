import { alarmText } from "#core/alarm";
import { corrupt, isClusterioError, messageOf } from "#core/errors";
import type { CheckpointImage, LedgerBody } from "#core/events/ledger";
import { failpoint } from "#core/failpoints";
import { partOf } from "#core/fold/checkpoint";
import { imageOf, joinImages, type Prepared, prepare } from "#core/fold/image";
import { type Clock, pause } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { Log } from "#core/ports/log";
import type { CheckpointSpan } from "#projector/ledger/checkpoint";
import type { Ledger } from "#projector/ledger/ledger";
import { type SnapshotHead, snapshotBytes, writeSnapshot } from "#projector/ledger/snapshot";

/** One checkpoint on its way into the ledger and onto this disk, beside the rounds (P13). */

export interface CheckpointPorts {
  readonly ledgerLog: Log;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly snapshotPath: string;
  readonly alarm: (message: string) => void;
  readonly checkpointPartBytes?: number;
  readonly write: (body: LedgerBody, signal: AbortSignal) => Promise<boolean>;
  readonly wake: () => void;
}

export type CheckpointEnd =
  | { readonly kind: "verified"; readonly span: CheckpointSpan }
  /** The term or the broker's absence ended it: the next one will do. */
  | { readonly kind: "given-up" }
  | { readonly kind: "failed"; readonly error: unknown };

type PartBody = (LedgerBody & { type: "checkpoint" })["data"];

export class CheckpointWork {
  end: CheckpointEnd | undefined;
  #queue: PartBody[] = [];
  /** Sequences of the parts that are written. */
  readonly #written: number[] = [];
  readonly #stop = new AbortController();
  #background: Promise<void> = Promise.resolve();
  #lastWritten = () => {};

  constructor(
    private readonly ports: CheckpointPorts,
    private readonly ledger: Ledger,
  ) {}

  /** Takes the image and writes part 1, at a clean point. False when another writer was first. */
  async begin(signal: AbortSignal): Promise<boolean> {
    failpoint("checkpoint.writing");
    const image = imageOf(this.ledger.state);
    const partBytes = this.ports.checkpointPartBytes;
    const work = prepare(image, partBytes === undefined ? {} : { partBytes, sliceBytes: partBytes });
    const step = work.next();
    const short = step.done === true && step.value.parts.length === 1 ? step.value : undefined;
    const all = new Promise<void>((resolve) => {
      this.#lastWritten = resolve;
    });
    const first: PartBody =
      short === undefined
        ? { part: 1, image: withoutEntries(image) }
        : { part: 1, parts: 1, stateHash: short.stateHash, image: short.parts[0]! };
    if (!(await this.#write(first, signal))) return false;
    const head = this.ledger.head();
    this.#background = this.#inBackground(async () => {
      const prepared = step.done === true ? step.value : await inSlices(work, this.ports.clock, this.#stop.signal);
      if (prepared === undefined) return undefined;
      if (short === undefined) this.#enqueue(prepared);
      await Promise.race([all, aborted(this.#stop.signal)]);
      await this.#snapshot(head, prepared);
      return this.#stop.signal.aborted ? undefined : this.#readBack(prepared.stateHash);
    });
    return true;
  }

  get hasPart(): boolean {
    return this.#queue.length > 0;
  }

  /** Writes the next part, at a clean point. False when another writer was first. */
  async writePart(signal: AbortSignal): Promise<boolean> {
    const body = this.#queue.shift();
    return body === undefined || this.#write(body, signal);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#background;
  }

  async #write(body: PartBody, signal: AbortSignal): Promise<boolean> {
    if (!(await this.ports.write({ type: "checkpoint", data: body }, signal))) return false;
    this.#written.push(this.ledger.seq);
    if (body.parts === undefined) return true;
    failpoint("checkpoint.written");
    this.#lastWritten();
    return true;
  }

  async #inBackground(work: () => Promise<CheckpointEnd | undefined>): Promise<void> {
    try {
      this.end = (await work()) ?? { kind: "given-up" };
    } catch (error) {
      this.end = isClusterioError(error, "unavailable") ? { kind: "given-up" } : { kind: "failed", error };
    }
  }

  /** Part 1 has the short rest of the image; all that is listed follows. */
  #enqueue({ stateHash, parts }: Prepared): void {
    const begin = this.#written[0]!;
    const count = parts.length + 1;
    this.#queue = parts.map((image, index) => {
      const part = index + 2;
      return part === count ? { part, begin, parts: count, stateHash, image } : { part, begin, image };
    });
    this.ports.wake();
  }

  async #snapshot(head: SnapshotHead, prepared: Prepared): Promise<void> {
    const { clock, disk, snapshotPath, alarm } = this.ports;
    const bytes = await inSlices(snapshotBytes(head, prepared), clock, this.#stop.signal);
    if (bytes === undefined) return;
    try {
      await writeSnapshot(disk, snapshotPath, bytes);
    } catch (error) {
      // It only makes starting faster.
      alarm(alarmText("snapshot", `no snapshot was written: ${messageOf(error)}`));
    }
  }

  /** Reads the parts back and hashes what they hold. */
  async #readBack(stateHash: string): Promise<CheckpointEnd | undefined> {
    const { ledgerLog, clock } = this.ports;
    const images: CheckpointImage[] = [];
    for (const seq of this.#written) {
      const part = partOf(await ledgerLog.get(seq));
      // The stream is not the one that it was: the leader finds that out by itself.
      if (part === undefined) return undefined;
      images.push(part.image);
      await pause(clock, 0, this.#stop.signal);
    }
    const read = await inSlices(prepare(joinImages(images)), clock, this.#stop.signal);
    if (read === undefined) return undefined;
    const span = { first: this.#written[0]!, last: this.#written.at(-1)! };
    if (read.stateHash === stateHash) return { kind: "verified", span };
    const what = `the checkpoint of LEDGER messages ${span.first} to ${span.last}`;
    throw corrupt(`${what} was written with state ${stateHash} and is read back with ${read.stateHash}`);
  }
}

const withoutEntries = ({ instances: _instances, worlds: _worlds, stocks: _stocks, ...rest }: CheckpointImage) => rest;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** Runs a generator to its end, giving way to everything else after each step. Undefined when it was aborted. */
const inSlices = async <T>(
  work: Generator<undefined, T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<T | undefined> => {
  for (;;) {
    if (signal.aborted) return undefined;
    const step = work.next();
    if (step.done === true) return step.value;
    await pause(clock, 0, signal);
  }
};
