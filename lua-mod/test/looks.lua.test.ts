import { encodeNumber } from "./compact-payload";
import { World } from "./world";

/** Who looks is told how things stand in the whole cluster; while nobody looks nothing is written (LV1, LV2). */
let world: World;
let counter = 0;
beforeEach(() => {
  counter = 0;
  world = World.create();
  world.open({ lease: 100000 });
  world.place("import", 0);
  world.request(0, 1, "coal", 50);
  world.request(0, 2, "iron-plate", 400);
  world.tick(2);
});
afterEach(() => world.close());

const shown = (): string[] =>
  Object.values(
    world.lua(`local captions = {}
    for i, label in ipairs(game.get_player("someone").gui.left["clusterio-overview"].children) do captions[i] = test.text(label.caption) end
    return captions`) as object,
  );
const toggle = () => world.lua(`test.join("someone") test.command("someone", "/clusterio")`);
const open = (x: number) => world.lua(`test.join("someone") test.open(at(${x}), "someone")`);
const shut = () => world.lua(`test.close("someone")`);
const looks = () =>
  world
    .reportLines(world.token)
    .flatMap((line) =>
      line.startsWith('{"look"') ? [JSON.parse(line) as { look: { token: string; resources: unknown } }] : [],
    )
    .map(({ look }) => (Array.isArray(look.resources) ? look.resources : []));
/** onTheWay, storage, demand, worlds, share in thousandths. */
const figures = (of: Record<string, readonly number[]>, n = ++counter) => {
  const known = Object.entries(world.namesByNumber());
  const numbered = Object.entries(of).map(
    ([name, five]) => [Number(known.find(([, one]) => one === name)![0]), five] as const,
  );
  let previous = -1;
  let payload = "";
  for (const [number, five] of numbered.sort(([a], [b]) => a - b)) {
    payload += encodeNumber(number - previous - 1) + five.map(encodeNumber).join("");
    previous = number;
  }
  return world.send("cf", `${world.tag} ${n} ${payload}`);
};

test("LV1 an open window says what it lists as wanted, once, again when that is another list, and when it is closed", () => {
  world.tick(120);
  expect(looks()).toEqual([]);
  toggle();
  world.tick(300);
  expect(looks()).toEqual([["item:coal", "item:iron-plate"]]);
  world.importNamed({ "item:coal": 50 });
  world.tick(120);
  toggle();
  world.tick(300);
  expect(looks()).toEqual([["item:coal", "item:iron-plate"], ["item:iron-plate"], []]);
});

test("LV1 an open chest says what it misses; a new session is told again; whoever left looks no more", () => {
  world.place("export", 5);
  open(5);
  world.tick(120);
  expect(looks()).toEqual([]);
  open(0);
  world.tick(120);
  expect(looks()).toEqual([["item:coal", "item:iron-plate"]]);
  world.begin();
  world.tick(120);
  expect(looks()).toEqual([["item:coal", "item:iron-plate"]]);
  world.lua(`test.leave("someone")`);
  world.tick(120);
  expect(looks()).toEqual([["item:coal", "item:iron-plate"], []]);
});

test("the window shows what is on the way and the fair share, for a while, and what the cluster has enough of", () => {
  toggle();
  world.tick(1300);
  world.send("cc", `${world.tag} 1 . item:stone,energy`);
  expect(figures({ "item:coal": [7, 120, 400, 3, 333], "item:iron-plate": [0, 9, 1_000_000, 2, 1000] })).toEqual({
    tick: world.now(),
  });
  world.tick(60);
  expect(shown().slice(2)).toEqual([
    expect.stringMatching(/^In step for \d+ s, last report \d s ago\.$/),
    "On the way here:",
    "7 [item=coal]",
    "Wanted:",
    "50 [item=coal] wanted, 0 came in the last seconds; share 33.3 % of what comes, 120 in storage, 3 worlds want 400",
    "400 [item=iron-plate] wanted, 0 came in the last seconds; share 100.0 % of what comes, 9 in storage, 2 worlds want 1000000",
    "The cluster has enough of:",
    "[item=stone]",
    "MJ",
  ]);
  world.tick(660);
  expect(shown()).toContain("50 [item=coal] wanted, 0 came in the last seconds");
  expect(shown()).not.toContain("On the way here:");
});

test("a chest that somebody has open says at once why it waits, with the cluster's figures", () => {
  world.tick(1300);
  open(0);
  expect(world.status(0)).toBe("waiting-none");
  figures({ "item:coal": [0, 120, 400, 3, 333] });
  expect(world.status(0)).toBe("waiting-figures");
  const label = world.lua(`return { test.text(at(0).custom_status.label) }`) as string[];
  expect(label[0]).toBe(
    "Fair share: 0 of 50 [item=coal] wanted here came in the last seconds. This world gets 33.3 % of what comes; storage has 120, 3 worlds want 400",
  );
  shut();
  world.tick(1300);
  expect(world.status(0)).toBe("waiting-none");
});

test("LV2 figures that were overtaken are dropped; a new session counts anew", () => {
  toggle();
  figures({ "item:coal": [5, 1, 1, 1, 1] }, 7);
  figures({ "item:coal": [9, 1, 1, 1, 1] }, 6);
  world.tick(60);
  expect(shown()).toContain("5 [item=coal]");
  world.begin();
  figures({ "item:coal": [3, 1, 1, 1, 1] }, 1);
  world.tick(60);
  expect(shown()).toContain("3 [item=coal]");
});

test.each([
  ["nope 1 AAAAAA", "wrong-token"],
  ["TAG x AAAAAA", "parameter"],
  ["TAG 1", "parameter"],
  ["TAG 1 AAAAA", "payload"],
  ["TAG 1 !", "payload"],
  ["TAG 1 ZAAAAA", "payload"],
])("%j is refused, and nothing changes", (parameter, error) => {
  const before = world.state();
  expect(world.send("cf", parameter.replace("TAG", world.tag)).error).toBe(error);
  expect(world.state()).toBe(before);
});

test("of very many things no more than sixteen are asked for", () => {
  const qualities = ["normal", "uncommon", "rare", "epic", "legendary"];
  let slot = 2;
  for (const quality of qualities)
    for (const item of ["stone", "copper-plate", "steel-plate", "wood"]) {
      slot += 1;
      world.request(0, slot, item, 5, quality);
    }
  open(0);
  world.tick(300);
  expect(looks().at(-1)).toHaveLength(16);
});
