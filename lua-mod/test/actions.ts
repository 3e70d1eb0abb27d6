// Random histories of a base: what players build, put, take and request, and what the cluster sends.
import * as fc from "fast-check";
import type { World } from "./world";

export const items = ["iron-plate", "coal", "steel-chest", "firearm-magazine"] as const;
export const places = 6;

export type Action =
  | { do: "build"; x: number; kind: "export" | "import" }
  | { do: "mine"; x: number }
  | { do: "put"; x: number; item: string; count: number; quality: string; health?: number; ammo?: number }
  | { do: "take"; x: number; item: string; count: number }
  | { do: "request"; x: number; slot: number; item: string; count: number; quality: string }
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
const imports = fc.dictionary(
  fc.tuple(item, quality).map(([item, quality]) => resource(item, quality)),
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
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("mine" as const), x }) },
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
  switch (action.do) {
    case "build":
      if (world.isFree(action.x)) world.place(action.kind, action.x);
      return;
    case "mine":
      if (!world.isFree(action.x)) {
        note(world.holds(action.x), -1);
        world.mine(action.x);
      }
      return;
    case "put":
      if (!world.isFree(action.x)) {
        const { item, count, quality, health, ammo } = action;
        const wear = { ...(health === undefined ? {} : { health }), ...(ammo === undefined ? {} : { ammo }) };
        note(world.put(action.x, item, count, { quality, ...wear }), 1);
      }
      return;
    case "take":
      if (!world.isFree(action.x)) note(world.take(action.x, action.item, action.count), -1);
      return;
    case "request":
      if (world.isImport(action.x)) {
        world.request(
          action.x,
          action.slot,
          action.count === 0 ? undefined : action.item,
          action.count,
          action.quality,
        );
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
