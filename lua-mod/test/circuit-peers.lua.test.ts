// Whatever players and the bridge do to circuits: sums are right, combinators show them, and every peer computes the same.
import * as fc from "fast-check";
import { CircuitHands } from "./circuit-hands";
import { brokenCircuits, perform, type Step, step, wrongShown } from "./circuit-history";
import { World } from "./world";

const history = (length: number) => fc.array(step, { minLength: length, maxLength: length, size: "max" });

/** Long enough for every transmitter to be visited and every slot to be written. */
const REST_TICKS = 60;

const reloading = history(40).map((steps) =>
  steps.flatMap((each, n): Step[] => (n % 13 === 12 ? [{ do: "reload", x: 0 }, each] : [each])),
);

test("MC1, MC2, MC4: sums and layouts hold after every step, and at rest everything is shown", () => {
  fc.assert(
    fc.property(reloading, (steps) => {
      const world = World.create();
      try {
        world.open({ lease: 5000 });
        const hands = new CircuitHands(world);
        for (const each of steps) {
          perform(hands, each);
          expect(brokenCircuits(hands)).toEqual([]);
        }
        world.tick(REST_TICKS);
        expect(brokenCircuits(hands)).toEqual([]);
        expect(wrongShown(hands)).toEqual([]);
        expect(world.brokenInvariants()).toEqual([]);
      } finally {
        world.close();
      }
    }),
    { numRuns: 25, seed: 5 },
  );
});

test("a client that joined keeps step, whatever the order of its pairs", () => {
  fc.assert(
    fc.property(history(20), history(25), fc.nat(1000), (before, after, shuffle) => {
      const server = World.create();
      let client: World | undefined;
      try {
        server.open({ lease: 5000 });
        const here = new CircuitHands(server);
        for (const each of before) perform(here, each);
        client = server.join({ shuffle: shuffle + 1 });
        const there = new CircuitHands(client);
        for (const each of after) {
          perform(here, each);
          perform(there, each);
          expect(client.state()).toBe(server.state());
        }
      } finally {
        server.close();
        client?.close();
      }
    }),
    { numRuns: 15, seed: 6 },
  );
});

test("loading changes nothing: the loaded save goes on as the saved one", () => {
  const world = World.create();
  world.open();
  const hands = new CircuitHands(world);
  hands.build(0, "transmitter", { "clusterio-channel": "main" });
  hands.wire(0, { "item:coal": 5 });
  hands.build(1, "receiver", { "clusterio-channel": "main" });
  world.tick(1);
  hands.tell(1, { "item:stone": 7 });
  const other = world.join({});
  expect(other.state()).toBe(world.state());
  for (const each of [world, other]) each.tick(30);
  expect(other.state()).toBe(world.state());
  expect(hands.shown(1)).toEqual({ "item:coal": 5, "item:stone": 7 });
  world.close();
  other.close();
});
