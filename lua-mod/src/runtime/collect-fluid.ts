// What leaves an export tank: whole units, under the fluid's name and its temperature in whole degrees. The rest stays.
import type { LuaEntity } from "factorio:runtime";
import { takeFluid, tankFluid } from "compat";
import { isCapped } from "./capped";
import type { Haul } from "./collect";
import { fluidResource, numberOf } from "./names";
import { fluidRefusal, wholeDegrees } from "./rules";
import { sendOff } from "./totals";

export function collectFluid(tank: LuaEntity): Haul {
  const haul: Haul = { took: false, refused: undefined };
  const fluid = tankFluid(tank);
  if (fluid === undefined || fluid.amount < 1) return haul;
  haul.refused = fluidRefusal(fluid.name);
  if (haul.refused !== undefined) return haul;
  const r = numberOf(fluidResource(fluid.name, wholeDegrees(fluid.temperature!)));
  if (isCapped(r)) {
    haul.capped = r;
    return haul;
  }
  const taken = takeFluid(tank, fluid.name, math.floor(fluid.amount));
  if (taken <= 0) return haul;
  sendOff(r, taken);
  haul.took = true;
  return haul;
}
