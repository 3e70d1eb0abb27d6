// Random histories of a base: what players build, put, take and request, and what the cluster sends.
import * as fc from "fast-check";
import type { What } from "./hands";
import type { World } from "./world";

export const items = ["iron-plate", "coal", "steel-chest", "firearm-magazine"] as const;
/** Fluids with the temperatures that flow here. */
const fluids = [
  { name: "water", temperature: 15 },
  { name: "steam", temperature: 165 },
  { name: "steam", temperature: 500 },
] as const;
export const places = 8;

type Flow = (typeof fluids)[number];

export type Action =
  | { do: "build"; x: number; kind: "export" | "import"; what: What }
  | { do: "mine" | "robot mine" | "destroy"; x: number }
  | { do: "upgrade"; x: number; quality: string }
  | { do: "clone" | "blueprint" | "paste"; x: number; to: number }
  | { do: "clone area"; from: number; to: number; width: number }
  | { do: "merge forces"; x: number }
  | { do: "restrict"; surfaces: string; entities: number }
  | { do: "colonise" | "abandon colony" | "upgrade mod" }
  | { do: "put"; x: number; item: string; count: number; quality: string; health?: number; ammo?: number }
  | { do: "take"; x: number; item: string; count: number }
  | { do: "request"; x: number; slot: number; item: string; count: number; quality: string }
  | { do: "pour"; x: number; fluid: Flow; amount: number }
  | { do: "drain"; x: number; amount: number }
  | { do: "charge"; x: number; megajoules: number }
  | { do: "set"; x: number; fluid: Flow; amount: number }
  | { do: "import"; more: Record<string, number> }
  | { do: "lease"; ticks: number }
  | { do: "begin" }
  | { do: "reload" }
  | { do: "tick"; ticks: number };

function resource(item: string, quality: string): string {
  return quality === "normal" ? `item:${item}` : `item:${item}:${quality}`;
}

const x = fc.nat(places - 1);
const item = fc.constantFrom(...items);
const quality = fc.constantFrom("normal", "normal", "rare");
const count = fc.integer({ min: 1, max: 300 });
const flow = fc.constantFrom(...fluids);
/** Quarters are exact in every format on the way. */
const quarters = fc.integer({ min: 1, max: 400 }).map((n) => n / 4);
const imports = fc.dictionary(
  fc.oneof(
    { weight: 3, arbitrary: fc.tuple(item, quality).map(([item, quality]) => resource(item, quality)) },
    { weight: 1, arbitrary: flow.map(({ name, temperature }) => `fluid:${name}:${temperature}`) },
    { weight: 1, arbitrary: fc.constant("energy") },
  ),
  fc.nat(500),
  { minKeys: 1, maxKeys: 3 },
);
/** Mostly a few; now and then long enough for leftovers to go back. */
const ticks = fc.oneof(
  { weight: 11, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 1, arbitrary: fc.constant(3700) },
);

/** Only undamaged placeables are damaged and only magazines are used, as in the game. */
const put = fc.tuple(x, item, count, quality, fc.boolean()).map(([x, item, count, quality, isWorn]): Action => {
  const wear = item === "steel-chest" ? { health: 0.5 } : item === "firearm-magazine" ? { ammo: 4 } : {};
  return { do: "put", x, item, count, quality, ...(isWorn ? wear : {}) };
});

export const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("build" as const),
      x,
      kind: fc.constantFrom("export" as const, "import" as const),
      what: fc.constantFrom<What>("chest", "chest", "tank", "accumulator"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom("mine" as const, "robot mine" as const, "destroy" as const), x }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("upgrade" as const), x, quality: fc.constantFrom("rare", "legendary") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("clone" as const, "blueprint" as const, "paste" as const),
      x,
      to: x,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("clone area" as const),
      from: fc.constantFrom(0, 1, 2),
      to: fc.constantFrom(4, 5, 6),
      width: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("merge forces" as const), x }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("restrict" as const),
      surfaces: fc.constantFrom("", "", "nauvis", "colony"),
      entities: fc.constantFrom(0, 0, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("colonise" as const, "abandon colony" as const, "upgrade mod" as const),
    }),
  },
  { weight: 5, arbitrary: put },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("take" as const), x, item, count }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("request" as const),
      x,
      slot: fc.integer({ min: 1, max: 3 }),
      item,
      count: fc.nat(400),
      quality,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pour" as const), x, fluid: flow, amount: quarters }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("drain" as const), x, amount: quarters }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("charge" as const),
      x,
      megajoules: fc.integer({ min: -80, max: 80 }).map((n) => n / 4),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("set" as const),
      x,
      fluid: flow,
      amount: fc.integer({ min: 0, max: 1000 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("import" as const), more: imports }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lease" as const), ticks: fc.constantFrom(0, 100, 10000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("begin" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("tick" as const),
      ticks,
    }),
  },
);

/** Does one action; what players brought into the chests (+) or carried away (-) goes into `brought`. */
export function act(world: World, action: Action, brought: Record<string, number>): void {
  const note = (held: Record<string, number>, sign: 1 | -1): void => {
    for (const [name, n] of Object.entries(held)) brought[name] = (brought[name] ?? 0) + sign * n;
  };
  const stands = (x: number): boolean => !world.isFree(x);
  switch (action.do) {
    case "robot mine":
      if (stands(action.x))
        note(
          world.changeOfAll(() => world.robotMines(action.x)),
          1,
        );
      return;
    case "destroy":
      if (stands(action.x))
        note(
          world.changeOfAll(() => world.destroy(action.x)),
          1,
        );
      return;
    case "upgrade":
      if (stands(action.x))
        note(
          world.changeOfAll(() => world.upgrade(action.x, action.quality)),
          1,
        );
      return;
    case "clone":
      if (stands(action.x) && !stands(action.to))
        note(
          world.changeOfAll(() => world.clone(action.x, action.to)),
          1,
        );
      return;
    case "blueprint":
      if (stands(action.x) && !stands(action.to))
        note(
          world.changeOfAll(() => world.blueprint(action.x, action.to)),
          1,
        );
      return;
    case "paste":
      if (stands(action.x) && stands(action.to))
        note(
          world.changeOfAll(() => world.paste(action.x, action.to)),
          1,
        );
      return;
    case "clone area":
      note(
        world.changeOfAll(() => world.cloneArea(action.from, action.to, action.width)),
        1,
      );
      return;
    case "merge forces":
      if (stands(action.x))
        note(
          world.changeOfAll(() => world.mergeForces(action.x)),
          1,
        );
      return;
    case "restrict":
      world.setting("clusterio-surfaces", action.surfaces);
      world.setting("clusterio-entities-max", action.entities);
      return;
    case "colonise":
      note(
        world.changeOfAll(() => world.colonise()),
        1,
      );
      return;
    case "abandon colony":
      note(
        world.changeOfAll(() => world.abandonColony()),
        1,
      );
      return;
    case "upgrade mod":
      world.reload({ upgraded: true });
      return;
    case "build":
      if (world.isFree(action.x)) world.place(action.kind, action.x, action.what);
      return;
    case "mine":
      if (!world.isFree(action.x)) {
        note(world.holds(action.x), -1);
        world.mine(action.x);
      }
      return;
    case "put":
      if (world.kindAt(action.x).endsWith("chest")) {
        const { item, count, quality, health, ammo } = action;
        const wear = { ...(health === undefined ? {} : { health }), ...(ammo === undefined ? {} : { ammo }) };
        note(world.put(action.x, item, count, { quality, ...wear }), 1);
      }
      return;
    case "take":
      if (world.kindAt(action.x).endsWith("chest")) note(world.take(action.x, action.item, action.count), -1);
      return;
    case "request":
      if (world.kindAt(action.x) === "import-chest") {
        world.request(
          action.x,
          action.slot,
          action.count === 0 ? undefined : action.item,
          action.count,
          action.quality,
        );
      }
      return;
    case "pour":
      if (world.kindAt(action.x).endsWith("tank")) {
        note(
          world.changeAt(action.x, () =>
            world.pour(action.x, action.fluid.name, { ...action.fluid, amount: action.amount }),
          ),
          1,
        );
      }
      return;
    case "drain":
      if (world.kindAt(action.x).endsWith("tank"))
        note(
          world.changeAt(action.x, () => world.drain(action.x, action.amount)),
          1,
        );
      return;
    case "charge":
      if (world.kindAt(action.x).endsWith("accumulator")) {
        note(
          world.changeAt(action.x, () => world.charge(action.x, action.megajoules)),
          1,
        );
      }
      return;
    case "set":
      if (world.kindAt(action.x) === "import-tank") {
        const { name, temperature } = action.fluid;
        world.requestFluid(action.x, action.amount === 0 ? undefined : { name, temperature, amount: action.amount });
      }
      return;
    case "import": {
      const { received } = world.totals();
      const totals = Object.entries(action.more).map(([name, n]) => [name, (received[name] ?? 0) + n]);
      world.importNamed(Object.fromEntries(totals));
      return;
    }
    case "lease":
      world.lease(action.ticks);
      return;
    case "begin":
      world.begin();
      return;
    case "reload":
      world.reload();
      return;
    case "tick":
      world.tick(action.ticks);
  }
}
