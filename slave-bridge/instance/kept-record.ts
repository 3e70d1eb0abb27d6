import { type Paths, writeRecord } from "#bridge/instance/folder";
import type { InstanceRecord } from "#bridge/instance/record";
import type { Disk } from "#core/ports/disk";

/**
 * An instance's record as its bridge has it, and as it is on disk.
 *
 * R2 what must survive a kill of the bridge is on disk before what depends on it happens: the lineage before the start, the
 *    server's record before the spawn, the desired state before the first action. Whoever depends on a change waits for it.
 * R3 the file is written by one write after the other, each with all that was changed before: the last one written is the last
 *    one said. One that fails is told to whoever waits for it, and holds up none behind it.
 */
export class KeptRecord {
  #now: InstanceRecord;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly disk: Disk,
    private readonly paths: Paths,
    record: InstanceRecord,
  ) {
    this.#now = record;
  }

  get now(): InstanceRecord {
    return this.#now;
  }

  /** What it becomes holds at once; it is on disk when this resolves. @throws what the disk throws. */
  become(record: InstanceRecord): Promise<void> {
    this.#now = record;
    const written = this.#writing.then(() => writeRecord(this.disk, this.paths, this.#now));
    this.#writing = written.catch(() => {});
    return written;
  }

  change(change: Partial<InstanceRecord>): Promise<void> {
    return this.become({ ...this.#now, ...change });
  }

  desire(desired: InstanceRecord["desired"]): Promise<void> {
    return this.#now.desired === desired ? Promise.resolve() : this.change({ desired });
  }

  /** Nothing is being written any more. */
  written(): Promise<void> {
    return this.#writing;
  }
}
