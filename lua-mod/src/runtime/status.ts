// A chest says itself why it does not work; the entity is written only when the text changes.
import type { Chest } from "./state";

export function showStatus(chest: Chest, status: string): void {
  if (chest.status === status) return;
  chest.status = status;
  if (status === "") {
    chest.entity.custom_status = undefined;
    return;
  }
  const diode = status === "no-link" ? defines.entity_status_diode.red : defines.entity_status_diode.yellow;
  chest.entity.custom_status = { diode, label: [`clusterio-status.${status}`] };
}
