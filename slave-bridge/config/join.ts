import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { CONFIG_FILE, writeConfig } from "#bridge/config/file";
import { askCredentials } from "#bridge/credentials/ask";
import type { Prints } from "#bridge/printed";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats } from "#core/adapters/nats-connection";
import { newFile } from "#core/adapters/new-file";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { decodeJoinToken, type JoinToken } from "#core/identity/bridge-config";
import { OwnKey } from "#core/identity/own-key";
import { runDaemon } from "#core/lifecycle";
import { subjects } from "#core/subjects";
import { ShowingCommand } from "#core/terminal/results";

export class JoinCommand extends ShowingCommand {
  static override paths = [["join"]];
  static override usage = Command.Usage({
    category: "Slave",
    description: "become a slave of a cluster, with a word from `clusterio slave token`",
    details: `
      Makes a key on this machine, sends its public part, and writes the configuration with the credentials that come back
      (DIR/bridge.json, mode 0600). The word is good once, for minutes. It is read from standard input or from a file, never from the
      command line: that stands in the list of processes, for everybody on the machine to read.

      Exit codes: 0 joined; 2 the word is no join token, or its time is over, or the server is not the one that it names; 3 the
      cluster does not answer, or the folder cannot be used; 4 the word was used, the name is taken, or there is a configuration already.
    `,
    examples: [
      ["The word is pasted", "$0 join --dir ./attic"],
      ["From a file", "$0 join --dir ./attic --token-file ./token"],
    ],
  });

  /** Taken only to be refused with the reason. */
  typed = Option.String({ name: "not-here", required: false });
  tokenFile = Option.String("--token-file", {
    description: "File that holds the word (default: it is read from standard input).",
  });
  dir = Option.String("--dir", ".", {
    description: "Folder for the configuration and the instances (default: this one).",
  });
  name = Option.String("--name", { description: "The slave's name, where the token leaves it open." });
  days = Option.String("--days", {
    description: "The credentials are given for so many days, 1 to 3650; at most for those of the token.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 3_650)]),
  });

  async #word(signal: AbortSignal): Promise<string> {
    if (this.tokenFile === undefined) return pasted(signal);
    const path = resolve(this.tokenFile);
    const bytes = await nodeDisk.read(path).catch((error: unknown) => {
      throw badInput(`cannot read the join token ${path}: ${messageOf(error)}`, error);
    });
    if (bytes === undefined) throw badInput(`cannot read the join token ${path}: there is no such file`);
    return decodeText(bytes);
  }

  override async execute(): Promise<number> {
    return runDaemon(async ({ signal, own }) => {
      this.checkFormat();
      if (this.typed !== undefined)
        throw badInput(
          "a join token in the command line can be read by everybody on this machine: leave it out and paste it, or name its file with --token-file",
        );
      const path = await newFile(join(this.dir, CONFIG_FILE), "this folder is a slave's, choose another one");
      const token = decodeJoinToken((await this.#word(signal)).trim());
      if (token.expires <= nodeClock.now())
        throw badInput("the time of this join token is over: ask for a new one, and look at both machines' clocks");
      const key = new OwnKey();
      const { id, jwt } = await asked(token, { publicKey: key.publicKey, name: this.name, days: this.days }, own);
      const { url, ca } = token;
      const at = { url, ...(ca === undefined ? {} : { ca }) };
      await writeConfig(path, {
        v: 1,
        kind: "clusterio-bridge",
        slave: id,
        ...at,
        creds: key.creds(jwt),
        settings: {},
      });
      const lines = `joined as ${id}: ${path}\nstart it: clusterio-bridge run --config ${path}`;
      process.stdout.write(
        `${this.json ? JSON.stringify({ slave: id, file: path, url } satisfies Prints<"join">) : lines}\n`,
      );
    });
  }
}

const pasted = async (signal: AbortSignal): Promise<string> => {
  if (process.stdin.isTTY) process.stderr.write("paste the join token: ");
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    text += chunk;
    if (text.includes("\n") || signal.aborted) break;
  }
  process.stdin.destroy();
  return text;
};

type Own = Parameters<Parameters<typeof runDaemon>[0]>[0]["own"];

const asked = async (token: JoinToken, request: object, own: Own) => {
  const creds = new TextEncoder().encode(token.creds);
  const link = own(await connectNats({ servers: token.url, creds, name: token.id, ca: token.ca }), (opened) =>
    opened.close(),
  );
  return askCredentials(new NatsBus(link), { subject: subjects.join(token.id), request, server: token.url });
};
