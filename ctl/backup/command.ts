import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { corrupt, unavailable } from "#core/errors";
import type { StreamName } from "#core/streams";
import { sizeText } from "#core/terminal/size";
import type { Column } from "#core/terminal/table";
import { ResultCommand } from "#ctl/audit/base-command";
import { clusterOf } from "#ctl/audit/connect";
import { AS, BackupCommand, bytesOf, CATEGORY, proved, say } from "#ctl/backup/base";
import { createBackup, type KeptStreams } from "#ctl/backup/create";
import { filesOf, type Listed, lacksOf, lackText, listBackups, type Manifest } from "#ctl/backup/manifest";
import { BackupRestoreCommand } from "#ctl/backup/restore-command";
import { liveLedger } from "#ctl/history/open";
import type { Prints } from "#ctl/printed/all";
import { orInterrupted } from "#ctl/save/base";

export class BackupCreateCommand extends BackupCommand {
  static override paths = [["backup", "create"]];
  static values = { "--to": "DIR" };
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "a save of every instance, the ledger, users, roles, lists and playtime, in one folder with sums",
    details: `
      Instances that run save for it; of others the save that their next start would take is kept. The ledger is read after
      them, audited, and audited again as it stands in its file; then the book of users, roles and slaves, the lists (admins,
      bans, whitelist), and who has played. The folder has its name only when all is there.

      No secret is in it: keys and certificates are kept by \`clusterio identity backup\`.

      An instance that cannot be reached is left out, named, and makes the exit code 3; the rest is a backup all the same.
      --keep removes all but the newest N, never for the sake of one that lacks something.
      ${AS}
      Exit codes: 0; 2 bad arguments; 3 an instance was left out, the cluster does not run, the disk is full, or interrupted
      (nothing is left behind); 4 refused; 5 the ledger does not hold.
    `,
    examples: [
      ["Into backups/ of the cluster's folder", "$0 backup create"],
      ["Every night, for a week", "$0 backup create --to /srv/backups --keep 7"],
      ["Two instances, and nothing else", "$0 backup create north south --saves-only"],
    ],
  });

  instances = Option.Rest({ name: "instances" });
  to = Option.String("--to", { description: "Folder of the backups (default: backups/ below --dir)." });
  keep = Option.String("--keep", {
    description: "Keep so many backups that lack nothing, and remove older ones.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 10_000)]),
  });
  savesOnly = Option.Boolean("--saves-only", false, { description: "Without the ledger and what is known of people." });

  override async execute(): Promise<number> {
    return this.work(() => async (output, own) => {
      const saves = await this.saves(output, own);
      const streams = this.savesOnly ? undefined : await this.#streams(own);
      const to = this.to === undefined ? this.place : resolve(this.to);
      const order = { to, only: this.instances, keep: this.keep, streams };
      const made = await orInterrupted(output, createBackup(saves, order, say));
      this.show(output, made satisfies Prints<"backup create">, ({ folder, manifest: of, removed }) => [
        `${folder}: ${holdsText(of)}, ${sizeText(bytesOf(of))}`,
        ...removed.map((old) => `removed ${old}`),
      ]);
      if (streams !== undefined) say("keys are not in it: clusterio identity backup --output FILE keeps those");
      const { missing } = made.manifest;
      if (missing.length > 0)
        throw unavailable(`it lacks ${missing.map(({ instance, reason }) => `${instance} (${reason})`).join(", ")}`);
    });
  }

  async #streams(own: Parameters<BackupCommand["connect"]>[0]): Promise<KeptStreams> {
    const core = await this.connect(own);
    const stream = (name: StreamName) => new JetStreamLog(core, name);
    const people = { access: stream("ACCESS"), lists: stream("LISTS"), players: stream("PLAYERS") };
    return { cluster: await clusterOf(this, process.cwd()), live: liveLedger(core), ...people };
  }
}

const some = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** "3 saves, messages 1 to 900 of LEDGER, 4 users and 5 roles, 12 words of lists, 80 stays of players". */
const holdsText = ({ instances, ledger, rights, lists, players }: Manifest): string =>
  [
    some(instances.length, "save"),
    ...(ledger === null ? [] : [`messages ${ledger.from} to ${ledger.to} of LEDGER`]),
    ...(rights === null ? [] : [`${some(rights.users, "user")} and ${some(rights.roles, "role")}`]),
    ...(lists === null ? [] : [`${some(lists.entries, "word")} of lists`]),
    ...(players === null ? [] : [`${some(players.stays, "stay")} of players`]),
  ].join(", ");

const COLUMNS: readonly Column<Listed>[] = [
  { head: "BACKUP", of: ({ manifest: { name } }) => name },
  { head: "INSTANCES", of: ({ manifest: { instances } }) => String(instances.length), align: "right" },
  { head: "SIZE", of: ({ manifest: of }) => sizeText(bytesOf(of)), align: "right" },
  { head: "LEDGER", of: ({ manifest: { ledger } }) => (ledger === null ? "-" : `to ${ledger.to}`) },
  {
    head: "LACKS",
    of: ({ manifest: of }) => [...of.missing.map(({ instance }) => instance), ...lacksOf(of)].join(", ") || "-",
  },
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
      if (this.json)
        for (const { folder: path, manifest: of } of whole)
          output.json({ folder: path, ...of } satisfies Prints<"backup list">);
      else this.list(output, whole, COLUMNS, `there is no backup in ${folder}`);
      if (damaged.length > 0) throw corrupt(`damaged: ${damaged.join(", ")}`);
    });
  }
}

export class BackupVerifyCommand extends ResultCommand {
  static override paths = [["backup", "verify"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "hash every file of a backup again, read each save through, audit the ledger in it, read the rest",
    details: `
      What it does not hold (one of an earlier version, or of saves alone) is told, and is no damage.

      Exit codes: 0 it is what was written; 2 the folder is no backup; 5 it is damaged: what and where is told.
    `,
    examples: [["", "$0 backup verify /srv/backups/2026-11-27T03-00-00-000Z"]],
  });
  folder = Option.String({ name: "DIR" });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const folder = resolve(this.folder);
      const of = await proved(folder, output);
      const held = { folder, holds: true, files: filesOf(of).length, bytes: bytesOf(of), lacks: lacksOf(of) };
      this.show(output, held satisfies Prints<"backup verify">, ({ files, bytes }) => [
        `${folder} holds: ${files} files, ${sizeText(bytes)} (${holdsText(of)})`,
        ...[lackText(of) ?? []].flat(),
      ]);
    });
  }
}

export const BACKUP_COMMANDS = [
  BackupCreateCommand,
  BackupListCommand,
  BackupVerifyCommand,
  BackupRestoreCommand,
] as const;
