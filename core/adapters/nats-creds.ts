import type { Authenticator } from "@nats-io/transport-node";
import { z } from "zod";
import { keyOf } from "#core/adapters/node-keys";
import { badInput, isClusterioError } from "#core/errors";
import { decodeJson } from "#core/events/codec";

/** What a creds file holds: a token and the seed of the key that it is for. */
const SECTION = /-{3,}[^\n]*-{3,}\r?\n([A-Za-z0-9+/=._-]+)\r?\n-{3,}[^\n]*-{3,}/g;

/** The content of a creds file, or where to find what it is now: credentials are renewed while a connection lives. */
export type CredsSource = Uint8Array | (() => Uint8Array);

/**
 * Shows the token and signs the server's challenge; at each connection the credentials that count then.
 * @throws ClusterioError `bad-input` when the bytes are not the content of a creds file.
 */
export const authenticatorOf = (creds: CredsSource, name: string): Authenticator => {
  const read = () => sectionsOf(typeof creds === "function" ? creds() : creds, `the credentials of "${name}"`);
  let last = read();
  return (nonce) => {
    try {
      last = read();
    } catch (error) {
      // What counted before is better than an end of the process in the middle of a reconnect.
      if (!isClusterioError(error)) throw error;
    }
    const signature = keyOf(last.seed).sign(Buffer.from(nonce ?? ""));
    return { jwt: last.jwt, sig: Buffer.from(signature).toString("base64url") };
  };
};

/** What a token says of its bearer; the server proves it. */
export interface CredsToken {
  readonly name: string;
  /** Its rights are those of the role whose key signed it (core/identity/grants.ts), in its own name only. */
  readonly scoped: boolean;
  /** Public key of the account that it belongs to. */
  readonly account: string;
  /** His own public key. */
  readonly bearer: string;
  /** Milliseconds since 1970. */
  readonly issued: number;
  /** Milliseconds since 1970; undefined when it does not end. */
  readonly expires?: number;
  /** Public key that signed it. */
  readonly signer: string;
}

/** A token with limits of its own is a plain user's: the server takes none from one that was signed for a role. */
const claims = z.object({
  name: z.string(),
  iss: z.string().optional(),
  sub: z.string().default(""),
  iat: z.number().default(0),
  exp: z.number().optional(),
  nats: z.object({ issuer_account: z.string().optional(), subs: z.number().optional() }),
});

/** @throws ClusterioError `bad-input` when the bytes are not the content of a creds file; `what` names them. */
export const tokenIn = (creds: Uint8Array, what: string): CredsToken => {
  const payload = sectionsOf(creds, what).jwt.split(".")[1] ?? "";
  const {
    name,
    iss = "",
    sub,
    iat,
    exp,
    nats,
  } = decodeJson(claims, Buffer.from(payload, "base64url"), `the token in ${what}`);
  return {
    name,
    scoped: nats.issuer_account !== undefined && nats.subs === undefined,
    account: nats.issuer_account ?? iss,
    bearer: sub,
    signer: iss,
    issued: iat * 1000,
    ...(exp === undefined ? {} : { expires: exp * 1000 }),
  };
};

const sectionsOf = (creds: Uint8Array, what: string): { jwt: string; seed: string } => {
  const [jwt, seed] = [...new TextDecoder().decode(creds).matchAll(SECTION)].map((match) => match[1]!);
  if (jwt === undefined || seed === undefined) throw badInput(`${what}: not the content of a creds file`);
  return { jwt, seed };
};
