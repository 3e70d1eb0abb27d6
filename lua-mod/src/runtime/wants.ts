// What the import ports miss (M4): read from their requests, kept up to date by a few visits per tick.
import { energyMissing, readAccumulatorRequest } from "./fill-energy";
import { fluidMissing, readTankRequest, tankStatus } from "./fill-fluid";
import { itemsMissing, readChestRequests } from "./fill-items";
import { requests_age_ticks_max } from "./limits";
import { calm, stir, visitSome } from "./ring";
import type { ImportPort, Want } from "./state";
import { showStatus } from "./status";
import { setMissing } from "./waiting";
import { chestInventory } from "./world";

export function forgetWants(port: ImportPort): void {
  for (const want of port.wants) setMissing(want, 0);
  port.wants = [];
}

function readRequests(port: ImportPort): void {
  forgetWants(port);
  port.readAt = game.tick;
  port.refused = "";
  if (port.holds === "items") readChestRequests(port);
  else if (port.holds === "fluid") readTankRequest(port);
  else readAccumulatorRequest(port);
}

/** Its requests changed: read them at the next visit, which comes soon. */
export function requestsChanged(port: ImportPort): void {
  port.readAt = -1;
  stir(storage.imports, port);
}

/** Looks at one want again and tells whether it misses another amount now. */
function update(want: Want, missing: number): boolean {
  const changed = missing !== want.missing;
  setMissing(want, missing);
  return changed;
}

function updateAll(port: ImportPort): boolean {
  let changed = false;
  if (port.holds === "items") {
    const inventory = chestInventory(port.entity);
    for (const want of port.wants) if (update(want, itemsMissing(want, inventory))) changed = true;
  } else {
    const missingOf = port.holds === "fluid" ? fluidMissing : energyMissing;
    for (const want of port.wants) if (update(want, missingOf(want))) changed = true;
  }
  return changed;
}

function visit(port: ImportPort): void {
  if (!port.entity.valid) return; // on_object_destroyed is on its way
  if (port.readAt < 0 || game.tick - port.readAt >= requests_age_ticks_max) readRequests(port);
  showStatus(port, port.holds === "fluid" ? tankStatus(port) : port.refused);
  if (port.wants.length > 0 && updateAll(port)) stir(storage.imports, port);
  else calm(storage.imports, port);
}

export function lookAtWants(): void {
  visitSome(storage.imports, importVisits(), visit);
}

export function importVisits(): number {
  return settings.global["clusterio-import-chests-per-tick"].value as number;
}
