import { createInterface } from "node:readline/promises";
import { refused } from "#core/errors";

/** Where somebody is asked: a terminal, or a test's streams. */
export interface Asking {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

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

/** @throws ClusterioError `refused` when anything but the cluster's name was typed. */
export const confirm = async (name: string, asking: Asking): Promise<void> => {
  const answer = await typed(`\ntype the cluster's name, ${name}, to begin its ledger anew: `, asking);
  if (answer === name) return;
  throw refused(
    answer === "" ? "\nno name was typed: nothing was changed" : `"${answer}" is not ${name}: nothing was changed`,
  );
};
