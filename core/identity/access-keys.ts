import { decode, encodeAccount, encodeUser, type SigningKey } from "@nats-io/jwt";
import type { KeyPair } from "@nats-io/nkeys";
import { z } from "zod";
import { type Book, entryOf, grantsOfUser, isRoot, type Roots, voidNow } from "#core/access/book";
import { compile } from "#core/access/compile";
import type { Signature } from "#core/access/decide";
import { derivedKey, keyOf } from "#core/adapters/node-keys";
import { isClusterioError } from "#core/errors";
import { decodeFile } from "#core/events/codec";
import { type EdgeAdditions, edgeClaims, PERSON, roleSigner, userSigner } from "#core/identity/grants";

/**
 * What a master needs to change who may do what (`access.json`, 0600): a part of the cluster's identity, without the
 * operator's own key and without the accounts' own keys.
 *
 * I5 the signing key of a user is derived from one secret, his name and his generation: every master has the same, nothing of it is
 *    stored, and a higher generation is another key.
 */
const root = z.object({ id: z.string(), publicKey: z.string() });
export const accessFile = z.object({
  v: z.literal(1),
  /** Public keys of the accounts. */
  core: z.string(),
  edge: z.string(),
  seeds: z.object({ signing: z.string(), slave: z.string(), join: z.string(), access: z.string() }),
  /** The public key that signs admins; its seed stays with the identity. */
  adminSigner: z.string(),
  /** A creds file of the system account, which takes new account tokens. */
  systemCreds: z.string(),
  admins: z.array(root),
  slaves: z.array(root),
  /** Seeds that were replaced at `since`, and are accepted until `until` (core/identity/identity.ts). */
  retired: z
    .array(
      z.object({
        name: z.enum(["slave", "user", "join", "access"]),
        seed: z.string(),
        since: z.number(),
        until: z.number(),
      }),
    )
    .exactOptional(),
});
export type AccessFile = z.infer<typeof accessFile>;

export class AccessKeys {
  readonly #signing: KeyPair;
  readonly #slave: KeyPair;
  readonly #join: KeyPair;

  private constructor(private readonly file: AccessFile) {
    this.#signing = keyOf(file.seeds.signing);
    this.#slave = keyOf(file.seeds.slave);
    this.#join = keyOf(file.seeds.join);
  }

  /** @throws ClusterioError `bad-input` when the bytes are not such a file. */
  static of(bytes: Uint8Array, path: string): AccessKeys {
    return new AccessKeys(decodeFile(accessFile, bytes, path));
  }

  get roots(): Roots {
    return this.file;
  }

  get edge(): string {
    return this.file.edge;
  }

  get systemCreds(): Uint8Array {
    return new TextEncoder().encode(this.file.systemCreds);
  }

  /** What signs slaves' credentials now, and since when, where an earlier key is accepted still. */
  slaveKey(now: number): { readonly signer: string; readonly since: number; readonly until: number } | undefined {
    const last = this.#retired(now)
      .filter(({ name }) => name === "slave")
      .at(-1);
    return last === undefined
      ? undefined
      : { signer: this.#slave.getPublicKey(), since: last.since, until: last.until };
  }

  #retired(now: number): NonNullable<AccessFile["retired"]> {
    return (this.file.retired ?? []).filter(({ until }) => until > now);
  }

  #userKey(user: string, generation: number, seed = this.file.seeds.access): KeyPair {
    return derivedKey("account", seed, `user:${user}:${generation}`);
  }

  /** What EDGE holds beside what it always does. Users whose rights come to too many subjects keep none, until an operator looks. */
  additionsOf(book: Book, instances: readonly string[], now: number): EdgeAdditions {
    const signing_keys: SigningKey[] = [];
    const retired = this.#retired(now);
    const seeds = [this.file.seeds.access, ...retired.filter(({ name }) => name === "access").map(({ seed }) => seed)];
    for (const [user, record] of Object.entries(book.users).sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (record.state !== "active" || isRoot(record)) continue;
      const permissions = compiled(book, user, instances);
      for (const seed of seeds)
        signing_keys.push(userSigner(this.#userKey(user, record.generation, seed).getPublicKey(), permissions));
    }
    for (const { name, seed } of retired)
      if (name !== "access") signing_keys.push(roleSigner(keyOf(seed).getPublicKey(), name));
    return { signing_keys, revocations: voidNow(book, now) };
  }

  #claims(additions: EdgeAdditions) {
    const signers = {
      slave: this.#slave.getPublicKey(),
      user: this.file.adminSigner,
      join: this.#join.getPublicKey(),
    };
    return edgeClaims(this.file.core, signers, additions);
  }

  /** What two tokens must have in common to give the same rights. */
  contentOf(additions: EdgeAdditions): string {
    return JSON.stringify(this.#claims(additions));
  }

  signEdge(additions: EdgeAdditions): Promise<string> {
    return encodeAccount("EDGE", this.file.edge, this.#claims(additions), { signer: this.#signing });
  }

  /** Credentials for the public key that somebody made for himself. */
  sign(book: Book, { kind, id, publicKey, expires }: Signature): Promise<string> {
    const generation = entryOf(book.users, id)?.generation ?? 0;
    const signer = { user: () => this.#userKey(id, generation), slave: () => this.#slave, join: () => this.#join }[
      kind
    ]();
    const claims = { issuer_account: this.file.edge };
    const end = expires === undefined ? {} : { exp: Math.floor(expires / 1000) };
    return encodeUser(id, publicKey, signer, claims, { scopedUser: true, ...end });
  }
}

const compiled = (book: Book, user: string, instances: readonly string[]) => {
  try {
    return compile(grantsOfUser(book, user), instances);
  } catch (error) {
    if (!isClusterioError(error, "refused")) throw error;
    return compile([], instances);
  }
};

const additions = z.object({
  signing_keys: z.array(z.unknown()).optional(),
  revocations: z.record(z.string(), z.number()).optional(),
});

/** What a master added to a token of EDGE. Nothing when it cannot be read. */
export const additionsIn = (jwt: string): EdgeAdditions => {
  let claims: z.infer<typeof additions>;
  try {
    claims = additions.parse(decode(jwt).nats);
  } catch {
    return { signing_keys: [], revocations: {} };
  }
  const keys = (claims.signing_keys ?? []) as SigningKey[];
  return {
    signing_keys: keys.filter((key) => typeof key === "object" && key.role === PERSON),
    revocations: claims.revocations ?? {},
  };
};
