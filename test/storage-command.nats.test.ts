import { clusterio } from "#ctl/ledger/test/projector";
import { PLATE } from "#projector/test/kit";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";
import { PATIENCE, PlainCluster } from "#test/kit/plain-cluster";
import { until } from "#test/kit/until";

/** `clusterio storage ...` as it is installed, on a real projector: two worlds gave 100 plates each. */
const nats = useNats();
let cluster: PlainCluster;
beforeAll(async () => {
  cluster = await PlainCluster.start(nats());
}, NATS_START_MS_MAX);
afterAll(() => cluster.stopLeader("SIGKILL"));

const storage = async (...args: readonly string[]) => clusterio(["storage", ...args, ...(await cluster.where()).user]);
const ok = (out: string | RegExp) => ({
  code: 0,
  err: "",
  out: typeof out === "string" ? out : expect.stringMatching(out),
});

test("a cap is set, shown, decides, and is taken away; worlds hear of it", async () => {
  const [none, list] = await Promise.all([storage("policy", "show"), storage("list")]);
  expect(none).toEqual(ok("no caps: worlds export whatever they have\n"));
  expect(list).toMatchObject(ok(/^RESOURCE +LEVEL +WANTED +CAP +STATE\nitem:iron-plate +200 +0 +-\n$/));
  expect(await storage("policy", "set", "item:*", "--cap", "200")).toEqual(ok("item:*: exports stop at 200\n"));
  expect(await storage("policy", "set", "fluid:*", "--cap", "9", "--resume", "3", "--json")).toEqual(
    ok('{"resources":"fluid:*","rule":{"cap":9,"resume":3}}\n'),
  );
  await until(() => cluster.worlds.every(({ capped }) => capped.includes(PLATE)), {
    ...PATIENCE,
    what: "both worlds are told to stop",
  });
  const [full, json, page, rules, ruled] = await Promise.all([
    storage("list", "item:*", "--full"),
    storage("list", "--full", "--json"),
    storage("show", PLATE),
    storage("policy", "show"),
    storage("policy", "show", "--json"),
  ]);
  expect(full).toMatchObject(ok(/\nitem:iron-plate +200 +0 +200 +full: exports stop\n$/));
  expect(JSON.parse(json.out)).toMatchObject({ resource: PLATE, cap: { pattern: "item:*", cap: 200 }, capped: true });
  expect(page).toMatchObject(
    ok(/cap: 200 \(rule item:\*\); stopped exports go on at 180\nfull: worlds are told to stop/),
  );
  expect(page.out).toMatch(/\na\.1 +100 +0 +0 +0 +1\n/);
  expect(rules).toMatchObject(ok(/\nfluid:\* +9 +3 +0 +0\nitem:\* +200 +- +1 +1\n$/));
  expect(JSON.parse(ruled.out.split("\n")[1]!)).toEqual({ resources: "item:*", cap: 200, holds: 1, capped: 1 });

  expect(await storage("policy", "set", PLATE, "--cap", "none")).toEqual(ok(`${PLATE}: no cap\n`));
  await until(() => cluster.worlds.every(({ capped }) => !capped.includes(PLATE)), {
    ...PATIENCE,
    what: "both worlds are told to go on",
  });
  expect(await storage("policy", "unset", PLATE)).toEqual(ok(`${PLATE}: the rule is gone\n`));
  await until(() => cluster.worlds.every(({ capped }) => capped.includes(PLATE)), {
    ...PATIENCE,
    what: "the wider rule",
  });
  expect(await storage("policy", "unset", PLATE)).toMatchObject({ code: 2, err: `there is no rule for "${PLATE}"\n` });
  const acts = await clusterio([
    "audit",
    "commands",
    "--what",
    "policy-set",
    "--json",
    ...(await cluster.where()).core,
  ]);
  expect(
    acts.out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { user: string }).user),
  ).toEqual(Array.from({ length: 4 }, () => "op"));
});

test("storage is adjusted with a reason, and the ledger holds", async () => {
  expect(await storage("adjust", "fluid:steam:165", "--add", "500", "--reason", "a gift")).toEqual(
    ok("fluid:steam:165: adjusted by +500\n"),
  );
  expect(await storage("adjust", "fluid:steam:165", "--take", "20", "--reason", "a spill")).toMatchObject({ code: 0 });
  expect(await storage("list", "fluid:*")).toMatchObject(ok(/\nfluid:steam:165 +480 /));
  expect(await storage("show", "fluid:steam:165", "--json")).toMatchObject(ok(/"storage":480,.*"adjusted":480/));
  expect(await clusterio(["audit", "verify", ...(await cluster.where()).core])).toMatchObject({ code: 0 });
});

test("what storage has is renamed with a reason, once, and the ledger holds", async () => {
  const [from, to] = ["item:old-plate", "item:new-plate"];
  await storage("adjust", from, "--add", "70", "--reason", "a gift");
  const rename = () => storage("rename", from, to, "--reason", "the mod's version 2", "--json");
  expect(await rename()).toEqual(ok(`${JSON.stringify({ from, to, moved: 70, reason: "the mod's version 2" })}\n`));
  expect(await storage("show", from, "--json")).toMatchObject(ok(/"storage":0,/));
  expect(await storage("show", to, "--json")).toMatchObject(ok(/"storage":70,/));
  expect(await rename()).toMatchObject(ok(/"moved":0/));
  expect(await storage("rename", from, to, "--reason", "again")).toEqual(ok(`storage has nothing of ${from}\n`));
  expect(await clusterio(["audit", "verify", ...(await cluster.where()).core])).toMatchObject({ code: 0 });
});

test.each([
  [["show", "plates"], '"plates" is not a resource'],
  [["list", "plates*"], "is no resource or pattern"],
  [["policy", "set", "item:*"], "--cap"],
  [["policy", "set", "item:*", "--cap", "many"], "neither a whole number of units nor none"],
  [["policy", "set", "item:*", "--cap", "9007199254740993"], "neither a whole number"],
  [["policy", "set", "item:*", "--cap", "5", "--resume", "6"], "--resume 6 is above the cap of 5"],
  [["policy", "set", "item:*", "--cap", "none", "--resume", "6"], "--resume goes with a cap"],
  [["adjust", "energy", "--reason", "x"], "one of --add N and --take N"],
  [["adjust", "energy", "--add", "1", "--take", "1", "--reason", "x"], "one of --add N and --take N"],
  [["rename", "item:coal", "coal", "--reason", "x"], '"coal" is not a resource'],
  [["rename", "item:coal", "item:coal", "--reason", "x"], "has that name already"],
  [["rename", "item:coal", "fluid:coal:15", "--reason", "x"], "another kind of thing"],
  [["rename", "item:coal", "item:stone"], "--reason"],
])("%j is told with 2", async (args, said) => {
  const { code, out, err } = await storage(...args);
  expect({ code, said: (out + err).includes(said) }).toEqual({ code: 2, said: true });
  expect(out === "" || err === "").toBe(true);
});

test("no cluster is 3", async () => {
  expect(await clusterio(["storage", "list", "--dir", nats().folder])).toMatchObject({ code: 3, out: "" });
});
