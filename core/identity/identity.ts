import { createHash } from "node:crypto";
import { join } from "node:path";
import { decode, encodeAccount, encodeOperator, encodeUser, fmtCreds, newScopedSigner } from "@nats-io/jwt";
import type { KeyPair } from "@nats-io/nkeys";
import { z } from "zod";
import { tokenIn } from "#core/adapters/nats-creds";
import { type KeyKind, keyOf, newKey } from "#core/adapters/node-keys";
import { corrupt, refused } from "#core/errors";
import { type AccessFile, additionsIn } from "#core/identity/access-keys";
import {
  coreAccount,
  type EdgeAdditions,
  type EdgeSigners,
  edgeClaims,
  NO_ADDITIONS,
  type Role,
  systemAccount,
  templates,
} from "#core/identity/grants";
import { isReservedId, type SlaveId, slaveId, type UserId, userId } from "#core/ids";
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

/**
 * "signing" signs accounts for the operator, whose own key can then lie in a safe; the signing keys of users are derived from
 * "access" (I5); the rest is called after what it signs.
 */
const seedNames = [
  "operator",
  "signing",
  "system",
  "core",
  "edge",
  "master",
  "slave",
  "user",
  "join",
  "assignment",
  "access",
] as const;
type SeedName = (typeof seedNames)[number];

/** Keys whose credentials masters can accept for a while after they were replaced: EDGE's token is theirs. */
const GRACE = ["slave", "user", "join", "access"] as const;

const identityShape = z.object({
  version: z.literal(1),
  /** An earlier version knew fewer. */
  seeds: z.partialRecord(z.enum(seedNames), z.string()),
  tokens: z.object({ operator: z.string(), system: z.string(), core: z.string(), edge: z.string() }),
  /** SHA-256 of what the tokens grant. */
  grants: z.string(),
  /** Seeds that were replaced, and whose credentials masters accept until then: only of keys that sign for EDGE. */
  retired: z
    .array(z.object({ name: z.enum(GRACE), seed: z.string(), since: z.number(), until: z.number() }))
    .exactOptional(),
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
  /** EDGE's token, with the users and revocations that a master added since; `accounts.edge.jwt` is without. */
  readonly edgeNow: string;
  readonly accounts: { readonly system: Account; readonly core: Account; readonly edge: Account };
  /** Leaders sign assignments of instances with the seed, and know again what one of them signed. */
  readonly assignment: { readonly publicKey: string; readonly seed: string };
  /** Makes the credentials, or returns the ones made before. */
  slaveCreds(id: SlaveId): Promise<Creds>;
  userCreds(id: UserId): Promise<Creds>;
  masterCreds(): Promise<Creds>;
  /** Credentials that a new key of their role made void. */
  makeAgain(role: Role, name: string): Promise<Creds>;
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
  const told = textOf(await disk.read(edgeFile(dir)));
  if (current === undefined || current.grants !== grants) {
    const additions = told === undefined ? NO_ADDITIONS : additionsIn(told);
    const retired = file?.retired === undefined ? {} : { retired: file.retired };
    current = { version: 1, seeds: seedsOf(keys), tokens: await signTokens(keys, additions), grants, ...retired };
    await disk.write(path, new TextEncoder().encode(`${JSON.stringify(current, undefined, 2)}\n`), 0o600);
  }
  const identity = new StoredIdentity(keys, current, dir, disk);
  await identity.writeAccess();
  return told === undefined ? identity : identity.withEdge(told);
};

const textOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();

const issuedAt = (jwt: string): number => {
  try {
    return decode(jwt).iat;
  } catch {
    return 0;
  }
};

/** What a master needs of it (core/identity/access-keys.ts). */
export const accessKeysFile = (dir: string): string => join(dir, "access.json");
/** EDGE's token as a master signed it last: a broker without a memory begins with it. */
export const edgeFile = (dir: string): string => join(dir, "edge.jwt");

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

/** Keys that can be replaced, and whose credentials are void then: of these roles, or (`access`) of all users. */
const ROTATABLE = ["operator", "signing", "master", "slave", "user", "join", "access", "assignment"] as const;
export type Rotatable = (typeof ROTATABLE)[number];

/** Whether masters take up another key of this kind while they run, and can accept the old one beside it for a while. */
export const isLive = (name: Rotatable): name is (typeof GRACE)[number] => GRACE.some((live) => live === name);

/**
 * Replaces one key by a new one. Credentials that it signed and that are in this folder are made again; all others are void as soon
 * as the broker runs on the new tokens. The accounts' own keys stay: another key of theirs is another cluster.
 */
export const rotateKey = async (
  dir: string,
  disk: Disk,
  name: Rotatable,
  /** Until when the old one is accepted, too (milliseconds since 1970). */
  grace: { readonly now: number; readonly until: number } = { now: 0, until: 0 },
): Promise<Identity> => {
  const path = identityFile(dir);
  const found = await disk.read(path);
  if (found === undefined) throw corrupt(`there is no identity in ${dir}`);
  const file = parseIdentity(found, path);
  const { [name]: old, ...seeds } = file.seeds;
  const { now, until } = grace;
  const gone = isLive(name) && old !== undefined && until > now ? [{ name, seed: old, since: now, until }] : [];
  // Whoever replaces a key without grace means the ones before it, too.
  const retired = [
    ...(file.retired ?? []).filter((one) => one.until > now && (one.name !== name || gone.length > 0)),
    ...gone,
  ];
  const told = textOf(await disk.read(edgeFile(dir)));
  const kept = told === undefined ? NO_ADDITIONS : additionsIn(told);
  // Users' keys are derived from the one that goes.
  const additions = name === "access" ? { ...kept, signing_keys: [] } : kept;
  const keys = readKeys(seeds);
  const next: IdentityFile = {
    version: 1,
    seeds: seedsOf(keys),
    tokens: await signTokens(keys, additions),
    grants: grantsHash(keys),
    ...(retired.length === 0 ? {} : { retired }),
  };
  await disk.write(path, new TextEncoder().encode(`${JSON.stringify(next, undefined, 2)}\n`), 0o600);
  await disk.remove(edgeFile(dir));
  const identity = await createIdentity(dir, disk);
  const made = (await disk.list(join(dir, CREDS_FOLDER))).filter((file) => file.startsWith(`${name}-`));
  for (const creds of made) await identity.makeAgain(name as Role, creds.slice(name.length + 1, -".creds".length));
  return identity;
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

const edgeSigners = (keys: Keys): EdgeSigners => ({
  slave: keys.slave.getPublicKey(),
  user: keys.user.getPublicKey(),
  join: keys.join.getPublicKey(),
});

const accountClaims = (keys: Keys, additions: EdgeAdditions) => ({
  core: {
    ...coreAccount(keys.edge.getPublicKey()),
    signing_keys: [newScopedSigner(keys.master, "master", templates.master)],
  },
  edge: edgeClaims(keys.core.getPublicKey(), edgeSigners(keys), additions),
});

const grantsHash = (keys: Keys): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        keys.operator.getPublicKey(),
        keys.signing.getPublicKey(),
        systemAccount,
        accountClaims(keys, NO_ADDITIONS),
      ]),
    )
    .digest("hex");

const signTokens = async (keys: Keys, additions: EdgeAdditions): Promise<IdentityFile["tokens"]> => {
  const claims = accountClaims(keys, additions);
  const signer = { signer: keys.signing };
  const system = keys.system.getPublicKey();
  return {
    operator: await encodeOperator("clusterio", keys.operator, {
      system_account: system,
      signing_keys: [keys.signing.getPublicKey()],
    }),
    // It writes into what it is given, and the hash of the grants would not be that of the next start.
    system: await encodeAccount("SYS", keys.system, { ...systemAccount }, signer),
    core: await encodeAccount("CORE", keys.core, claims.core, signer),
    edge: await encodeAccount("EDGE", keys.edge, claims.edge, signer),
  };
};

class StoredIdentity implements Identity {
  readonly operatorJwt: string;
  readonly accounts: Identity["accounts"];
  readonly assignment: Identity["assignment"];
  edgeNow: string;
  readonly #credsFolder: string;

  constructor(
    private readonly keys: Keys,
    private readonly file: IdentityFile,
    private readonly dir: string,
    private readonly disk: Disk,
  ) {
    this.#credsFolder = join(dir, CREDS_FOLDER);
    const { tokens } = file;
    this.edgeNow = tokens.edge;
    const account = (name: "system" | "core" | "edge") => ({ publicKey: keys[name].getPublicKey(), jwt: tokens[name] });
    this.operatorJwt = tokens.operator;
    this.accounts = { system: account("system"), core: account("core"), edge: account("edge") };
    this.assignment = {
      publicKey: keys.assignment.getPublicKey(),
      seed: new TextDecoder().decode(keys.assignment.getSeed()),
    };
  }

  /** A master's word, if it is newer than what is here. */
  withEdge(told: string): this {
    if (issuedAt(told) > issuedAt(this.edgeNow)) this.edgeNow = told;
    return this;
  }

  /** Written only when it is another one. */
  async writeAccess(): Promise<void> {
    const { keys } = this;
    const seedOf = (name: SeedName) => new TextDecoder().decode(keys[name].getSeed());
    const file: AccessFile = {
      v: 1,
      core: keys.core.getPublicKey(),
      edge: keys.edge.getPublicKey(),
      seeds: { signing: seedOf("signing"), slave: seedOf("slave"), join: seedOf("join"), access: seedOf("access") },
      adminSigner: keys.user.getPublicKey(),
      systemCreds: new TextDecoder().decode((await this.#creds("system", "system")).bytes),
      admins: await this.#made("user"),
      slaves: await this.#made("slave"),
      ...(this.file.retired === undefined ? {} : { retired: this.file.retired }),
    };
    const bytes = new TextEncoder().encode(`${JSON.stringify(file, undefined, 2)}\n`);
    const path = accessKeysFile(this.dir);
    const found = await this.disk.read(path);
    if (found === undefined || !Buffer.from(found).equals(bytes)) await this.disk.write(path, bytes, 0o600);
  }

  /** Those whose credentials were made here. */
  async #made(role: "user" | "slave"): Promise<AccessFile["admins"]> {
    const made: AccessFile["admins"] = [];
    for (const name of await this.disk.list(this.#credsFolder)) {
      const id = new RegExp(`^${role}-(.+)\\.creds$`).exec(name)?.[1];
      const bytes = id === undefined ? undefined : await this.disk.read(join(this.#credsFolder, name));
      if (id === undefined || bytes === undefined) continue;
      made.push({ id, publicKey: tokenIn(bytes, name).bearer });
    }
    return made;
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

  makeAgain(role: Role, name: string): Promise<Creds> {
    return this.#makeCreds(role, name);
  }

  /** I4 */
  async #refuseTaken(id: string, by: Role): Promise<void> {
    if (id === "master") throw refused('"master" is the name of the master: choose another one');
    if (isReservedId(id)) throw refused(`"${id}" is called as join tokens are: choose another name`);
    const taken = (await this.disk.list(this.#credsFolder)).includes(`${by}-${id}.creds`);
    if (taken) throw refused(`"${id}" is already the name of a ${by}: slaves and users share one name space`);
  }

  async #creds(role: Role | "system", name: string): Promise<Creds> {
    const path = join(this.#credsFolder, `${role}-${name}.creds`);
    const found = await this.disk.read(path);
    return found === undefined ? this.#makeCreds(role, name) : { path, bytes: found };
  }

  async #makeCreds(role: Role | "system", name: string): Promise<Creds> {
    const path = join(this.#credsFolder, `${role}-${name}.creds`);
    const user = newKey("user");
    const bytes = fmtCreds(await this.#sign(role, name, user), user);
    await this.disk.write(path, bytes, 0o600);
    if (role === "user" || role === "slave") await this.writeAccess();
    return { path, bytes };
  }

  #sign(role: Role | "system", name: string, user: KeyPair): Promise<string> {
    if (role === "system") return encodeUser(name, user, this.keys.system, {});
    const account = role === "master" ? this.keys.core : this.keys.edge;
    return encodeUser(name, user, this.keys[role], { issuer_account: account.getPublicKey() }, { scopedUser: true });
  }
}
