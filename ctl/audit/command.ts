import { Command, Option } from "clipanion";
import * as t from "typanion";
import type { NatsLink } from "#core/adapters/nats-connection";
import { badInput } from "#core/errors";
import { instanceId } from "#core/ids";
import { type DaemonContext, runDaemon } from "#core/lifecycle";
import { resourceKey } from "#core/resource";
import { printCommands } from "#ctl/audit/commands";
import { connectCore } from "#ctl/audit/connect";
import { knownType, printEvents } from "#ctl/audit/events";
import { Output } from "#ctl/audit/output";
import { POINT_HELP, type Point, parsePoint } from "#ctl/audit/point";
import { proofLines } from "#ctl/audit/proof-text";
import { replay, replayLines } from "#ctl/audit/replay";
import { printStatement } from "#ctl/audit/resource";
import { verifyCluster } from "#ctl/audit/verify";

const CATEGORY = "Audit";
const SOURCE = `
      The streams are read with credentials of the CORE account: those of the cluster that \`clusterio up\` keeps in --dir, or
      --nats-url and --core-creds.
`;
const sequence = () => t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, Number.MAX_SAFE_INTEGER)]);

/** A ledger that does not hold: exit code 1, told without a stack. */
class Violated extends Error {
  constructor(message: string) {
    super(message);
    delete this.stack;
  }
}

/** What all of them need: where the cluster is. */
abstract class AuditCommand extends Command {
  dir = Option.String("--dir", "./.clusterio", {
    description: "Folder of a cluster that `clusterio up` runs (default ./.clusterio).",
  });
  natsUrl = Option.String("--nats-url", { description: "Another NATS server, nats://host:port. Needs --core-creds." });
  coreCreds = Option.String("--core-creds", { description: "With --nats-url: file with credentials of CORE." });
  json = Option.Boolean("--json", false, { description: "JSON, one object a line." });

  /** `prepare` reads what was typed, before anything is connected to. */
  protected run(prepare: () => (link: NatsLink, output: Output) => Promise<void>): Promise<number> {
    return runDaemon(async ({ signal, own }: DaemonContext) => {
      const work = prepare();
      const output = new Output(signal);
      const link = own(await connectCore(this, process.cwd()), (opened) => opened.close());
      try {
        await work(link, output);
      } catch (error) {
        // Who closed the other end of the pipe has seen enough.
        if (!output.gone) throw error;
      }
    });
  }

  protected point(text: string | undefined, option: string): Point | undefined {
    return text === undefined ? undefined : parsePoint(text, option, Date.now());
  }
}

export class AuditVerifyCommand extends AuditCommand {
  static override paths = [["audit", "verify"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "check that the ledger adds up, from its own messages",
    details: `
      Folds the ledger again, message by message, and checks that the hash chain is whole; that numbers, times and leaders
      never go back; that every resource is conserved, added up from all accounts; that every credit and every grant is what
      the rules of its time make of it; that checkpoints are what the messages before them say; and, when a leader answers,
      that it says the same as the ledger.

      --from begins at the newest checkpoint before that message, since only there the state is known.
      ${SOURCE}
      Exit codes: 0 the ledger holds; 1 it does not: the first divergence is told with its sequence, what was expected and what
      was found; 2 bad arguments, or the range cannot be audited (purged, or of a newer version); 3 the cluster does not run.
    `,
    examples: [
      ["Audit the cluster in ./.clusterio", "$0 audit verify"],
      [
        "Only what came after message 120000, as a proof to keep",
        "$0 audit verify --from 120000 --json | tail -1 > proof.json",
      ],
      ["A cluster on other machines", "$0 audit verify --nats-url nats://10.0.0.5:4222 --core-creds audit.creds"],
    ],
  });

  from = Option.String("--from", { description: "First message, by its sequence in LEDGER.", validator: sequence() });
  to = Option.String("--to", { description: "Last message, by its sequence in LEDGER.", validator: sequence() });

  override async execute(): Promise<number> {
    return this.run(() => async (link, output) => {
      const proof = await verifyCluster(link, this, output.signal);
      if (this.json) output.json(proof);
      else for (const text of proofLines(proof)) output.line(text);
      if (proof.finding !== undefined) throw new Violated(`the ledger does not hold: ${proof.finding.message}`);
    });
  }
}

export class AuditResourceCommand extends AuditCommand {
  static override paths = [["audit", "resource"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the statement of one resource, like a bank's",
    details: `
      Opening, each credit, reversal, grant with its cause, adjustment, closing. The balance is exported − granted + adjusted: for
      the whole cluster that is storage and what is held back, less debts and shortfall.
      With --json each entry is a line, and the sums are the last one.
      ${SOURCE}
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
      return (link, output) => printStatement(link, { ...of, json, since }, output);
    });
  }
}

export class AuditCommandsCommand extends AuditCommand {
  static override paths = [["audit", "commands"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "who did what",
    details: `
      Commands with their outcome, as those who executed them told (kept 180 days), and acts that the ledger holds.
      ${SOURCE}
      Exit codes: 0; 2 bad arguments; 3 the cluster does not run; 5 the ledger cannot be folded (see \`audit verify\`).
    `,
    examples: [["Today's", "$0 audit commands --since 24h"]],
  });

  since = Option.String("--since", {
    description: "From this time (2026-11-22T14:05:00Z) or age (90s, 10m, 2h, 7d) on.",
  });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { json } = this;
      const since = this.point(this.since, "--since");
      if (since !== undefined && since.kind !== "time") throw badInput("--since: name a time or an age here");
      return (link, output) => printCommands(link, { since, json }, output);
    });
  }
}

export class ReplayCommand extends AuditCommand {
  static override paths = [["replay"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the state at an earlier moment",
    details: `
      Folds the ledger up to and with a point, in memory: nothing is published, and the running cluster does not notice.
      ${SOURCE}
      Exit codes: 0; 2 bad arguments, or the ledger does not reach back to the point; 3 the cluster does not run; 5 the ledger
      cannot be folded (see \`audit verify\`).
    `,
    examples: [
      ["Five minutes ago", "$0 replay --until 5m"],
      ["After one round", "$0 replay --until round:4711 --json"],
    ],
  });

  until = Option.String("--until", { required: true, description: `The point: ${POINT_HELP}.` });

  override async execute(): Promise<number> {
    return this.run(() => {
      const until = parsePoint(this.until, "--until", Date.now());
      return async (link, output) => {
        const replayed = await replay(link, until, output.signal);
        if (this.json) output.json(replayed);
        else for (const text of replayLines(replayed)) output.line(text);
      };
    });
  }
}

export class EventsCommand extends AuditCommand {
  static override paths = [["events"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "what worlds state, one line each",
    details: `
      The facts in EVENTS, kept seven days.
      ${SOURCE}
      Exit codes: 0, also when following is stopped; 2 bad arguments; 3 the cluster does not run.
    `,
    examples: [
      ["The last ten minutes, and what comes", "$0 events -f"],
      ["One server's sessions", "$0 events --instance copper --type world-synced --since 7d"],
    ],
  });

  follow = Option.Boolean("-f,--follow", false, { description: "Go on with what comes, until Ctrl-C." });
  type = Option.String("--type", { description: "Only world-synced, world-reported or world-left." });
  instance = Option.String("--instance", { description: "Only this instance." });
  since = Option.String("--since", "10m", {
    description: "From this sequence, time (2026-11-22T14:05:00Z) or age (90s, 10m, 2h, 7d) on (default 10m).",
  });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { follow, json } = this;
      const type = knownType(this.type);
      const instance = this.instance === undefined ? undefined : instanceId(this.instance);
      const since = parsePoint(this.since, "--since", Date.now());
      return (link, output) => printEvents(link, { follow, json, type, instance, since }, output);
    });
  }
}

export const AUDIT_COMMANDS = [
  AuditVerifyCommand,
  AuditResourceCommand,
  AuditCommandsCommand,
  ReplayCommand,
  EventsCommand,
] as const;
