// What the import ports miss (M4): read from their requests, kept up to date by a few visits per tick.
import { energyMissing, readAccumulatorRequest } from "./fill-energy";
import { fluidMissing, readTankRequest, tankStatus } from "./fill-fluid";
import { itemsMissing, readChestRequests } from "./fill-items";
import { requests_age_ticks_max, supply_window_ticks } from "./limits";
import { figuresOf } from "./looks";
import { barred } from "./permission";
import { calm, stir, visitSome } from "./ring";
import { mayCollect } from "./session";
import type { ImportPort, Want } from "./state";
import { iconOf, no_status, type Status, showStatus } from "./status";
import { supplyOf } from "./supply";
import { setMissing } from "./waiting";
import { chestInventory } from "./world";

export function forgetWants(port: ImportPort): void {
  for (const want of port.wants) setMissing(want, 0);
  port.wants = [];
}

/** What was requested before goes on waiting since when it did. */
function waitOn(port: ImportPort, since: LuaMap<number, number>): void {
  for (const want of port.wants) want.since = since.get(want.r) ?? 0;
}

function readRequests(port: ImportPort): void {
  const since = new LuaMap<number, number>();
  for (const want of port.wants) since.set(want.r, want.since);
  forgetWants(port);
  port.readAt = game.tick;
  port.refused = "";
  if (port.holds === "items") readChestRequests(port);
  else if (port.holds === "fluid") readTankRequest(port);
  else readAccumulatorRequest(port);
  waitOn(port, since);
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

function waiting(want: Want): Status {
  if (!mayCollect()) return { key: "no-link", gaps: [] };
  const { shownGot, shownWanted } = supplyOf(want.r);
  if (shownGot >= shownWanted) return no_status;
  const [got, all] = [string.format("%.0f", shownGot), string.format("%.0f", shownWanted)];
  const figures = figuresOf(want.r);
  if (figures === undefined) {
    return { key: shownGot === 0 ? "waiting-none" : "waiting-share", gaps: [got, all, iconOf(want.r)] };
  }
  const { share, storage: stored, demand, worlds } = figures;
  const [percent, there] = [string.format("%.1f", share / 10), string.format("%.0f", stored)];
  const [wish, by] = [string.format("%.0f", demand), string.format("%.0f", worlds)];
  return { key: "waiting-figures", gaps: [got, all, iconOf(want.r), percent, there, wish, by] };
}

/** Why this port is not served: what can't be, else what has been missing for a whole window. */
function statusOf(port: ImportPort): Status {
  const hindrance = port.holds === "fluid" ? tankStatus(port) : port.refused;
  if (hindrance !== "") return { key: hindrance, gaps: [] };
  for (const want of port.wants) {
    if (want.missing > 0 && game.tick - want.since >= supply_window_ticks) return waiting(want);
  }
  return no_status;
}

/** Somebody has it open, and more is known now of why it waits. */
export function showWaiting(port: ImportPort): void {
  if (barred(port) === "") showStatus(port, statusOf(port));
}

function visit(port: ImportPort): void {
  if (!port.entity.valid) return; // on_object_destroyed is on its way
  const bar = barred(port);
  if (bar !== "") {
    forgetWants(port);
    port.readAt = -1; // read again as soon as it may
    calm(storage.imports, port);
    showStatus(port, { key: bar, gaps: [] });
    return;
  }
  if (port.readAt < 0 || game.tick - port.readAt >= requests_age_ticks_max) readRequests(port);
  if (port.wants.length > 0 && updateAll(port)) stir(storage.imports, port);
  else calm(storage.imports, port);
  showStatus(port, statusOf(port));
}

export function lookAtWants(): void {
  visitSome(storage.imports, importVisits(), visit);
}

export function importVisits(): number {
  return settings.global["clusterio-import-chests-per-tick"].value as number;
}
