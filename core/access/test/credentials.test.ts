import {
  type Book,
  grantsOfRole,
  keysOfSlave,
  ROLES_MAX,
  SLAVES_MAX,
  TOKENS_MAX,
  USERS_MAX,
  voidNow,
  withRoots,
} from "#core/access/book";
import { SUBJECTS_MAX } from "#core/access/compile";
import { withoutSlave, withPause } from "#core/access/decide";
import { covers, parseGrant } from "#core/access/grant";
import { begun, key, NOW, Play } from "#core/access/test/play";
import { VERBS } from "#core/access/verbs";

/** How long credentials are good, what the cluster's keys add to the book, and how much a book may hold. */

const DAY = 86_400_000;
const rootsOf = (id: string, publicKey: string) => ({ admins: [], slaves: [{ id, publicKey }] });

describe("users", () => {
  test("credentials that end are renewed for as long again by whoever has them, and others' do not end", () => {
    const one = new Play();
    const made = one.as("root", "user.create", { user: "ada", roles: ["viewer"], publicKey: key("A"), days: 30 });
    expect(made.sign).toEqual({ kind: "user", id: "ada", publicKey: key("A"), expires: NOW + 30 * DAY });
    expect(one.as("root", "user.show", { user: "ada" }).ok).toMatchObject({ expires: NOW + 30 * DAY });
    one.now = NOW + 20 * DAY;
    const { sign } = one.as("ada", "user.renew", { publicKey: key("B") });
    expect(sign).toEqual({ kind: "user", id: "ada", publicKey: key("B"), expires: NOW + 50 * DAY });
    expect(one.book.users.ada).toMatchObject({ days: 30, expires: NOW + 50 * DAY });
    one.user("bea", "viewer");
    expect(one.as("bea", "user.renew", { publicKey: key("C") }).sign).not.toHaveProperty("expires");
    expect(one.book.users.bea).not.toHaveProperty("expires");
    expect(() => one.as("root", "user.renew", { publicKey: key("D") })).toThrow("made from the cluster's keys");
  });

  test("a deleted one is not seen any more, and one who had no roles comes back with some or not at all", () => {
    const one = new Play();
    one.user("ada", "viewer");
    one.as("root", "user.set-roles", { user: "ada", roles: [] });
    one.as("root", "user.revoke", { user: "ada" });
    expect(() => one.as("root", "user.create", { user: "ada", publicKey: key("B") })).toThrow("needs a role");
    expect(one.as("root", "user.list", {}).ok).toMatchObject({ users: [{ user: "root" }, { user: "ada" }] });
    one.as("root", "user.delete", { user: "ada" });
    expect(one.as("root", "user.list", {}).ok).toMatchObject({ users: [{ user: "root" }] });
    expect(() => one.as("root", "user.show", { user: "ada" })).toThrow('there is no user "ada"');
  });

  test("whoever has everything on some instances commands nobody's rights", () => {
    const one = new Play();
    one.as("root", "role.create", { role: "eu", grants: ["* on eu-*"] });
    one.user("ada", "eu");
    expect(() => one.as("ada", "user.list", {})).toThrow("user.list is not among your rights");
  });
});

describe("roles", () => {
  test("AD2 one that is set as it is leaves the book as it is", () => {
    const one = new Play();
    one.as("root", "role.create", { role: "keeper", grants: ["see.log"] });
    const before = one.book;
    expect(one.as("root", "role.edit", { role: "keeper", grants: ["see.log"] }).book).toBe(before);
  });

  test("a verb that this version does not know is left out of a role, and the others count", () => {
    const roles = { ...begun.roles, odd: { grants: ["instance.fly", "see.log"], by: "root", at: NOW } };
    expect(grantsOfRole({ ...begun, roles }, "odd")).toEqual([{ verb: "see.log", on: "*" }]);
  });

  test("AC2 every verb that there is now is not every verb that ever comes", () => {
    const all = VERBS.map(({ name }) => parseGrant(name));
    expect(covers(all, [parseGrant("instance.*")])).toBe(true);
    expect(covers(all, [parseGrant("*")])).toBe(false);
  });

  test("one that comes to too many subjects is refused before anybody has it", () => {
    const one = new Play();
    one.as("root", "role.create", { role: "wide", grants: ["see.chat on i-*"] });
    one.user("ada", "viewer");
    one.instances = Array.from({ length: SUBJECTS_MAX }, (_, n) => `i-${n}`);
    const wide = { roles: ["wide"] };
    expect(() => one.as("root", "user.create", { user: "bea", publicKey: key("B"), ...wide })).toThrow(
      "fewer instances",
    );
    expect(() => one.as("root", "user.set-roles", { user: "ada", ...wide })).toThrow("fewer instances");
    expect(() => one.as("root", "role.create", { role: "wider", grants: ["see.log on i-*"] })).toThrow(
      "fewer instances",
    );
  });
});

describe("slaves of the cluster's keys", () => {
  test("get another key when theirs was replaced; those of before are good still, and no more than so many", () => {
    let book = withRoots(begun, rootsOf("home", key("A")), NOW);
    expect(keysOfSlave(book.slaves.home!)).toEqual([key("A")]);
    for (const letter of "BCDEFGHIJ") book = withRoots(book, rootsOf("home", key(letter)), NOW);
    expect(keysOfSlave(book.slaves.home!)).toEqual([..."JCDEFGHI"].map(key));
    expect(book.revoked).toEqual({ [key("A")]: NOW / 1_000, [key("B")]: NOW / 1_000 });
  });

  test("whose key is void stay out, and come back with another one alone", () => {
    const before = withoutSlave(withRoots(begun, rootsOf("home", key("A")), NOW), "home", NOW);
    expect(withRoots(before, rootsOf("home", key("A")), NOW)).toBe(before);
    const renewed = new Play(withRoots(begun, rootsOf("home", key("A")), NOW));
    renewed.renew("home", key("B"));
    renewed.as("root", "slave.revoke", { slave: "home" });
    expect(withRoots(renewed.book, rootsOf("home", key("A")), NOW)).toBe(renewed.book);
    const after = withRoots(before, rootsOf("home", key("B")), NOW);
    expect(after.slaves.home).toMatchObject({ state: "active" });
    expect(keysOfSlave(after.slaves.home!)).toEqual([key("B")]);
  });

  test("take nobody's name whom the master admitted", () => {
    const one = new Play();
    one.as("root", "slave.create", { name: "home", publicKey: key("A") });
    expect(withRoots(one.book, rootsOf("home", key("B")), NOW)).toBe(one.book);
  });
});

describe("slaves", () => {
  const box = (days?: number) => {
    const one = new Play();
    one.as("root", "slave.create", { name: "box", publicKey: key("A"), ...(days === undefined ? {} : { days }) });
    return one;
  };

  test("one that renews with the key that it has gets more time for it, but not at every question", () => {
    const one = box(30);
    one.now = NOW + 10 * DAY;
    expect(one.renew("box", key("A")).sign?.expires).toBe(NOW + 40 * DAY);
    one.now += 59_999;
    expect(one.renew("box", key("A")).sign?.expires).toBe(NOW + 40 * DAY);
    one.now += 1;
    expect(one.renew("box", key("A")).sign?.expires).toBe(NOW + 40 * DAY + 60_000);
    expect(keysOfSlave(one.book.slaves.box!)).toEqual([key("A")]);
  });

  test("one that goes back to an earlier key has it once", () => {
    const one = box();
    one.renew("box", key("B"));
    one.renew("box", key("A"));
    expect(keysOfSlave(one.book.slaves.box!)).toEqual([key("A"), key("B")]);
  });

  test("one that is kept out is not kept out longer for what it said before, and revoked it is nothing else", () => {
    const one = box();
    one.book = withPause(one.book, "box", NOW);
    expect(withPause(one.book, "box", NOW + 1_999)).toBe(one.book);
    one.as("root", "slave.revoke", { slave: "box" });
    expect(one.book.slaves.box).not.toHaveProperty("paused");
    expect(one.as("root", "slave.show", { slave: "box" }).ok).toMatchObject({ state: "revoked" });
  });

  test("one that came back with its old key is kept out like any other", () => {
    const one = box();
    one.as("root", "slave.revoke", { slave: "box" });
    one.now += 60_000;
    one.as("root", "slave.create", { name: "box", publicKey: key("A") });
    expect(voidNow(withPause(one.book, "box", one.now), one.now)).toEqual({ [key("A")]: (NOW + 60_000) / 1_000 });
  });

  test("AD2 a name that it has already changes nothing", () => {
    const one = box();
    const before = one.book;
    expect(one.as("root", "slave.rename", { slave: "box", name: "box" }).book).toBe(before);
  });

  test("a token says when it ends, its name counts before that of whoever joins, and what ended is not kept", () => {
    const one = new Play();
    const token = (name: string, letter: string) =>
      one.as("root", "slave.token", { name, minutes: 10, publicKey: key(letter) });
    const { ok, sign } = token("attic", "A");
    expect(ok).toEqual({ expires: NOW + 600_000 });
    expect(one.join(sign!.id, key("J"), "cellar").sign?.id).toBe("attic");
    token("cellar", "B");
    one.now += 600_000;
    token("barn", "C");
    expect(Object.values(one.book.tokens).map(({ name }) => name)).toEqual(["barn"]);
  });
});

describe("a book is bounded", () => {
  const many = <T>(count: number, letter: string, one: T): Record<string, T> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${letter}-${n}`, one]));
  const full: Book = {
    ...begun,
    roles: { ...many(ROLES_MAX - 4, "r", { grants: [], by: "root", at: NOW }), ...begun.roles },
    users: {
      ...many(USERS_MAX - 1, "u", { roles: [], state: "revoked", generation: 1, by: "root", at: NOW }),
      ...begun.users,
    },
    slaves: many(SLAVES_MAX, "s", { name: "x", state: "revoked", publicKey: key("X"), by: "root", at: NOW }),
    tokens: many(TOKENS_MAX, "t", { publicKey: key("T"), by: "root", expires: NOW + 60_000 }),
  };

  test("roles, users, slaves and open tokens are refused beyond so many, those that there are go on", () => {
    const one = new Play(full);
    expect(() => one.as("root", "role.create", { role: "new", grants: [] })).toThrow(`at most ${ROLES_MAX} roles`);
    one.as("root", "role.edit", { role: "r-0", grants: ["see.log"] });
    expect(() => one.user("new", "viewer")).toThrow(`at most ${USERS_MAX} users`);
    one.user("u-0", "viewer");
    const made = (name: string) => one.as("root", "slave.create", { name, publicKey: key("S") });
    expect(() => made("new")).toThrow(`at most ${SLAVES_MAX} slaves`);
    expect(made("x").sign?.id).toBe("s-0");
    const token = () => one.as("root", "slave.token", { publicKey: key("N"), minutes: 1 });
    expect(token).toThrow(`${TOKENS_MAX} join tokens are open`);
    one.now += 60_000;
    token();
  });
});
