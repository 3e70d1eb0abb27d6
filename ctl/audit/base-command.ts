import { resolve } from "node:path";
import { Option } from "clipanion";
import * as t from "typanion";
import type { NatsLink } from "#core/adapters/nats-connection";
import { badInput } from "#core/errors";
import { type DaemonContext, runDaemon } from "#core/lifecycle";
import { ShowingCommand } from "#core/terminal/results";
import { type Column, tableLines } from "#core/terminal/table";
import { connectCore } from "#ctl/audit/connect";
import { Output } from "#ctl/audit/output";
import { type Point, parsePoint } from "#ctl/audit/point";
import { ArchiveFile } from "#ctl/history/archive-file";
import { History } from "#ctl/history/history";
import { liveLedger } from "#ctl/history/open";

export const CATEGORY = "Audit";
export const SOURCE = `
      The streams are read with credentials of the CORE account: those of the cluster that \`clusterio up\` keeps in --dir, or
      --nats-url and --core-creds.
`;
export const FILES = `
      With --file archives of \`clusterio ledger archive\` are read instead, without a cluster; may be given several times.
      --live adds the cluster's own LEDGER behind them: all are read as one ledger, joined by hash.
`;

export const sequence = () =>
  t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, Number.MAX_SAFE_INTEGER)]);

type Own = DaemonContext["own"];

export const dirOption = () =>
  Option.String("--dir", "./.clusterio", {
    description: "Folder of a cluster that `clusterio up` runs (default ./.clusterio).",
  });

/** Longer than any answer may take by default. */
const TIMEOUT_S_MAX = 3_600;

export const timeoutOption = () =>
  Option.String("--timeout", {
    description:
      "Seconds to wait for the broker and for each answer (default 5 for the broker, 3 for a question, 15 for a command or a stream).",
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(0.1, TIMEOUT_S_MAX)]),
  });

/** Results on standard output, for a person or for a program; everything else on standard error. */
export abstract class ResultCommand extends ShowingCommand {
  /** `prepare` reads what was typed, before anything is connected to or opened. */
  protected work(prepare: () => (output: Output, own: Own) => Promise<void>): Promise<number> {
    return runDaemon(async ({ signal, own }: DaemonContext) => {
      this.checkFormat();
      const run = prepare();
      const output = new Output(signal);
      try {
        await run(output, own);
      } catch (error) {
        // Who closed the other end of the pipe has seen enough.
        if (!output.gone) throw error;
      }
    });
  }

  protected show<T>(output: Output, result: T, linesOf: (result: T) => readonly string[]): void {
    if (this.json) output.json(result);
    else for (const text of linesOf(result)) output.line(text);
  }

  /** Many of a kind: a table, or an object a line. `none`: what a person is told where there is nothing. */
  protected list<T>(output: Output, rows: readonly T[], columns: readonly Column<T>[], none: string): void {
    if (this.json) for (const row of rows) output.json(row);
    else if (rows.length === 0) output.line(none);
    else for (const line of tableLines(rows, columns)) output.line(line);
  }
}

/** What reads the streams needs: where the cluster is. */
export abstract class ClusterCommand extends ResultCommand {
  dir = dirOption();
  natsUrl = Option.String("--nats-url", { description: "Another NATS server, nats://host:port. Needs --core-creds." });
  coreCreds = Option.String("--core-creds", { description: "With --nats-url: file with credentials of CORE." });
  ca = Option.String("--ca", { description: "With --nats-url: PEM file of the authority of its certificate." });
  timeout = timeoutOption();

  protected async connect(own: Own): Promise<NatsLink> {
    return own(await connectCore(this, process.cwd()), (opened) => opened.close());
  }

  protected point(text: string | undefined, option: string): Point | undefined {
    return text === undefined ? undefined : parsePoint(text, option, Date.now());
  }
}

/** Those that read a ledger, from a cluster or from archives. */
export abstract class LedgerCommand extends ClusterCommand {
  files = Option.Array("--file", {
    description: "An archive to read instead of the cluster; may be given several times.",
  });
  live = Option.Boolean("--live", false, { description: "With --file: and then the cluster's own LEDGER." });

  /** Called before anything is opened. @throws ClusterioError `bad-input` */
  protected refuseLive(): void {
    if (this.live && this.files === undefined)
      throw badInput("--live goes with --file: without, LEDGER is read anyway");
  }

  protected async archives(own: Own): Promise<ArchiveFile[]> {
    const opened: ArchiveFile[] = [];
    for (const path of this.files ?? []) {
      opened.push(own(await ArchiveFile.open(resolve(path)), (archive) => archive.close()));
    }
    return opened;
  }

  protected async linkOf(own: Own): Promise<NatsLink | undefined> {
    return this.files === undefined || this.live ? this.connect(own) : undefined;
  }

  protected run(
    prepare: () => (sources: { history: History; link: NatsLink | undefined; output: Output }) => Promise<void>,
  ): Promise<number> {
    return this.work(() => {
      this.refuseLive();
      const work = prepare();
      return async (output, own) => {
        const archives = await this.archives(own);
        const link = await this.linkOf(own);
        const history = await History.of(archives, link === undefined ? undefined : liveLedger(link));
        await work({ history, link, output });
      };
    });
  }
}
