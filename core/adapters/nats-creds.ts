import type { Authenticator } from "@nats-io/transport-node";
import { keyOf } from "#core/adapters/node-keys";
import { badInput } from "#core/errors";

/** What a creds file holds: a token and the seed of the key that it is for. */
const SECTION = /-{3,}[^\n]*-{3,}\r?\n([A-Za-z0-9+/=._-]+)\r?\n-{3,}[^\n]*-{3,}/g;

/**
 * Shows the token and signs the server's challenge.
 * @throws ClusterioError `bad-input` when the bytes are not the content of a creds file.
 */
export const authenticatorOf = (creds: Uint8Array, name: string): Authenticator => {
  const [jwt, seed] = [...new TextDecoder().decode(creds).matchAll(SECTION)].map((match) => match[1]!);
  if (jwt === undefined || seed === undefined) {
    throw badInput(`the credentials of "${name}" are not the content of a creds file`);
  }
  const key = keyOf(seed);
  return (nonce) => ({ jwt, sig: Buffer.from(key.sign(Buffer.from(nonce ?? ""))).toString("base64url") });
};
