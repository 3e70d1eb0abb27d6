import { Command, Option } from "clipanion";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { badInput } from "#core/errors";
import { instanceId, userId } from "#core/ids";
import { resourceKey } from "#core/resource";
import { CATEGORY, FILES, LedgerCommand, SOURCE, sequence } from "#ctl/audit/base-command";
import { printCommands } from "#ctl/audit/commands";
import { POINT_HELP } from "#ctl/audit/point";
import { proofLines } from "#ctl/audit/proof-text";
import { EventsCommand, ReplayCommand } from "#ctl/audit/replay-command";
import { printStatement } from "#ctl/audit/resource";
import { parseTraceId, TRACE_ID_HELP, trace } from "#ctl/audit/trace";
import { traceLines } from "#ctl/audit/trace-text";
import { verifyCluster } from "#ctl/audit/verify";
import type { Prints } from "#ctl/printed/all";

const TIME_HELP = "this time (2026-11-22T14:05:00Z) or age (90s, 10m, 2h, 7d)";

/** A ledger that does not hold: exit code 1, told without a stack. */
class Violated extends Error {
  constructor(message: string) {
    super(message);
    delete this.stack;
  }
}

export class AuditVerifyCommand extends LedgerCommand {
  static override paths = [["audit", "verify"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "check that the ledger adds up, from its own messages",
    details: `
      Folds the ledger again, message by message, and checks that the hash chain is whole; that numbers, times and leaders
      never go back; that every resource is conserved, added up from all accounts; that every credit and every grant is what
      the rules of its time make of it; that checkpoints are what the messages before them say; and, of a running cluster,
      that the leader's answers and what each linked world itself last stated in EVENTS are what the ledger says.

      --from begins at the newest checkpoint before that message, since only there the state is known.
      ${FILES}${SOURCE}
      Exit codes: 0 the ledger holds; 1 it does not: the first divergence is told with its sequence, what was expected and what
      was found; 2 incomplete (a part that was asked for was purged or is missing, or is of a newer version; archives that do
      not join), or bad arguments; 3 the cluster does not run.
    `,
    examples: [
      ["Audit the cluster in ./.clusterio", "$0 audit verify"],
      [
        "Only what came after message 120000, as a proof to keep",
        "$0 audit verify --from 120000 --json | tail -1 > proof.json",
      ],
      ["Two archives and what came after them", "$0 audit verify --file 1.jsonl.gz --file 2.jsonl.gz --live"],
      ["A cluster on other machines", "$0 audit verify --nats-url nats://10.0.0.5:4222 --core-creds audit.creds"],
    ],
  });

  from = Option.String("--from", { description: "First message, by its sequence in LEDGER.", validator: sequence() });
  to = Option.String("--to", { description: "Last message, by its sequence in LEDGER.", validator: sequence() });

  override async execute(): Promise<number> {
    return this.work(() => {
      this.refuseLive();
      return async (output, own) => {
        const archives = await this.archives(own);
        const link = await this.linkOf(own);
        const proof = await verifyCluster({ link, archives }, this, output.signal);
        this.show(output, proof satisfies Prints<"audit verify">, proofLines);
        const { finding, incomplete } = proof;
        if (finding !== undefined) throw new Violated(`the ledger does not hold: ${finding.message}`);
        if (incomplete !== undefined) throw badInput(`the audit is incomplete: ${incomplete.reason}`);
      };
    });
  }
}

export class AuditResourceCommand extends LedgerCommand {
  static override paths = [["audit", "resource"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the statement of one resource, like a bank's",
    details: `
      Opening, each credit, reversal, grant with its cause, adjustment, closing. The balance is exported − granted + adjusted: for
      the whole cluster that is storage and what is held back, less debts and shortfall.
      With --json each entry is a line, and the sums are the last one.
      ${FILES}${SOURCE}
      Exit codes: 0; 2 bad arguments; 3 the cluster does not run; 5 the ledger cannot be folded (see \`audit verify\`).
    `,
    examples: [
      ["Where the iron went in the last ten minutes", "$0 audit resource item:iron-plate --since 10m"],
      ["What one server gave and took", "$0 audit resource item:iron-plate --instance copper"],
    ],
  });

  resource = Option.String({ name: "resource" });
  instance = Option.String("--instance", { description: "Only the worlds of this instance." });
  since = Option.String("--since", { description: `Entries from here on: ${POINT_HELP}.` });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { json } = this;
      const whose = this.instance === undefined ? {} : { instance: instanceId(this.instance) };
      const of = { resource: resourceKey(this.resource), ...whose };
      const since = this.point(this.since, "--since");
      return ({ history, output }) => printStatement(history, { ...of, json, since }, output);
    });
  }
}

export class AuditCommandsCommand extends LedgerCommand {
  static override paths = [["audit", "commands"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "who did what",
    details: `
      Commands with their outcome, as those who executed them told (kept 180 days), and acts that the ledger holds. All
      conditions that are named have to hold.
      ${FILES}${SOURCE}
      Exit codes: 0; 2 bad arguments; 3 the cluster does not run; 5 the ledger cannot be folded (see \`audit verify\`).
    `,
    examples: [
      ["Today's", "$0 audit commands --since 24h"],
      ["What ann tried on one server and could not", "$0 audit commands --user ann --instance copper --outcome failed"],
    ],
  });

  user = Option.String("--user", { description: "Only of this user." });
  instance = Option.String("--instance", { description: "Only about this instance." });
  what = Option.String("--what", { description: "Only this command or act: start, policy.set, session-lapsed, …" });
  outcome = Option.String("--outcome", {
    description: "Only with this outcome: ok, asked (nobody told how it ended), failed, or an error's code.",
  });
  since = Option.String("--since", { description: `From ${TIME_HELP} on.` });
  until = Option.String("--until", { description: `Before ${TIME_HELP}.` });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { json, what, outcome } = this;
      const user = this.user === undefined ? undefined : userId(this.user);
      const instance = this.instance === undefined ? undefined : instanceId(this.instance);
      const [since, until] = [this.time(this.since, "--since"), this.time(this.until, "--until")];
      if (since !== undefined && until !== undefined && since >= until) throw badInput("--since is not before --until");
      const options = { json, user, instance, what, outcome, since, until };
      return ({ history, link, output }) => printCommands({ ledger: history, link }, options, output);
    });
  }

  /** A time: the two streams have no sequence in common. */
  private time(text: string | undefined, option: string): number | undefined {
    const point = this.point(text, option);
    if (point === undefined) return undefined;
    if (point.kind !== "time") throw badInput(`${option}: name a time or an age here`);
    return point.ms;
  }
}

export class AuditTraceCommand extends LedgerCommand {
  static override paths = [["audit", "trace"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one export or grant, from chest to chest",
    details: `
      ID is ${TRACE_ID_HELP}.

      An export is followed into storage, to the grants that it fed and to the fact that told that it had arrived; a grant also
      back to the exports that fed it. Units of a resource are alike: which of them went where is attributed, first in
      first out. Facts are in EVENTS for seven days; of older ones the ledger's own times are told.
      ${FILES}${SOURCE}
      Exit codes: 0; 2 bad arguments, or there is no such thing; 3 the cluster does not run; 5 the ledger cannot be folded.
    `,
    examples: [
      ["Where an export went", "$0 audit trace 0mwrya70h-aad2-17"],
      ["Where a grant came from", "$0 audit trace 135/circuits.1/item:iron-plate"],
    ],
  });

  id = Option.String({ name: "ID" });
  resource = Option.String("--resource", { description: "Of a fact: only this resource." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const id = parseTraceId(this.id);
      const resource = this.resource === undefined ? undefined : resourceKey(this.resource);
      return async ({ history, link, output }) => {
        const events = link === undefined ? undefined : new JetStreamLog(link, "EVENTS");
        const traces = await trace({ ledger: history, events }, id, { resource, signal: output.signal });
        for (const traced of traces) this.show(output, traced satisfies Prints<"audit trace">, traceLines);
      };
    });
  }
}

export const AUDIT_COMMANDS = [
  AuditVerifyCommand,
  AuditResourceCommand,
  AuditTraceCommand,
  AuditCommandsCommand,
  ReplayCommand,
  EventsCommand,
] as const;
