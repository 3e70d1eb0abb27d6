// An import accumulator wants to be full, in whole megajoules.
import { changeCharge } from "./charge";
import { joules_per_unit } from "./limits";
import { energy_resource, numberOf } from "./names";
import type { ImportPort, Want } from "./state";
import { spend } from "./totals";
import { setMissing } from "./waiting";

function capacity(port: ImportPort): number {
  return port.entity.electric_buffer_size ?? 0;
}

export function energyMissing(want: Want): number {
  const { entity } = want.port;
  if (entity.to_be_deconstructed()) return 0;
  return math.max(0, math.floor((capacity(want.port) - entity.energy) / joules_per_unit));
}

export function readAccumulatorRequest(port: ImportPort): void {
  const r = numberOf(energy_resource);
  const count = math.floor(capacity(port) / joules_per_unit);
  port.wants.push({ port, r, name: "", quality: "", temperature: 0, count, missing: 0, since: 0, queuedAt: -1 });
}

/** At most `share` megajoules from the buffer into the accumulator. */
export function handEnergy(want: Want, share: number): void {
  const count = math.min(energyMissing(want), share);
  // More than was asked for would be the engine's own doing.
  const added = count > 0 ? math.min(count, changeCharge(want.port.entity, count)) : 0;
  spend(want.r, added);
  // One that took less than its room is not asked again before the next visit.
  setMissing(want, added < count ? 0 : energyMissing(want));
}
