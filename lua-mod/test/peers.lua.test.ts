// Every peer of a multiplayer game computes the same storage from the same commands, or it is thrown out as desynced.
import * as fc from "fast-check";
import { act } from "./act";
import { action } from "./actions";
import { World } from "./world";

function history(length: number) {
  return fc.array(
    action.filter(({ do: what }) => !["reload", "upgrade mod", "save", "crash"].includes(what)),
    { minLength: length, maxLength: length, size: "max" },
  );
}

test("a client that joined from a save keeps step with the server, whatever the order of its pairs", () => {
  fc.assert(
    fc.property(history(15), history(25), fc.nat(1000), (before, after, shuffle) => {
      const server = World.create();
      let client: World | undefined;
      try {
        server.open({ lease: 5000 });
        for (const each of before) act(server, each, {});
        client = server.join({ shuffle: shuffle + 1 });
        for (const each of after) {
          act(server, each, {});
          act(client, each, {});
          expect(client.state()).toBe(server.state());
        }
      } finally {
        server.close();
        client?.close();
      }
    }),
    { numRuns: 25, seed: 3 },
  );
});

test("loading changes nothing: the loaded save is the saved one, tick for tick", () => {
  const world = World.create();
  world.open();
  world.place("export", 0);
  world.place("import", 1);
  world.request(1, 1, "iron-plate", 50);
  world.put(0, "coal", 5);
  world.tick(3);
  world.importNamed({ "item:iron-plate": 20, "item:stone": 4 });
  const before = world.state();
  const other = world.join({});
  expect(other.state()).toBe(before);
  for (const each of [world, other]) {
    each.put(0, "stone", 1);
    each.tick(100);
  }
  expect(other.state()).toBe(world.state());
  world.close();
  other.close();
});

test("atLoad is what on_load found, on each peer for itself, and steers nothing", () => {
  const world = World.create();
  world.open();
  world.place("export", 0);
  world.put(0, "coal", 5);
  world.tick(2);
  world.reload();
  world.put(0, "coal", 2);
  world.tick(2);
  const late = world.join({ server: true });
  for (const each of [world, late]) {
    expect(each.json("clusterio-begin", { v: 1, token: "token0joined", boot: "b", instance: "a" })).toMatchObject({
      exported: { 0: 7 },
      atLoad: { "item:coal": each === world ? 5 : 7 },
    });
  }
  expect(late.state()).toBe(world.state());
  world.close();
  late.close();
});
