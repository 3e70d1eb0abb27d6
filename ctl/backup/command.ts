import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { badInput, corrupt, unavailable } from "#core/errors";
import { noSuch } from "#core/terminal/near";
import { sizeText } from "#core/terminal/size";
import type { Column } from "#core/terminal/table";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { ClusterCommand, ResultCommand, SOURCE } from "#ctl/audit/base-command";
import { clusterOf } from "#ctl/audit/connect";
import type { Output } from "#ctl/audit/output";
import { proofLines } from "#ctl/audit/proof-text";
import { verifyCluster } from "#ctl/audit/verify";
import { createBackup } from "#ctl/backup/create";
import { filesOf, type Listed, listBackups, type Manifest, readManifest } from "#ctl/backup/manifest";
import { each, firstLacking, load, meaningNow, restoreLedger } from "#ctl/backup/restore";
import { verifyBackup } from "#ctl/backup/verify";
import { connectUser } from "#ctl/client/connect";
import { ArchiveFile } from "#ctl/history/archive-file";
import { liveLedger } from "#ctl/history/open";
import { orInterrupted, type Saves, savesOf } from "#ctl/save/base";
import { meaningLines } from "#ctl/save/text";

const CATEGORY = "Backups";
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const AS = `${SOURCE}
      Bridges are asked as the operator of that cluster, or with --creds.
`;
const bytesOf = (of: Manifest): number => filesOf(of).reduce((sum, { bytes }) => sum + bytes, 0);

/** What reads the streams and asks bridges. */
abstract class BackupCommand extends ClusterCommand {
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

export class BackupCreateCommand extends BackupCommand {
  static override paths = [["backup", "create"]];
  static values = { "--to": "DIR" };
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a save of every instance and all of the ledger, in one folder with the sum of each file",
    details: `
      Instances that run save for it; of others the save that their next start would take is kept. The ledger is read after
      them, audited, and audited again as it stands in its file. The folder has its name only when all is there.

      An instance that cannot be reached is left out, named, and makes the exit code 3; the rest is a backup all the same.
      --keep removes all but the newest N, never for the sake of one that lacks something.
      ${AS}
      Exit codes: 0; 2 bad arguments; 3 an instance was left out, the cluster does not run, the disk is full, or interrupted
      (nothing is left behind); 4 refused; 5 the ledger does not hold.
    `,
    examples: [
      ["Into backups/ of the cluster's folder", "$0 backup create"],
      ["Every night, for a week", "$0 backup create --to /srv/backups --keep 7"],
      ["Two instances, without the ledger", "$0 backup create north south --saves-only"],
    ],
  });

  instances = Option.Rest({ name: "instances" });
  to = Option.String("--to", { description: "Folder of the backups (default: backups/ below --dir)." });
  keep = Option.String("--keep", {
    description: "Keep so many backups that lack nothing, and remove older ones.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 10_000)]),
  });
  savesOnly = Option.Boolean("--saves-only", false, { description: "Without the ledger." });

  override async execute(): Promise<number> {
    return this.work(() => async (output, own) => {
      const saves = await this.saves(output, own);
      const ledger = this.savesOnly
        ? undefined
        : { live: liveLedger(await this.connect(own)), cluster: await clusterOf(this, process.cwd()) };
      const to = this.to === undefined ? this.place : resolve(this.to);
      const order = { to, only: this.instances, keep: this.keep, ledger };
      const made = await orInterrupted(output, createBackup(saves, order, say));
      this.show(output, made, ({ folder, manifest: of, removed }) => [
        `${folder}: ${of.instances.length} saves${of.ledger === null ? "" : ` and messages ${of.ledger.from} to ${of.ledger.to} of LEDGER`}, ${sizeText(bytesOf(of))}`,
        ...removed.map((old) => `removed ${old}`),
      ]);
      const { missing } = made.manifest;
      if (missing.length > 0)
        throw unavailable(`it lacks ${missing.map(({ instance, reason }) => `${instance} (${reason})`).join(", ")}`);
    });
  }
}

const COLUMNS: readonly Column<Listed>[] = [
  { head: "BACKUP", of: ({ manifest: { name } }) => name },
  { head: "INSTANCES", of: ({ manifest: { instances } }) => String(instances.length), align: "right" },
  { head: "SIZE", of: ({ manifest: of }) => sizeText(bytesOf(of)), align: "right" },
  { head: "LEDGER", of: ({ manifest: { ledger } }) => (ledger === null ? "-" : `to ${ledger.to}`) },
  { head: "LACKS", of: ({ manifest: { missing } }) => missing.map(({ instance }) => instance).join(", ") || "-" },
];

export class BackupListCommand extends ResultCommand {
  static override paths = [["backup", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the backups in a folder, newest first",
    details: `
      Exit codes: 0; 2 the folder cannot be read; 5 one of them has a damaged manifest.
    `,
    examples: [["", "$0 backup list /srv/backups"]],
  });
  folder = Option.String({ name: "DIR", required: false });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const folder = resolve(this.folder ?? "./.clusterio/backups");
      const { whole, damaged } = await listBackups(folder);
      if (this.json) for (const { folder: path, manifest: of } of whole) output.json({ folder: path, ...of });
      else this.list(output, whole, COLUMNS, `there is no backup in ${folder}`);
      if (damaged.length > 0) throw corrupt(`damaged: ${damaged.join(", ")}`);
    });
  }
}

const proved = async (folder: string, output: Output): Promise<Manifest> => {
  const of = await readManifest(folder);
  const problems = await orInterrupted(output, verifyBackup(folder, of, output.signal));
  if (problems.length > 0)
    throw corrupt(`${folder} is damaged: ${problems.map(({ path, problem }) => `${path}: ${problem}`).join("; ")}`);
  return of;
};

export class BackupVerifyCommand extends ResultCommand {
  static override paths = [["backup", "verify"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "hash every file of a backup again, read each save through, audit the ledger in it",
    details: `
      Exit codes: 0 it is what was written; 2 the folder is no backup; 5 it is damaged: what and where is told.
    `,
    examples: [["", "$0 backup verify /srv/backups/2026-11-27T03-00-00-000Z"]],
  });
  folder = Option.String({ name: "DIR" });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const folder = resolve(this.folder);
      const of = await proved(folder, output);
      this.show(output, { folder, holds: true, files: filesOf(of).length, bytes: bytesOf(of) }, ({ files, bytes }) => [
        `${folder} holds: ${files} files, ${sizeText(bytes)}`,
      ]);
    });
  }
}

export class BackupRestoreCommand extends BackupCommand {
  static override paths = [["backup", "restore"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "put a backup back: the ledger where there is none, and saves of instances",
    details: `
      The backup is verified first. If LEDGER is empty and no projector leads, the ledger is put back, message by message; start
      a projector then, and repeat the command for the saves. If LEDGER holds something it stays: what worlds and ledger
      know differently, sessions settle, and no item is lost or made.

      Of each instance it is told what loading its save means. Once the backup's name was typed, each save is brought to its
      instance, which is stopped, loaded from it, and started again if it ran. Ends in an audit of the ledger.
      ${AS}
      Exit codes: 0; 1 the ledger does not hold after it; 2 bad arguments, or no backup; 3 an instance could not be restored,
      the cluster does not run, or interrupted (repeat it); 4 refused, or not confirmed; 5 the backup is damaged: nothing was
      changed.
    `,
    examples: [
      ["What would become of it", "$0 backup restore /srv/backups/2026-11-27T03-00-00-000Z --dry-run"],
      ["One instance", "$0 backup restore /srv/backups/2026-11-27T03-00-00-000Z north"],
    ],
  });

  folder = Option.String({ name: "DIR" });
  instances = Option.Rest({ name: "instances" });
  dryRun = Option.Boolean("--dry-run", false, { description: "Say what it would mean, and load nothing." });
  yes = yesOption();

  override async execute(): Promise<number> {
    return this.work(() => async (output, own) => {
      const folder = resolve(this.folder);
      const of = await proved(folder, output);
      const wanted = this.#wanted(of);
      const core = await this.connect(own);
      // A broker that lost its disk has no streams at all.
      if (of.ledger !== null && !this.dryRun) await prepareStreams(core);
      const log = new JetStreamLog(core, "LEDGER");
      if (await this.#lacks(of, folder, log)) {
        await this.#ledger(output, { of, folder, log, core: new NatsBus(core) });
        return;
      }
      const saves = await this.saves(output, own);
      const worlds = await saves.client.worlds();
      for (const backed of wanted) {
        const about = meaningNow(backed, worlds);
        if (this.json) output.json({ instance: backed.instance, ...about });
        else for (const line of [`${backed.instance}:`, ...meaningLines(backed.instance, about)]) output.line(line);
      }
      if (this.dryRun || wanted.length === 0) {
        if (!this.json) output.line("nothing was changed");
        return;
      }
      const does = `load ${wanted.map(({ instance }) => instance).join(", ")} from it`;
      await confirmed({ what: "the backup's name", name: of.name, does }, { yes: this.yes, signal: output.signal });
      const { done, failed } = await each(wanted, (backed) => load(saves, folder, of, backed));
      const proof = await verifyCluster({ link: core }, {}, output.signal);
      if (this.json) output.json({ restored: done.length, failed, verified: proof.finding === undefined });
      else for (const line of proofLines(proof)) output.line(line);
      if (proof.finding !== undefined) throw new Error(`the ledger does not hold: ${proof.finding.message}`);
      if (failed.length > 0) throw unavailable(failed.join("\n"));
    });
  }

  #wanted(of: Manifest): Manifest["instances"] {
    if (this.instances.length === 0) return of.instances;
    return this.instances.map((name) => {
      const found = of.instances.find((one) => one.instance === name || one.name === name);
      if (found !== undefined) return found;
      throw badInput(noSuch("instance in that backup", name, { names: of.instances.map(({ instance }) => instance) }));
    });
  }

  async #lacks({ ledger }: Manifest, folder: string, log: JetStreamLog): Promise<boolean> {
    if (ledger === null) return false;
    const archive = await ArchiveFile.open(join(folder, ledger.file.path));
    try {
      return (await firstLacking(log, archive)) !== undefined;
    } finally {
      await archive.close();
    }
  }

  async #ledger(
    output: Output,
    { of, folder, log, core }: { of: Manifest; folder: string; log: JetStreamLog; core: NatsBus },
  ): Promise<void> {
    const { ledger } = of;
    if (ledger === null) return;
    if (!this.json)
      output.line(
        `LEDGER is empty, or ends within this backup: messages up to ${ledger.to} of ${of.time} go back into it`,
      );
    if (this.dryRun) {
      if (this.json) output.json({ ledger, dryRun: true });
      else output.line("nothing was changed");
      return;
    }
    const does = "put its ledger back";
    await confirmed({ what: "the backup's name", name: of.name, does }, { yes: this.yes, signal: output.signal });
    const path = join(folder, ledger.file.path);
    const restoring = restoreLedger({ log, core, path, signal: output.signal, clock: nodeClock });
    const written = await orInterrupted(output, restoring);
    if (this.json) output.json({ ledger: written ?? null });
    else output.line("done: start the projectors, then repeat this command for the saves");
  }
}

export const BACKUP_COMMANDS = [
  BackupCreateCommand,
  BackupListCommand,
  BackupVerifyCommand,
  BackupRestoreCommand,
] as const;
