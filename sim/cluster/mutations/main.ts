import { Command, Option } from "clipanion";
import * as t from "typanion";
import { runCli } from "#core/cli";
import { control, type Finding, hunt, inThreads, SEEDS_MAX } from "#sim/cluster/mutations/hunt";
import { MUTATIONS } from "#sim/cluster/mutations/table";

const DETAIL_CHARACTERS = 110;

const lineOf = ({ mutation, kind, seed, histories, ms, invariant, detail }: Finding): string => {
  const after = `${histories} ${histories === 1 ? "history" : "histories"}, ${(ms / 1000).toFixed(1)} s`;
  if (kind === "unfit") return `${mutation.name}: CANNOT BE MADE: ${detail}`;
  if (kind === "unfound") return `${mutation.name}: NOT FOUND after ${after} ${detail}`;
  return `${mutation.name}: seed ${seed} (${after}) by ${invariant}: ${detail.split("\n")[0]?.slice(0, DETAIL_CHARACTERS)}`;
};

class MutationsCommand extends Command {
  static override usage = Command.Usage({
    description: "looks whether the simulation finds each deliberate defect",
  });
  static override paths = [Command.Default];

  only = Option.String("--only", { description: "mutations whose name has these words" });
  seeds = Option.String("--seeds", String(SEEDS_MAX), {
    description: "histories for one mutation",
    validator: t.isNumber(),
  });
  holes = Option.Boolean("--holes", false, { description: "those that were not found yet, instead of the others" });
  json = Option.Boolean("--json", false, { description: "one line of JSON for each mutation on standard output" });

  async execute(): Promise<number> {
    const chosen = MUTATIONS.filter(
      ({ name, hole = false }) => hole === this.holes && (this.only === undefined || name.includes(this.only)),
    );
    const findings: Finding[] = [];
    await inThreads(chosen, async (mutation) => {
      const finding = await hunt(mutation, this.seeds);
      findings.push(finding);
      const { name } = mutation;
      this.context.stdout.write(`${this.json ? JSON.stringify({ ...finding, mutation: name }) : lineOf(finding)}\n`);
    });
    const seeds = new Set(findings.flatMap(({ seed }) => (seed === undefined ? [] : [seed])));
    const wrong = await control([...seeds]);
    for (const problem of wrong) this.context.stdout.write(`the code as it is: ${problem}\n`);
    const found = findings.filter(({ kind }) => kind === "found").length;
    const failed = findings.length - found + wrong.length;
    this.context.stdout.write(`${found} passed, ${failed} failed\n`);
    return failed > 0 || found === 0 ? 1 : 0;
  }
}

void runCli({ name: "npm run mutations --", label: "Mutations", commands: [MutationsCommand] });
