import type { InstanceRecord } from "#bridge/instance/record";
import { refused } from "#core/errors";
import type { SlaveId } from "#core/ids";

/**
 * What keeps an instance's game from being started: work in its folder, and its way to another slave.
 *
 * SD1 while something is done in the folder that no game may see half done, nothing else is begun there and nothing is started.
 * SD2 what is on its way to another slave (`moving`) is on its way to one: whoever wants another says so to that move first.
 * SD3 what is given back is from then on what it was, by one write: a bridge that is killed behind it leaves nothing half done.
 */

/** What has become of a game that is not there and will not be by itself. */
export const isAtRest = (phase: string): boolean => phase === "stopped" || phase === "failed";

const movingAdvice = (instance: string, to: string): string =>
  `clusterio instance move ${instance} --to ${to} goes on with that, with --abort it ends it`;

/** SD2. @throws ClusterioError `refused` when it is on its way to another slave than this one. */
export const heldFor = (record: InstanceRecord, to: SlaveId): InstanceRecord => {
  const { instance, moving, desired } = record;
  if (moving === undefined) return { ...record, moving: { to, ran: desired === "running" } };
  if (moving.to === to) return record;
  throw refused(`${instance} is on its way to ${moving.to}: ${movingAdvice(instance, moving.to)}`);
};

/** It stays after all (SD3). */
export const released = ({ moving, ...record }: InstanceRecord): InstanceRecord =>
  moving?.ran === true ? { ...record, desired: "running" } : record;

/** The slave that it came from let go of it. */
export const settled = ({ arrived: _, ...record }: InstanceRecord): InstanceRecord => record;

/** SD2. @throws ClusterioError `refused` */
export const refuseMoving = ({ instance, moving }: InstanceRecord): void => {
  if (moving !== undefined)
    throw refused(`${instance} is being moved to ${moving.to}: ${movingAdvice(instance, moving.to)}`);
};

/** SD1 */
export class FolderWork {
  #what: string | undefined;

  constructor(private readonly instance: string) {}

  /** @throws ClusterioError `refused` while something is being done. */
  refuse(): void {
    if (this.#what !== undefined) throw refused(`${this.instance}: ${this.#what}; try again when that is done`);
  }

  /** @throws ClusterioError `refused` while something else is being done, or its game is not at rest. */
  async during<T>(what: string, phase: string, work: () => Promise<T>): Promise<T> {
    this.refuse();
    if (!isAtRest(phase)) {
      const how = `stop it first (clusterio instance stop ${this.instance})`;
      throw refused(`${this.instance} is ${phase}: ${how}`);
    }
    this.#what = what;
    try {
      return await work();
    } finally {
      this.#what = undefined;
    }
  }
}
