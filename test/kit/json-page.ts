import { PRINTED as BRIDGE_PRINTED } from "#bridge/printed";
import { jsonPage } from "#core/terminal/json-page";
import { type Printed, strayIn } from "#core/terminal/printed";
import { PRINTED } from "#ctl/printed/all";

/** By program: what its commands print. */
export const PRINTED_BY: Readonly<Record<string, Printed>> = {
  clusterio: PRINTED,
  "clusterio-bridge": BRIDGE_PRINTED,
};

/** What docs/json.md has to be. */
export const jsonPageNow = (): string =>
  jsonPage(Object.entries(PRINTED_BY).map(([name, printed]) => ({ name, printed })));

/** The words of the command that stands in an argument list, the most that any has. */
const wordsIn = (args: readonly string[], printed: Printed): string | undefined =>
  [4, 3, 2, 1].map((n) => args.slice(0, n).join(" ")).find((words) => Object.hasOwn(printed, words));

const isJson = (args: readonly string[]): boolean =>
  args.some(
    (arg, at) =>
      arg === "--json" || arg === "--format=json" || (arg === "json" && /^(?:-o|--format)$/.test(args[at - 1] ?? "")),
  );

/** What is wrong with what a command printed for programs: each line is one object of its shape, and has nothing else. */
export const strayOutput = (program: string, args: readonly string[], out: string): string | undefined => {
  const printed = PRINTED_BY[program];
  if (printed === undefined || !isJson(args)) return undefined;
  const words = wordsIn(args, printed);
  if (words === undefined) return `${program} ${args.join(" ")}: it is not among those of docs/json.md`;
  for (const line of out.split("\n").filter((text) => text !== "")) {
    const stray = strayIn(printed[words]!, parsed(line));
    if (stray !== undefined) return `${program} ${words} -o json: ${stray}\nin ${line.slice(0, 2_000)}`;
  }
  return undefined;
};

/** Of each run of a program in a test. @throws when it printed something for programs that docs/json.md has not. */
export const provedOutput = <T extends { readonly out: string }>(
  program: string,
  args: readonly string[],
  ended: T,
): T => {
  const stray = strayOutput(PROGRAMS[program] ?? "", args, ended.out);
  if (stray !== undefined) throw new Error(stray);
  return ended;
};

/** By folder of their code. */
const PROGRAMS: Readonly<Record<string, string>> = { ctl: "clusterio", "slave-bridge": "clusterio-bridge" };

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return `no JSON: ${line}`;
  }
};
