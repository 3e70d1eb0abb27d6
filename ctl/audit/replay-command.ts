import { Command, Option } from "clipanion";
import { badInput } from "#core/errors";
import { instanceId } from "#core/ids";
import { CATEGORY, ClusterCommand, FILES, LedgerCommand, SOURCE } from "#ctl/audit/base-command";
import { knownType, printEvents } from "#ctl/audit/events";
import { POINT_HELP, parsePoint } from "#ctl/audit/point";
import { replay, replayLines } from "#ctl/audit/replay";
import { compareWhatIf, parseChanges, WHAT_IF_HELP, whatIfLines } from "#ctl/audit/what-if";
import type { Prints } from "#ctl/printed/all";

export class ReplayCommand extends LedgerCommand {
  static override paths = [["replay"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the state at an earlier moment, or the grants under another policy",
    details: `
      Folds the ledger up to and with a point, in memory: nothing is published, and the running cluster does not notice.

      With --what-if the grants between --since (or the ledger's beginning) and --until are recomputed under other policies, and
      shown beside those that were made, with how long a unit waited. What worlds exported and wanted is taken as it was: worlds
      that get more build more, which nobody can replay (docs/audit.md).
      ${FILES}${SOURCE}
      Exit codes: 0; 2 bad arguments, or the ledger does not reach back to the point; 3 the cluster does not run; 5 the ledger
      cannot be folded (see \`audit verify\`).
    `,
    examples: [
      ["Five minutes ago", "$0 replay --until 5m"],
      ["After one round", "$0 replay --until round:4711 --json"],
      [
        "Had iron had three times the weight in the last hour",
        "$0 replay --since 1h --until 0s --what-if weights.iron=3",
      ],
    ],
  });

  until = Option.String("--until", { required: true, description: `The point: ${POINT_HELP}.` });
  since = Option.String("--since", { description: "With --what-if: where the comparison begins." });
  whatIf = Option.Array("--what-if", { description: `${WHAT_IF_HELP}; may be given several times.` });

  override async execute(): Promise<number> {
    return this.run(() => {
      const { whatIf } = this;
      const until = parsePoint(this.until, "--until", Date.now());
      const since = this.point(this.since, "--since");
      if (whatIf === undefined && since !== undefined) throw badInput("--since goes with --what-if");
      return async ({ history, output }) => {
        if (whatIf !== undefined) {
          const change = await parseChanges(whatIf);
          this.show(
            output,
            (await compareWhatIf(history, { since, until, change }, output.signal)) satisfies Prints<"replay">,
            whatIfLines,
          );
          return;
        }
        this.show(output, (await replay(history, until, output.signal)) satisfies Prints<"replay">, replayLines);
      };
    });
  }
}

export class EventsCommand extends ClusterCommand {
  static override paths = [["events"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the facts, one line each",
    details: `
      What worlds state (EVENTS, kept seven days) and what the leader found out or was ordered (LEDGER, all but rounds and
      checkpoints), in order of time. A fact's id is what \`audit trace\` takes.
      ${SOURCE}
      Exit codes: 0, also when following is stopped; 2 bad arguments; 3 the cluster does not run.
    `,
    examples: [
      ["The last ten minutes, and what comes", "$0 events -f"],
      ["One server's sessions", "$0 events --instance copper --type world-synced --since 7d"],
      ["Sessions that lapsed", "$0 events --type session-lapsed --since 7d"],
    ],
  });

  follow = Option.Boolean("-f,--follow", false, { description: "Go on with what comes, until Ctrl-C." });
  type = Option.String("--type", {
    description: "Only this type, of worlds or of the leader: world-left, policy-set, …",
  });
  instance = Option.String("--instance", { description: "Only about this instance." });
  since = Option.String("--since", "10m", {
    description:
      "From this time (2026-11-22T14:05:00Z), age (90s, 10m, 2h, 7d) or sequence in EVENTS on (default 10m).",
  });

  override async execute(): Promise<number> {
    return this.work(() => {
      const { follow, json } = this;
      const type = knownType(this.type);
      const instance = this.instance === undefined ? undefined : instanceId(this.instance);
      const since = parsePoint(this.since, "--since", Date.now());
      return async (output, own) =>
        printEvents(await this.connect(own), { follow, json, type, instance, since }, output);
    });
  }
}
