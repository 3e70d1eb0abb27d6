import { balance } from "./balance";
import { encodeNumber } from "./compact-payload";
import { World } from "./world";

/** What the cluster has enough of stays in its chest, tank or accumulator, which says so (ML1). */
let world: World;
let counter = 0;
beforeEach(() => {
  counter = 0;
  world = World.create();
  world.open();
});
afterEach(() => world.close());

/** The whole list by names, as a bridge says what this save has no numbers for. */
const cap = (...names: string[]) => world.send("cc", `${world.tag} ${++counter} . ${names.join(",")}`);
const numberOf = (name: string) =>
  Number(Object.entries(world.namesByNumber()).find(([, known]) => known === name)?.[0] ?? Number.NaN);
const exported = () => world.totals().exported;

test("a chest gives the rest, keeps what storage is full of and names it; when it is not any more, that goes too", () => {
  world.place("export", 0);
  expect(cap("item:iron-plate")).toEqual({ tick: world.now() });
  world.put(0, "iron-plate", 30);
  world.put(0, "iron-plate", 2, { quality: "uncommon" });
  world.put(0, "copper-plate", 5);
  world.tick(1);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 30 });
  expect(exported()).toEqual({ "item:iron-plate:uncommon": 2, "item:copper-plate": 5 });
  expect([world.status(0), world.statusGaps(0)[0]]).toEqual(["storage-full", "[item=iron-plate]"]);
  cap();
  world.tick(300);
  expect(world.holds(0)).toEqual({});
  expect(exported()).toMatchObject({ "item:iron-plate": 30 });
  expect(world.status(0)).toBe("");
});

test("of stacks that may differ each stays as it is, the partly used one too", () => {
  world.place("export", 0);
  cap("item:firearm-magazine");
  world.put(0, "firearm-magazine", 20);
  world.put(0, "iron-plate", 1);
  world.tick(1);
  expect(world.holds(0)).toEqual({ "item:firearm-magazine": 20 });
  expect([world.status(0), world.statusGaps(0)[0]]).toEqual(["storage-full", "[item=firearm-magazine]"]);
  cap();
  world.tick(300);
  expect(exported()).toEqual({ "item:firearm-magazine": 20, "item:iron-plate": 1 });
});

test.each([
  ["a tank", "tank", "fluid:steam:165", "fluid:steam:165"],
  ["an accumulator", "accumulator", "energy", "energy"],
] as const)("%s stops and goes on", (_what, kind, resource, held) => {
  const fill = () => {
    if (kind === "tank") world.pour(0, "steam", { amount: 70.5, temperature: 165 });
    else world.charge(0, 70.5);
  };
  world.place("export", 0, kind);
  cap(resource);
  fill();
  world.tick(1);
  expect(world.holds(0)).toEqual({ [held]: 70.5 });
  expect([world.status(0), exported()]).toEqual(["storage-full", {}]);
  cap();
  world.tick(300);
  expect(exported()).toEqual({ [resource]: 70 });
  expect(world.holds(0)).toEqual({ [held]: 0.5 });
});

test("another temperature or quality goes on", () => {
  world.place("export", 0, "tank");
  world.place("export", 3);
  cap("fluid:steam:165", "item:iron-plate:rare");
  world.pour(0, "steam", { amount: 7, temperature: 500 });
  world.put(3, "iron-plate", 4);
  world.tick(1);
  expect(exported()).toEqual({ "fluid:steam:500": 7, "item:iron-plate": 4 });
});

test("ML1 a word that was overtaken is dropped, within a session; the list is whole each time", () => {
  world.place("export", 0);
  world.send("cc", `${world.tag} 2 . item:iron-plate,item:copper-plate`);
  world.send("cc", `${world.tag} 1 .`);
  world.send("cc", `${world.tag} 2 .`);
  world.put(0, "iron-plate", 1);
  world.tick(1);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 1 });
  const numbers = [numberOf("item:iron-plate"), numberOf("item:copper-plate")];
  expect(numbers).toEqual([0, 1]);
  // Number 1 alone.
  world.send("cc", `${world.tag} 3 ${encodeNumber(1)}`);
  world.put(0, "copper-plate", 1);
  world.tick(300);
  expect(world.holds(0)).toEqual({ "item:copper-plate": 1 });
});

test("the save keeps the list, begin says what it holds, and its numbers begin anew", () => {
  world.place("export", 0);
  world.send("cc", `${world.tag} 9 . energy,item:iron-plate`);
  world.reload();
  const { capped } = world.begin() as unknown as { capped: string[] };
  expect(capped).toEqual(["energy", "item:iron-plate"]);
  world.put(0, "iron-plate", 1);
  world.tick(1);
  expect(world.holds(0)).toEqual({ "item:iron-plate": 1 });
  world.send("cc", `${world.tag} 1 .`);
  world.tick(300);
  expect(exported()).toEqual({ "item:iron-plate": 1 });
  expect((world.begin() as unknown as { capped: string[] }).capped).toEqual([]);
});

test("names that this game cannot hold get no number", () => {
  cap("item:nothing-of-ours", "item:iron-plate");
  expect(Object.values(world.namesByNumber())).toEqual(["item:iron-plate"]);
});

test.each([
  ["nope 1 .", "wrong-token"],
  ["TAG one .", "parameter"],
  ["TAG 1", "parameter"],
  ["TAG 1 !", "payload"],
  ["TAG 1 A", "payload"],
])("%j is refused, and nothing changes", (parameter, error) => {
  cap();
  const before = world.state();
  expect(world.send("cc", parameter.replace("TAG", world.tag)).error).toBe(error);
  expect(world.state()).toBe(before);
});

test("before adopt it is refused", () => {
  const other = World.create();
  other.begin();
  expect(other.send("cc", `${other.tag} 1 . energy`).error).toBe("not-adopted");
  other.close();
});

test("what lies in the buffer too long still goes back", () => {
  world.importNamed({ "item:iron-plate": 6 });
  cap("item:iron-plate");
  world.tick(4_000);
  expect(world.buffer()).toEqual({});
  expect(exported()).toEqual({ "item:iron-plate": 6 });
});

test("other mods are told, by thing and by inventory", () => {
  cap("item:iron-plate");
  world.place("export", 0);
  world.put(0, "iron-plate", 3);
  world.put(0, "copper-plate", 2);
  const said = (parameter: string) => world.lua(`return remote.call("clusterio", "export", ${parameter})`);
  expect(said('{ name = "iron-plate", count = 5 }')).toMatchObject({ count: 0, reason: "storage-full" });
  expect(said("{ inventory = at(0).get_inventory(defines.inventory.chest) }")).toMatchObject({
    count: 2,
    reason: "storage-full",
  });
  expect(world.holds(0)).toEqual({ "item:iron-plate": 3 });
});

test("nothing is made or lost while lists come and go", () => {
  const kinds = ["iron-plate", "copper-plate", "firearm-magazine"];
  for (let x = 0; x < 6; x++) world.place("export", x);
  const brought: Record<string, number> = {};
  for (let round = 0; round < 40; round++) {
    const list = kinds.filter((_, n) => (round >> n) % 2 === 0).map((kind) => `item:${kind}`);
    cap(...list);
    const kind = kinds[round % kinds.length]!;
    world.put(round % 6, kind, 7);
    brought[`item:${kind}`] = (brought[`item:${kind}`] ?? 0) + 7;
    world.tick(3);
    const { held, due } = balance(world, brought);
    expect(held).toEqual(due);
  }
  cap();
  world.tick(300);
  expect(world.everything()).toEqual({});
  expect(world.brokenInvariants()).toEqual([]);
});
