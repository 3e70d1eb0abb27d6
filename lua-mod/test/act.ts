// Carries out what actions.ts draws, and measures what it brought into the ports.
import type { Action, AtPort, ByOthers, ByPartner, Life, Still } from "./actions";
import { Partner } from "./partners";
import type { Vector } from "./protocol";
import type { World } from "./world";

/** Does one action if it can be done, and returns whether; what was brought into the ports by it (or, below zero, carried away) goes into `brought`. */
export function act(world: World, action: Action, brought: Vector): boolean {
  if (!isPossible(world, action)) return false;
  if (action.do === "save") world.keep({ ...brought });
  else if (action.do === "crash") become(brought, world.crash());
  else count(brought, carryOut(world, action));
  return true;
}

function become(vector: Vector, other: Vector): void {
  for (const name of Object.keys(vector)) delete vector[name];
  Object.assign(vector, other);
}

function count(brought: Vector, more: Vector): void {
  for (const [name, n] of Object.entries(more)) brought[name] = (brought[name] ?? 0) + n;
}

/** Carries it out and returns what was brought by it. */
function carryOut(world: World, action: Exclude<Action, Life>): Vector {
  switch (action.do) {
    case "mine":
    case "put":
    case "take":
    case "pour":
    case "drain":
    case "charge":
      return world.changeAt(action.x, () => atPort(world, action));
    case "hand in":
    case "order":
    case "take order":
    case "cancel order":
      return byPartner(new Partner(world), action);
    case "robot mine":
    case "destroy":
    case "rebuild":
    case "undo":
    case "redo":
    case "upgrade":
    case "clone":
    case "blueprint":
    case "cut":
    case "paste":
    case "clone area":
    case "merge forces":
    case "colonise":
    case "abandon colony":
      return world.changeOfAll(() => byOthers(world, action));
    default:
      still(world, action);
      return {};
  }
}

function isPossible(world: World, action: Action): boolean {
  const kind = "x" in action ? world.kindAt(action.x) : "";
  const stands = kind !== "";
  switch (action.do) {
    case "crash":
      return world.hasKept;
    case "build":
      return !stands;
    case "mine":
    case "robot mine":
    case "destroy":
    case "rebuild":
    case "upgrade":
    case "merge forces":
      return stands;
    case "clone":
    case "blueprint":
    case "cut":
      return stands && world.kindAt(action.to) === "";
    case "paste":
      return stands && world.kindAt(action.to) !== "";
    case "put":
    case "take":
      return kind.endsWith("chest");
    case "pour":
    case "drain":
      return kind.endsWith("tank");
    case "charge":
      return kind.endsWith("accumulator");
    case "request":
      return kind === "import-chest";
    case "set":
      return kind === "import-tank";
    default:
      return true;
  }
}

function atPort(world: World, action: AtPort): unknown {
  const { x } = action;
  switch (action.do) {
    case "mine":
      return world.mine(x);
    case "put": {
      const { item, count, quality, health, ammo } = action;
      const wear = { ...(health === undefined ? {} : { health }), ...(ammo === undefined ? {} : { ammo }) };
      return world.put(x, item, count, { quality, ...wear });
    }
    case "take":
      return world.take(x, action.item, action.count);
    case "pour":
      return world.pour(x, action.fluid.name, { ...action.fluid, amount: action.amount });
    case "drain":
      return world.drain(x, action.amount);
    case "charge":
      return world.charge(x, action.megajoules);
  }
}

function byOthers(world: World, action: ByOthers): void {
  switch (action.do) {
    case "robot mine":
      return world.robotMines(action.x);
    case "destroy":
      return world.destroy(action.x);
    case "rebuild":
      return world.rebuild(action.x);
    case "undo":
      return world.undo();
    case "redo":
      return world.redo();
    case "cut":
      return world.cut(action.x, action.to);
    case "upgrade":
      return world.upgrade(action.x, action.quality);
    case "clone":
      return world.clone(action.x, action.to);
    case "blueprint":
      return world.blueprint(action.x, action.to);
    case "paste":
      return world.paste(action.x, action.to);
    case "clone area":
      return world.cloneArea(action.from, action.to, action.width);
    case "merge forces":
      return world.mergeForces(action.x);
    case "colonise":
      return world.colonise();
    case "abandon colony":
      return world.abandonColony();
  }
}

function byPartner(partner: Partner, action: ByPartner): Vector {
  if (action.do === "hand in") return partner.export(action).taken;
  if (action.do === "order") {
    partner.import(action);
    return {};
  }
  const orders = partner.orders();
  const chosen = orders[action.nth % Math.max(1, orders.length)];
  if (chosen === undefined) return {};
  if (action.do === "cancel order") {
    partner.cancel(chosen.order);
    return {};
  }
  const { order, resource } = chosen;
  return { [resource]: -partner.take({ order, count: action.count }).count };
}

function still(world: World, action: Still): unknown {
  switch (action.do) {
    case "build":
      if (action.by === "player") return world.place(action.kind, action.x, action.what);
      return world.placeBy(action.by, action.kind, action.x, action.what);
    case "request": {
      const { x, slot, item, count, quality } = action;
      return world.request(x, slot, count === 0 ? undefined : item, count, quality);
    }
    case "set": {
      const { name, temperature } = action.fluid;
      const { x, amount } = action;
      return world.requestFluid(x, amount === 0 ? undefined : { name, temperature, amount });
    }
    case "restrict":
      world.setting("clusterio-surfaces", action.surfaces);
      return world.setting("clusterio-entities-max", action.entities);
    case "loosen":
      return world.loosen(action);
    case "import": {
      const { received } = world.totals();
      const totals = Object.entries(action.more).map(([name, n]) => [name, (received[name] ?? 0) + n]);
      return world.importNamed(Object.fromEntries(totals));
    }
    case "lease":
      return world.lease(action.ticks);
    case "begin":
      return world.begin();
    case "reload":
      return world.reload();
    case "upgrade mod":
      return world.reload({ upgraded: true });
    case "tick":
      return world.tick(action.ticks);
  }
}
