import { Command, Option } from "clipanion";
import { commandsFor } from "#core/cli";
import { badInput, isClusterioError } from "#core/errors";
import { runDaemon } from "#core/lifecycle";
import { didYouMean } from "#core/terminal/near";
import { specOf } from "#core/terminal/spec";
import { type Candidate, fitting, LIVE_MS_MAX, type Wanted, wantedAfter } from "#ctl/completion/complete";
import { SCRIPTS, SHELLS, type Shell } from "#ctl/completion/scripts";
import { forBash, type Typing, typingOf } from "#ctl/completion/words";
import { CLUSTERIO } from "#ctl/program";

const shellOf = (text: string): Shell | undefined => SHELLS.find((shell) => shell === text);

export class CompletionCommand extends Command {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    category: "Shell",
    description: "a script that makes a shell complete commands, options and the names of what runs",
    details: `
      Prints the script on standard output; its first lines say where to put it. Names of instances, slaves, users, roles, worlds,
      resources and saves are asked of the cluster for a second at most; without an answer there are none.

      Exit codes: 0; 2 there is no script for that shell.
    `,
    examples: [
      ["In this bash, now", "$0 completion bash"],
      ["For fish, always", "$0 completion fish > ~/.config/fish/completions/clusterio.fish"],
    ],
  });

  shell = Option.String({ name: "bash|zsh|fish" });

  override async execute(): Promise<number> {
    return runDaemon(async () => {
      const shell = shellOf(this.shell);
      if (shell === undefined)
        throw badInput(
          `there is no completion for "${this.shell.slice(0, 40)}"${didYouMean(this.shell, SHELLS) || ";"} say ${SHELLS.join(", ")}`,
        );
      process.stdout.write(SCRIPTS[shell]);
    });
  }
}

/** What the scripts ask: `__complete bash LINE`, or `__complete zsh|fish WORD...`, the last being typed. Says nothing of errors. */
export class CompleteCommand extends Command {
  static override paths = [["__complete"]];
  shell = Option.String();
  words = Option.Proxy();

  override async execute(): Promise<number> {
    return runDaemon(async ({ own }) => {
      const shell = shellOf(this.shell);
      if (shell === undefined) return;
      const typing = this.#typing(shell);
      const answer = await candidatesFor(typing, own);
      const lines =
        answer === "files" ? ["files"] : [directive(answer), ...answer.map((one) => shown(one, shell, typing))];
      process.stdout.write(`${lines.join("\n")}\n`);
    });
  }

  #typing(shell: Shell): Typing {
    if (shell === "bash") return typingOf(this.words[0] ?? "");
    const current = this.words.at(-1) ?? "";
    return { before: this.words.slice(0, -1), current, raw: current, quote: "" };
  }
}

/** A key is followed by its value, not by a blank. */
const directive = (answer: readonly Candidate[]): string =>
  answer.length > 0 && answer.every(({ word }) => word.endsWith("=")) ? "nospace" : "words";

const ABOUT_MAX = 80;

const shown = ({ word, about }: Candidate, shell: Shell, typing: Typing): string => {
  const says = about.split(/[.;:] /)[0]!.slice(0, ABOUT_MAX);
  if (shell === "bash") return forBash(word, typing);
  if (shell === "fish") return says === "" ? word : `${word}\t${says}`;
  const escaped = word.replaceAll(":", "\\:");
  return says === "" ? escaped : `${escaped}:${says}`;
};

type Own = Parameters<Parameters<typeof runDaemon>[0]>[0]["own"];

const wantedFor = async ({ before, current }: Typing): Promise<Wanted> => {
  // The first words need no command loaded.
  if (before.length === 0) {
    const first = CLUSTERIO.groups.flatMap(({ words }) => words).filter((word) => !word.startsWith("_"));
    return { kind: "words", candidates: [...first, "help"].map((word) => ({ word, about: "" })) };
  }
  const words = before[0] === "help" ? before.slice(1) : before;
  const specs = (await commandsFor(CLUSTERIO, words[0])).map(specOf);
  return wantedAfter(specs, words, current);
};

const candidatesFor = async (typing: Typing, own: Own): Promise<readonly Candidate[] | "files"> => {
  const wanted = await wantedFor(typing);
  if (wanted.kind === "files") return "files";
  if (wanted.kind === "words") return fitting(wanted.candidates, typing.current);
  const { names, of } = wanted;
  // What connects is loaded where it is needed: most of what is completed is not asked of a cluster.
  const { liveNames } = await import("#ctl/completion/live");
  const asked = liveNames(names, { words: typing.before, of, own }).catch((error: unknown) => {
    if (!isClusterioError(error)) throw error;
    return [];
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((resolve) => {
    timer = setTimeout(resolve, LIVE_MS_MAX, []);
  });
  const found = await Promise.race([asked, late]);
  clearTimeout(timer);
  return fitting(
    found.map((word) => ({ word, about: "" })),
    typing.current,
  );
};

export const COMPLETION_COMMANDS = [CompletionCommand, CompleteCommand] as const;
