import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf, refused, unavailable } from "#core/errors";
import { decodeFile, decodeText } from "#core/events/codec";
import { noSuch } from "#core/terminal/near";

/**
 * Contexts: clusters that this person knows, each one file (0600) with the server's address, its authority and the
 * credentials. The same file is what `bootstrap create-ctl-config` makes to be carried to another machine.
 */
const context = z.object({
  v: z.literal(1),
  kind: z.literal("clusterio-context"),
  url: z.string().min(1),
  /** PEM. */
  ca: z.string().exactOptional(),
  /** The content of a creds file. */
  creds: z.string().min(1),
});
export type Context = z.infer<typeof context>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws ClusterioError `bad-input` for a name that is not one of a file. */
export const contextName = (text: string): string => {
  if (!NAME.test(text)) {
    throw badInput(`"${text.slice(0, 80)}" is not a context's name: use 1 to 64 letters, digits, ".", "_" and "-"`);
  }
  return text;
};

type Env = Readonly<Record<string, string | undefined>>;

/** CLUSTERIO_CONFIG_DIR, or where this person's other programs keep theirs. */
const configFolder = (env: Env): string => {
  const { CLUSTERIO_CONFIG_DIR: own, XDG_CONFIG_HOME: xdg } = env;
  if (own !== undefined && own !== "") return own;
  return join(xdg !== undefined && xdg !== "" ? xdg : join(homedir(), ".config"), "clusterio");
};

export const encodeContext = (value: Context): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);

/** @throws ClusterioError `bad-input` when the bytes are not a context's file. */
export const decodeContext = (bytes: Uint8Array, path: string): Context => decodeFile(context, bytes, path);

const SUFFIX = ".json";

export class Contexts {
  readonly #folder: string;
  readonly #current: string;

  constructor(env: Env) {
    this.#folder = join(configFolder(env), "contexts");
    this.#current = join(configFolder(env), "current-context");
  }

  /** @throws ClusterioError `unavailable` when no context can be kept. */
  prove(): Promise<void> {
    return makeFolder(this.#folder);
  }

  async names(): Promise<string[]> {
    return (await nodeDisk.list(this.#folder))
      .filter((name) => name.endsWith(SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length));
  }

  #pathOf(name: string): string {
    return join(this.#folder, `${contextName(name)}${SUFFIX}`);
  }

  /** @throws ClusterioError `bad-input` when there is none of that name; says which there are. */
  async read(name: string): Promise<Context> {
    const path = this.#pathOf(name);
    const bytes = await nodeDisk.read(path);
    if (bytes !== undefined) return decodeContext(bytes, path);
    throw badInput(noSuch("context", name, { names: await this.names(), none: "clusterio context add" }));
  }

  /** @throws ClusterioError `refused` when the name is taken. */
  async add(name: string, value: Context): Promise<void> {
    if ((await this.names()).includes(contextName(name)))
      throw refused(`there is a context "${name}" already: choose another name, or remove ${this.#pathOf(name)}`);
    await nodeDisk.write(this.#pathOf(name), encodeContext(value));
  }

  /** The same context with other credentials: a reader sees the old file or the new one. @throws ClusterioError */
  async renewed(name: string, creds: string): Promise<void> {
    const path = this.#pathOf(name);
    const bytes = encodeContext({ ...(await this.read(name)), creds });
    await nodeDisk.write(path, bytes).catch((error: unknown) => {
      throw unavailable(`${path} cannot be written: ${messageOf(error)}`, error);
    });
  }

  /** The one that is used where nothing else is said. */
  async current(): Promise<string | undefined> {
    const bytes = await nodeDisk.read(this.#current);
    return bytes === undefined ? undefined : contextName(decodeText(bytes).trim());
  }

  async use(name: string): Promise<void> {
    await this.read(name);
    await nodeDisk.write(this.#current, new TextEncoder().encode(`${name}\n`));
  }
}
