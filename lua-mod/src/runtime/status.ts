// A port says itself why it does not work; the entity is written only when the text changes.
import type { LocalisedString } from "factorio:runtime";
import { nameOf, thingOf } from "./names";
import type { Port } from "./state";

/** A locale key below `clusterio-status`, "" for none, and what stands in its gaps. */
export interface Status {
  key: string;
  gaps: string[];
}

export const no_status: Status = { key: "", gaps: [] };

export function showStatus(port: Port, { key, gaps }: Status): void {
  if (key === "" && port.status === "") return;
  const shown = key === "" ? "" : `${key}|${table.concat(gaps, "|")}`;
  if (port.status === shown) return;
  port.status = shown;
  if (key === "") {
    port.entity.custom_status = undefined;
    return;
  }
  const diode = key === "no-link" ? defines.entity_status_diode.red : defines.entity_status_diode.yellow;
  const label = [`clusterio-status.${key}`];
  for (const gap of gaps) label.push(gap);
  port.entity.custom_status = { diode, label: label as unknown as LocalisedString };
}

/** A resource as the game's rich text. */
export function iconOf(r: number): string {
  const thing = thingOf(nameOf(r));
  if (thing === undefined || thing.kind === "energy") return "MJ";
  if (thing.kind === "fluid") return string.format("[fluid=%s] %.0f °C", thing.name, thing.temperature);
  return thing.quality === "normal" ? `[item=${thing.name}]` : `[item=${thing.name},quality=${thing.quality}]`;
}
