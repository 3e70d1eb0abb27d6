import { createInterface } from "node:readline/promises";
import { Option } from "clipanion";
import { refused } from "#core/errors";

/** What destroys is confirmed by the name of what is lost: a "y" is typed before one has read. */

/** Where somebody is asked: a terminal, or a test's streams. */
export interface Asking {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

export interface Question {
  /** What has the name: "the cluster's name", "the instance's name". */
  readonly what: string;
  readonly name: string;
  /** What is done then: "delete it with all its saves". */
  readonly does: string;
}

/** For a command that destroys: `confirmed(…, { yes: this.yes, signal })` asks unless it was said. */
export const yesOption = () => Option.Boolean("--yes", false, { description: "Do it without a question." });

/** What was typed; nothing when whoever was asked left (Ctrl-C, Ctrl-D). */
const typed = async (question: string, { input, output, signal }: Asking): Promise<string> => {
  const ask = createInterface({ input, output });
  const left = new Promise<string>((resolve) => ask.once("close", () => resolve("")));
  try {
    return (await Promise.race([left, ask.question(question, { signal })])).trim();
  } finally {
    ask.close();
  }
};

/** @throws ClusterioError `refused` when anything but the name was typed. */
export const confirm = async ({ what, name, does }: Question, asking: Asking): Promise<void> => {
  const answer = await typed(`\ntype ${what}, ${name}, to ${does}: `, asking);
  if (answer === name) return;
  throw refused(
    answer === "" ? "\nno name was typed: nothing was changed" : `"${answer}" is not ${name}: nothing was changed`,
  );
};

/**
 * Asks at the terminal, unless --yes was said.
 * @throws ClusterioError `refused` when there is nobody to ask, or he did not type the name.
 */
export const confirmed = async (
  question: Question,
  {
    yes,
    signal,
    otherwise = "say --yes",
  }: { readonly yes: boolean; readonly signal: AbortSignal; readonly otherwise?: string },
): Promise<void> => {
  if (yes) return;
  if (process.stdin.isTTY !== true) throw refused(`nobody can be asked here whether to ${question.does}: ${otherwise}`);
  await confirm(question, { input: process.stdin, output: process.stderr, signal });
};
