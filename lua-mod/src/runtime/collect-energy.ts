// What leaves an export accumulator: whole megajoules. The rest stays charged.
import type { LuaEntity } from "factorio:runtime";
import type { Haul } from "./collect";
import { joules_per_unit } from "./limits";
import { energy_resource, numberOf } from "./names";
import { raiseExported } from "./totals";

export function collectEnergy(accumulator: LuaEntity): Haul {
  const haul: Haul = { took: false, refused: undefined };
  const charge = accumulator.energy;
  const whole = math.floor(charge / joules_per_unit);
  if (whole < 1) return haul;
  accumulator.energy = charge - whole * joules_per_unit;
  raiseExported(numberOf(energy_resource), whole);
  haul.took = true;
  return haul;
}
