import { Command, Option } from "clipanion";
import { NatsBus } from "#core/adapters/nats-bus";
import { corrupt } from "#core/errors";
import { userId } from "#core/ids";
import { ClusterCommand, ResultCommand, SOURCE } from "#ctl/audit/base-command";
import { clusterOf } from "#ctl/audit/connect";
import { grouped } from "#ctl/audit/output";
import { POINT_HELP } from "#ctl/audit/point";
import { ClusterClient } from "#ctl/client/client";
import { liveLedger } from "#ctl/history/open";
import { archiveLedger } from "#ctl/ledger/archive";
import { listArchives, listLines } from "#ctl/ledger/list";
import { figureLines, ledgerFigures } from "#ctl/ledger/show";
import type { Prints } from "#ctl/printed/all";

const CATEGORY = "Ledger";

export class LedgerArchiveCommand extends ClusterCommand {
  static override paths = [["ledger", "archive"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "write the part of LEDGER before a checkpoint to a file",
    details: `
      Audits all that LEDGER holds before its newest checkpoint (or the newest before --before), through that checkpoint, writes
      it compressed to a new file, reads the file back and audits it again. Only then the file has its name. It is gzipped
      JSON lines: \`zcat\` reads it. \`clusterio audit verify --file\` verifies it at any time.

      With --purge the leader is then asked to remove from LEDGER what the file holds. When that is refused or fails, nothing
      is lost: the same command again finds the file, verifies it and asks again.
      ${SOURCE}
      Exit codes: 0, also when nothing stands before the checkpoint; 2 bad arguments; 3 the cluster does not run; 4 refused (no
      checkpoint yet, another file of that name, the leader's refusal to purge); 5 the ledger or the file is damaged.
    `,
    examples: [
      ["What can be archived, into a folder", "$0 ledger archive archives/"],
      ["And make room in LEDGER", "$0 ledger archive --purge archives/"],
      ["Only what is older than a week", "$0 ledger archive --before 7d archives/"],
    ],
  });

  to = Option.String({ name: "FILE|DIR" });
  purge = Option.Boolean("--purge", false, {
    description: "Then ask the leader to purge LEDGER below the checkpoint.",
  });
  before = Option.String("--before", { description: `Before the newest checkpoint up to this point: ${POINT_HELP}.` });

  override async execute(): Promise<number> {
    return this.work(() => {
      const before = this.point(this.before, "--before");
      return async (output, own) => {
        const cluster = await clusterOf(this, process.cwd());
        const link = await this.connect(own);
        const live = liveLedger(link);
        const archived = await archiveLedger(live, { before, to: this.to, cluster }, output.signal);
        if (archived === undefined) {
          if (this.json) output.json({ archived: null } satisfies Prints<"ledger archive">);
          else output.line("nothing stands before that checkpoint: nothing to archive");
          return;
        }
        const { archive, written, checkpoint } = archived;
        own(archive, (opened) => opened.close());
        const { path, header } = archive;
        if (!this.json) {
          const what = written ? "archived and verified" : "was archived before, and verified again";
          output.line(`messages ${grouped(header.from)} to ${grouped(header.to)} ${what}: ${path}`);
        }
        if (this.purge) {
          const client = new ClusterClient(new NatsBus(link), userId("master"));
          await client.master("ledger.purge", { below: checkpoint });
        }
        if (this.json)
          output.json({
            archived: { file: path, written, header },
            checkpoint,
            purged: this.purge,
          } satisfies Prints<"ledger archive">);
        else if (this.purge) output.line(`LEDGER begins at message ${grouped(checkpoint)} now`);
      };
    });
  }
}

export class LedgerShowCommand extends ClusterCommand {
  static override paths = [["ledger", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "size, growth, days left and the newest checkpoint of LEDGER",
    details: `${SOURCE}
      Exit codes: 0; 2 bad arguments; 3 the cluster does not run.
    `,
    examples: [["How long it lasts, for a program", "$0 ledger show --json"]],
  });

  override async execute(): Promise<number> {
    return this.work(() => async (output, own) => {
      this.show(
        output,
        (await ledgerFigures(liveLedger(await this.connect(own)))) satisfies Prints<"ledger show">,
        figureLines,
      );
    });
  }
}

export class LedgerListCommand extends ResultCommand {
  static override paths = [["ledger", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the archives in a folder, with their ranges and hashes",
    details: `
      Reads the headers only; \`clusterio audit verify --file\` verifies the rest.

      Exit codes: 0; 2 there is no such folder; 5 one of the archives is damaged.
    `,
    examples: [["", "$0 ledger list ./archives"]],
  });

  folder = Option.String({ name: "DIR" });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const listed = await listArchives(this.folder);
      if (this.json) for (const one of listed) output.json(one satisfies Prints<"ledger list">);
      else for (const text of listed.length === 0 ? ["no archives"] : listLines(listed)) output.line(text);
      const damaged = listed.flatMap((one) => ("damaged" in one ? [one.file] : []));
      if (damaged.length > 0) throw corrupt(`damaged: ${damaged.join(", ")}`);
    });
  }
}

export const LEDGER_COMMANDS = [LedgerArchiveCommand, LedgerShowCommand, LedgerListCommand] as const;
