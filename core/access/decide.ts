import {
  type Book,
  entryOf,
  grantsOfRole,
  grantsOfUser,
  isPaused,
  isRoot,
  keysBeside,
  keysOfSlave,
  ROLES_MAX,
  SLAVES_MAX,
  type SlaveRecord,
  TOKENS_MAX,
  USERS_MAX,
  type UserRecord,
} from "#core/access/book";
import { compile } from "#core/access/compile";
import { covers, type Grant, grantText, parseGrant, verbMatches } from "#core/access/grant";
import { ADMIN } from "#core/access/roles";
import { badInput, refused } from "#core/errors";
import type { AccessCommand, AccessRequest, RoleView, SlaveView, UserView } from "#core/events/access";
import { idFromName, isReservedId } from "#core/ids";
import { noSuch } from "#core/terminal/near";

/**
 * What a command about rights comes to: a new book, and what is to be signed or answered. Pure: the book, the caller and the
 * time in, facts out.
 *
 * AD1 nobody grants, changes or takes away what he does not have himself.
 * AD2 a command that is repeated and changes nothing returns the same book.
 */
export interface Decision {
  readonly book: Book;
  /** What the answer holds beside credentials. */
  readonly ok: object;
  /** Credentials to sign, once the book is stored. */
  readonly sign?: Signature;
}

export interface Signature {
  readonly kind: "user" | "slave" | "join";
  readonly id: string;
  readonly publicKey: string;
  /** Milliseconds since 1970. */
  readonly expires?: number;
}

export interface Context {
  readonly book: Book;
  readonly caller: string;
  /** Ids of all instances. */
  readonly instances: readonly string[];
  readonly now: number;
}

const DAY_MS = 86_400_000;
const seconds = (now: number): number => Math.floor(now / 1000);
const withName = (name: string | undefined) => (name === undefined ? {} : { name });
const withDays = (days: number | undefined) => (days === undefined ? {} : { days });
const until = (now: number, days: number | undefined) => (days === undefined ? {} : { expires: now + days * DAY_MS });

type Decide<C extends AccessCommand> = (context: Context, request: AccessRequest<C>) => Decision;

const same = (book: Book, ok: object): Decision => ({ book, ok });

const parsed = (grants: readonly string[]): Grant[] => grants.map(parseGrant);

/** AD1. @throws ClusterioError `refused` that names what is missing. */
const requireAll = ({ book, caller }: Context, wanted: readonly Grant[], what: string): void => {
  const have = grantsOfUser(book, caller);
  const missing = wanted.filter((grant) => !covers(have, [grant]));
  if (missing.length > 0)
    throw refused(`${what} needs rights that you do not have: ${missing.map(grantText).slice(0, 10).join(", ")}`);
};

const roleIn = ({ roles }: Book, role: string): void => {
  if (entryOf(roles, role) === undefined) throw badInput(noSuch("role", role, { names: Object.keys(roles) }));
};

const userIn = ({ users }: Book, user: string): UserRecord => {
  const found = entryOf(users, user);
  if (found !== undefined && found.state !== "deleted") return found;
  const names = Object.keys(users).filter((name) => users[name]?.state !== "deleted");
  throw badInput(noSuch("user", user, { names }));
};

const slaveIn = ({ slaves }: Book, slave: string): Book["slaves"][string] => {
  const found = entryOf(slaves, slave);
  if (found !== undefined) return found;
  throw badInput(noSuch("slave", slave, { names: Object.keys(slaves), none: "clusterio slave token" }));
};

const roleView = (book: Book, role: string): RoleView => ({
  role,
  grants: grantsOfRole(book, role).map(grantText),
  users: Object.entries(book.users)
    .filter(([, { roles, state }]) => state !== "deleted" && roles.includes(role))
    .map(([user]) => user),
});

const userView = (user: string, record: UserRecord): UserView => ({
  user,
  roles: record.roles,
  state: record.state === "active" ? "active" : "revoked",
  root: isRoot(record),
  by: record.by,
  at: record.at,
  ...(record.expires === undefined ? {} : { expires: record.expires }),
});

const slaveView = (slave: string, record: SlaveRecord, now: number): SlaveView => {
  const { name, state, by, at, expires, days, renewed, paused } = record;
  const isNow = isPaused(record, now);
  return {
    slave,
    name,
    state: state !== "active" ? "revoked" : isNow ? "paused" : "active",
    by,
    at,
    ...(renewed === undefined ? {} : { renewed }),
    ...(days === undefined ? {} : { days }),
    ...(expires === undefined ? {} : { expires }),
    ...(isNow ? { pausedUntil: paused?.until ?? now } : {}),
  };
};

const withUser = (book: Book, user: string, record: UserRecord): Book => ({
  ...book,
  users: { ...book.users, [user]: record },
});

/** Root credentials are revoked by key, all others by their generation. */
const voided = (book: Book, user: string, record: UserRecord, now: number): Book => {
  const keys = Object.fromEntries((record.root ?? []).map((key) => [key, seconds(now)]));
  const { root: _, expires: __, ...rest } = record;
  const next = { ...rest, state: "revoked" as const, generation: record.generation + 1 };
  return { ...withUser(book, user, next), revoked: { ...book.revoked, ...keys } };
};

/** The book in which that slave's credentials are void. The same one when there is none that they would let in. */
export const withoutSlave = (book: Book, slave: string, now: number): Book => {
  const record = entryOf(book.slaves, slave);
  if (record === undefined || record.state !== "active") return book;
  const { earlier: _, paused: __, ...rest } = record;
  const slaves = { ...book.slaves, [slave]: { ...rest, state: "revoked" as const } };
  const keys = Object.fromEntries(keysOfSlave(record).map((publicKey) => [publicKey, seconds(now)]));
  return { ...book, slaves, revoked: { ...book.revoked, ...keys } };
};

/** The first pause costs a slave that was only busy next to nothing: its chests go on for a minute by themselves. */
const PAUSE_MS = 2_000;
/** Each further one is so many times as long. */
const PAUSE_FACTOR = 5;
const PAUSES_MAX = 3;
/** Whoever kept quiet for so long begins anew. */
const PAUSE_FORGIVEN_MS = 10 * 60_000;

/**
 * The book in which a slave that floods is kept out for a while, longer each time, and after some times for good. The same one when
 * it is not let in anyhow.
 */
export const withPause = (book: Book, slave: string, now: number): Book => {
  const record = entryOf(book.slaves, slave);
  if (record === undefined || record.state !== "active" || isPaused(record, now)) return book;
  const { paused } = record;
  const before = paused === undefined || paused.until + PAUSE_FORGIVEN_MS < now ? 0 : paused.times;
  if (before >= PAUSES_MAX) return withoutSlave(book, slave, now);
  const pause = { since: now, until: now + PAUSE_MS * PAUSE_FACTOR ** before, times: before + 1 };
  return { ...book, slaves: { ...book.slaves, [slave]: { ...record, paused: pause } } };
};

const setRole =
  (must: "exist" | "be new") =>
  (context: Context, { role, grants }: { readonly role: string; readonly grants: readonly string[] }): Decision => {
    const { book, caller, now, instances } = context;
    const wanted = parsed(grants);
    const known = entryOf(book.roles, role);
    if (must === "be new" && known !== undefined)
      throw refused(`there is a role "${role}" already: clusterio role edit`);
    if (must === "exist") roleIn(book, role);
    if (role === ADMIN) throw refused("the role admin stays as it is: it is the way back in");
    if (known === undefined && Object.keys(book.roles).length >= ROLES_MAX)
      throw refused(`a cluster has at most ${ROLES_MAX} roles`);
    requireAll(context, [...wanted, ...grantsOfRole(book, role)], `the role ${role}`);
    compile(wanted, instances);
    const texts = wanted.map(grantText);
    const next = { ...book, roles: { ...book.roles, [role]: { grants: texts, by: caller, at: now } } };
    const unchanged = known !== undefined && JSON.stringify(known.grants) === JSON.stringify(texts);
    const after = unchanged ? book : next;
    return same(after, roleView(after, role));
  };

const decisions: { readonly [C in AccessCommand]: Decide<C> } = {
  "role.create": setRole("be new"),
  "role.edit": setRole("exist"),
  "role.delete": (context, { role }) => {
    const { book } = context;
    roleIn(book, role);
    if (role === ADMIN) throw refused("the role admin stays as it is: it is the way back in");
    requireAll(context, grantsOfRole(book, role), `the role ${role}`);
    const { users } = roleView(book, role);
    if (users.length > 0) throw refused(`users have the role ${role}: ${users.join(", ")}; give them others first`);
    const { [role]: _, ...roles } = book.roles;
    return same({ ...book, roles }, {});
  },
  "role.list": ({ book }) => same(book, { roles: Object.keys(book.roles).map((role) => roleView(book, role)) }),
  "role.show": ({ book }, { role }) => {
    roleIn(book, role);
    return same(book, roleView(book, role));
  },

  "user.create": (context, { user, roles, publicKey, days }) => {
    const { book, caller, now, instances } = context;
    const known = entryOf(book.users, user);
    if (known?.state === "active") throw refused(`there is a user "${user}" already`);
    if (Object.hasOwn(book.slaves, user))
      throw refused(`"${user}" is the name of a slave: slaves and users share one name space`);
    if (known === undefined && Object.keys(book.users).length >= USERS_MAX)
      throw refused(`a cluster has at most ${USERS_MAX} users`);
    const given = roles ?? (known?.state === "revoked" ? known.roles : undefined);
    if (given === undefined || given.length === 0) throw badInput("a user needs a role: name one of them");
    for (const role of given) roleIn(book, role);
    const wanted = given.flatMap((role) => grantsOfRole(book, role));
    requireAll(context, wanted, `the user ${user}`);
    compile(wanted, instances);
    const end = until(now, days);
    const generation = (known?.generation ?? 0) + 1;
    const made = { roles: given, state: "active" as const, generation, by: caller, at: now, ...end };
    const record = days === undefined ? made : { ...made, days };
    return { book: withUser(book, user, record), ok: {}, sign: { kind: "user", id: user, publicKey, ...end } };
  },
  "user.delete": (context, { user }) => {
    const { book, now } = context;
    const record = userIn(book, user);
    requireAll(context, grantsOfUser(book, user), `the user ${user}`);
    const gone = voided(book, user, record, now);
    return same(withUser(gone, user, { ...gone.users[user]!, state: "deleted" }), {});
  },
  "user.set-roles": (context, { user, roles }) => {
    const { book, instances } = context;
    const record = userIn(book, user);
    if (isRoot(record))
      throw refused(
        `${user} was made from the cluster's keys and is an admin: revoke him, then create him with other roles`,
      );
    for (const role of roles) roleIn(book, role);
    const wanted = roles.flatMap((role) => grantsOfRole(book, role));
    requireAll(context, [...wanted, ...grantsOfUser(book, user)], `the user ${user}`);
    compile(wanted, instances);
    const unchanged = JSON.stringify(record.roles) === JSON.stringify(roles);
    const after = unchanged ? book : withUser(book, user, { ...record, roles });
    return same(after, userView(user, after.users[user]!));
  },
  "user.revoke": (context, { user }) => {
    const { book, now } = context;
    const record = userIn(book, user);
    if (record.state === "revoked") return same(book, userView(user, record));
    requireAll(context, grantsOfUser(book, user), `the user ${user}`);
    const after = voided(book, user, record, now);
    return same(after, userView(user, after.users[user]!));
  },
  "user.list": ({ book }) =>
    same(book, {
      users: Object.entries(book.users)
        .filter(([, { state }]) => state !== "deleted")
        .map(([user, record]) => userView(user, record)),
    }),
  "user.show": ({ book }, { user }) => same(book, userView(user, userIn(book, user))),
  "user.renew": ({ book, caller, now }, { publicKey }) => {
    const record = userIn(book, caller);
    if (record.state !== "active") throw refused("your credentials are revoked");
    if (isRoot(record)) throw refused("your credentials were made from the cluster's keys and do not end");
    const end = until(now, record.days);
    const { expires: _, ...rest } = record;
    const next = withUser(book, caller, { ...rest, ...end });
    return { book: next, ok: {}, sign: { kind: "user", id: caller, publicKey, ...end } };
  },

  "slave.create": ({ book, caller, now }, { name, publicKey, days }) => {
    const { slave, book: next, expires } = admitted(book, { name, publicKey, days, by: caller, now });
    return {
      book: next,
      ok: {},
      sign: { kind: "slave", id: slave, publicKey, ...(expires === undefined ? {} : { expires }) },
    };
  },
  "slave.token": ({ book, caller, now }, { name, publicKey, minutes, days }) => {
    const open = openTokens(book, now);
    if (Object.keys(open).length >= TOKENS_MAX)
      throw refused(`${TOKENS_MAX} join tokens are open: wait until some end`);
    if (name !== undefined) admitted(book, { name, publicKey, by: caller, now });
    const id = `join-${publicKey.slice(1, 17).toLowerCase()}`;
    const expires = now + minutes * 60_000;
    const record = { publicKey, by: caller, expires, ...withName(name), ...withDays(days) };
    return {
      book: { ...book, tokens: { ...open, [id]: record } },
      ok: { expires },
      sign: { kind: "join", id, publicKey, expires },
    };
  },
  "slave.revoke": ({ book, now }, { slave }) => {
    slaveIn(book, slave);
    const after = withoutSlave(book, slave, now);
    return same(after, slaveView(slave, slaveIn(after, slave), now));
  },
  "slave.rename": ({ book, now }, { slave, name }) => {
    const record = slaveIn(book, slave);
    if (record.name === name) return same(book, slaveView(slave, record, now));
    refuseTakenName(book, name);
    const slaves = { ...book.slaves, [slave]: { ...record, name } };
    return same({ ...book, slaves }, slaveView(slave, slaves[slave]!, now));
  },
  "slave.list": ({ book, now }) =>
    same(book, { slaves: Object.entries(book.slaves).map(([slave, record]) => slaveView(slave, record, now)) }),
  "slave.show": ({ book, now }, { slave }) => same(book, slaveView(slave, slaveIn(book, slave), now)),
};

const refuseTakenName = ({ slaves }: Book, name: string): void => {
  const taken = Object.entries(slaves).find(([, other]) => other.name === name);
  if (taken !== undefined) throw refused(`there is a slave named "${name}" already: ${taken[0]}`);
};

/** Every id that begins as those of tokens do is taken: whatever number stood behind it. */
const freeId = (name: string, taken: (id: string) => boolean): string => {
  const wanted = idFromName(name, () => false, "slave");
  return idFromName(wanted.replace(/^join(?=-|$)/, "slave"), taken);
};

/** A slave of that name: a new one, or a revoked one that comes back with another key. */
const admitted = (
  book: Book,
  slave: { name: string; publicKey: string; days?: number | undefined; by: string; now: number },
): { readonly slave: string; readonly book: Book; readonly expires?: number } => {
  const { name, publicKey, days, by, now } = slave;
  const known = Object.entries(book.slaves).find(([, other]) => other.name === name);
  if (known !== undefined && known[1].state === "active")
    throw refused(`there is a slave named "${name}" already: ${known[0]}; revoke it first, or choose another name`);
  if (known === undefined && Object.keys(book.slaves).length >= SLAVES_MAX)
    throw refused(`a cluster has at most ${SLAVES_MAX} slaves`);
  const taken = (id: string) => Object.hasOwn(book.slaves, id) || Object.hasOwn(book.users, id) || isReservedId(id);
  const id = known?.[0] ?? freeId(name, taken);
  const end = until(now, days);
  const record = { name, state: "active" as const, publicKey, by, at: now, ...withDays(days), ...end };
  return { slave: id, book: { ...book, slaves: { ...book.slaves, [id]: record } }, ...end };
};

const openTokens = ({ tokens }: Book, now: number): Book["tokens"] =>
  Object.fromEntries(Object.entries(tokens).filter(([, { expires }]) => expires > now));

/** Somebody joins with a token: it is used up by that. @throws ClusterioError `refused` when it is none any more. */
export const decideJoin = (
  { book, now }: Pick<Context, "book" | "now">,
  {
    token,
    publicKey,
    name,
    days,
  }: {
    readonly token: string;
    readonly publicKey: string;
    readonly name?: string | undefined;
    readonly days?: number | undefined;
  },
): Decision => {
  const open = openTokens(book, now);
  const found = entryOf(open, token);
  if (found === undefined) throw refused("this join token was used, or its time is over: ask for a new one");
  const wanted = found.name ?? name;
  if (wanted === undefined) throw badInput("this token leaves the slave's name to you: add --name NAME");
  const { [token]: _, ...tokens } = open;
  // Whoever joins may want less than he is given.
  const shorter = found.days === undefined ? days : Math.min(found.days, days ?? found.days);
  const asked = { name: wanted, publicKey, by: found.by, now, days: shorter };
  const { slave, book: next, ...end } = admitted({ ...book, tokens }, asked);
  return { book: next, ok: {}, sign: { kind: "slave", id: slave, publicKey, ...end } };
};

/** Each renewal writes the book: who wants ever more of them waits in between. */
const RENEWALS_AT_ONCE = 3;
const RENEW_AGAIN_MS = 60_000;

/**
 * A slave has its credentials renewed, for as long again as they were given for; the earlier ones stay good until they end, so that
 * nothing is lost when the answer is.
 * @throws ClusterioError `refused` when it is none that may come in.
 */
export const decideRenewal = (
  { book, now }: Pick<Context, "book" | "now">,
  { slave, publicKey }: { readonly slave: string; readonly publicKey: string },
): Decision => {
  const record = slaveIn(book, slave);
  if (record.state !== "active") throw refused("this slave's credentials are revoked");
  const end = until(now, record.days);
  const sign = { kind: "slave" as const, id: slave, publicKey, ...end };
  const { expires, earlier = [], ...rest } = record;
  const again = (record.renewed ?? 0) + RENEW_AGAIN_MS;
  // The answer was lost: it is the same, and nothing is written again (AD2).
  if (record.publicKey === publicKey && now < again)
    return {
      book,
      ok: {},
      sign: { kind: "slave", id: slave, publicKey, ...(expires === undefined ? {} : { expires }) },
    };
  if (earlier.length >= RENEWALS_AT_ONCE && now < again)
    throw refused(`renewed ${earlier.length} times, and just now: ask again in ${Math.ceil((again - now) / 1_000)} s`);
  const { earlier: kept, dropped } = keysBeside(record, publicKey, now);
  const gone = Object.fromEntries(dropped.map((one) => [one, seconds(now)]));
  const next = { ...rest, publicKey, ...end, renewed: now, ...(kept.length === 0 ? {} : { earlier: kept }) };
  return {
    book: { ...book, slaves: { ...book.slaves, [slave]: next }, revoked: { ...book.revoked, ...gone } },
    ok: {},
    sign,
  };
};

/** @throws ClusterioError `bad-input` or `refused`. */
export const decideAccess = <C extends AccessCommand>(
  context: Context,
  command: C,
  request: AccessRequest<C>,
): Decision => {
  const free = command === "user.renew";
  // The broker asks the same; here it is asked again of the newest book.
  if (
    !free &&
    !grantsOfUser(context.book, context.caller).some(({ verb, on }) => on === "*" && verbMatches(verb, command))
  )
    throw refused(`${command} is not among your rights`);
  return decisions[command](context, request);
};
