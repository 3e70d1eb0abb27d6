import { isIP } from "node:net";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { requireMatching } from "#core/adapters/certificates";
import { badInput } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { userId } from "#core/ids";
import { ResultCommand } from "#ctl/audit/base-command";
import { readGiven } from "#ctl/cluster/place";
import { type ClusterSettings, publicUrl } from "#ctl/cluster/settings";
import { Contexts, contextName } from "#ctl/context/store";
import { type InitOptions, initCluster } from "#ctl/init/init";
import type { Prints } from "#ctl/printed/all";

const LOOPBACK = /^127\.\d+\.\d+\.\d+$|^::1$/;
const ANY = /^0\.0\.0\.0$|^::$/;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** "127.0.0.1:4222" or "[::]:4222". @throws ClusterioError `bad-input` */
const parseListen = (text: string): ClusterSettings["listen"] => {
  const [, v6, v4, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = v6 ?? v4 ?? "";
  const port = Number(digits);
  if (isIP(host) === 0 || !(port >= 1 && port <= 65_535))
    throw badInput(`--listen ${text}: give an address of this machine and a port, like 127.0.0.1:4222 or 0.0.0.0:4222`);
  return { host, port };
};

/** "https://panel.example": a scheme, a host, perhaps a port, and nothing else. @throws ClusterioError `bad-input` */
export const originsOf = (given: readonly string[]): string[] => {
  for (const origin of given) {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    const secure = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
    if (url?.origin !== origin || !secure)
      throw badInput(
        `--origin ${origin}: give the origin of a page, like https://panel.example (http for localhost only)`,
      );
  }
  return [...new Set(given)];
};

/** What others may call this machine, given or guessed. @throws ClusterioError `bad-input` */
const hostsOf = (given: readonly string[], listen: ClusterSettings["listen"], own: string): string[] => {
  for (const host of given) {
    if (isIP(host) === 0 && !HOST.test(host)) throw badInput(`--host ${host}: give a host name or an address`);
  }
  if (given.length > 0) return [...new Set(given)];
  if (LOOPBACK.test(listen.host)) return [listen.host];
  return ANY.test(listen.host) ? [HOST.test(own) ? own : "localhost"] : [listen.host];
};

export class InitCommand extends ResultCommand {
  static override paths = [["init"]];
  static override usage = Command.Usage({
    category: "Cluster",
    description: "make a cluster's identity: keys, accounts, certificates, the broker's configuration, the first admin",
    details: `
      Makes the folder --dir: the operator, its accounts and signing keys, a certificate authority of its own and the server's
      certificate, nats.conf, and the credentials of the first admin, which become a context of yours. \`clusterio up --dir\` runs
      it; a nats-server of your own runs on DIR/nats/nats.conf. Nothing is half done: the folder is there as a whole or not at all.

      The broker listens on loopback until --listen says otherwise, with TLS either way. --host names what other machines call
      this one: it stands in the certificate, and the first is the address in files made for them.

      Whoever has DIR/identity has the cluster: back it up, and keep it from others.

      Exit codes: 0 made; 2 bad arguments or unusable files; 3 a folder cannot be used; 4 there is a cluster already.
    `,
    examples: [
      ["On this machine only", "$0 init"],
      ["For slaves on other machines", "$0 init --listen 0.0.0.0:4222 --host cluster.example"],
      ["And for a page", "$0 init --listen 0.0.0.0:4222 --websocket 4223 --origin https://panel.example"],
      [
        "With certificates of your own",
        "$0 init --listen 0.0.0.0:4222 --host cluster.example --cert c.pem --key c.key --ca ca.pem",
      ],
    ],
  });

  dir = Option.String("--dir", "./.clusterio", { description: "Folder to make (default ./.clusterio)." });
  name = Option.String("--name", "clusterio", { description: "The cluster's name (default clusterio)." });
  listen = Option.String("--listen", "127.0.0.1:4222", {
    description: "Address and port of the broker (default 127.0.0.1:4222). 0.0.0.0:4222 for all of this machine's.",
  });
  hosts = Option.Array("--host", [], {
    description: "What other machines call this one, a name or an address; may be given several times.",
  });
  websocket = Option.String("--websocket", {
    description: "Port for pages in browsers, by TLS (default: none comes in). Needs --origin.",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, 65_535)]),
  });
  origins = Option.Array("--origin", [], {
    description: "With --websocket: where such a page is from, like https://panel.example; may be given several times.",
  });
  admin = Option.String("--admin", "admin", { description: "The first admin's id (default admin)." });
  inContext = Option.String("--context", { description: "Name of the context that is made (default: --name)." });
  cert = Option.String("--cert", { description: "PEM file of a certificate for the broker. Needs --key and --ca." });
  key = Option.String("--key", { description: "With --cert: PEM file of its private key." });
  ca = Option.String("--ca", { description: "With --cert: PEM file of the authority that clients are to trust." });

  override async execute(): Promise<number> {
    return this.work(() => async (output) => {
      const options = await this.#options();
      const contexts = new Contexts(process.env);
      const name = await this.#contextName(contexts);
      // A cluster without anybody who may use it would be half made.
      await contexts.prove();
      const context = await initCluster(options);
      await contexts.add(name, context);
      if ((await contexts.current()) === undefined) await contexts.use(name);
      const { dir, settings, admin } = options;
      const listening = `${settings.listen.host}:${settings.listen.port}`;
      const url = publicUrl(settings);
      this.show(output, { dir, context: name, admin, listen: listening, url } satisfies Prints<"init">, () => [
        `made a cluster in ${dir}: it listens on ${listening} with TLS, others reach it at ${url}`,
        `context ${name}: you are ${admin}, an admin`,
        `start it: clusterio up --dir ${dir}`,
        `back up ${dir}/identity: whoever has it has the cluster`,
      ]);
    });
  }

  async #options(): Promise<InitOptions> {
    const listen = parseListen(this.listen);
    if (this.name.length < 1 || this.name.length > 100 || /[^\w. -]/.test(this.name))
      throw badInput(`--name "${this.name.slice(0, 80)}": use 1 to 100 letters, digits, " ", ".", "_" and "-"`);
    const hosts = hostsOf(this.hosts, listen, hostname());
    const settings: ClusterSettings = { v: 1, name: this.name, listen, hosts, ...this.#websocket(listen.port) };
    const certificates = await this.#certificates();
    const admin = userId(this.admin);
    const dir = resolve(this.dir);
    return { dir, settings, admin, ...(certificates === undefined ? {} : { certificates }) };
  }

  #websocket(taken: number): Pick<ClusterSettings, "websocket"> {
    const [port, origins] = [this.websocket, originsOf(this.origins)];
    if (port === undefined && origins.length === 0) return {};
    if (port === undefined || origins.length === 0)
      throw badInput("--websocket and --origin go together: a port, and the pages that may come in by it");
    if (port === taken) throw badInput(`--websocket ${port}: that is the port of --listen, choose another one`);
    return { websocket: { port, origins } };
  }

  async #certificates(): Promise<InitOptions["certificates"]> {
    const { cert, key, ca } = this;
    if (cert === undefined && key === undefined && ca === undefined) return undefined;
    if (cert === undefined || key === undefined || ca === undefined)
      throw badInput(
        "--cert, --key and --ca go together: give all three, or none for an authority of the cluster's own",
      );
    const read = async (path: string, what: string) => decodeText(await readGiven(resolve(path), what));
    const given = {
      cert: await read(cert, "the certificate"),
      key: await read(key, "the certificate's key"),
      ca: await read(ca, "the authority"),
    };
    requireMatching(given, given.ca, Date.now());
    return given;
  }

  /** The wanted name, or the cluster's with a number where that is taken. */
  async #contextName(contexts: Contexts): Promise<string> {
    const names = await contexts.names();
    if (this.inContext !== undefined) {
      if (!names.includes(contextName(this.inContext))) return this.inContext;
      throw badInput(`there is a context "${this.inContext}" already: choose another name with --context`);
    }
    const base = this.name.replaceAll(" ", "-");
    let name = base;
    for (let n = 2; names.includes(name); n++) name = `${base}-${n}`;
    return contextName(name);
  }
}
