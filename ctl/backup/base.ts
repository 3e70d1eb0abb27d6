import { join, resolve } from "node:path";
import { Option } from "clipanion";
import { NatsBus } from "#core/adapters/nats-bus";
import { corrupt } from "#core/errors";
import { ClusterCommand, SOURCE } from "#ctl/audit/base-command";
import type { Output } from "#ctl/audit/output";
import { filesOf, type Manifest, readManifest } from "#ctl/backup/manifest";
import { verifyBackup } from "#ctl/backup/verify";
import { connectUser } from "#ctl/client/connect";
import { orInterrupted, type Saves, savesOf } from "#ctl/save/base";

export const CATEGORY = "Backups";
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
export const AS = `${SOURCE}
      Bridges are asked as the operator of that cluster, or with --creds.
`;
export const bytesOf = (of: Manifest): number => filesOf(of).reduce((sum, { bytes }) => sum + bytes, 0);

/** What reads the streams and asks bridges. */
export abstract class BackupCommand extends ClusterCommand {
  creds = Option.String("--creds", { description: "With --nats-url: file with credentials of a user." });

  protected async saves(output: Output, own: Parameters<ClusterCommand["connect"]>[0]): Promise<Saves> {
    const { link, client } = await connectUser(this, process.cwd());
    own(link, (opened) => opened.close());
    return savesOf(client, new NatsBus(link), output);
  }

  /** Those of a cluster that `clusterio up` keeps stand beside it. */
  protected get place(): string {
    return resolve(join(this.dir, "backups"));
  }
}

/** @throws ClusterioError `corrupt` when it is not what was written. */
export const proved = async (folder: string, output: Output): Promise<Manifest> => {
  const of = await readManifest(folder);
  const problems = await orInterrupted(output, verifyBackup(folder, of, output.signal));
  if (problems.length > 0)
    throw corrupt(`${folder} is damaged: ${problems.map(({ path, problem }) => `${path}: ${problem}`).join("; ")}`);
  return of;
};
