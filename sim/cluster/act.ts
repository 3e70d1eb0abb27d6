import type { Cluster } from "#sim/cluster/cluster";
import type { Host } from "#sim/cluster/host";
import type { Save } from "#sim/cluster/world";

export interface Happened {
  /** Instances that really ran twice: one of them may be stopped. */
  readonly twins: Set<string>;
  /** Some world was loaded from an earlier save: somebody may owe something. */
  rewound: boolean;
}

/** What a fault or an operator does to a host that nobody else is working on. */
export type Act = (cluster: Cluster, host: Host, happened: Happened) => void | Promise<void>;

export const pauseFor = (cluster: Cluster, ms: number, begin: () => void, end: () => void): void => {
  begin();
  cluster.clock.after(ms, end);
};

export const ownSaves = (host: Host): Save[] =>
  [...host.folder.saves.values()]
    .filter(({ opens, save }) => opens && save.instance === host.instance)
    .map(({ save }) => save);
