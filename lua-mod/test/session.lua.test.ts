import { GAME_VERSIONS } from "../../sim/factorio/game-version";
import { testedLine } from "./built-mod";
import type { Refusal, WholeState } from "./protocol";
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create({ seed: 4711 });
});
afterEach(() => world.close());

function begin(token: string, instance = "a", v = 1): WholeState & Refusal {
  return world.json("clusterio-begin", { v, token, boot: "b1", instance });
}

function adopt(token: string, id: string, instance = "a", atLoad: object = {}): WholeState & Refusal {
  return world.json("clusterio-adopt", { token, world: id, instance, atLoad });
}

test("a fresh save states nothing, and its seed", () => {
  expect(begin("token000001")).toEqual({
    v: 1,
    mod: world.modVersion,
    game: GAME_VERSIONS[testedLine()],
    token: "token000001",
    instance: "",
    world: "",
    tick: world.now(),
    seed: 4711,
    names: [],
    exported: {},
    received: {},
    wanted: {},
    atLoad: {},
    untakeable: [],
    capped: [],
    file: "clusterio/token000001-0.jsonl",
  });
});

test("a fresh save is adopted and keeps its id", () => {
  begin("token000001");
  expect(adopt("token000001", "a.1")).toMatchObject({ instance: "a", world: "a.1" });
  expect(begin("token000002")).toMatchObject({ instance: "a", world: "a.1" });
});

test("how the game stands is said to whoever asks, also without a session, and when a script holds its time", () => {
  expect(world.send("ct", "")).toEqual({ tick: world.now(), players: 0 });
  world.tick(3);
  expect(world.send("ct", "")).toEqual({ tick: world.now(), players: 0 });
  begin("token000001");
  adopt("token000001", "a.1");
  world.lua("game.tick_paused = true");
  expect(world.send("ct", "")).toMatchObject({ paused: true });
  expect(world.send("cl", "toke 600")).toMatchObject({ paused: true });
});

test("a token that the save holds is refused, also after a save and a load", () => {
  begin("token000001");
  expect(begin("token000001").error).toBe("token-used");
  world.reload();
  expect(begin("token000001").error).toBe("token-used");
  expect(begin("token000002").error).toBeUndefined();
});

test.each(["short", "Token000001", "token 00001", "x".repeat(33), ""])("the token %p is malformed", (token) => {
  expect(begin(token).error).toBe("token");
});

test("another version of the protocol is refused", () => {
  expect(begin("token000001", "a", 2).error).toBe("version");
});

test("a parameter that can't be read changes nothing and stops nothing", () => {
  world.open();
  const before = world.state();
  for (const command of ["clusterio-begin", "clusterio-adopt", "clusterio-import"]) {
    for (const parameter of ["", "nonsense", "[]", "17", '{"v":1', '{"token":17,"totals":3}']) {
      expect(world.send(command, parameter)).toHaveProperty("error");
    }
  }
  for (const command of ["ci", "cl", "cr"]) {
    for (const parameter of ["", "toke -1", "toke x y", "toke !", "toke 999999999999"]) {
      expect(world.send(command, parameter)).toHaveProperty("error");
    }
  }
  expect(world.state()).toBe(before);
});

/** Every command that says of which session it is, by tag or by token, with a parameter that is right otherwise. */
const of_a_session: readonly (readonly [command: string, parameter: (tag: string, token: string) => string])[] = [
  ["ci", (tag) => `${tag} AK`],
  ["cc", (tag) => `${tag} 1 A`],
  ["cf", (tag) => `${tag} 1 ABBBBB`],
  ["cl", (tag) => `${tag} 100`],
  ["cr", (tag) => tag],
  ["cm", (tag) => `${tag} {"n":1,"slave":"home","from":"b","channel":"c","data":"d"}`],
  ["cs", (tag) => `${tag} AA`],
  ["clusterio-import", (_, token) => JSON.stringify({ token, totals: { "item:iron-plate": 5 } })],
  ["clusterio-signals", (_, token) => JSON.stringify({ token, names: ["item:coal"] })],
];

test.each(of_a_session)("/%s of another session changes nothing", (command, parameter) => {
  world.open();
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10);
  world.tick(5);
  const before = world.state();
  expect(world.send(command, parameter("nope", "nope000001")).error).toBe("wrong-token");
  expect(world.state()).toBe(before);
  expect(world.send(command, parameter(world.tag, world.token)).error).toBeUndefined();
});

test("nor does an adoption for another session", () => {
  world.open();
  const before = world.state();
  expect(adopt("other00001", "a.2").error).toBe("wrong-token");
  expect(world.state()).toBe(before);
});

test.each(of_a_session)("/%s does not work before a session, not even with an empty token", (command, parameter) => {
  expect(world.send(command, parameter("", "")).error).toBe("wrong-token");
});

test("nor does an adoption", () => {
  expect(adopt("", "a.1").error).toBe("wrong-token");
});

test("a player who types a command is refused and nothing changes", () => {
  world.open();
  const before = world.state();
  world.asPlayer("clusterio-begin", JSON.stringify({ v: 1, token: "player00001", boot: "b", instance: "a" }));
  world.asPlayer("cl", `${world.tag} 100`);
  expect(world.state()).toBe(before);
});

test.each(of_a_session.filter(([command]) => command !== "cl" && command !== "cr"))(
  "/%s waits until the world is this instance's",
  (command, parameter) => {
    begin("token000001");
    expect(world.send(command, parameter("toke", "token000001")).error).toBe("not-adopted");
    adopt("token000001", "a.1");
    expect(world.send(command, parameter("toke", "token000001")).error).not.toBe("not-adopted");
  },
);

test("adopting again changes nothing", () => {
  begin("token000001");
  const first = adopt("token000001", "a.1");
  const before = world.state();
  expect(adopt("token000001", "a.1", "a", { "item:iron-plate": 5 })).toEqual(first);
  expect(world.state()).toBe(before);
});

test("a second world of the same instance, and another instance than begin's, are refused", () => {
  begin("token000001");
  expect(adopt("token000001", "b.1", "b").error).toBe("instance");
  adopt("token000001", "a.1");
  expect(adopt("token000001", "a.2").error).toBe("world");
});

describe("a save of another instance's world", () => {
  /** World a.1 has exported 30 plates and received 12 coils; then its save goes to instance b. */
  function elsewhere(exportsBeforeBegin: number): void {
    world.open({ instance: "a", world: "a.1", lease: 1000 });
    world.place("export", 0);
    world.put(0, "iron-plate", 30);
    world.tick(10);
    world.importNamed({ "item:copper-cable": 12 });
    world.reload();
    if (exportsBeforeBegin > 0) {
      world.put(0, "iron-plate", exportsBeforeBegin);
      world.tick(10); // the lease in the save still runs
    }
  }

  test("keeps its totals until it is adopted, collects nothing and takes nothing in", () => {
    elsewhere(0);
    expect(begin("token000002", "b")).toMatchObject({
      world: "a.1",
      instance: "a",
      exported: { 0: 30 },
      received: { 1: 12 },
      atLoad: { "item:iron-plate": 30 },
    });
    world.put(0, "iron-plate", 5);
    world.place("import", 1);
    world.request(1, 1, "coal", 5); // a change, but none to be reported yet
    world.send("cl", "toke 1000");
    world.tick(20);
    expect(world.holds(0)).toEqual({ "item:iron-plate": 5 });
    expect(world.send("ci", "toke AA").error).toBe("not-adopted");
    expect(world.reportLines("token000002")).toEqual([]);
  });

  test("starts at zero minus nothing it already did: exports between load and adoption count", () => {
    elsewhere(7);
    const state = begin("token000002", "b");
    expect(state).toMatchObject({ exported: { 0: 37 }, atLoad: { "item:iron-plate": 30 } });
    expect(adopt("token000002", "b.1.abc", "b", state.atLoad)).toMatchObject({
      world: "b.1.abc",
      instance: "b",
      exported: { 0: 7 },
      received: {},
    });
  });

  test("takes in from zero after adoption", () => {
    elsewhere(0);
    const state = begin("token000002", "b");
    adopt("token000002", "b.1.abc", "b", state.atLoad);
    expect(world.send("ci", "toke BF")).toMatchObject({ received: { 1: 5 } });
  });

  test("is not adopted with an atLoad that it can't have had", () => {
    elsewhere(0);
    begin("token000002", "b");
    for (const atLoad of [
      { "item:iron-plate": 31 },
      { "item:never": 1 },
      { "item:iron-plate": -1 },
      { "item:iron-plate": "30" },
    ]) {
      expect(adopt("token000002", "b.1.abc", "b", atLoad).error).toBe("at-load");
    }
    expect(begin("token000003", "b")).toMatchObject({ world: "a.1", exported: { 0: 30 } });
  });

  test("is adopted once: the reply can be lost and adopt repeated", () => {
    elsewhere(7);
    const state = begin("token000002", "b");
    adopt("token000002", "b.1.abc", "b", state.atLoad);
    expect(adopt("token000002", "b.1.abc", "b", state.atLoad)).toMatchObject({ exported: { 0: 7 } });
  });
});

test("begin takes the received totals as the import base", () => {
  world.open();
  world.importNamed({ "item:iron-plate": 100 });
  begin("token000009");
  expect(world.send("ci", "toke AF")).toMatchObject({ received: { 0: 105 } });
});
