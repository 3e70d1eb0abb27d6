import { createHash } from "node:crypto";
import { join } from "node:path";
import { encodeAccount, encodeOperator, encodeUser, fmtCreds, newScopedSigner } from "@nats-io/jwt";
import type { KeyPair } from "@nats-io/nkeys";
import { z } from "zod";
import { type KeyKind, keyOf, newKey } from "#core/adapters/node-keys";
import { corrupt, refused } from "#core/errors";
import { coreAccount, edgeAccount, type Role, templates } from "#core/identity/grants";
import { type SlaveId, slaveId, type UserId, userId } from "#core/ids";
import type { Disk } from "#core/ports/disk";

/**
 * The cluster's identity: the operator, its accounts and their signing keys, made offline.
 *
 * I1 all seeds are in one file (0600), written whole or not at all, so there is never half an identity.
 * I2 a second start reuses it; the tokens are signed anew only when the grants changed, and old credentials stay good.
 * I3 an id is proved before it is signed: a user named "*" would own every slave's subjects.
 * I4 slaves and users share one name space (they share inboxes and query subjects), and "master" is nobody's name.
 */
const IDENTITY_FILE = "identity.json";
const CREDS_FOLDER = "creds";

/** "signing" signs accounts for the operator, whose own key can then lie in a safe; the rest is called after what it signs. */
const seedNames = ["operator", "signing", "system", "core", "edge", "master", "slave", "user", "assignment"] as const;
type SeedName = (typeof seedNames)[number];

const identityShape = z.object({
  version: z.literal(1),
  /** An earlier version knew fewer. */
  seeds: z.partialRecord(z.enum(seedNames), z.string()),
  tokens: z.object({ operator: z.string(), system: z.string(), core: z.string(), edge: z.string() }),
  /** SHA-256 of what the tokens grant. */
  grants: z.string(),
});
type IdentityFile = z.infer<typeof identityShape>;

export interface Account {
  readonly publicKey: string;
  readonly jwt: string;
}

export interface Creds {
  /** Where the file is (0600). */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Identity {
  readonly operatorJwt: string;
  readonly accounts: { readonly system: Account; readonly core: Account; readonly edge: Account };
  /** Bridges verify instance assignments with it; the seed is the leader's. */
  readonly assignment: { readonly publicKey: string; readonly seed: string };
  /** Makes the credentials, or returns the ones made before. */
  slaveCreds(id: SlaveId): Promise<Creds>;
  userCreds(id: UserId): Promise<Creds>;
  masterCreds(): Promise<Creds>;
}

/** The file in an identity's folder that is there once there is one. */
export const identityFile = (dir: string): string => join(dir, IDENTITY_FILE);

/** Makes the identity in `dir`, or reads the one that is there. */
export const createIdentity = async (dir: string, disk: Disk): Promise<Identity> => {
  const path = identityFile(dir);
  const found = await disk.read(path);
  const file = found === undefined ? undefined : parseIdentity(found, path);
  const keys = file === undefined ? newKeys() : readKeys(file.seeds);
  const grants = grantsHash(keys);
  let current = file;
  if (current === undefined || current.grants !== grants) {
    current = { version: 1, seeds: seedsOf(keys), tokens: await signTokens(keys), grants };
    await disk.write(path, new TextEncoder().encode(`${JSON.stringify(current, undefined, 2)}\n`), 0o600);
  }
  return new StoredIdentity(keys, current.tokens, join(dir, CREDS_FOLDER), disk);
};

const parseIdentity = (bytes: Uint8Array, path: string): IdentityFile => {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
    return identityShape.parse(value);
  } catch {
    const version = z.object({ version: z.number() }).safeParse(value).data?.version;
    if (version !== undefined && version !== 1) {
      throw corrupt(`${path} was written by another version (v ${version}): use that version of clusterio`);
    }
    throw corrupt(`${path} is not an identity: restore it from a backup, or remove it and make all credentials anew`);
  }
};

type Keys = Readonly<Record<SeedName, KeyPair>>;

const mapNames = <T>(value: (name: SeedName) => T): Record<SeedName, T> =>
  Object.fromEntries(seedNames.map((name) => [name, value(name)])) as Record<SeedName, T>;

const KINDS: Partial<Record<SeedName, KeyKind>> = { operator: "operator", signing: "operator", assignment: "user" };
const newKeyFor = (name: SeedName): KeyPair => newKey(KINDS[name] ?? "account");
const newKeys = (): Keys => mapNames(newKeyFor);

const seedsOf = (keys: Keys): Record<SeedName, string> =>
  mapNames((name) => new TextDecoder().decode(keys[name].getSeed()));
const readKeys = (seeds: IdentityFile["seeds"]): Keys =>
  mapNames((name) => {
    const seed = seeds[name];
    return seed === undefined ? newKeyFor(name) : keyOf(seed);
  });

const accountClaims = (keys: Keys) => ({
  core: {
    ...coreAccount(keys.edge.getPublicKey()),
    signing_keys: [newScopedSigner(keys.master, "master", templates.master)],
  },
  edge: {
    ...edgeAccount(keys.core.getPublicKey()),
    signing_keys: [
      newScopedSigner(keys.slave, "slave", templates.slave),
      newScopedSigner(keys.user, "user", templates.user),
    ],
  },
});

const grantsHash = (keys: Keys): string =>
  createHash("sha256")
    .update(JSON.stringify([keys.signing.getPublicKey(), accountClaims(keys)]))
    .digest("hex");

const signTokens = async (keys: Keys): Promise<IdentityFile["tokens"]> => {
  const claims = accountClaims(keys);
  const signer = { signer: keys.signing };
  const system = keys.system.getPublicKey();
  return {
    operator: await encodeOperator("clusterio", keys.operator, {
      system_account: system,
      signing_keys: [keys.signing.getPublicKey()],
    }),
    system: await encodeAccount("SYS", keys.system, {}, signer),
    core: await encodeAccount("CORE", keys.core, claims.core, signer),
    edge: await encodeAccount("EDGE", keys.edge, claims.edge, signer),
  };
};

class StoredIdentity implements Identity {
  readonly operatorJwt: string;
  readonly accounts: Identity["accounts"];
  readonly assignment: Identity["assignment"];

  constructor(
    private readonly keys: Keys,
    tokens: IdentityFile["tokens"],
    private readonly credsFolder: string,
    private readonly disk: Disk,
  ) {
    const account = (name: "system" | "core" | "edge") => ({ publicKey: keys[name].getPublicKey(), jwt: tokens[name] });
    this.operatorJwt = tokens.operator;
    this.accounts = { system: account("system"), core: account("core"), edge: account("edge") };
    this.assignment = {
      publicKey: keys.assignment.getPublicKey(),
      seed: new TextDecoder().decode(keys.assignment.getSeed()),
    };
  }

  async slaveCreds(id: SlaveId): Promise<Creds> {
    const proved = slaveId(id);
    await this.#refuseTaken(proved, "user");
    return this.#creds("slave", proved);
  }

  async userCreds(id: UserId): Promise<Creds> {
    const proved = userId(id);
    await this.#refuseTaken(proved, "slave");
    return this.#creds("user", proved);
  }

  masterCreds(): Promise<Creds> {
    return this.#creds("master", "master");
  }

  /** I4 */
  async #refuseTaken(id: string, by: Role): Promise<void> {
    if (id === "master") throw refused('"master" is the name of the master: choose another one');
    const taken = (await this.disk.list(this.credsFolder)).includes(`${by}-${id}.creds`);
    if (taken) throw refused(`"${id}" is already the name of a ${by}: slaves and users share one name space`);
  }

  async #creds(role: Role, name: string): Promise<Creds> {
    const path = join(this.credsFolder, `${role}-${name}.creds`);
    const found = await this.disk.read(path);
    if (found !== undefined) return { path, bytes: found };
    const account = role === "master" ? this.keys.core : this.keys.edge;
    const user = newKey("user");
    const claims = { issuer_account: account.getPublicKey() };
    const jwt = await encodeUser(name, user, this.keys[role], claims, { scopedUser: true });
    const bytes = fmtCreds(jwt, user);
    await this.disk.write(path, bytes, 0o600);
    return { path, bytes };
  }
}
