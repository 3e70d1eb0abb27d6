// A port says itself why it does not work; the entity is written only when the text changes.
import type { Port } from "./state";

export function showStatus(port: Port, status: string): void {
  if (port.status === status) return;
  port.status = status;
  if (status === "") {
    port.entity.custom_status = undefined;
    return;
  }
  const diode = status === "no-link" ? defines.entity_status_diode.red : defines.entity_status_diode.yellow;
  port.entity.custom_status = { diode, label: [`clusterio-status.${status}`] };
}
