import type { Paths } from "#bridge/instance/folder";
import type { InstanceConfig } from "#core/instance-config";

/**
 * The write-data folder of a server that the bridge does not run, where this machine sees it: a link or a mount in the bridge's
 * folder `attached/`. The cluster's configuration says only its name: which folders of a machine may be read and written is said
 * by whoever owns the machine (ADR 0093). Pure.
 */
export type AttachConfig = NonNullable<InstanceConfig["attach"]>;

/** Undefined where only its RCON is there. */
export const attachedRoot = (dir: string, { writeData }: AttachConfig): string | undefined =>
  writeData === undefined ? undefined : `${dir}/attached/${writeData}`;

/** What it prints. */
export const attachedLog = (root: string, { log = "factorio-current.log" }: AttachConfig): string => `${root}/${log}`;

/** Where its saves and mods are; what is brought waits beside them: a file is renamed only within one file system. */
export const attachedPaths = (own: Paths, root: string): Paths => ({
  ...own,
  mods: `${root}/mods`,
  modList: `${root}/mods/mod-list.json`,
  saves: `${root}/saves`,
  incoming: `${root}/saves/.clusterio-incoming`,
});

/** What its owner is to do so that this machine sees it. */
export const linkAdvice = (root: string): string =>
  `link or mount its write-data folder there (ln -s /srv/factorio ${root}), readable and writable for the bridge`;
