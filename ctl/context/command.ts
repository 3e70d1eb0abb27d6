import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import { isTls } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { badInput } from "#core/errors";
import { decodeText } from "#core/events/codec";
import type { Column } from "#core/terminal/table";
import { ResultCommand } from "#ctl/audit/base-command";
import type { Output } from "#ctl/audit/output";
import { readCa, readGiven } from "#ctl/cluster/place";
import { type Context, Contexts, contextName, decodeContext } from "#ctl/context/store";
import type { Prints } from "#ctl/printed/all";
import { natsUrl } from "#ctl/up/options";

const CATEGORY = "Contexts";
const EXITS = `
      Contexts are files with mode 0600 in CLUSTERIO_CONFIG_DIR, else in XDG_CONFIG_HOME/clusterio, else in ~/.config/clusterio.

      Exit codes: 0; 2 bad arguments, an unreadable file or no such context; 3 their folder cannot be used; 4 the name is
      taken.
`;

interface ContextView {
  readonly context: string;
  readonly url: string;
  readonly user: string;
  readonly current: boolean;
}

const COLUMNS: readonly Column<ContextView>[] = [
  { head: "CURRENT", of: ({ current }) => (current ? "*" : "") },
  { head: "CONTEXT", of: ({ context }) => context },
  { head: "USER", of: ({ user }) => user },
  { head: "URL", of: ({ url }) => url, least: 20 },
];

abstract class ContextCommand extends ResultCommand {
  protected run(work: (contexts: Contexts, output: Output) => Promise<void>): Promise<number> {
    return this.work(() => (output) => work(new Contexts(process.env), output));
  }
}

export class ContextAddCommand extends ContextCommand {
  static override paths = [["context", "add"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "remember a cluster: its address, its authority and your credentials there",
    details: `
      Either --file, with what \`bootstrap create-ctl-config\` or \`user create\` made, or --url and --creds. The first context is used at once.
      ${EXITS}`,
    examples: [
      ["From a file that an administrator sent", "$0 context add home --file ada.context.json"],
      ["From its parts", "$0 context add home --url tls://host:4222 --ca ca.pem --creds ada.creds"],
    ],
  });

  name = Option.String({ name: "name" });
  file = Option.String("--file", { description: "A context's file." });
  url = Option.String("--url", { description: "The NATS server, tls://host:port or nats://127.0.0.1:port." });
  creds = Option.String("--creds", { description: "With --url: file with a user's credentials." });
  ca = Option.String("--ca", { description: "With --url: PEM file of the authority of the server's certificate." });

  override async execute(): Promise<number> {
    return this.run(async (contexts, output) => {
      contextName(this.name);
      const value = await this.#value();
      await contexts.add(this.name, value);
      const first = (await contexts.current()) === undefined;
      if (first) await contexts.use(this.name);
      const { name: user } = tokenIn(new TextEncoder().encode(value.creds), this.name);
      if (this.json)
        output.json({ context: this.name, url: value.url, user, current: first } satisfies Prints<"context add">);
      else output.line(`${this.name}: ${user} at ${value.url}${first ? ", used from now on" : ""}`);
    });
  }

  async #value(): Promise<Context> {
    const cwd = process.cwd();
    if (this.file !== undefined) {
      if (this.url !== undefined || this.creds !== undefined || this.ca !== undefined)
        throw badInput("--file holds everything: leave --url, --creds and --ca out");
      const path = resolve(cwd, this.file);
      const value = decodeContext(await readGiven(path, "the context"), path);
      tokenIn(new TextEncoder().encode(value.creds), path);
      return value;
    }
    if (this.url === undefined || this.creds === undefined) throw badInput("give --file FILE, or --url and --creds");
    const path = resolve(cwd, this.creds);
    const creds = await readGiven(path, "the credentials");
    tokenIn(creds, path);
    const ca = await readCa(this.ca, cwd);
    const url = natsUrl(this.url, "--url");
    if (ca.ca !== undefined && !isTls(url)) throw badInput("--ca is for an address that begins with tls://");
    return { v: 1, kind: "clusterio-context", url, creds: decodeText(creds), ...ca };
  }
}

export class ContextUseCommand extends ContextCommand {
  static override paths = [["context", "use"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the context that commands use where nothing else is said",
    details: `
      What is said counts first: --nats-url, --context, --dir, the variable CLUSTERIO_CONTEXT, a cluster in ./.clusterio.
      ${EXITS}`,
    examples: [["", "$0 context use home"]],
  });

  name = Option.String({ name: "name" });

  override async execute(): Promise<number> {
    return this.run(async (contexts, output) => {
      await contexts.use(this.name);
      if (this.json) output.json({ context: this.name, current: true } satisfies Prints<"context use">);
      else output.line(`commands use ${this.name}`);
    });
  }
}

export class ContextListCommand extends ContextCommand {
  static override paths = [["context", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the clusters that you have credentials for",
    details: `
      ${EXITS}`,
    examples: [["", "$0 context list"]],
  });

  override async execute(): Promise<number> {
    return this.run(async (contexts, output) => {
      const current = await contexts.current();
      const names = await contexts.names();
      const views: ContextView[] = [];
      for (const name of names) {
        const { url, creds } = await contexts.read(name);
        const { name: user } = tokenIn(new TextEncoder().encode(creds), name);
        views.push({ context: name, url, user, current: name === current });
      }
      this.list(
        output,
        views satisfies readonly Prints<"context list">[],
        COLUMNS,
        "there is no context yet: clusterio context add",
      );
    });
  }
}

export const CONTEXT_COMMANDS = [ContextAddCommand, ContextUseCommand, ContextListCommand] as const;
