import { cpus } from "node:os";
import { parseArgs } from "node:util";
import type { Figure } from "#bench/kit/figure";
import { jsonLine, type Machine, machineLine, table } from "#bench/kit/report";
import { FIGURE_NAMES, ON_REQUEST, SCENARIOS } from "#bench/scenarios";
import { messageOf } from "#core/errors";
import { findNatsServer } from "#ctl/nats-server/find";

const HELP = `npm run bench -- [--only NAME]… [--json]

Measures what the project claims, each figure beside a reference of the same run (docs/benchmarks.md).

  --only NAME  only the figures of this name, may be given several times: ${FIGURE_NAMES.join(", ")};
               ${ON_REQUEST.join(", ")} takes minutes and is measured only when it is named
  --json       one JSON line on standard output instead of the table
`;

const machine = async (): Promise<Machine> => {
  const { version } = await findNatsServer({ env: process.env, report: () => {} });
  const { length: cores, 0: first } = cpus();
  return { cpu: first?.model ?? "unknown", cores, node: process.versions.node, natsServer: version };
};

const measure = async (only: readonly string[]): Promise<Figure[]> => {
  const wanted = (name: string) => only.length === 0 || only.includes(name);
  const scenarios = SCENARIOS.filter(({ names, onRequest }) =>
    onRequest === true ? names.some((name) => only.includes(name)) : names.some(wanted),
  );
  const figures: Figure[] = [];
  for (const { names, run } of scenarios) {
    process.stderr.write(`measuring ${names.join(", ")}…\n`);
    figures.push(...(await run()).filter(({ name }) => wanted(name)));
  }
  return figures;
};

const parsed = (args: string[]) =>
  parseArgs({
    args,
    options: { only: { type: "string", multiple: true }, json: { type: "boolean" }, help: { type: "boolean" } },
  }).values;

const main = async (argv: string[]): Promise<number> => {
  let options: ReturnType<typeof parsed>;
  try {
    options = parsed(argv);
    const unknown = (options.only ?? []).filter((name) => !FIGURE_NAMES.includes(name));
    if (unknown.length > 0) throw new Error(`there is no figure "${unknown.join('", "')}"`);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${HELP}`);
    return 2;
  }
  if (options.help === true) {
    process.stdout.write(HELP);
    return 0;
  }
  const figures = await measure(options.only ?? []);
  const on = await machine();
  if (options.json === true) process.stdout.write(`${jsonLine(on, figures)}\n`);
  else process.stdout.write(`${machineLine(on)}\n\n${table(figures)}\n`);
  return 0;
};

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
