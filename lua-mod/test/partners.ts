// What other mods do by the remote interface, as these tests speak of it.
import type { World } from "./world";

type Fields = Record<string, unknown>;

export interface Order {
  order: number;
  mod: string;
  resource: string;
  count: number;
  standing: boolean;
  got: number;
  held: number;
}

interface Link {
  linked: boolean;
  instance: string;
  world: string;
}

/** Lua writes an empty list as {}. */
const list = <T>(value: T[] | object): T[] => (Array.isArray(value) ? value : []);

const ask = <T>(world: World, what: string, parameters: readonly unknown[]): T => {
  const written = parameters.map((each) =>
    typeof each === "object" ? `helpers.json_to_table([==[${JSON.stringify(each)}]==])` : JSON.stringify(each),
  );
  return (world.lua(`return { answer = remote.call(${[what, ...written].join(", ")}) }`) as { answer: T }).answer;
};

/** Some mod of the game. */
export class Partner {
  constructor(private readonly world: World) {}

  export(fields: Fields): { count: number; taken: Record<string, number>; reason?: string } {
    return this.#call("export", fields);
  }

  import(fields: Fields): { order?: number; reason?: string } {
    return this.#call("import", { mod: "test-items", ...fields });
  }

  take(fields: Fields): { count: number; held: number; reason?: string } {
    return this.#call("take", fields);
  }

  cancel(order: number): boolean {
    return this.#call("cancel", { order });
  }

  /** In the order in which they were placed. */
  orders(): Order[] {
    return list(this.#call<Order[] | object>("orders")).sort((a, b) => a.order - b.order);
  }

  link(): Link {
    return this.#call("link");
  }

  send(fields: Fields): { sent: boolean; reason?: string } {
    return this.#call("send", fields);
  }

  /** Returns which of them the game does not know. */
  watch(signals: readonly string[], mod = "test-items"): string[] {
    return list(this.#call<{ unknown: string[] | object }>("watch", { mod, signals }).unknown);
  }

  levels(mod = "test-items"): { known: boolean; levels: Record<string, number> } {
    return this.#call("levels", { mod });
  }

  /** What a call with these parameters, in Lua, is refused for. */
  mistake(name: string, parameters: string): string {
    const [problem] = this.world.lua(
      `local ok, problem = pcall(remote.call, "clusterio", "${name}", ${parameters}) return { ok and "none" or problem }`,
    ) as [string];
    return problem;
  }

  #call<T>(name: string, fields?: Fields): T {
    return ask(this.world, `"clusterio", "${name}"`, fields === undefined ? [] : [fields]);
  }
}

/** The mod sample-depot: somebody else's, with a chest of its own. */
export class Depot {
  constructor(private readonly world: World) {}

  /** Beside the ports of these tests, which stand in the row of y = 0. */
  build(x: number): void {
    this.world.lua(`remote.call("sample-depot", "build", { ${x} + 0.5, 5.5 })`);
  }

  put(name: string, count: number): void {
    this.#atChest(`chest.insert{ name = "${name}", count = ${count} }`);
  }

  holds(): Record<string, number> {
    return this.#atChest(`local held = {}
      for _, each in ipairs(chest.get_inventory(defines.inventory.chest).get_contents()) do held["item:" .. each.name] = each.count end
      return held`) as Record<string, number>;
  }

  empty(): void {
    this.#atChest(`chest.get_inventory(defines.inventory.chest).clear()`);
  }

  want(name: string, count: number, standing = false): { order?: number; reason?: string } {
    return ask(this.world, `"sample-depot", "want"`, [name, count, standing]);
  }

  fetch(): void {
    this.world.lua(`remote.call("sample-depot", "fetch")`);
  }

  give(): { count: number; taken: Record<string, number>; reason?: string } {
    return ask(this.world, `"sample-depot", "give"`, []);
  }

  say(data: string, to?: string): { sent: boolean; reason?: string } {
    return ask(this.world, `"sample-depot", "say"`, to === undefined ? [data] : [data, to]);
  }

  /** What the mod was told by events. */
  seen() {
    const { deliveries, heard, links } = this.world.lua(`return remote.call("sample-depot", "seen")`) as Record<
      "deliveries" | "heard" | "links",
      object[]
    >;
    return { deliveries: list(deliveries), heard: list(heard), links: list(links) };
  }

  #atChest(lua: string): unknown {
    return this.world.lua(`local chest = test.storage("sample-depot").depot ${lua}`);
  }
}
