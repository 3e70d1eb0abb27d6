import { type Book, emptyBook, type UserRecord } from "#core/access/book";
import { bookToRestore, mergedBooks } from "#core/access/merge";

const user = (more: Partial<UserRecord> = {}): UserRecord => ({
  ...{ roles: ["viewer"], state: "active", generation: 1, by: "ada", at: 1 },
  ...more,
});
const slave = (publicKey: string): Book["slaves"][string] => ({
  ...{ name: "Home", state: "active", publicKey, by: "ada", at: 1 },
});
const book = (revision: number, more: Partial<Book> = {}): Book => ({ ...emptyBook(0), revision, ...more });
const UNCUT = { cut: false };

test("a book that goes on from the kept one stays, whatever was taken out of it since (BB1)", () => {
  const kept = book(2, { users: { bob: user() } });
  expect(bookToRestore([], kept, UNCUT)).toEqual({ kind: "write", book: kept, merged: false });
  expect(bookToRestore([kept], kept, UNCUT)).toMatchObject({ kind: "stays" });
  expect(bookToRestore([book(1), kept, book(3)], kept, UNCUT)).toMatchObject({ kind: "stays" });
  // Too many changes ago to tell: it stays.
  expect(bookToRestore([book(120)], kept, { cut: true })).toMatchObject({ kind: "stays" });
  // The same number, another book: another history.
  expect(bookToRestore([book(1), book(2), book(3)], kept, UNCUT)).toMatchObject({ kind: "write", merged: true });
});

test("two histories keep everybody, and what either revoked stays revoked (BB2)", () => {
  const grants = ["see.instances"];
  const kept = book(40, {
    users: { bob: user({ generation: 3 }), admin: user({ root: ["KEY1", "KEY2"] }), ghost: user({ state: "deleted" }) },
    roles: { builders: { grants, by: "ada", at: 1 } },
    slaves: { home: slave("OLD"), attic: slave("ATTIC") },
    revoked: { KEY2: 7, ATTIC2: 9 },
  });
  const fresh = book(2, {
    users: { admin: user({ root: ["KEY2", "KEY3"], by: "bootstrap" }), carl: user() },
    slaves: { home: slave("NEW"), shed: slave("ATTIC2") },
    tokens: { "join-x": { publicKey: "T", by: "ada", expires: 9 } },
  });
  const both = mergedBooks(fresh, kept);
  expect(both.revision).toBe(41);
  expect(both.users.bob).toEqual(user({ generation: 3 }));
  expect(both.users.carl).toEqual(user());
  expect(both.users.ghost?.state).toBe("deleted");
  expect(both.users.admin?.root).toEqual(["KEY1", "KEY3"]);
  expect(both.slaves.home?.publicKey).toBe("OLD");
  expect(both.slaves.shed?.state).toBe("revoked");
  expect(both.revoked).toEqual({ KEY2: 7, ATTIC2: 9 });
  expect(both.tokens).toEqual(fresh.tokens);
  // Roles that come with the software are not brought back by a fresh book.
  expect(Object.keys(both.roles)).toEqual(["builders"]);
  expect(bookToRestore([fresh, both], kept, UNCUT)).toEqual({ kind: "stays", reason: "all of it, and more" });
});

test("of one name the later generation is the later word, a user whose only root key is void is revoked, names stay unique", () => {
  const now = book(5, { users: { bob: user({ state: "revoked", generation: 4 }) }, slaves: { north: slave("A") } });
  const kept = book(9, { users: { bob: user({ generation: 2 }), north: user(), root: user({ root: ["K"] }) } });
  const both = mergedBooks({ ...now, revoked: { K: 1 } }, kept);
  expect(both.users.bob).toMatchObject({ state: "revoked", generation: 4 });
  expect(both.users.root).toEqual(user({ state: "revoked" }));
  expect(both.slaves.north).toBeUndefined();
  expect(both.users.north).toBeDefined();
});
