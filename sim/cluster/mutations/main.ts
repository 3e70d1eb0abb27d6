import { Command, Option } from "clipanion";
import * as t from "typanion";
import { packageRoot } from "#core/adapters/package-root";
import { always, runCli } from "#core/cli";
import { HINTS } from "#sim/cluster/mutations/hints";
import { type Finding, lotsFor, measure, SEARCH_MAX } from "#sim/cluster/mutations/hunt";
import { writeDown } from "#sim/cluster/mutations/record";
import { MUTATIONS } from "#sim/cluster/mutations/table";

const NAME_COLUMN = Math.max(...MUTATIONS.map(({ name }) => name.length));
const DETAIL_CHARACTERS = 100;

/** What was mutated, the history that showed it, by which check, and what that said. */
const rowOf = ({ mutation, kind, lot, histories, ms, promise = "", detail }: Finding): string => {
  const name = mutation.name.padEnd(NAME_COLUMN);
  const after = `${histories} ${histories === 1 ? "history" : "histories"}, ${(ms / 1000).toFixed(1)} s`;
  if (kind === "unfit") return `${name}  CANNOT BE MADE: ${detail}`;
  if (kind === "unfound") return `${name}  NOT FOUND in ${after} ${detail}`;
  const said = detail.split("\n")[0]?.slice(0, DETAIL_CHARACTERS);
  return `${name}  seed ${lot?.seed} of ${lot?.steps} steps  ${promise.padEnd(3)}  ${said} (${after})`;
};

class MutationsCommand extends Command {
  static override usage = Command.Usage({
    description: "looks whether the simulation finds each deliberate defect",
    details:
      "Each defect's hint is tried first, then a search. The last line is `N passed, N failed`. Exit 0: all were found, and " +
      "the code as it is passes the histories that showed them; 1: not so.",
  });
  static override paths = [Command.Default];

  only = Option.String("--only", { description: "mutations whose name has these words" });
  seeds = Option.String("--seeds", String(SEARCH_MAX), {
    description: "histories for one mutation when its hint shows nothing",
    validator: t.isNumber(),
  });
  fresh = Option.Boolean("--fresh", false, { description: "without the hints" });
  write = Option.Boolean("--write", false, { description: "writes down the hints and the table in the documentation" });
  json = Option.Boolean("--json", false, { description: "one line of JSON for each mutation on standard output" });

  async execute(): Promise<number> {
    const chosen = MUTATIONS.filter(({ name }) => this.only === undefined || name.includes(this.only));
    const hunts = chosen.map((mutation) => {
      const hint = this.fresh ? undefined : HINTS[mutation.name];
      return { mutation, lots: lotsFor(mutation, hint, this.seeds) };
    });
    const { findings, wrong } = await measure(hunts, (finding) => {
      const { name } = finding.mutation;
      this.context.stdout.write(`${this.json ? JSON.stringify({ ...finding, mutation: name }) : rowOf(finding)}\n`);
    });
    if (this.write) await writeDown(packageRoot(), findings);
    for (const problem of wrong) this.context.stdout.write(`the code as it is: ${problem}\n`);
    const found = findings.filter(({ kind }) => kind === "found").length;
    const failed = findings.length - found + wrong.length;
    this.context.stdout.write(`${found} passed, ${failed} failed\n`);
    return failed > 0 || found === 0 ? 1 : 0;
  }
}

void runCli({ name: "npm run mutations --", label: "Mutations", groups: always([MutationsCommand]) });
