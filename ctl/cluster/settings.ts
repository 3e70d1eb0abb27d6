import { join } from "node:path";
import { z } from "zod";
import { nodeDisk } from "#core/adapters/node-disk";
import { decodeFile } from "#core/events/codec";

/** What `clusterio init` decided about a cluster (`<dir>/cluster.json`); a cluster that `up` began by itself has none. */
const settings = z.object({
  v: z.literal(1),
  /** The broker's name, and what contexts are called after. */
  name: z.string().min(1).max(100),
  listen: z.object({ host: z.string().min(1), port: z.number().int().min(1).max(65_535) }),
  /** Names and addresses in the certificate; the first is what others are told to use. */
  hosts: z.array(z.string().min(1)).min(1),
  /** Where pages of these origins come in; without it, no browser does. */
  websocket: z
    .object({ port: z.number().int().min(1).max(65_535), origins: z.array(z.string().min(1)).min(1) })
    .exactOptional(),
});
export type ClusterSettings = z.infer<typeof settings>;

const pathOf = (dir: string): string => join(dir, "cluster.json");

/** @throws ClusterioError `bad-input` when the file is not one of ours. */
export const readSettings = async (dir: string): Promise<ClusterSettings | undefined> => {
  const bytes = await nodeDisk.read(pathOf(dir));
  return bytes === undefined ? undefined : decodeFile(settings, bytes, pathOf(dir));
};

export const writeSettings = (dir: string, value: ClusterSettings): Promise<void> =>
  nodeDisk.write(pathOf(dir), new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`));

export const identityFolder = (dir: string): string => join(dir, "identity");

/** The seed that signs assignments, alone: for a master. */
export const assignmentKeyFile = (dir: string): string => join(identityFolder(dir), "assignment.key");

/** PEM files; only the keys are secret. The authority's key is missing where certificates were given. */
export const tlsFiles = (dir: string) => {
  const folder = join(identityFolder(dir), "tls");
  return {
    ca: join(folder, "ca.pem"),
    caKey: join(folder, "ca.key"),
    cert: join(folder, "server.pem"),
    key: join(folder, "server.key"),
  } as const;
};

const ANY_ADDRESS = /^(?:0\.0\.0\.0|::|\[::\])$/;
const urlOf = (host: string, port: number): string => `tls://${host.includes(":") ? `[${host}]` : host}:${port}`;

/** How this machine's own programs reach the broker. */
export const localUrl = ({ listen }: ClusterSettings): string =>
  urlOf(ANY_ADDRESS.test(listen.host) ? "127.0.0.1" : listen.host, listen.port);

/** How other machines do. */
export const publicUrl = ({ hosts, listen }: ClusterSettings): string => urlOf(hosts[0] ?? listen.host, listen.port);
