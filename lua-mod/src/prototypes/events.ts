// Events of ours that other mods may listen to, by name: script.on_event("clusterio-on-message", …) (docs/mod-api.md).
import type { CustomEventPrototype } from "factorio:prototype";
import { event_names } from "./names";

export function customEvents(): CustomEventPrototype[] {
  const events: CustomEventPrototype[] = [];
  for (const name of event_names) events.push({ type: "custom-event", name });
  return events;
}
