// Cost of circuits, counted in instructions of the mod's own Lua: the same on every machine.
import { CircuitHands } from "./circuit-hands";
import { World } from "./world";

/** Instructions in each of the ticks. */
const instructions = (world: World, ticks: number): number[] =>
  world.lua(`return test.instructions("clusterio", ${ticks})`) as number[];

const idleCost = (transmitters: number, receivers: number): number => {
  const world = World.create();
  try {
    world.open({ lease: 200000 });
    const hands = new CircuitHands(world);
    hands.lua(`
      local surface = game.surfaces[1]
      local function many(name, count, y)
        for x = 0, count - 1 do
          local made = surface.create_entity{ name = name, position = { x, y }, force = "player", raise_built = true }
          remote.call("clusterio", "set_channel", made, "channel-" .. x % 5)
        end
      end
      many("clusterio-transmitter", ${transmitters}, 20)
      many("clusterio-receiver", ${receivers}, 30)`);
    world.setting("clusterio-transmitters-per-tick", 256);
    world.tick(transmitters / 100 + 200);
    world.setting("clusterio-transmitters-per-tick", 4);
    world.tick(200);
    return Math.max(...instructions(world, 20));
  } finally {
    world.close();
  }
};

test("ten thousand idle combinators cost what a hundred cost, and little", () => {
  const nothing = idleCost(0, 0);
  const few = idleCost(50, 50);
  const many = idleCost(5_000, 5_000);
  expect(many).toBeLessThanOrEqual(few * 1.02);
  // Four visits; a receiver that has nothing new is not looked at.
  expect(few - nothing).toBeLessThan(600);
  expect(idleCost(50, 5_000) - few).toBeLessThanOrEqual(few * 0.02);
});

test("what a tick costs is bounded by the signals that the setting allows, however many changed", () => {
  const world = World.create({ crowd: true });
  try {
    world.open({ lease: 200000 });
    const hands = new CircuitHands(world);
    for (let x = 0; x < 10; x++) hands.build(x, "inventory-combinator");
    world.tick(50);
    world.setting("clusterio-signals-per-tick", 64);
    hands.tell(0, hands.many(500));
    const at64 = instructions(world, 20);
    world.setting("clusterio-signals-per-tick", 16);
    const at16 = instructions(world, 20);
    expect(Math.max(...at16)).toBeLessThan(Math.max(...at64) / 2);
    expect(Math.max(...at64)).toBeLessThan(30_000);
  } finally {
    world.close();
  }
});
