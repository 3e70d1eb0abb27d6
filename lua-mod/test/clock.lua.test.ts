import { World } from "./world";

const SECOND = 1_790_000_000;
let world: World;
beforeEach(() => {
  world = World.create();
  world.open({ lease: 100000 });
});
afterEach(() => world.close());

const build = (x: number): void => {
  world.lua(`test.robot_build{ name = "clusterio-clock-combinator", position = { ${x}, 9 } }`);
};
/** What the clock on that tile shows: signal and count, or nothing. */
const shown = (x: number): unknown =>
  world.lua(`local clock = game.surfaces[1].find_entity("clusterio-clock-combinator", { ${x} + 0.5, 9.5 })
    local filter = clock.get_or_create_control_behavior().get_section(1).get_slot(1)
    return filter.value and { filter.value.type, filter.value.name, filter.min } or {}`);
const tell = (second: number): unknown => world.send("cl", `${world.tag} 100000 ${second}`);

test("a clock shows nothing before the bridge said what time it is", () => {
  build(0);
  world.tick(100);
  expect(shown(0)).toEqual({});
});

test("then it shows the second, and goes on by ticks", () => {
  build(0);
  tell(SECOND);
  world.tick(1);
  expect(shown(0)).toEqual(["virtual", "signal-unixtime", SECOND]);
  world.tick(58);
  expect(shown(0)).toEqual(["virtual", "signal-unixtime", SECOND]);
  world.tick(1);
  expect(shown(0)).toEqual(["virtual", "signal-unixtime", SECOND + 1]);
  world.tick(600);
  expect(shown(0)).toEqual(["virtual", "signal-unixtime", SECOND + 11]);
});

test("it is set right with the next lease, forwards and back", () => {
  build(0);
  tell(SECOND);
  world.tick(120);
  for (const second of [SECOND + 100, SECOND - 100]) {
    tell(second);
    world.tick(1);
    expect(shown(0)).toEqual(["virtual", "signal-unixtime", second]);
  }
});

test("a lease without the time extends the lease alone, and a time that no signal can hold is not shown", () => {
  build(0);
  tell(SECOND);
  world.tick(1);
  expect(world.send("cl", `${world.tag} 100`)).toMatchObject({ tick: world.now() });
  tell(2 ** 31);
  world.tick(60);
  expect(shown(0)).toEqual(["virtual", "signal-unixtime", SECOND]);
  expect(world.send("cl", `${world.tag} 100 soon`).error).toBe("parameter");
});

test("many clocks are written in turn, one a tick, and those that are gone no more", () => {
  for (let x = 0; x < 20; x++) build(x);
  tell(SECOND);
  world.lua(`game.surfaces[1].find_entity("clusterio-clock-combinator", { 3.5, 9.5 }).destroy()`);
  world.tick(1);
  const left = Array.from({ length: 20 }, (_, x) => x).filter((x) => x !== 3);
  expect(left.map(shown).filter(Array.isArray)).toHaveLength(1);
  world.tick(20);
  for (const x of [0, 1, 2, 4, 19]) expect(shown(x)).toEqual(["virtual", "signal-unixtime", SECOND]);
  expect(world.lua(`return { #test.storage("clusterio").clocks.all }`)).toEqual([19]);
});

test("a loaded save and a joined peer go on with the same time", () => {
  build(0);
  tell(SECOND);
  world.tick(90);
  const peer = world.join({ shuffle: 5 });
  for (const each of [world, peer]) each.tick(60);
  expect(peer.state()).toBe(world.state());
  peer.close();
  world.reload();
  world.tick(60);
  expect(shown(0)).toEqual(["virtual", "signal-unixtime", SECOND + 3]);
});

test("players can't set it", () => {
  build(0);
  expect(
    world.lua(`return { game.surfaces[1].find_entity("clusterio-clock-combinator", { 0.5, 9.5 }).operable }`),
  ).toEqual([false]);
});
