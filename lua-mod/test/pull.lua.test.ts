// What a bridge hears of a game whose files it cannot read: it asks, and everything comes by that answer.
import { CircuitHands } from "./circuit-hands";
import { Depot } from "./partners";
import { World } from "./world";

let world: World;
let depot: Depot;
beforeEach(() => {
  world = World.create({ depot: true });
  depot = new Depot(world);
  open();
});
afterEach(() => world.close());

function open(more: object = { pull: true }): void {
  world.begin();
  world.token = `${world.token}x`;
  world.json("clusterio-begin", { v: 1, token: world.token, boot: "b1", instance: "a", ...more });
  world.json("clusterio-adopt", { token: world.token, world: "a.1", instance: "a", atLoad: {} });
  world.lease(100_000);
}

/** Without what players did, who come along with whatever these tests do by their hands. */
const pull = () => pullAll().filter(({ happened }) => happened === undefined);

const pullAll = (): Record<string, unknown>[] => {
  const lines = world.raw("cp", world.tag).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

test("differences are told when it asks, once each, and no file is written", () => {
  expect(pull()).toEqual([{ tick: world.now(), players: 0 }]);
  world.place("export", 0);
  world.put(0, "iron-plate", 7);
  world.tick(20_000);
  const [state, report, ...rest] = pull();
  // Who put it in is there, too.
  expect(state).toEqual({ tick: world.now(), players: 1 });
  expect(report).toMatchObject({ token: world.token, names: { 0: "item:iron-plate" }, exported: { 0: 7 } });
  expect(rest).toEqual([]);
  expect(pull()).toHaveLength(1);
  world.put(0, "iron-plate", 2);
  world.tick(10);
  expect(pull()[1]).toMatchObject({ seq: (report?.seq as number) + 1, exported: { 0: 9 } });
  expect(world.reportLines(world.token)).toEqual([]);
  expect(world.send("cr", `${world.tag} full`)).toMatchObject({ full: true, exported: { 0: 9 } });
});

test("circuits, messages and whoever looks come along, in order, once", () => {
  const hands = new CircuitHands(world);
  hands.build(1, "transmitter", { "clusterio-circuit": { channel: "main" } });
  hands.wire(1, { "item:coal": 5 });
  world.tick(60);
  depot.say("hello");
  depot.say("again", "b");
  const lines = pull().slice(1);
  const said = lines.map((line) => Object.keys(line)[0]);
  expect(lines.filter(({ message }) => message !== undefined)).toMatchObject([
    { message: { n: 1, data: "hello" } },
    { message: { n: 2, to: "b", data: "again" } },
  ]);
  expect(said.at(-1)).toBe("message");
  expect(pull()).toHaveLength(1);
});

test("what waits is bounded: a mod is told to come back, and after a pull there is room again", () => {
  const data = "x".repeat(1_000);
  let sent = 0;
  let refused: unknown;
  for (let n = 0; n < 2_000 && refused === undefined; n++) {
    const answer = depot.say(data) as { sent?: true; reason?: string };
    if (answer.sent === true) sent++;
    else if (sent > 60) refused = answer;
    world.tick(60);
  }
  expect(sent).toBeGreaterThan(60);
  expect(sent).toBeLessThan(70);
  expect(JSON.stringify(refused)).toContain("rate");
  const first = pull();
  const told = [...first];
  for (let more = first[0]?.more; more === true; ) {
    const next = pull();
    more = next[0]?.more;
    told.push(...next.slice(1));
  }
  expect(told.filter(({ message }) => message !== undefined)).toHaveLength(sent);
  expect(depot.say("again")).toEqual({ sent: true });
});

test("what waits is in the save, and the next session forgets it; one that follows files finds them again", () => {
  depot.say("old");
  world.reload();
  expect(pull().slice(1)).toMatchObject([{ message: { data: "old" } }]);
  depot.say("older");
  open();
  expect(pull()).toHaveLength(1);
  open({});
  world.place("export", 3);
  world.put(3, "iron-plate", 1);
  world.tick(20);
  expect(world.reportLines(world.token).length).toBeGreaterThan(0);
});

test("before the world is the instance's, only how the game stands is said", () => {
  world.json("clusterio-begin", { v: 1, token: "token0000099", boot: "b1", instance: "other", pull: true });
  world.token = "token0000099";
  expect(pull()).toEqual([{ tick: world.now(), players: 0 }]);
  expect(world.raw("cp", "none")).toContain("wrong-token");
});

test("what players do is told, in order, once each, and cut in whole characters (MH1)", () => {
  world.lua(`test.join("ann") test.join("bob")
    test.raise("on_console_chat", { message = "hello \\"bob\\"", player_index = game.get_player("ann").index })
    test.raise("on_console_chat", { message = ("ü"):rep(300) })
    test.raise("on_player_promoted", { player_index = game.get_player("ann").index })
    test.raise("on_player_banned", { player_name = "eve", by_player = game.get_player("ann").index, reason = "why not" })
    test.raise("on_player_unbanned", { player_name = "eve" })
    test.raise("on_player_kicked", { player_index = game.get_player("bob").index, by_player = game.get_player("ann").index })
    test.leave("bob")`);
  const told = () => pullAll().flatMap(({ happened }) => (happened === undefined ? [] : [happened]));
  const { token } = world;
  expect(told()).toEqual([
    { token, what: "joined", player: "ann" },
    { token, what: "joined", player: "bob" },
    { token, what: "said", player: "ann", text: 'hello "bob"' },
    { token, what: "said", text: "ü".repeat(250) },
    { token, what: "promoted", player: "ann" },
    { token, what: "banned", player: "eve", by: "ann", text: "why not" },
    { token, what: "unbanned", player: "eve" },
    { token, what: "kicked", player: "bob", by: "ann" },
    { token, what: "left", player: "bob" },
  ]);
  expect(told()).toEqual([]);
  // Where files are followed the game's log says it.
  open({});
  world.lua(`test.join("bob")`);
  world.tick(20);
  expect(world.reportLines(world.token)).toEqual([]);
});

test("talk finds no room when the outbox is full, and totals still do (MH1, MR4)", () => {
  world.lua(`for n = 1, 500 do test.raise("on_console_chat", { message = ("x"):rep(400) }) end`);
  world.place("export", 0);
  world.put(0, "iron-plate", 3);
  world.tick(20);
  const [first, ...lines] = pullAll();
  expect(lines[0]).toMatchObject({ exported: { 0: 3 } });
  expect(lines.length).toBeLessThan(170);
  expect(lines.length).toBeGreaterThan(100);
  expect(first).toMatchObject({ tick: world.now() });
});
