import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import type { Identity } from "#core/identity/identity";

export interface ConfigValues {
  readonly identity: Identity;
  /** Folder of the server's own data. */
  readonly folder: string;
  /** -1 for any free one. */
  readonly port: number;
  /** Address to listen on; loopback unless given. */
  readonly host?: string;
  /** Files (PEM). Only without them is the server one of loopback alone. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly serverName: string;
  /** For pages in browsers, those of these origins alone. Only with TLS. */
  readonly websocket?: { readonly port: number; readonly origins: readonly string[] } | undefined;
}

/** The text of infra/nats.conf. */
export const natsTemplate = (): Promise<string> => readFile(join(packageRoot(), "infra", "nats.conf"), "utf8");

/** Fills in infra/nats.conf. */
export const renderConfig = (template: string, config: ConfigValues): string => {
  const { identity, folder, port, serverName, host = "127.0.0.1", tls, websocket } = config;
  if (tls === undefined && host !== "127.0.0.1") throw new Error("a server beyond loopback has TLS");
  if (websocket !== undefined && (tls === undefined || websocket.origins.length === 0))
    throw new Error("pages reach a server by TLS only, and only those of named origins");
  const name = host.includes(":") ? `[${host}]` : host;
  const { system, core, edge } = identity.accounts;
  const values: Readonly<Record<string, string>> = {
    LISTEN: `${name}:${port}`,
    WEBSOCKET:
      tls === undefined || websocket === undefined
        ? ""
        : websocketBlock(`${name}:${websocket.port}`, websocket.origins, tls),
    TLS: tls === undefined ? "" : tlsBlock(tls),
    SERVER_NAME: serverName,
    STORE_DIR: quotable(join(folder, "jetstream")),
    RESOLVER_DIR: quotable(join(folder, "accounts")),
    OPERATOR_JWT: identity.operatorJwt,
    SYSTEM_ACCOUNT: system.publicKey,
    SYSTEM_JWT: system.jwt,
    CORE_ACCOUNT: core.publicKey,
    CORE_JWT: core.jwt,
    EDGE_ACCOUNT: edge.publicKey,
    EDGE_JWT: identity.edgeNow,
  };
  return template.replace(/^[^#\n]*/gm, (line) =>
    line.replace(/<([A-Z_]+)>/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`infra/nats.conf has an unknown placeholder <${name}>`);
      return value;
    }),
  );
};

/** From the first byte, so that no client can be told on the way that there is none. */
const tlsBlock = ({ cert, key }: NonNullable<ConfigValues["tls"]>): string =>
  `tls { cert_file: "${quotable(cert)}", key_file: "${quotable(key)}", min_version: "1.3", handshake_first: true }`;

/** An empty list of origins would let every page in. */
const websocketBlock = (
  listen: string,
  origins: readonly string[],
  { cert, key }: NonNullable<ConfigValues["tls"]>,
): string => {
  const tls = `tls { cert_file: "${quotable(cert)}", key_file: "${quotable(key)}", min_version: "1.3" }`;
  return `websocket { listen: "${listen}", ${tls}, same_origin: false, allowed_origins: ${JSON.stringify(origins)} }`;
};

/** A path inside the quotes of a configuration value. */
const quotable = (path: string): string => path.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
