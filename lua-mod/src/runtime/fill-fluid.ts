// An import tank: it was set to a fluid, a temperature and a level. Nothing is ever added to another fluid or to another
// temperature of the same one: mixing would make a temperature that nobody sent.
import type { LuaEntity } from "factorio:runtime";
import { addFluid, tankCapacity, tankFluid } from "compat";
import { fluidResource, numberOf } from "./names";
import { fluidRefusal, fluidTakes, wholeDegrees } from "./rules";
import type { ImportPort, Want } from "./state";
import { spend } from "./totals";
import { setMissing } from "./waiting";

function holdsOther(tank: LuaEntity, want: Want): boolean {
  const held = tankFluid(tank);
  return held !== undefined && (held.name !== want.name || wholeDegrees(held.temperature!) !== want.temperature);
}

/** Whole units between what is there and what was asked for; what does not fit is not missed. */
export function fluidMissing(want: Want): number {
  const tank = want.port.entity;
  if (tank.to_be_deconstructed() || holdsOther(tank, want)) return 0;
  const level = math.min(want.count, tankCapacity(tank));
  return math.max(0, math.floor(level - (tankFluid(tank)?.amount ?? 0)));
}

export function readTankRequest(port: ImportPort): void {
  const { fluid } = port;
  if (fluid === undefined) {
    port.refused = "no-request";
    return;
  }
  const { name, temperature, amount } = fluid;
  if (fluidRefusal(name) !== undefined || !fluidTakes(name, temperature)) {
    port.refused = "not-requestable";
    return;
  }
  const r = numberOf(fluidResource(name, temperature));
  port.wants.push({ port, r, name, quality: "", temperature, count: amount, missing: 0, since: 0, queuedAt: -1 });
}

/** "" unless what is in the tank keeps the cluster from filling it. */
export function tankStatus(port: ImportPort): string {
  for (const want of port.wants) if (holdsOther(port.entity, want)) return "other-fluid";
  return port.refused;
}

/** At most `share` whole units from the buffer into the tank. */
export function handFluid(want: Want, share: number): void {
  const { name, temperature, port, r } = want;
  const count = math.min(fluidMissing(want), share);
  // A default temperature with a fraction is the lowest one that exists.
  const degrees = math.max(temperature, prototypes.fluid[name].default_temperature);
  const added = count > 0 ? addFluid(port.entity, { name, amount: count, temperature: degrees }) : 0;
  spend(r, added);
  // A tank that took less than offered has no room: it misses nothing until a visit finds some.
  setMissing(want, added < count ? 0 : fluidMissing(want));
}
