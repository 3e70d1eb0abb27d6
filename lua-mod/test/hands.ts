// What players, robots, biters and planners do in a test's world, and what stands there afterwards. A port is named by the x of
// its tile.
import { type Vector, withoutZeros } from "./protocol";

/** What a port exchanges, as its entity's name has it. */
export type What = "chest" | "tank" | "accumulator";

/** Who builds. */
export type Builder = "player" | "robot" | "platform" | "script";

export interface FluidRequest {
  name: string;
  temperature?: number;
  amount: number;
}

/** An engine that moves less than it is asked to. */
export interface Looseness {
  /** Every move of a fluid is short by so much. */
  fluidSlip?: number;
  /** One write changes a charge by at most so many joules; any number when left out. */
  energyStep?: number | undefined;
}

export interface Wear {
  quality?: string;
  health?: number;
  ammo?: number;
  durability?: number;
}

const sameKeys = (a: Vector, b: Vector): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];

export abstract class Hands {
  /** Runs Lua in the game; what it returns comes as parsed JSON. */
  abstract lua(code: string): unknown;

  /** By a player's hands, who can undo it. */
  place(kind: "export" | "import", x: number, what: What = "chest"): void {
    const name = `clusterio-${kind}-${what}`;
    this.lua(`test.join("someone") test.build{ name = "${name}", position = { ${x}, 0 }, player = "someone" }
      did{ built = true, name = "${name}", x = ${x} }`);
  }

  /** By robots, a space platform, or another mod's script. */
  placeBy(who: Exclude<Builder, "player">, kind: "export" | "import", x: number, what: What): void {
    const made = `name = "clusterio-${kind}-${what}", position = { ${x}, 0 }`;
    if (who === "script") this.lua(`game.surfaces[1].create_entity{ ${made}, force = "player", raise_built = true }`);
    else this.lua(`test.${who}_build{ ${made} }`);
  }

  /** What the player did last here is undone by robots, as the game plans it; of what was mined only the building comes back. */
  undo(): void {
    this.lua("go(storage.done, storage.undone, false)");
  }

  redo(): void {
    this.lua("go(storage.undone, storage.done, true)");
  }

  /** A blueprint's cut: the same elsewhere, and what stood there is taken away. */
  cut(from: number, to: number): void {
    this.blueprint(from, to);
    this.robotMines(from);
  }

  /** Killed, and built again from its ghost. */
  rebuild(x: number): void {
    this.lua(`local port = at(${x}) local name, quality = port.name, port.quality.name port.die()
      test.robot_build{ name = name, quality = quality, position = { ${x}, 0 } }`);
  }

  /** Sets an import tank; undefined to nothing. */
  requestFluid(x: number, request: FluidRequest | undefined): boolean {
    const wish = request === undefined ? "nil" : `helpers.json_to_table([==[${JSON.stringify(request)}]==])`;
    return String(this.lua(`return { remote.call("clusterio", "request_fluid", at(${x}), ${wish}) }`)) === "true";
  }

  /** What an import tank is set to. */
  requestedFluid(x: number): unknown {
    return this.lua(`return remote.call("clusterio", "requested_fluid", at(${x})) or {}`);
  }

  loosen({ fluidSlip = 0, energyStep }: Looseness): void {
    this.lua(`test.fluid_slip(${fluidSlip}) test.energy_step(${energyStep ?? "nil"})`);
  }

  robotMines(x: number): void {
    this.lua(`test.robot_mine(at(${x}))`);
  }

  /** Biters. */
  destroy(x: number): void {
    this.lua(`at(${x}).die()`);
  }

  /** What robots do for an upgrade planner. */
  upgrade(x: number, quality: string): void {
    this.lua(`test.upgrade(at(${x}), "${quality}")`);
  }

  /** Copies everything on the tiles [from, from + width) to those at `to`, where nothing is left. */
  cloneArea(from: number, to: number, width: number): void {
    this.lua(`game.surfaces[1].clone_area{
      source_area = { { ${from}, 0 }, { ${from + width - 0.1}, 1 } }, destination_area = { { ${to}, 0 }, { ${to + width - 0.1}, 1 } },
    }`);
  }

  /** Plans what stands there with a blueprint and lets robots build it elsewhere. */
  blueprint(from: number, to: number): void {
    this.lua(`test.join("someone") local held = test.blueprint({ at(${from}) }, "someone")[1]
      test.robot_build{ name = held.name, position = { ${to}, 0 }, tags = held.tags }`);
  }

  /** Another surface with a chest, a tank and an accumulator of each direction, all with something in them. */
  colonise(): void {
    this.lua(`local colony = game.surfaces.colony or game.create_surface("colony")
      for _, way in ipairs{ "export", "import" } do
        for i, what in ipairs{ "chest", "tank", "accumulator" } do
          local made = colony.create_entity{ name = "clusterio-" .. way .. "-" .. what, position = { i, #colony.find_entities_filtered{} }, force = "player", raise_built = true }
          if what == "chest" then made.insert{ name = "iron-plate", count = 30 } end
          if what == "tank" then made.insert_fluid{ name = "water", amount = 30 } end
          if what == "accumulator" then made.energy = 7e6 end
        end
      end`);
  }

  abandonColony(): void {
    this.lua(`if game.surfaces.colony then game.delete_surface("colony") end`);
  }

  /** Gives a port to another force, which is then merged into the players'. */
  mergeForces(x: number): void {
    this.lua(
      `local lost = game.create_force("lost-" .. game.tick) at(${x}).force = lost game.merge_forces(lost, "player")`,
    );
  }

  /** Lets fluid flow in; returns how much did. */
  pour(x: number, name: string, { amount, temperature }: { amount: number; temperature?: number }): number {
    const degrees = temperature === undefined ? "" : `, temperature = ${temperature}`;
    const [added] = this.lua(`return { at(${x}).insert_fluid{ name = "${name}", amount = ${amount}${degrees} } }`) as [
      number,
    ];
    return added;
  }

  /** Lets up to `amount` flow out; returns how much did. */
  drain(x: number, amount: number): number {
    const [taken] = this.lua(`return { flow_out(at(${x}), ${amount}) }`) as [number];
    return taken;
  }

  /** Charges (or discharges) an accumulator, in MJ. */
  charge(x: number, megajoules: number): void {
    this.lua(`local a = at(${x}) a.energy = a.energy + ${megajoules} * 1e6`);
  }

  /** The fluid in a tank with its exact temperature. */
  fluid(x: number): { name: string; amount: number; temperature: number } | undefined {
    return this.lua(`return at(${x}).get_fluid(1)`) as ReturnType<Hands["fluid"]>;
  }

  placeMany(kind: "export" | "import", from: number, count: number): void {
    this.lua(`for x = ${from}, ${from + count - 1} do
      game.surfaces[1].create_entity{ name = "clusterio-${kind}-chest", position = { x, 0 }, force = "player", raise_built = true }
    end`);
  }

  clone(x: number, to: number): void {
    this.lua(`at(${x}).clone{ position = { ${to} + 0.5, 0.5 } }`);
  }

  paste(from: number, to: number): void {
    this.lua(`test.join("someone") test.paste(at(${from}), at(${to}), "someone")`);
  }

  /** "import-tank" and the like; "" where nothing stands. */
  kindAt(x: number): string {
    const [name] = this.lua(`local port = at(${x}) return { port and port.name or "" }`) as [string];
    return name.replace(/^clusterio-/, "");
  }

  /** By how much all ports' contents together changed meanwhile. */
  changeOfAll(run: () => void): Vector {
    const before = this.everything();
    run();
    return this.#change(before, this.everything());
  }

  /** By how much a port's contents changed meanwhile. */
  changeAt(x: number, run: () => void): Vector {
    const before = this.holds(x);
    run();
    return this.#change(before, this.holds(x));
  }

  /** Puts items in; a worn magazine may use up another. */
  put(x: number, name: string, count: number, wear: Wear = {}): void {
    const stack = JSON.stringify({ name, count, ...wear });
    this.lua(`at(${x}).insert(helpers.json_to_table([==[${stack}]==]))`);
  }

  /** Takes up to `count` of normal quality out. */
  take(x: number, name: string, count: number): void {
    this.lua(`at(${x}).remove_item{ name = "${name}", count = ${count} }`);
  }

  mine(x: number): void {
    this.lua(
      `test.join("someone") did{ built = false, name = at(${x}).name, x = ${x} } test.mine(at(${x}), "someone")`,
    );
  }

  request(x: number, slot: number, name: string | undefined, count = 0, quality = "normal"): void {
    const wish = name === undefined ? "nil" : `{ name = "${name}", count = ${count}, quality = "${quality}" }`;
    this.lua(`test.request(at(${x}), ${slot}, ${wish})`);
  }

  /** No event tells of it. */
  switchSection(x: number, isActive: boolean): void {
    this.lua(`at(${x}).get_logistic_sections().get_section(1).active = ${isActive}`);
  }

  markForDeconstruction(x: number): void {
    this.lua(`test.world.now.by_unit_number[at(${x}).unit_number].to_be_deconstructed = true`);
  }

  setting(name: string, value: number | string): void {
    this.lua(`test.setting("${name}", ${JSON.stringify(value)})`);
  }

  /** A port's contents by resource; nothing where none stands. */
  holds(x: number): Vector {
    return this.lua(`return contents(at(${x}))`) as Vector;
  }

  /** The contents of all ports together. */
  everything(): Vector {
    return this.lua(`return everything()`) as Vector;
  }

  #change(before: Vector, after: Vector): Vector {
    return withoutZeros(
      Object.fromEntries(sameKeys(before, after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)])),
    );
  }
}
