// The charge of our accumulators. Only what a write really did is counted: it is read back, since the engine may allow less.
import type { LuaEntity } from "factorio:runtime";
import { joules_per_unit, unit_grain } from "./limits";

/** Raises (or, below zero, lowers) the charge by up to so many megajoules and returns by how many it changed. */
export function changeCharge(accumulator: LuaEntity, megajoules: number): number {
  const before = accumulator.energy;
  accumulator.energy = before + megajoules * joules_per_unit;
  const changed = (accumulator.energy - before) / joules_per_unit;
  return math.floor(changed / unit_grain + 0.5) * unit_grain;
}
