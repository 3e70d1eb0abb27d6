// What leaves an export accumulator: whole megajoules. The rest stays charged.
import type { LuaEntity } from "factorio:runtime";
import { isCapped } from "./capped";
import { changeCharge } from "./charge";
import type { Haul } from "./collect";
import { joules_per_unit } from "./limits";
import { energy_resource, numberOf } from "./names";
import { sendOff } from "./totals";

export function collectEnergy(accumulator: LuaEntity): Haul {
  const haul: Haul = { took: false, refused: undefined };
  const whole = math.floor(accumulator.energy / joules_per_unit);
  if (whole < 1) return haul;
  const r = numberOf(energy_resource);
  if (isCapped(r)) {
    haul.capped = r;
    return haul;
  }
  const taken = -changeCharge(accumulator, -whole);
  if (taken <= 0) return haul;
  sendOff(r, taken);
  haul.took = true;
  return haul;
}
