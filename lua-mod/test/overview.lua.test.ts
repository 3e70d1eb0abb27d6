import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
});
afterEach(() => world.close());

const console = (): string[] => world.raw("clusterio", "").trimEnd().split("\n");
const shown = (): string[] | undefined => {
  const captions = world.lua(`local frame, captions = game.get_player("someone").gui.left["clusterio-overview"], {}
    if not frame then return end
    for i, label in ipairs(frame.children) do captions[i] = test.text(label.caption) end
    return captions`);
  return captions === undefined ? undefined : Object.values(captions as object);
};
const toggle = (): unknown => world.lua(`test.join("someone") test.command("someone", "/clusterio")`);

test("the console says how the world stands: link, entities, what came, what is wanted", () => {
  expect(console()[0]).toBe("This world was never linked to a cluster.");
  world.open({ lease: 100000 });
  world.place("export", 0);
  world.place("import", 1);
  world.request(1, 1, "coal", 50);
  world.tick(120);
  world.importNamed({ "item:iron-plate": 7, "item:coal": 20 });
  world.tick(1300);
  expect(console()).toEqual([
    "World a.1: linked, the bridge was heard 24 s ago.",
    "1 exporting and 1 importing entities.",
    "In step for 24 s, last report 22 s ago.",
    "Came and waits for room:",
    "7 [item=iron-plate]",
    "Wanted:",
    "30 [item=coal] wanted, 0 came in the last seconds",
  ]);
  world.lease(0);
  world.tick(2);
  expect(console()[0]).toBe("World a.1: no link to the cluster.");
});

test("a player opens a window with it, which keeps up once a second, and closes it again", () => {
  world.open({ lease: 100000 });
  toggle();
  expect(shown()?.[1]).toBe("0 exporting and 0 importing entities.");
  world.place("export", 0);
  world.tick(60);
  expect(shown()?.[1]).toBe("1 exporting and 0 importing entities.");
  toggle();
  expect(shown()).toBeUndefined();
  world.tick(60);
  expect(world.lua(`return { #test.storage("clusterio").overviews }`)).toEqual([0]);
});

test("a window that somebody else destroyed, or whose player left, harms nothing", () => {
  world.open();
  toggle();
  world.lua(`game.get_player("someone").gui.left.clear()`);
  world.tick(60);
  expect(world.lua(`return { #test.storage("clusterio").overviews }`)).toEqual([0]);
  toggle();
  world.lua(`test.leave("someone")`);
  world.tick(120);
  expect(world.brokenInvariants()).toEqual([]);
});

test("of a long list as much is shown as fits the screen", () => {
  world.open({ lease: 100000 });
  const qualities = ["", ":uncommon", ":rare", ":epic", ":legendary"];
  const all = ["iron-plate", "coal", "stone"].flatMap((item) => qualities.map((quality) => `item:${item}${quality}`));
  world.importNamed(Object.fromEntries(all.map((resource) => [resource, 1])));
  expect(console()).toHaveLength(3 + 1 + 12);
});

test("with nobody looking, it costs nothing", () => {
  world.open();
  world.tick(59 - (world.now() % 60));
  const before = world.state();
  world.tick(1);
  expect(world.state()).toBe(before);
});
