import { resolve } from "node:path";
import { badInput } from "#core/errors";

/** What was typed, as text and numbers. */
export interface TypedOptions {
  readonly dir: string;
  readonly worlds: number;
  readonly json: boolean;
  readonly factorio?: string | undefined;
  readonly forSeconds?: number | undefined;
  readonly natsUrl?: string | undefined;
  readonly coreCreds?: string | undefined;
  readonly edgeCreds?: string | undefined;
  readonly userCreds?: string | undefined;
  readonly http?: number | undefined;
  readonly speed?: number | undefined;
  readonly brokerOnly?: boolean;
}

/** What it means. Paths are absolute. */
export interface UpOptions {
  readonly dir: string;
  readonly worlds: number;
  readonly json: boolean;
  readonly game:
    | { readonly kind: "stand-in"; readonly speed: number }
    | { readonly kind: "factorio"; readonly dir: string };
  /** Undefined: until Ctrl-C. */
  readonly forSeconds?: number;
  /** A server that somebody else runs. */
  readonly nats?: { readonly url: string; readonly core: string; readonly edge: string; readonly user: string };
  readonly httpPort?: number;
  /** The nats-server alone. */
  readonly brokerOnly?: true;
}

const NATS_URL = /^(?:nats|tls|ws|wss):\/\/[^\s/]+\/?$/;

/** @throws ClusterioError `bad-input` for options that do not go together. */
export const upOptions = (typed: TypedOptions, cwd: string): UpOptions => {
  if (typed.json && typed.forSeconds === undefined) {
    throw badInput("--json prints the count at the end of a run: say with --for SECONDS how long it is");
  }
  if (typed.factorio !== undefined && typed.speed !== undefined) {
    throw badInput(
      "--speed is for the stand-in: real Factorio runs at its own speed, leave one of --speed and --factorio out",
    );
  }
  if (typed.brokerOnly === true && (typed.forSeconds !== undefined || typed.natsUrl !== undefined))
    throw badInput("--broker-only starts this folder's nats-server and nothing else: leave out --for and --nats-url");
  const nats = natsOptions(typed, cwd);
  return {
    dir: resolve(cwd, typed.dir),
    worlds: typed.worlds,
    json: typed.json,
    game:
      typed.factorio === undefined
        ? { kind: "stand-in", speed: typed.speed ?? 1 }
        : { kind: "factorio", dir: resolve(cwd, typed.factorio) },
    ...(typed.forSeconds === undefined ? {} : { forSeconds: typed.forSeconds }),
    ...(nats === undefined ? {} : { nats }),
    ...(typed.http === undefined ? {} : { httpPort: typed.http }),
    ...(typed.brokerOnly === true ? { brokerOnly: true as const } : {}),
  };
};

/** @throws ClusterioError `bad-input` when it is no address of a NATS server. */
export const natsUrl = (text: string, flag: string): string => {
  if (!NATS_URL.test(text)) throw badInput(`${flag}: "${text}" is not an address like nats://host:4222`);
  return text;
};

const natsOptions = (typed: TypedOptions, cwd: string): UpOptions["nats"] => {
  const { coreCreds, edgeCreds, userCreds } = typed;
  if (typed.natsUrl === undefined) {
    if (coreCreds === undefined && edgeCreds === undefined && userCreds === undefined) return undefined;
    throw badInput("credentials are for a server of your own: name it with --nats-url, or leave them out");
  }
  const url = natsUrl(typed.natsUrl, "--nats-url");
  const missing = [
    ...(coreCreds === undefined ? ["--core-creds FILE (the CORE account, for the projector)"] : []),
    ...(edgeCreds === undefined ? ["--edge-creds FILE (the EDGE account, for the bridge)"] : []),
  ];
  if (coreCreds === undefined || edgeCreds === undefined) {
    throw badInput(`--nats-url needs credentials of that server: add ${missing.join(" and ")}`);
  }
  const edge = resolve(cwd, edgeCreds);
  return {
    url,
    core: resolve(cwd, coreCreds),
    edge,
    user: userCreds === undefined ? edge : resolve(cwd, userCreds),
  };
};
