// Export: a few chests, tanks and accumulators per tick are emptied into `exported` (M1), within the lease only.
import { collectEnergy } from "./collect-energy";
import { collectFluid } from "./collect-fluid";
import { collectItems } from "./collect-items";
import { barred } from "./permission";
import { calm, stir, visitSome } from "./ring";
import type { Refusal } from "./rules";
import { mayCollect } from "./session";
import type { ExportPort } from "./state";
import { iconOf, no_status, type Status, showStatus } from "./status";

/** What a look into one port found. */
export interface Haul {
  took: boolean;
  refused: Refusal | undefined;
  /** A resource that stays, since storage has enough of it. */
  capped?: number;
  /** How much of each resource, for those who ask. */
  tally?: LuaMap<string, number>;
}

const no_link: Status = { key: "no-link", gaps: [] };

function haulOf(port: ExportPort): Haul {
  if (port.holds === "fluid") return collectFluid(port.entity);
  if (port.holds === "energy") return collectEnergy(port.entity);
  return collectItems(port.entity);
}

function statusOf({ refused, capped }: Haul): Status {
  if (refused !== undefined) return { key: `refused-${refused}`, gaps: [] };
  return capped === undefined ? no_status : { key: "storage-full", gaps: [iconOf(capped)] };
}

function visit(port: ExportPort): void {
  if (!port.entity.valid) return; // on_object_destroyed is on its way
  if (!mayCollect()) {
    showStatus(port, no_link);
    return;
  }
  const bar = barred(port);
  if (bar !== "") {
    showStatus(port, { key: bar, gaps: [] });
    return;
  }
  const haul = haulOf(port);
  showStatus(port, statusOf(haul));
  if (haul.took) stir(storage.exports, port);
  else calm(storage.exports, port);
}

export function collect(): void {
  visitSome(storage.exports, settings.global["clusterio-export-chests-per-tick"].value as number, visit);
}
