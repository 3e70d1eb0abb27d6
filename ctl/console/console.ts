import { clearLine, createInterface, cursorTo, type Interface } from "node:readline";
import { messageOf } from "#core/errors";
import { complete } from "#ctl/console/completion";

/** Typed to leave; whoever wants to say so in the game's chat writes something before it. */
const LEAVE = new Set(["exit", "quit"]);
const HISTORY_MAX = 1_000;

export interface ConsoleHands {
  /** Carries out one command. @throws ClusterioError */
  ask(command: string): Promise<string>;
}

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** A reply's lines, without the empty one that the game ends with. */
export const replyLines = (reply: string): string[] => {
  const text = reply.replace(/\n+$/, "");
  return text === "" ? [] : text.split("\n");
};

/**
 * A person at a terminal: a prompt at the bottom, replies and the live log above it. Commands go out one after the other.
 */
export class InteractiveConsole {
  readonly #lines: Interface;
  /** Newest first. */
  history: readonly string[];
  #work: Promise<void> = Promise.resolve();
  readonly #over: Promise<void>;

  constructor(
    private readonly terminal: Terminal,
    { prompt, history }: { readonly prompt: string; readonly history: readonly string[] },
    private readonly hands: ConsoleHands,
  ) {
    this.history = history;
    this.#lines = createInterface({
      ...terminal,
      terminal: true,
      prompt,
      history: [...history],
      historySize: HISTORY_MAX,
      removeHistoryDuplicates: true,
      completer: complete,
    });
    this.#lines.on("line", (line) => this.#typed(line));
    this.#lines.on("history", (all: string[]) => {
      this.history = [...all];
    });
    this.#lines.on("SIGINT", () => this.close());
    this.#over = new Promise((resolve) => this.#lines.once("close", resolve));
    this.#lines.prompt();
  }

  /** Shows a line above the prompt, and what is being typed below it. */
  above(text: string): void {
    const { output } = this.terminal;
    cursorTo(output, 0);
    clearLine(output, 0);
    output.write(`${text}\n`);
    this.#lines.prompt(true);
  }

  close(): void {
    this.#lines.close();
  }

  /** Resolves when the person left and everything that he asked for was answered. */
  async over(): Promise<void> {
    await this.#over;
    await this.#work;
    this.terminal.output.write("\n");
  }

  #typed(line: string): void {
    const command = line.trim();
    if (LEAVE.has(command)) return this.close();
    if (command === "") return this.#lines.prompt();
    this.#work = this.#work.then(() => this.#carryOut(command));
  }

  async #carryOut(command: string): Promise<void> {
    try {
      for (const text of replyLines(await this.hands.ask(command))) this.above(text);
    } catch (error) {
      this.above(messageOf(error));
    }
    this.#lines.prompt(true);
  }
}

/** Lines of standard input as commands, one after the other; the first that fails ends it. @throws ClusterioError */
export const pipedConsole = async (
  input: NodeJS.ReadableStream,
  { ask }: ConsoleHands,
  show: (command: string, reply: string) => void,
): Promise<void> => {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const command = line.trim();
    if (command !== "") show(command, await ask(command));
  }
};
