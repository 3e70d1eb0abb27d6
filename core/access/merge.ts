import { type Book, entryOf, type UserRecord } from "#core/access/book";
import { canonicalJson } from "#core/events/codec";

/**
 * A book that was kept, and what ACCESS holds now. Pure.
 *
 * BB1 a book that goes on from the kept one stays as it is: what was taken away since does not come back with it.
 * BB2 of two histories everybody is kept, and what either took away stays away: revoked keys, generations, names.
 */
export type BookRestore =
  | { readonly kind: "write"; readonly book: Book; readonly merged: boolean }
  | { readonly kind: "stays"; readonly reason: string };

const same = (a: Book, b: Book): boolean => canonicalJson(a) === canonicalJson(b);

/** What becomes of ACCESS, by the books that it still holds, the oldest first. `cut`: it held older ones that are gone. */
export const bookToRestore = (held: readonly Book[], kept: Book, { cut }: { readonly cut: boolean }): BookRestore => {
  const now = held.at(-1);
  if (now === undefined) return { kind: "write", book: kept, merged: false };
  const then = held.find(({ revision }) => revision === kept.revision);
  const since = `revision ${now.revision}, which goes on from it`;
  if (then !== undefined && same(then, kept)) return { kind: "stays", reason: then === now ? "the same" : since };
  const first = held[0]?.revision ?? 0;
  if (cut && first > kept.revision)
    return { kind: "stays", reason: `revision ${now.revision}, and no longer says what it was at ${kept.revision}` };
  const book = mergedBooks(now, kept);
  if (same({ ...book, revision: now.revision }, now)) return { kind: "stays", reason: "all of it, and more" };
  return { kind: "write", book, merged: true };
};

/** BB2: the book with more revisions counts for what stands in both. */
export const mergedBooks = (now: Book, kept: Book): Book => {
  const [major, minor] = now.revision >= kept.revision ? [now, kept] : [kept, now];
  const revoked = { ...minor.revoked };
  for (const [key, at] of Object.entries(major.revoked)) revoked[key] = Math.max(at, revoked[key] ?? 0);
  const users: Record<string, UserRecord> = { ...major.users };
  for (const [id, record] of Object.entries(minor.users)) {
    const known = entryOf(major.users, id);
    // One name space: whoever has the name in the book that counts keeps it.
    if (known === undefined && entryOf(major.slaves, id) !== undefined) continue;
    users[id] = known === undefined ? record : mergedUsers(known, record);
  }
  const slaves = { ...major.slaves };
  for (const [id, record] of Object.entries(minor.slaves))
    if (entryOf(major.slaves, id) === undefined && entryOf(users, id) === undefined) slaves[id] = record;
  return {
    v: 1,
    revision: major.revision + 1,
    roles: { ...rolesMade(minor), ...major.roles },
    users: Object.fromEntries(Object.entries(users).map(([id, record]) => [id, withoutVoid(record, revoked)])),
    slaves: Object.fromEntries(
      Object.entries(slaves).map(([id, record]) =>
        record.publicKey in revoked && record.state === "active" ? [id, { ...record, state: "revoked" }] : [id, record],
      ),
    ),
    // Good for minutes: those of a kept book have ended.
    tokens: now.tokens,
    revoked,
  };
};

/** Those that came with the software are in every book: whoever deleted one does not get it back from a fresh one. */
const rolesMade = ({ roles }: Book): Book["roles"] =>
  Object.fromEntries(Object.entries(roles).filter(([, { by }]) => by !== "clusterio"));

/** Generations tell which word about a user is the later one. */
const mergedUsers = (major: UserRecord, minor: UserRecord): UserRecord => {
  const base = minor.generation > major.generation ? minor : major;
  const root = [...new Set([...(major.root ?? []), ...(minor.root ?? [])])];
  return root.length === 0 ? base : { ...base, root };
};

/** A root key that was revoked in one book lets nobody in by the other. */
const withoutVoid = (record: UserRecord, revoked: Book["revoked"]): UserRecord => {
  if (record.root === undefined) return record;
  const { root, ...rest } = record;
  const good = root.filter((key) => !(key in revoked));
  return good.length === 0
    ? { ...rest, state: rest.state === "active" ? "revoked" : rest.state }
    : { ...rest, root: good };
};
