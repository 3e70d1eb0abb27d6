import fc from "fast-check";
import { book as bookShape, grantsOfUser, keysOfSlave, SLAVE_KEYS_MAX, voidNow, withRoots } from "#core/access/book";
import { compile, SUBJECTS_MAX } from "#core/access/compile";
import { withPause } from "#core/access/decide";
import { covers, grantText, parseGrant, verbMatches } from "#core/access/grant";
import { DEFAULT_ROLES } from "#core/access/roles";
import { instances, key, NOW, Play } from "#core/access/test/play";
import { VERBS } from "#core/access/verbs";
import { type AccessCommand, accessCommands } from "#core/events/access";
import { bridgeCommands, isMasterCommand, masterCommands, slaveCommands } from "#core/events/command";
import { matches } from "#core/ports/memory/memory-bus";

/** What a default role may do with files and schedules. */
const grantsIn = (role: string) =>
  ["save-read", "save-write", "move", "schedule"].filter((verb) =>
    covers((DEFAULT_ROLES[role] ?? []).map(parseGrant), [parseGrant(`instance.${verb}`)]),
  );

describe("grants", () => {
  test("are read and written alike", () => {
    for (const text of ["*", "instance.start", "instance.* on eu-*", "see.log on eu-north", "policy.set"])
      expect(grantText(parseGrant(text))).toBe(text);
    expect(parseGrant("instance.start")).toEqual({ verb: "instance.start", on: "*" });
  });

  test.each([
    ["instance.fly", "there is no verb"],
    ["fly.*", "there are instance.*"],
    ["instance.start on *-eu", "names no instances"],
    ["instance.start on >", "names no instances"],
    ["instance.start on a.b", "names no instances"],
    [`instance.start on ${"a".repeat(300)}`, "names no instances"],
    ["policy.set on eu-*", "is for the whole cluster"],
    ["", "is not a grant"],
    ["instance.start on", "is not a grant"],
  ])("%p is refused", (text, said) => {
    expect(() => parseGrant(text)).toThrow(said);
  });

  test("AC1 no verb of the master is one of a bridge", () => {
    const last = (name: string) => name.split(".").at(-1) ?? "";
    const masters = [...Object.keys(masterCommands), ...Object.keys(accessCommands)].map(last);
    const bridges = [...Object.keys(bridgeCommands), ...Object.keys(slaveCommands)];
    expect(masters.filter((verb) => bridges.includes(verb))).toEqual([]);
  });

  const grant = fc
    .record({
      verb: fc.constantFrom(
        "*",
        "instance.*",
        "instance.start",
        "instance.stop",
        "instance.assign",
        "world.*",
        "see.*",
        "see.log",
        "policy.*",
        "policy.set",
      ),
      on: fc.constantFrom("*", "eu-*", "eu-n*", "eu-north", "us-*"),
    })
    .filter(({ verb, on }) => on === "*" || !verb.startsWith("policy"));
  const grants = fc.array(grant, { maxLength: 4 });
  const names = ["eu-north", "eu-south", "eu-n", "us-east", "eu", "x"];

  test("AC2 what covers names every verb on every instance that is covered, for any grants", () => {
    fc.assert(
      fc.property(grants, grants, (have, wanted) => {
        if (!covers(have, wanted)) return;
        const [may, asks] = [compile(have, names), compile(wanted, names)];
        const within = (list: readonly string[], subject: string) =>
          list.some((pattern) => matches(pattern, subject.replaceAll("*", "any").replace(">", "any")));
        for (const kind of ["pub", "sub"] as const)
          for (const subject of asks[kind]) expect([subject, within(may[kind], subject)]).toEqual([subject, true]);
      }),
      { numRuns: 300 },
    );
  });

  test("AC2 and whoever lacks one verb on one instance is not said to cover", () => {
    fc.assert(
      fc.property(grants, grant, (have, wanted) => {
        const verbs = VERBS.filter(({ name }) => verbMatches(wanted.verb, name));
        const every = verbs.every(({ name }) => covers(have, [{ verb: name, on: wanted.on }]));
        if (!every) expect(covers(have, [wanted])).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("AC3 the order in which rights are given changes nothing", () => {
    fc.assert(
      fc.property(grants, (list) => {
        expect(compile([...list].reverse(), [...names].reverse())).toEqual(compile(list, names));
      }),
    );
  });

  test("AC4 patterns name the instances that there are", () => {
    const starts = (on: string) =>
      compile([{ verb: "instance.start", on }], instances).pub.filter((subject) => subject.endsWith(".start"));
    const subject = (instance: string) => `clusterio.v1.command.{{name()}}.*.${instance}.start`;
    expect(starts("eu-*")).toEqual([subject("eu-north"), subject("eu-south")]);
    expect(starts("*")).toEqual([subject("*")]);
    expect(starts("none-*")).toEqual([]);
    expect(starts("new")).toEqual([subject("new")]);
    // What is no id names nothing, whatever the pattern.
    expect(compile([parseGrant("instance.start on eu-*")], ["eu-a.b", "eu->"])).toEqual(compile([], []));
  });

  test("everything on some instances is nothing of the cluster itself, and without any right one may renew one's own", () => {
    const { pub, sub } = compile([parseGrant("* on eu-*")], instances);
    const free = "clusterio.v1.command.{{name()}}.master.user.renew";
    expect([...pub, ...sub].filter((subject) => !/\.eu-(?:north|south)(?:\.|$)/.test(subject))).toEqual([free]);
    expect(compile([], instances)).toEqual({ pub: [free], sub: [] });
  });

  test("AC5 a verb of the master on some instances is one subject for each, and none that leaves the instance out", () => {
    const said = (text: string) =>
      compile([parseGrant(text)], instances).pub.filter((subject) => subject.includes(".instance.assign"));
    const subject = "clusterio.v1.command.{{name()}}.master.instance.assign";
    expect(said("instance.assign on eu-*")).toEqual([`${subject}.eu-north`, `${subject}.eu-south`]);
    expect(said("instance.assign")).toEqual([subject, `${subject}.*`]);
    const about = VERBS.filter(({ name, scope }) => isMasterCommand(name) && scope === "instance");
    expect(about.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["instance.assign", "world.new", "world.retire", "world.accept", "world.reject"]),
    );
    expect(about.map(({ name }) => name)).not.toContain("storage.adjust");
  });

  test("AC6 who may see a log may see its past, of the same instances, and nobody else may", () => {
    const said = (text: string) => compile([parseGrant(text)], instances);
    const log = said("see.log on eu-*");
    expect(log.sub).toEqual(["clusterio.v1.log.*.eu-north", "clusterio.v1.log.*.eu-south"]);
    const own = "{{name()}}";
    expect(log.pub.filter((subject) => !subject.includes("user.renew"))).toEqual([
      `clusterio.v1.command.${own}.*.eu-north.log`,
      `clusterio.v1.command.${own}.*.eu-south.log`,
      `clusterio.v1.query.${own}.logs.eu-north`,
      `clusterio.v1.query.${own}.logs.eu-south`,
    ]);
    // What everybody may ask, a viewer above all, has no name of an instance in it.
    expect(said("ask.all").pub.filter((subject) => subject.includes(".query."))).toEqual([
      `clusterio.v1.query.${own}.*`,
    ]);
  });

  test("who may read the saves of some instances may read those, and neither write nor move any", () => {
    const { pub } = compile([parseGrant("instance.save-read on eu-*")], instances);
    const may = (instance: string, verb: string) =>
      pub.some((subject) => matches(subject, `clusterio.v1.command.{{name()}}.home.${instance}.${verb}`));
    expect([may("eu-north", "save-read"), may("us-east", "save-read")]).toEqual([true, false]);
    expect(["save-write", "move", "start"].map((verb) => may("eu-north", verb))).toEqual([false, false, false]);
    expect(grantsIn("viewer")).toEqual([]);
    expect(grantsIn("operator")).toEqual(["save-read", "save-write", "move", "schedule"]);
  });

  test("rights that come to too many subjects are refused", () => {
    const many = Array.from({ length: SUBJECTS_MAX }, (_, n) => `i-${n}`);
    expect(() => compile([{ verb: "instance.*", on: "i-*" }], many)).toThrow("fewer instances");
    // Also what he only listens to counts.
    expect(() => compile([{ verb: "see.chat", on: "i-*" }], many)).toThrow("fewer instances");
  });

  test("nothing that is granted reaches the ledger, JetStream, the system or another's name", () => {
    const { pub, sub } = compile([{ verb: "*", on: "*" }], instances);
    for (const subject of pub) expect(subject).toMatch(/^clusterio\.v1\.(command|query)\.\{\{name\(\)\}\}\./);
    for (const subject of sub)
      expect(subject).toMatch(
        /^clusterio\.v1\.(event|delivery|log|telemetry|chat|audit|signal|message|storage|state)\./,
      );
  });
});

describe("AD1 nobody gives what he does not have", () => {
  const play = () => {
    const one = new Play();
    one.as("root", "role.create", { role: "keeper", grants: ["user.*", "role.*", "instance.start on eu-*", "see.*"] });
    one.user("keeper", "keeper");
    one.user("op", "operator");
    return one;
  };

  test("a role, a user or a set of roles with more is refused, with what is missing; the same or less is given", () => {
    const one = play();
    const refused = (work: () => unknown, said: string) => expect(work).toThrow(said);
    refused(() => one.as("keeper", "role.create", { role: "more", grants: ["instance.start"] }), "instance.start");
    refused(() => one.as("keeper", "role.create", { role: "more", grants: ["*"] }), "*");
    refused(() => one.as("keeper", "role.edit", { role: "keeper", grants: ["policy.set"] }), "policy.set");
    refused(
      () => one.as("keeper", "user.create", { user: "x", roles: ["operator"], publicKey: key("B") }),
      "instance.*",
    );
    refused(() => one.as("keeper", "user.set-roles", { user: "keeper", roles: ["keeper", "operator"] }), "instance.*");
    one.as("keeper", "role.create", { role: "less", grants: ["instance.start on eu-north"] });
    one.as("keeper", "user.create", { user: "x", roles: ["less"], publicKey: key("B") });
  });

  test("nor takes away what he does not have: a role, a user's roles, a user", () => {
    const one = play();
    for (const work of [
      () => one.as("keeper", "role.edit", { role: "operator", grants: [] }),
      () => one.as("keeper", "role.delete", { role: "operator" }),
      () => one.as("keeper", "user.set-roles", { user: "op", roles: [] }),
      () => one.as("keeper", "user.revoke", { user: "op" }),
      () => one.as("keeper", "user.delete", { user: "root" }),
    ])
      expect(work).toThrow("rights that you do not have");
  });

  test("whoever is unknown, revoked or deleted, or whose role lost it, may do nothing any more", () => {
    const one = play();
    expect(() => one.as("stranger", "user.list", {})).toThrow("not among your rights");
    one.as("root", "role.edit", { role: "keeper", grants: ["role.list"] });
    expect(() => one.as("keeper", "user.list", {})).toThrow("not among your rights");
    one.as("root", "user.revoke", { user: "keeper" });
    expect(() => one.as("keeper", "role.list", {})).toThrow("not among your rights");
    expect(() => one.as("keeper", "user.renew", { publicKey: key("A") })).toThrow("revoked");
    one.as("root", "user.delete", { user: "root" });
    expect(() => one.as("root", "user.list", {})).toThrow("not among your rights");
  });

  test("the role admin stays, and roles that somebody has are not deleted", () => {
    const one = play();
    expect(() => one.as("root", "role.edit", { role: "admin", grants: [] })).toThrow("stays as it is");
    expect(() => one.as("root", "role.delete", { role: "admin" })).toThrow("stays as it is");
    expect(() => one.as("root", "role.delete", { role: "keeper" })).toThrow("users have the role keeper: keeper");
    one.as("root", "user.delete", { user: "keeper" });
    one.as("root", "role.delete", { role: "keeper" });
    expect(() => one.as("root", "role.show", { role: "keeper" })).toThrow("there are admin, operator");
  });
});

describe("users", () => {
  test("AB1 revoked credentials stay void: a new generation for each that is given", () => {
    const one = new Play();
    one.user("ada", "viewer");
    expect(one.book.users.ada?.generation).toBe(1);
    expect(() => one.user("ada", "viewer")).toThrow('there is a user "ada" already');
    one.as("root", "user.revoke", { user: "ada" });
    expect(one.as("root", "user.create", { user: "ada", publicKey: key("B") }).sign).toMatchObject({ id: "ada" });
    expect(one.book.users.ada).toMatchObject({ generation: 3, roles: ["viewer"], state: "active" });
    one.as("root", "user.delete", { user: "ada" });
    expect(() => one.as("root", "user.create", { user: "ada", publicKey: key("C") })).toThrow("needs a role");
    one.user("ada", "moderator");
    expect(one.book.users.ada).toMatchObject({ generation: 5, roles: ["moderator"] });
  });

  test("of the cluster's keys are admins, revoked by key, and do not come back with the next start", () => {
    const one = new Play();
    expect(() => one.as("root", "user.set-roles", { user: "root", roles: ["viewer"] })).toThrow(
      "made from the cluster's keys",
    );
    one.as("root", "user.revoke", { user: "root" });
    expect(one.book.revoked).toEqual({ [key("R")]: NOW / 1000 });
    const again = withRoots(one.book, { admins: [{ id: "root", publicKey: key("R") }], slaves: [] }, NOW);
    expect(again).toBe(one.book);
    expect(grantsOfUser(again, "root")).toEqual([]);
    const anew = withRoots(one.book, { admins: [{ id: "root", publicKey: key("S") }], slaves: [] }, NOW);
    expect(grantsOfUser(anew, "root")).toEqual([{ verb: "*", on: "*" }]);
  });

  test("AD2 what is said twice changes nothing", () => {
    const one = new Play();
    one.user("ada", "viewer");
    const before = one.book;
    expect(one.as("root", "user.set-roles", { user: "ada", roles: ["viewer"] }).book).toEqual(before);
    one.as("root", "user.revoke", { user: "ada" });
    const revoked = one.book;
    expect(one.as("root", "user.revoke", { user: "ada" }).book).toEqual(revoked);
  });

  test("a name that every object knows is nobody's until somebody is called so, and no command spoils the book by it", () => {
    const [id, publicKey] = ["constructor", key("C")];
    const commands: readonly (readonly [AccessCommand, object, string])[] = [
      ...(["user.show", "user.revoke", "user.delete"] as const).map(
        (c) => [c, { user: id }, "there is no user"] as const,
      ),
      ["user.set-roles", { user: id, roles: ["viewer"] }, "there is no user"],
      ["user.create", { user: "ada", roles: [id], publicKey }, "there is no role"],
      ...(["slave.show", "slave.revoke"] as const).map((c) => [c, { slave: id }, "there is no slave"] as const),
      ["slave.rename", { slave: id, name: "x" }, "there is no slave"],
      ...(["role.show", "role.delete"] as const).map((c) => [c, { role: id }, "there is no role"] as const),
      ["role.edit", { role: id, grants: [] }, "there is no role"],
    ];
    const one = new Play();
    for (const [command, request, said] of commands)
      expect(() => one.as("root", command, request as never)).toThrow(said);
    expect(() => one.join(id, publicKey, "x")).toThrow("was used");
    one.as("root", "role.create", { role: id, grants: ["see.log"] });
    one.user(id, id);
    expect(one.as("root", "slave.create", { name: id, publicKey }).sign?.id).toBe("constructor-2");
    expect(grantsOfUser(one.book, id)).toEqual([{ verb: "see.log", on: "*" }]);
    const { book } = new Play();
    const roots = { admins: [{ id, publicKey }], slaves: [{ id: "constructor", publicKey: key("D") }] };
    expect(bookShape.parse(withRoots(book, roots, NOW))).toMatchObject({ users: { [id]: { state: "active" } } });
  });

  test.each(["*", ">", "a.b", "a b", "", "master", "join-abc", "A", "x".repeat(300), "{{name()}}"])(
    "nobody is called %p",
    (user) => {
      expect(accessCommands["user.create"].safeParse({ user, roles: ["viewer"], publicKey: key("A") }).success).toBe(
        false,
      );
      expect(accessCommands["role.create"].safeParse({ role: user, grants: [] }).success).toBe(false);
    },
  );
});

describe("slaves", () => {
  const token = (one: Play, name?: string) =>
    one.as("root", "slave.token", { publicKey: key("T"), minutes: 10, ...(name === undefined ? {} : { name }) }).sign!
      .id;

  test("get an id from their name; a name is one slave's, and ids are shared with users", () => {
    const one = new Play();
    const made = (name: string, letter: string) =>
      one.as("root", "slave.create", { name, publicKey: key(letter) }).sign?.id;
    expect(made("Local Box", "A")).toBe("local-box");
    expect(() => made("Local Box", "B")).toThrow("already: local-box");
    expect(made("local/box", "B")).toBe("local-box-2");
    expect(made("root", "C")).toBe("root-2");
    expect(made("join-x", "D")).not.toMatch(/^join-/);
    expect(made("master", "E")).toBe("master-2");
    expect(() => one.user("local-box", "viewer")).toThrow("is the name of a slave");
    one.as("root", "slave.rename", { slave: "local-box", name: "Attic" });
    expect(() => one.as("root", "slave.rename", { slave: "local-box-2", name: "Attic" })).toThrow("already: local-box");
    expect(one.as("root", "slave.show", { slave: "local-box" }).ok).toMatchObject({
      slave: "local-box",
      name: "Attic",
    });
  });

  test.each(["join", "Join!", "join-x", "\uff4a\uff4f\uff49\uff4e x", "-join-", "JOIN join"])(
    "one named %p, and another whose name comes to the same id, get one that is no token's",
    (name) => {
      const one = new Play();
      const made = (text: string, letter: string) =>
        one.as("root", "slave.create", { name: text, publicKey: key(letter) }).sign?.id;
      const ids = [made(name, "A"), made(`${name} `, "B"), made(` ${name}`, "C")];
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^(?!join-)[a-z0-9-]{1,32}$/);
    },
  );

  test("a revoked one is void by its key, and comes back under its id with another key", () => {
    const one = new Play();
    one.as("root", "slave.create", { name: "box", publicKey: key("A") });
    one.as("root", "slave.revoke", { slave: "box" });
    expect(one.book.revoked).toEqual({ [key("A")]: NOW / 1000 });
    expect(one.as("root", "slave.create", { name: "box", publicKey: key("B") }).sign).toMatchObject({
      id: "box",
      publicKey: key("B"),
    });
    expect(one.book.revoked).toHaveProperty(key("A"));
  });

  const DAY = 86_400_000;

  test("credentials that end are renewed for as long again, and those of before are good until they end", () => {
    const one = new Play();
    one.as("root", "slave.create", { name: "box", publicKey: key("A"), days: 30 });
    one.now = NOW + 20 * DAY;
    const { sign } = one.renew("box", key("B"));
    expect(sign).toEqual({ kind: "slave", id: "box", publicKey: key("B"), expires: NOW + 50 * DAY });
    // The answer was lost: asked again with the same key it is the same, with another one the unused one is kept, too.
    expect(one.renew("box", key("B")).book.slaves.box?.earlier).toHaveLength(1);
    expect(keysOfSlave(one.renew("box", key("C")).book.slaves.box!)).toEqual([key("C"), key("A"), key("B")]);
    one.now = NOW + 31 * DAY;
    expect(keysOfSlave(one.renew("box", key("D")).book.slaves.box!)).toEqual([key("D"), key("B"), key("C")]);
    expect(one.as("root", "slave.show", { slave: "box" }).ok).toMatchObject({ days: 30, renewed: one.now });
    one.as("root", "slave.revoke", { slave: "box" });
    expect(Object.keys(one.book.revoked).sort()).toEqual([key("B"), key("C"), key("D")]);
    expect(() => one.renew("box", key("E"))).toThrow("revoked");
    expect(() => one.renew("nobody", key("E"))).toThrow("there is no slave");
  });

  test("however often one renews, so many of its keys are good at once, and the oldest are void", () => {
    const one = new Play();
    one.as("root", "slave.create", { name: "box", publicKey: key("2") });
    for (const letter of "ABC") one.renew("box", key(letter));
    expect(() => one.renew("box", key("D"))).toThrow("ask again in 60 s");
    // The answer to the last one was lost: the same is signed again.
    const before = one.book;
    expect(one.renew("box", key("C")).sign?.publicKey).toBe(key("C"));
    expect(one.book).toEqual(before);
    for (const letter of "DEFGHIJ") {
      one.now += 60_000;
      one.renew("box", key(letter));
    }
    expect(keysOfSlave(one.book.slaves.box!)).toHaveLength(SLAVE_KEYS_MAX);
    expect(Object.keys(one.book.revoked).sort()).toEqual([key("2"), key("A"), key("B")]);
    // What the cluster's keys made, and renewed itself, is not made anew by the next start of the master.
    const roots = { admins: [], slaves: [{ id: "home", publicKey: key("3") }] };
    one.book = withRoots(one.book, roots, NOW);
    one.renew("home", key("4"));
    expect(withRoots(one.book, roots, NOW)).toBe(one.book);
  });

  test("a token says for how long, and whoever joins may want less", () => {
    const one = new Play();
    const days = (given: number | undefined, wanted: number | undefined) => {
      const asked = { publicKey: key("T"), minutes: 10, ...(given === undefined ? {} : { days: given }) };
      const { id } = one.as("root", "slave.token", asked).sign!;
      const name = `box ${given} ${wanted}`;
      return ((one.join(id, key("J"), name, wanted).sign?.expires ?? Number.NaN) - NOW) / DAY;
    };
    expect([days(30, undefined), days(30, 60), days(30, 10), days(undefined, 10), days(undefined, undefined)]).toEqual([
      30,
      30,
      10,
      10,
      Number.NaN,
    ]);
  });

  test("one that floods is kept out for a while, longer each time, then for good; who kept quiet begins anew", () => {
    const one = new Play();
    one.as("root", "slave.create", { name: "box", publicKey: key("A") });
    const view = () => one.as("root", "slave.show", { slave: "box" }).ok;
    const flood = () => {
      one.book = bookShape.parse(withPause(one.book, "box", one.now));
      const { state, pausedUntil = one.now } = view() as { state: string; pausedUntil?: number };
      const kept = [state, (pausedUntil - one.now) / 1_000, Object.keys(voidNow(one.book, one.now)).length];
      one.now = pausedUntil;
      return kept;
    };
    expect([flood(), flood(), flood()]).toEqual([
      ["paused", 2, 1],
      ["paused", 10, 1],
      ["paused", 50, 1],
    ]);
    expect([view(), voidNow(one.book, one.now)]).toEqual([expect.objectContaining({ state: "active" }), {}]);
    one.now += 10 * 60_000 + 1;
    expect([flood(), flood(), flood(), flood()]).toEqual([
      ["paused", 2, 1],
      ["paused", 10, 1],
      ["paused", 50, 1],
      ["revoked", 0, 1],
    ]);
    for (const slave of ["box", "nobody"]) expect(withPause(one.book, slave, one.now)).toBe(one.book);
  });

  test("a join token is good for one slave, once, in its time, under its name", () => {
    const one = new Play();
    const named = token(one, "attic");
    expect(one.join(named, key("J")).sign).toMatchObject({ kind: "slave", id: "attic", publicKey: key("J") });
    expect(() => one.join(named, key("K"))).toThrow("was used");
    expect(() => one.join("join-guessed", key("K"))).toThrow("was used");
    const late = token(one);
    one.now += 10 * 60_000;
    expect(() => one.join(late, key("K"), "cellar")).toThrow("its time is over");
    const free = token(one);
    expect(() => one.join(free, key("K"))).toThrow("--name");
    expect(one.join(free, key("K"), "cellar").sign?.id).toBe("cellar");
    expect(() => token(one, "cellar")).toThrow("already: cellar");
  });
});
