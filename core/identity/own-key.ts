import { fmtCreds } from "@nats-io/jwt";
import type { KeyPair } from "@nats-io/nkeys";
import { newKey } from "#core/adapters/node-keys";
import { decodeText } from "#core/events/codec";

/** A key that is made where it is used: only its public part travels, and a token for it comes back. */
export class OwnKey {
  readonly #key: KeyPair = newKey("user");

  get publicKey(): string {
    return this.#key.getPublicKey();
  }

  /** The content of a creds file. */
  creds(jwt: string): string {
    return decodeText(fmtCreds(jwt, this.#key));
  }

  get seed(): string {
    return decodeText(this.#key.getSeed());
  }
}
