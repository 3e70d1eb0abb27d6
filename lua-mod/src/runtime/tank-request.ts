// What an import tank is set to, as it travels in blueprints and in calls of other mods: untrusted until it was read here.
import type { Tags } from "factorio:runtime";
import { degrees_max, tank_amount_max } from "./limits";
import { wholeDegrees } from "./rules";
import type { FluidRequest } from "./state";

/** The tag of ours in a blueprint. */
export const request_tag = "clusterio-request";

/** A request that can be stored; undefined when a part is missing or of the wrong kind. */
export function fluidRequest(value: unknown): FluidRequest | undefined {
  if (typeof value !== "object" || value === undefined) return undefined;
  const { name, temperature, amount } = value as { name?: unknown; temperature?: unknown; amount?: unknown };
  if (typeof name !== "string" || typeof amount !== "number" || prototypes.fluid[name] === undefined) return undefined;
  const degrees = temperature === undefined ? prototypes.fluid[name].default_temperature : temperature;
  if (typeof degrees !== "number" || !(amount >= 1) || amount > tank_amount_max) return undefined;
  if (!(degrees >= -degrees_max && degrees <= degrees_max)) return undefined;
  return { name, temperature: wholeDegrees(degrees), amount: math.floor(amount) };
}

export function requestInTags(tags: Tags | undefined): FluidRequest | undefined {
  return tags === undefined ? undefined : fluidRequest(tags[request_tag]);
}
