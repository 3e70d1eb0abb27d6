// What may go into a fungible store. The store knows a name, a quality and a count; whatever an item carries beyond
// that would be lost or made from nothing, so such items stay in their chest, which says why.
//
// The tables here are a pure function of the prototypes, not state: every peer builds the same.
import type { LuaItemStack } from "factorio:runtime";
import { degrees_slack } from "./limits";

/** Why something is not taken; each is a locale key `clusterio-status.refused-<reason>`. */
export type Refusal = "unknown" | "class" | "spoils" | "data" | "damaged" | "partial";

/** `bulk`: all of it by one call. `stacks`: each stack must be looked at. */
type Rule = "bulk" | "stacks" | "unknown" | "class" | "spoils";

const acceptedTypes = new LuaSet<string>();
acceptedTypes.add("item");
acceptedTypes.add("module");
acceptedTypes.add("capsule");
acceptedTypes.add("gun");
acceptedTypes.add("rail-planner");
acceptedTypes.add("ammo");
acceptedTypes.add("tool");
acceptedTypes.add("repair-tool");
acceptedTypes.add("armor");
acceptedTypes.add("item-with-entity-data");

const rules = new LuaMap<string, Rule>();

function decideRule(name: string, quality: string): Rule {
  const item = prototypes.item[name];
  if (item === undefined || prototypes.quality[quality] === undefined) return "unknown";
  if (!acceptedTypes.has(item.type) || item.hidden || item.parameter) return "class";
  if (item.get_spoil_ticks(quality) > 0) return "spoils";
  const mayBeDamaged = item.place_result !== undefined;
  const mayBePartial = item.magazine_size !== undefined || item.get_durability(quality) !== undefined;
  const mayCarryData = item.type === "armor" || item.type === "item-with-entity-data";
  return mayBeDamaged || mayBePartial || mayCarryData ? "stacks" : "bulk";
}

export function ruleOf(name: string, quality: string): Rule {
  const key = `${name}:${quality}`;
  let rule = rules.get(key);
  if (rule === undefined) {
    rule = decideRule(name, quality);
    rules.set(key, rule);
  }
  return rule;
}

/** Why no unit of this item can ever be exchanged, undefined when at least a pristine one can. */
export function refusal(name: string, quality: string): Refusal | undefined {
  const rule = ruleOf(name, quality);
  return rule === "bulk" || rule === "stacks" ? undefined : rule;
}

/** How a single stack stands: refused whole, or all but its last, partly used unit, or all of it. */
export function stackRefusal(stack: LuaItemStack): Refusal | undefined {
  if (stack.item !== undefined || stack.grid !== undefined) return "data";
  if (stack.health < 1) return "damaged";
  const item = stack.prototype;
  if (item.magazine_size !== undefined && stack.ammo < item.magazine_size) return "partial";
  const durability = item.get_durability(stack.quality);
  if (durability !== undefined && stack.durability < durability) return "partial";
  return undefined;
}

/** Why a fluid is not exchanged. */
export function fluidRefusal(name: string): Refusal | undefined {
  const fluid = prototypes.fluid[name];
  if (fluid === undefined) return "unknown";
  return fluid.hidden || fluid.parameter ? "class" : undefined;
}

/** The default temperature is also the lowest one; whole degrees just below it stand for it. */
export function fluidTakes(name: string, temperature: number): boolean {
  const fluid = prototypes.fluid[name];
  return temperature >= math.floor(fluid.default_temperature) && temperature <= fluid.max_temperature;
}

/**
 * The temperature that the store keeps: heat is never made, less than one degree is lost. Mixing equal temperatures in the
 * engine's single precision can end just below the degree.
 */
export function wholeDegrees(temperature: number): number {
  return math.floor(temperature + degrees_slack) + 0; // + 0: never a negative zero
}
