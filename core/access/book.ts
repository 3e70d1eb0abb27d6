import { z } from "zod";
import { type Grant, parseGrant } from "#core/access/grant";
import { ADMIN, DEFAULT_ROLES } from "#core/access/roles";
import { isClusterioError } from "#core/errors";
import { ID_PATTERN } from "#core/ids";

/**
 * The book of who may do what: roles, users, slaves, open join tokens. Kept as one message of the stream ACCESS, the whole book in
 * each, written only behind the one that was read (ADR 0062). Holds no secret: names, rights and public keys.
 *
 * AB1 what was taken away stays away: generations and revoked keys are never forgotten, also not of who was deleted.
 * AB2 users, slaves and tokens share one name space, and an id is somebody's for ever.
 */
const id = z.string().regex(ID_PATTERN);
const key = z.string().min(1).max(60);
const ms = z.number().int().min(0);
const state = z.enum(["active", "revoked", "deleted"]);

const userRecord = z.object({
  roles: z.array(id),
  state,
  /** Of the signing key that his credentials are from; a higher one voids all from before. */
  generation: z.number().int().min(0),
  /** Made from the cluster's keys: these public keys have the role admin, whatever stands in `roles`. */
  root: z.array(key).exactOptional(),
  by: z.string(),
  at: ms,
  /** For how long his credentials are given; without, they do not end. */
  days: z.number().int().min(1).exactOptional(),
  expires: ms.exactOptional(),
});
const slaveRecord = z.object({
  name: z.string(),
  state,
  /** Of his credentials now. */
  publicKey: key,
  by: z.string(),
  at: ms,
  days: z.number().int().min(1).exactOptional(),
  expires: ms.exactOptional(),
  renewed: ms.exactOptional(),
  /** Keys of credentials from before the newest, the oldest first: those are good until they end. */
  earlier: z.array(z.object({ publicKey: key, expires: ms.exactOptional() })).exactOptional(),
  /** It flooded: what was given it until `since` lets nobody in until `until`. */
  paused: z.object({ since: ms, until: ms, times: z.number().int().min(1) }).exactOptional(),
});
const tokenRecord = z.object({
  publicKey: key,
  /** The name that the slave is to have; his own word without. */
  name: z.string().exactOptional(),
  by: z.string(),
  expires: ms,
  days: z.number().int().min(1).exactOptional(),
});

export const book = z.object({
  v: z.literal(1),
  revision: z.number().int().min(0),
  roles: z.record(id, z.object({ grants: z.array(z.string()), by: z.string(), at: ms })),
  users: z.record(id, userRecord),
  slaves: z.record(id, slaveRecord),
  /** By id. Used and expired ones are taken out: their keys are good for nothing else. */
  tokens: z.record(id, tokenRecord),
  /** Public key → seconds since 1970: credentials of that key made until then are void (AB1). */
  revoked: z.record(key, z.number().int()),
});
export type Book = z.infer<typeof book>;
export type UserRecord = Book["users"][string];
export type SlaveRecord = Book["slaves"][string];

/** One message of the stream, and one answer: a book beyond it is refused. */
export const BOOK_BYTES_MAX = 512 * 1024;
export const USERS_MAX = 500;
export const SLAVES_MAX = 1_000;
export const ROLES_MAX = 200;
export const TOKENS_MAX = 100;

export const emptyBook = (at: number): Book => ({
  v: 1,
  revision: 0,
  roles: Object.fromEntries(
    Object.entries(DEFAULT_ROLES).map(([role, grants]) => [role, { grants: [...grants], by: "clusterio", at }]),
  ),
  users: {},
  slaves: {},
  tokens: {},
  revoked: {},
});

/** What the book has under an id. Objects know names of their own ("constructor"), and an id may be one of them. */
export const entryOf = <T>(entries: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(entries, key) ? entries[key] : undefined;

/** The grants of a role; a verb that this version does not know is left out. */
export const grantsOfRole = ({ roles }: Book, role: string): Grant[] =>
  (entryOf(roles, role)?.grants ?? []).flatMap((text) => {
    try {
      return [parseGrant(text)];
    } catch (error) {
      if (isClusterioError(error, "bad-input")) return [];
      throw error;
    }
  });

export const isRoot = (user: UserRecord | undefined): boolean => (user?.root?.length ?? 0) > 0;

/** All that somebody may do: nothing when he is revoked, deleted or unknown. */
export const grantsOfUser = (all: Book, user: string): Grant[] => {
  const found = entryOf(all.users, user);
  if (found === undefined || found.state !== "active") return [];
  const roles = isRoot(found) ? [ADMIN, ...found.roles] : found.roles;
  return [...new Set(roles)].flatMap((role) => grantsOfRole(all, role));
};

/** All keys with which that slave may come in. */
export const keysOfSlave = ({ publicKey, earlier = [] }: SlaveRecord): string[] => [
  publicKey,
  ...earlier.map((one) => one.publicKey),
];

/** Keys of one slave that are good at once: whoever lost so many answers while he renewed has other worries. */
export const SLAVE_KEYS_MAX = 8;

/** Which of a slave's keys stay good beside its next one, and which are void from then on: the oldest above so many. */
export const keysBeside = (
  { publicKey, expires, earlier = [] }: SlaveRecord,
  next: string,
  now: number,
): { readonly earlier: NonNullable<SlaveRecord["earlier"]>; readonly dropped: string[] } => {
  const current = expires === undefined ? { publicKey } : { publicKey, expires };
  const good = earlier.filter((one) => one.publicKey !== next && (one.expires ?? now) >= now);
  const all = publicKey === next ? good : [...good, current];
  const over = Math.max(0, all.length - (SLAVE_KEYS_MAX - 1));
  return { earlier: all.slice(over), dropped: all.slice(0, over).map((one) => one.publicKey) };
};

export const isPaused = ({ paused }: SlaveRecord, now: number): boolean => paused !== undefined && paused.until > now;

/** What is void now: for good, and of slaves that are paused. Public key → seconds since 1970. */
export const voidNow = ({ revoked, slaves }: Book, now: number): Readonly<Record<string, number>> => {
  const all = { ...revoked };
  for (const [, slave] of Object.entries(slaves).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { paused } = slave;
    if (paused === undefined || !isPaused(slave, now)) continue;
    // Later than what made a key void before: who came back with his old one is kept out, too.
    for (const publicKey of keysOfSlave(slave)) all[publicKey] = Math.floor(paused.since / 1_000);
  }
  return all;
};

const ROOT = "bootstrap";

/** What the keys of the cluster made without the master: told at each of its starts. */
export interface Roots {
  readonly admins: readonly { readonly id: string; readonly publicKey: string }[];
  readonly slaves: readonly { readonly id: string; readonly publicKey: string }[];
}

/** The book with those that it did not know. The same one when it knew them all. */
export const withRoots = (before: Book, roots: Roots, at: number): Book => {
  const users = { ...before.users };
  const slaves = { ...before.slaves };
  const revoked = { ...before.revoked };
  let changed = false;
  for (const { id: name, publicKey } of roots.admins) {
    const known = entryOf(users, name);
    if (known?.root?.includes(publicKey) === true || publicKey in before.revoked) continue;
    const base = known ?? { roles: [ADMIN], generation: 0, by: ROOT, at };
    users[name] = { ...base, state: "active", root: [...(known?.root ?? []), publicKey] };
    changed = true;
  }
  for (const { id: name, publicKey } of roots.slaves) {
    const known = entryOf(slaves, name);
    if ((known !== undefined && keysOfSlave(known).includes(publicKey)) || publicKey in before.revoked) continue;
    // One that the master admitted under this name is another machine's; one of ours has a new key.
    if (known !== undefined && known.by !== ROOT) continue;
    // What it had until now is good still, and has to be void with the rest when it is revoked.
    const { earlier, dropped } =
      known?.state === "active" ? keysBeside(known, publicKey, at) : { earlier: [], dropped: [] };
    slaves[name] = {
      ...{ name, state: "active", publicKey, by: ROOT, at },
      ...(earlier.length === 0 ? {} : { earlier }),
    };
    for (const key of dropped) revoked[key] = Math.floor(at / 1_000);
    changed = true;
  }
  return changed ? { ...before, users, slaves, revoked } : before;
};
