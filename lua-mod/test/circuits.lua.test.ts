// Transmitters and receivers: what wires carry goes out by channel, what the cluster says is shown.
import { feedCommand } from "../../slave-bridge/circuit/payload";
import { CircuitHands, type HearLine } from "./circuit-hands";
import { World } from "./world";

const INT32_MAX = 2 ** 31 - 1;
let world: World;
let hands: CircuitHands;
beforeEach(() => {
  world = World.create();
  world.open({ lease: 100000 });
  hands = new CircuitHands(world);
});
afterEach(() => world.close());

const transmit = (x: number, channel: string, signals: Record<string, number>): void => {
  hands.build(x, "transmitter", { "clusterio-channel": channel });
  hands.wire(x, signals);
};
const receive = (x: number, channel: string): void => hands.build(x, "receiver", { "clusterio-channel": channel });

describe("a transmitter", () => {
  test("says what its wires carry, red and green added up, every type and quality", () => {
    const signals = {
      "item:coal": 5,
      "item:coal:rare": -2,
      "virtual:signal-A": 7,
      "fluid:steam": 1,
      "recipe:iron-gear-wheel": 3,
    };
    transmit(0, "main", { ...signals, "entity:steel-chest": 4, "quality:rare": 9 });
    hands.wire(0, { "item:coal": 10 }, "green", 24);
    world.tick(20);
    expect(hands.says()).toEqual({ main: { ...signals, "item:coal": 15, "entity:steel-chest": 4, "quality:rare": 9 } });
  });

  test("says what changes and nothing else, no more often than every ten ticks", () => {
    transmit(0, "main", { "item:coal": 1, "item:stone": 9 });
    world.tick(20);
    hands.said();
    for (let n = 2; n < 42; n++) {
      hands.wire(0, { "item:coal": n, "item:stone": 9 });
      world.tick(1);
    }
    world.tick(20);
    const said = hands.said();
    expect(said.length).toBeLessThanOrEqual(6);
    for (const line of said) expect(Object.keys("say" in line ? line.signals : {})).toEqual(["item:coal"]);
    expect(said.at(-1)).toMatchObject({ say: "main", signals: { "item:coal": 41 } });
    world.tick(600);
    expect(hands.said()).toEqual([]);
  });

  test("MC1: several on one channel are added up at 32 bits; one that goes takes its part along", () => {
    transmit(0, "main", { "item:coal": INT32_MAX });
    transmit(1, "main", { "item:coal": 2, "item:stone": 1 });
    world.tick(20);
    expect(hands.says()).toEqual({ main: { "item:coal": -INT32_MAX, "item:stone": 1 } });
    hands.lua("test.robot_mine(circuit(0))");
    world.tick(20);
    expect(hands.said().at(-1)).toMatchObject({ signals: { "item:coal": 2 } });
    hands.lua("circuit(1).die()");
    world.tick(20);
    expect(hands.said().at(-1)).toMatchObject({ signals: { "item:coal": 0, "item:stone": 0 } });
  });

  test("a change of channel moves its part; without a channel it is silent and says so", () => {
    transmit(0, "main", { "item:coal": 5 });
    world.tick(20);
    hands.said();
    hands.setChannel(0, "other");
    world.tick(30);
    expect(hands.says()).toEqual({ main: {}, other: { "item:coal": 5 } });
    hands.setChannel(0, "");
    world.tick(30);
    expect(hands.says()).toEqual({ other: {} });
    expect(hands.status(0)).toBe("no-channel");
    // What nobody uses and all of which was said is forgotten.
    expect(
      hands.lua(
        `local n = 0 for _ in pairs(test.storage("clusterio").circuits.byChannel) do n = n + 1 end return { n }`,
      ),
    ).toEqual([0]);
  });

  test("a new session is told everything; what was said in the old one does not count", () => {
    transmit(0, "main", { "item:coal": 5, "item:stone": 1 });
    world.tick(20);
    world.begin();
    world.tick(20);
    expect(hands.said()).toEqual([
      { circuit: world.token, say: "main", whole: true, signals: { "item:coal": 5, "item:stone": 1 } },
    ]);
  });

  test("on a surface where the cluster may not be used it is silent", () => {
    transmit(0, "main", { "item:coal": 5 });
    world.tick(20);
    world.setting("clusterio-surfaces", "vulcanus");
    world.tick(30);
    expect(hands.says()).toEqual({ main: {} });
    expect(hands.status(0)).toBe("wrong-surface");
  });

  test("more signals than a channel can hold are left out, and it says so", () => {
    world.close();
    world = World.create({ crowd: true });
    world.open({ lease: 100000 });
    hands = new CircuitHands(world);
    transmit(0, "main", hands.many(2_001));
    world.tick(20);
    expect(Object.keys(hands.says().main ?? {})).toHaveLength(2_000);
    expect(hands.status(0)).toBe("too-many-signals");
    hands.wire(0, hands.many(2_000));
    world.tick(20);
    expect(hands.status(0)).toBe("");
  });
});

describe("a receiver", () => {
  test("shows what the others say and what its own world puts there, each once", () => {
    transmit(0, "main", { "item:coal": 5, "item:stone": 1 });
    receive(1, "main");
    world.tick(20);
    expect(hands.shown(1)).toEqual({ "item:coal": 5, "item:stone": 1 });
    const [{ hear } = { hear: {} }] = hands.said().filter((line): line is HearLine => "hear" in line);
    const [feed = ""] = Object.keys(hear);
    expect(hear).toEqual({ [feed]: { channel: "main", epoch: expect.any(Number) } });
    hands.tell(Number(feed), { "item:coal": 10, "virtual:signal-A": -3 });
    world.tick(10);
    expect(hands.shown(1)).toEqual({ "item:coal": 15, "item:stone": 1, "virtual:signal-A": -3 });
    hands.tell(Number(feed), { "item:coal": INT32_MAX });
    world.tick(10);
    expect(hands.shown(1)).toEqual({ "item:coal": -INT32_MAX + 3, "item:stone": 1 });
  });

  test("what adds up to nothing is not shown, and shows again", () => {
    transmit(0, "main", { "item:coal": 5 });
    receive(1, "main");
    world.tick(20);
    hands.tell(1, { "item:coal": -5 });
    world.tick(10);
    expect(hands.shown(1)).toEqual({});
    hands.tell(1, {});
    world.tick(10);
    expect(hands.shown(1)).toEqual({ "item:coal": 5 });
  });

  test("what this game has no prototype for gets no number, and nothing that no wire carries", () => {
    receive(0, "main");
    const names = [
      "item:coal",
      "item:unknown",
      "item:coal:mythical",
      "virtual:signal-each",
      "nonsense",
      "item:coal:normal",
    ];
    expect(world.json("clusterio-signals", { token: world.token, names })).toEqual({ signals: { "item:coal": 0 } });
    expect(world.json("clusterio-signals", { token: "another0token", names }).error).toBe("wrong-token");
  });

  test("MC6: a command that does not follow is refused and changes nothing; nor does one that does not parse", () => {
    receive(0, "main");
    hands.tell(1, { "item:coal": 5 });
    for (const [payload, error] of [
      ["BQAB", "order"],
      ["BAzz", "payload"],
      ["BBfB", "payload"],
      ["B", "payload"],
      ["", "payload"],
    ] as const) {
      expect(world.send("cs", `${world.tag} ${payload}`).error).toBe(error);
    }
    expect(world.send("cs", "nope BQAB").error).toBe("wrong-token");
    world.tick(10);
    expect(hands.shown(0)).toEqual({ "item:coal": 5 });
    // About a feed that nobody shows here: not worth a word.
    expect(world.send("cs", `${world.tag} HBAB`)).toMatchObject({ tick: world.now() });
  });

  test("MC5: after the lease nobody vouches for what was told; it is asked for again when there is one", () => {
    transmit(0, "main", { "item:coal": 5 });
    receive(1, "main");
    world.tick(20);
    hands.tell(1, { "item:coal": 10 });
    world.lease(60);
    world.tick(30);
    expect(hands.shown(1)).toEqual({ "item:coal": 15 });
    hands.said();
    world.tick(60);
    expect(hands.shown(1)).toEqual({ "item:coal": 5 });
    expect(hands.status(1)).toBe("no-link");
    world.lease(1000);
    world.tick(10);
    const epochs = hands.said().flatMap((line) => ("hear" in line ? [line.hear["1"]!.epoch] : []));
    expect(epochs.length).toBeGreaterThan(0);
    hands.tell(1, { "item:coal": 10 }, true);
    world.tick(10);
    expect(hands.shown(1)).toEqual({ "item:coal": 15 });
    expect(hands.status(1)).toBe("");
  });

  test("a new session's values replace the old ones without a gap", () => {
    receive(0, "main");
    hands.tell(1, { "item:coal": 10, "item:stone": 3 });
    world.tick(10);
    world.begin();
    world.tick(10);
    expect(hands.shown(0)).toEqual({ "item:coal": 10, "item:stone": 3 });
    hands.tell(1, { "item:coal": 11 }, true);
    world.tick(10);
    expect(hands.shown(0)).toEqual({ "item:coal": 11 });
  });

  test("what was told anew and came to nothing does not show what was there before", () => {
    receive(0, "main");
    hands.tell(1, { "item:coal": 9, "item:stone": 3 });
    world.tick(10);
    const say = (counter: number, start: boolean, difference: number) =>
      feedCommand(world.tag, { feed: 1, counter, start, end: false }, [[0, difference]]).command.slice("/cs ".length);
    for (const command of [say(0, true, 5), say(1, false, -5)]) expect(world.send("cs", command).error).toBeUndefined();
    world.tick(10);
    expect(hands.shown(0)).toEqual({ "item:stone": 3 });
  });

  test("another channel shows at once, and the old one is not asked for any more", () => {
    transmit(0, "main", { "item:coal": 5 });
    receive(1, "main");
    receive(2, "main");
    world.tick(20);
    hands.setChannel(1, "other");
    world.tick(10);
    expect([hands.shown(1), hands.shown(2)]).toEqual([{}, { "item:coal": 5 }]);
    hands.setChannel(2, "other");
    world.tick(10);
    const last = hands.said().findLast((line): line is HearLine => "hear" in line);
    expect(Object.values(last?.hear ?? {}).map(({ channel }) => channel)).toEqual(["other"]);
  });

  test("what a player sets in its own window is written over when that closes", () => {
    receive(0, "main");
    hands.tell(1, { "item:coal": 5 });
    world.tick(10);
    hands.lua(`
      test.join("ann") test.open(circuit(0), "ann")
      local behavior = circuit(0).get_or_create_control_behavior()
      behavior.get_section(1).set_slot(7, { value = signal("item:stone"), min = 99 })
      behavior.add_section().set_slot(1, { value = signal("item:stone"), min = 1 })
      test.close("ann")`);
    world.tick(10);
    expect(hands.shown(0)).toEqual({ "item:coal": 5 });
  });
});

describe("the window", () => {
  const open = (x: number) => hands.lua(`test.join("ann") test.open(circuit(${x}), "ann")`);
  const frame = `local frame = game.get_player("ann").gui.left["clusterio-circuit"]`;

  test("names the channel, by Enter or by closing it; what can't be a channel is not taken", () => {
    hands.build(0, "transmitter");
    open(0);
    hands.lua(
      `${frame} local field = frame["clusterio-circuit-channel"] test.type_in(field, "  Züge ") test.confirm(field)`,
    );
    expect(hands.channel(0)).toBe("Züge");
    hands.lua(`${frame} test.type_in(frame["clusterio-circuit-channel"], "${"x".repeat(41)}") test.close("ann")`);
    expect(hands.channel(0)).toBe("Züge");
    open(0);
    hands.lua(`${frame} test.type_in(frame["clusterio-circuit-channel"], "two") test.close("ann")`);
    expect(hands.channel(0)).toBe("two");
    expect(hands.lua(`return { game.get_player("ann").gui.left["clusterio-circuit"] == nil }`)).toEqual([true]);
  });

  test("chooses signals of an inventory combinator, with a free place behind them", () => {
    hands.build(0, "inventory-combinator");
    open(0);
    const choose = (i: number, value: string) =>
      hands.lua(`${frame} test.choose(frame["clusterio-circuit-filters"].children[${i}], ${value})`);
    choose(1, `{ type = "item", name = "coal", quality = "rare" }`);
    choose(2, `{ type = "fluid", name = "steam" }`);
    expect(hands.lua(`return remote.call("clusterio", "signals", circuit(0))`)).toEqual([
      "item:coal:rare",
      "fluid:steam",
    ]);
    expect(hands.lua(`${frame} return { #frame["clusterio-circuit-filters"].children }`)).toEqual([3]);
    choose(1, "nil");
    expect(hands.lua(`return remote.call("clusterio", "signals", circuit(0))`)).toEqual(["fluid:steam"]);
  });

  test("an entity that is gone meanwhile harms nobody", () => {
    hands.build(0, "receiver");
    open(0);
    hands.lua(
      `circuit(0).destroy() ${frame} test.type_in(frame["clusterio-circuit-channel"], "two") test.close("ann")`,
    );
    world.tick(5);
    expect(world.brokenInvariants()).toEqual([]);
  });
});

describe("settings travel", () => {
  const tags = (x: number) => hands.lua(`return test.blueprint({ circuit(${x}) })[1].tags`);

  test("by blueprint, paste, clone and upgrade", () => {
    transmit(0, "main", { "item:coal": 5 });
    hands.build(1, "inventory-combinator", { "clusterio-filters": ["item:coal", "fluid:steam"] });
    expect([tags(0), tags(1)]).toEqual([
      { "clusterio-channel": "main" },
      { "clusterio-filters": ["item:coal", "fluid:steam"] },
    ]);
    hands.build(2, "receiver");
    hands.build(3, "inventory-combinator");
    hands.lua(
      `test.paste(circuit(0), circuit(2)) test.paste(circuit(1), circuit(3)) test.paste(circuit(1), circuit(2))`,
    );
    expect(hands.channel(2)).toBe("main");
    expect(hands.lua(`return remote.call("clusterio", "signals", circuit(3))`)).toEqual(["item:coal", "fluid:steam"]);
    hands.lua(`circuit(2).clone{ position = { 4, 20 } } circuit(3).clone{ position = { 5, 20 } }`);
    expect(hands.channel(4)).toBe("main");
    expect(hands.lua(`return remote.call("clusterio", "signals", circuit(5))`)).toEqual(["item:coal", "fluid:steam"]);
    for (const x of [0, 2, 3]) hands.lua(`test.upgrade(circuit(${x}), "rare")`);
    world.tick(5);
    expect([hands.channel(0), hands.channel(2)]).toEqual(["main", "main"]);
    expect(hands.lua(`return remote.call("clusterio", "signals", circuit(3))`)).toEqual(["item:coal", "fluid:steam"]);
    expect(hands.lua(`return { circuit(2).quality.name }`)).toEqual(["rare"]);
  });

  test("but not to a machine that is built there later", () => {
    transmit(0, "main", {});
    hands.lua("test.robot_mine(circuit(0))");
    world.tick(2);
    hands.build(0, "transmitter");
    expect(hands.channel(0)).toBe("");
  });

  test("what no blueprint of ours says is not believed", () => {
    hands.build(0, "transmitter", { "clusterio-channel": 7 });
    hands.build(1, "receiver", { "clusterio-channel": "a\u0001b" });
    hands.build(2, "inventory-combinator", { "clusterio-filters": ["item:nothing", 4, "item:coal", "item:coal"] });
    expect([hands.channel(0), hands.channel(1)]).toEqual(["", ""]);
    expect(hands.lua(`return remote.call("clusterio", "signals", circuit(2))`)).toEqual(["item:coal"]);
  });
});
