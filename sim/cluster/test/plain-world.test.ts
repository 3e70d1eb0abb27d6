import fc from "fast-check";
import { PlainMod } from "#sim/cluster/plain-mod";
import { plainGames } from "#sim/cluster/plain-world";
import { GEAR, ORE, PLATE, Play } from "#sim/cluster/test/play";
import { worldContract } from "#sim/cluster/test/world-contract";

worldContract(plainGames);

type Pass = (world: Play, ticks: number) => void;
type Act = (world: Play, pass: Pass) => void;

const leap: Pass = ({ world }, ticks) => world.pass(ticks);
/** Somebody touches the chest before each tick, so that none is left out. */
const oneByOne: Pass = ({ world }, ticks) => {
  for (let n = 0; n < ticks; n++) {
    world.collect(ORE, 0);
    world.pass(1);
  }
};

const resource = fc.constantFrom(ORE, PLATE, GEAR);
const amount = fc.integer({ min: 0, max: 30 });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constantFrom(1, 4, 60, 3_700).map(
    (ticks): Act =>
      (world, pass) =>
        pass(world, ticks),
  ),
  fc.tuple(resource, amount).map(
    ([key, n]): Act =>
      (world) =>
        world.offer(key, n),
  ),
  fc.tuple(resource, amount).map(
    ([key, n]): Act =>
      ({ world }) =>
        world.request(key, n),
  ),
  fc.tuple(resource, amount).map(
    ([key, n]): Act =>
      ({ world }) =>
        void world.consume(key, n),
  ),
  fc.tuple(resource, amount).map(
    ([key, n]): Act =>
      (world) =>
        void world.importNamed({ [key]: n }),
  ),
  fc.constantFrom(0, 3, 5_000).map(
    (ticks): Act =>
      (world) =>
        void world.lease(ticks),
  ),
  fc.constantFrom(".", `. ${ORE}`).map(
    (list): Act =>
      (world) =>
        void world.say("cc", `${world.tag} ${world.look().tick} ${list}`),
  ),
);

test("leaping over ticks in which nothing happens, a world becomes what it is after going through each", () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 14 }), (acts) => {
      const [leapt, gone] = [leap, oneByOne].map((pass) => {
        const world = new Play(plainGames).settle();
        for (const each of [...acts, (last: Play) => pass(last, 3_700)]) each(world, pass);
        return { look: world.look(), lines: world.lines };
      });
      expect(leapt).toEqual(gone);
    }),
    { numRuns: 25 },
  );
});

test("a request in an idle world is seen in the next tick", () => {
  const world = new Play(plainGames).settle();
  world.world.pass(100);
  world.world.request(ORE, 30);
  world.world.pass(1);
  expect(world.look().wanted).toEqual({ [ORE]: 30 });
});

test("an idle world is asked once when it acts again, and no tick of it is gone through: also with a chest that is capped", () => {
  const world = new Play(plainGames).settle();
  world.say("cc", `${world.tag} 1 . ${ORE}`);
  world.offer(ORE, 5);
  world.world.pass(10);
  const asked = jest.spyOn(PlainMod.prototype, "nextDue");
  const gone = jest.spyOn(PlainMod.prototype, "tick");
  for (let n = 0; n < 100; n++) world.world.pass(100);
  expect([asked.mock.calls.length, gone.mock.calls.length]).toEqual([0, 0]);
  world.world.pass(8_000);
  expect([asked.mock.calls.length, gone.mock.calls.length]).toEqual([1, 1]);
});
