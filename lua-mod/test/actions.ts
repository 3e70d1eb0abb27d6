// Random histories of a base: what players build, put, take and request, and what the cluster sends.
import * as fc from "fast-check";
import type { Builder, Looseness, What } from "./hands";

export const items = ["iron-plate", "coal", "steel-chest", "firearm-magazine"] as const;
/** Fluids with the temperatures that flow here. */
const fluids = [
  { name: "water", temperature: 15 },
  { name: "steam", temperature: 165 },
  { name: "steam", temperature: 500 },
] as const;
export const places = 8;

type Flow = (typeof fluids)[number];

/** What is done at one port, and changes the contents of that one alone. */
export type AtPort =
  | { do: "mine"; x: number }
  | { do: "put"; x: number; item: string; count: number; quality: string; health?: number; ammo?: number }
  | { do: "take"; x: number; item: string; count: number }
  | { do: "pour"; x: number; fluid: Flow; amount: number }
  | { do: "drain"; x: number; amount: number }
  | { do: "charge"; x: number; megajoules: number };

/** What robots, biters, planners and scripts do to any number of ports. */
export type ByOthers =
  | { do: "robot mine" | "destroy" | "rebuild" | "merge forces"; x: number }
  | { do: "upgrade"; x: number; quality: string }
  | { do: "clone" | "blueprint" | "cut" | "paste"; x: number; to: number }
  | { do: "clone area"; from: number; to: number; width: number }
  | { do: "colonise" | "abandon colony" | "undo" | "redo" };

/** What other mods do: their goods come from outside the ports and go there. */
export type ByPartner =
  | { do: "hand in"; resource: string; count: number }
  | { do: "order"; resource: string; count: number; standing: boolean }
  | { do: "take order"; nth: number; count: number }
  | { do: "cancel order"; nth: number };

/** What brings nothing into a port and takes nothing out, whatever the mod does then. */
export type Still =
  | { do: "build"; x: number; kind: "export" | "import"; what: What; by: Builder }
  | { do: "request"; x: number; slot: number; item: string; count: number; quality: string }
  | { do: "set"; x: number; fluid: Flow; amount: number }
  | { do: "restrict"; surfaces: string; entities: number }
  | ({ do: "loosen" } & Looseness)
  | { do: "import"; more: Record<string, number> }
  | { do: "lease" | "tick"; ticks: number }
  | { do: "begin" | "reload" | "upgrade mod" };

/** Each kind of action. */
export const everything: readonly Action["do"][] = [
  ...(["build", "mine", "robot mine", "destroy", "rebuild", "undo", "redo", "upgrade"] as const),
  ...(["clone", "blueprint", "cut", "paste", "clone area", "merge forces", "colonise", "abandon colony"] as const),
  ...(["put", "take", "pour", "drain", "charge", "request", "set", "restrict", "loosen"] as const),
  ...(["hand in", "order", "take order", "cancel order"] as const),
  ...(["import", "lease", "begin", "reload", "upgrade mod", "tick", "save", "crash"] as const),
];

/** What a server does for itself: after a crash all is as it was when it last saved, what the test counted, too. */
export type Life = { do: "save" } | { do: "crash" };

export type Action = AtPort | ByOthers | ByPartner | Still | Life;

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
const anyResource = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(item, quality).map(([item, quality]) => resource(item, quality)) },
  { weight: 1, arbitrary: flow.map(({ name, temperature }) => `fluid:${name}:${temperature}`) },
  { weight: 1, arbitrary: fc.constant("energy") },
);
const imports = fc.dictionary(anyResource, fc.nat(500), { minKeys: 1, maxKeys: 3 });
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
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("build" as const),
      x,
      kind: fc.constantFrom("export" as const, "import" as const),
      what: fc.constantFrom<What>("chest", "chest", "tank", "accumulator"),
      by: fc.constantFrom<Builder>("player", "player", "robot", "platform", "script"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("mine" as const, "robot mine" as const, "destroy" as const, "rebuild" as const),
      x,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("upgrade" as const), x, quality: fc.constantFrom("rare", "legendary") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("clone" as const, "blueprint" as const, "cut" as const),
      x,
      to: x,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("paste" as const), x, to: x }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("clone area" as const),
      from: fc.constantFrom(0, 1, 2),
      to: fc.constantFrom(4, 5, 6),
      width: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("undo" as const, "redo" as const) }) },
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
      do: fc.constant("loosen" as const),
      fluidSlip: fc.constantFrom(0, 0, 0.25),
      energyStep: fc.constantFrom(undefined, undefined, 2.75e6, 0),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("colonise" as const, "abandon colony" as const, "upgrade mod" as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("order" as const), resource: anyResource, count, standing: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("take order" as const), nth: fc.nat(4), count }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel order" as const), nth: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("hand in" as const), resource: anyResource, count }) },
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
  { weight: 1, arbitrary: fc.record({ do: fc.constant("save" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("tick" as const),
      ticks,
    }),
  },
);
