import { Command, Option } from "clipanion";
import { z } from "zod";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf, unavailable } from "#core/errors";
import { ownLook } from "#core/terminal/look";
import { connectUser } from "#ctl/client/connect";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { InteractiveConsole, pipedConsole, replyLines } from "#ctl/console/console";
import { historyPath, readHistory, writeHistory } from "#ctl/console/history";
import { Joined } from "#ctl/log/joined";
import { live } from "#ctl/log/show";
import { logLines } from "#ctl/log/text";
import type { Prints } from "#ctl/printed/all";
import { type Address, type Asked, whereIs } from "#ctl/save/where";

const CATEGORY = "Instances";
const SOURCE = `
      The bridge itself answers: this works while no master does, too; the instance is then named by its id.
      ${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such instance; 3 the cluster does not run, or the game does not answer; 4 refused.
`;

const reply = z.object({ reply: z.string() });

/** What the game says to one command. @throws ClusterioError */
const sendTo =
  ({ client }: Asked, at: Address) =>
  async (command: string): Promise<string> => {
    const answer = reply.safeParse(await client.bridge(at, "send-rcon", { command }));
    if (answer.success) return answer.data.reply;
    throw unavailable(`the bridge of ${at.instance} answers in another shape: is it another version?`);
  };

abstract class AtInstance extends UserCommand {
  instance = Option.String({ name: "instance" });

  protected at(
    work: (
      asked: Asked,
      at: Address,
      show: (json: Prints<"instance send-rcon">, text: string) => void,
    ) => Promise<void>,
  ) {
    return this.work(() => async (output, own) => {
      const { link, client } = await connectUser(this, process.cwd());
      own(link, (opened) => opened.close());
      const asked = { client, bus: new NatsBus(link), clock: nodeClock, signal: output.signal };
      const at = await whereIs(asked, this.instance);
      await work(asked, at, (json, text) => {
        if (this.json) output.json(json);
        else for (const line of replyLines(text)) output.line(line);
      });
    });
  }
}

export class InstanceSendRconCommand extends AtInstance {
  static override paths = [["instance", "send-rcon"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one command to an instance's game, and what it answers",
    details: `
      The words are sent as they are, with single blanks between; put them into quotes where that matters. What does not begin with
      a slash is said in the game's chat.
      ${SOURCE}`,
    examples: [
      ["", "$0 instance send-rcon north /players online"],
      ["Said to everybody in the game", "$0 instance send-rcon north 'restart in 5 minutes'"],
    ],
  });
  words = Option.Rest({ name: "command", required: 1 });

  override async execute(): Promise<number> {
    const command = this.words.join(" ");
    return this.at(async (asked, at, show) => {
      if (command.trim() === "") throw badInput("the command is empty: the game would never answer");
      const said = await sendTo(asked, at)(command);
      show({ instance: at.instance, command, reply: said }, said);
    });
  }
}

export class InstanceConsoleCommand extends AtInstance {
  static override paths = [["instance", "console"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "an instance's console: its live log, and a prompt for commands",
    details: `
      Commands are completed with Tab; the arrow keys bring back what was typed earlier (kept in a file of your own, except what
      begins with a blank). Ctrl-C, Ctrl-D or exit leave it; the game goes on.

      When standard input is no terminal, its lines are commands, one after the other, and replies go to standard output; the
      first command that fails ends it with its exit code.
      ${SOURCE}`,
    examples: [
      ["", "$0 instance console north"],
      ["A script", "$0 instance console north < commands.txt"],
    ],
  });

  override async execute(): Promise<number> {
    return this.at(async (asked, at, show) => {
      const ask = sendTo(asked, at);
      if (process.stdin.isTTY === true && process.stdout.isTTY === true && !this.json)
        return interactive(asked, at, ask);
      const said = (command: string, text: string) => show({ instance: at.instance, command, reply: text }, text);
      await pipedConsole(process.stdin, { ask }, said);
    });
  }
}

const interactive = async (asked: Asked, at: Address, ask: (command: string) => Promise<string>): Promise<void> => {
  const path = historyPath(process.env);
  const history = await readHistory(nodeDisk, path);
  const terminal = { input: process.stdin, output: process.stdout };
  const console = new InteractiveConsole(terminal, { prompt: `${at.instance}> `, history }, { ask });
  const look = { ...ownLook(), several: false, slaveOf: () => String(at.slave) };
  const joined = new Joined();
  const log = live(asked, [at.instance], (of, batch) => {
    for (const line of joined.fresh(of, batch)) for (const text of logLines(line, look)) console.above(text);
  });
  asked.signal.addEventListener("abort", () => console.close(), { once: true });
  await console.over();
  log.stop();
  await writeHistory(nodeDisk, path, console.history).catch((error: unknown) => {
    process.stderr.write(`what was typed is not kept: ${messageOf(error)}\n`);
  });
};
