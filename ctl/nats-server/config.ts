import { join } from "node:path";
import type { Identity } from "#core/identity/identity";

export interface ConfigValues {
  readonly identity: Identity;
  /** Folder of the server's own data. */
  readonly folder: string;
  /** Port on loopback, -1 for any free one. */
  readonly port: number;
  readonly serverName: string;
}

/** Fills in infra/nats.conf. */
export const renderConfig = (template: string, { identity, folder, port, serverName }: ConfigValues): string => {
  const { system, core, edge } = identity.accounts;
  const values: Readonly<Record<string, string>> = {
    LISTEN: `127.0.0.1:${port}`,
    SERVER_NAME: serverName,
    STORE_DIR: quotable(join(folder, "jetstream")),
    RESOLVER_DIR: quotable(join(folder, "accounts")),
    OPERATOR_JWT: identity.operatorJwt,
    SYSTEM_ACCOUNT: system.publicKey,
    SYSTEM_JWT: system.jwt,
    CORE_ACCOUNT: core.publicKey,
    CORE_JWT: core.jwt,
    EDGE_ACCOUNT: edge.publicKey,
    EDGE_JWT: edge.jwt,
  };
  return template.replace(/^[^#\n]*/gm, (line) =>
    line.replace(/<([A-Z_]+)>/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`infra/nats.conf has an unknown placeholder <${name}>`);
      return value;
    }),
  );
};

/** A path inside the quotes of a configuration value. */
const quotable = (path: string): string => path.replaceAll("\\", "\\\\").replaceAll('"', '\\"');
