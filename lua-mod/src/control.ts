// The mod's control stage: which event goes where. Each idea has a file in runtime/.
import type { LuaEntity } from "factorio:runtime";
import { export_chest, import_chest } from "./prototypes/names";
import { rememberTotals } from "./runtime/at-load";
import { registerCommands } from "./runtime/commands";
import { onConfigurationChanged } from "./runtime/configuration";
import { dealSome } from "./runtime/deal";
import { collect } from "./runtime/export";
import { onBuilt, onDestroyed, onRequestsChanged } from "./runtime/registry";
import { registerRemote } from "./runtime/remote";
import { flush } from "./runtime/report";
import { initState } from "./runtime/state";
import { lookAtWants } from "./runtime/wants";

registerCommands();
registerRemote();

script.on_init(initState);
script.on_load(rememberTotals);
script.on_configuration_changed(onConfigurationChanged);

const { events } = defines;

script.on_event(events.on_tick, () => {
  collect();
  lookAtWants();
  dealSome();
  flush();
});

function built(event: { readonly entity: LuaEntity }): void {
  onBuilt(event.entity);
}

script.on_event(events.on_built_entity, built, [
  { filter: "name", name: export_chest },
  { filter: "name", name: import_chest },
]);
script.on_event(events.on_robot_built_entity, built, [
  { filter: "name", name: export_chest },
  { filter: "name", name: import_chest },
]);
script.on_event(events.on_space_platform_built_entity, built, [
  { filter: "name", name: export_chest },
  { filter: "name", name: import_chest },
]);
script.on_event(events.script_raised_built, built, [
  { filter: "name", name: export_chest },
  { filter: "name", name: import_chest },
]);
script.on_event(events.script_raised_revive, built, [
  { filter: "name", name: export_chest },
  { filter: "name", name: import_chest },
]);
script.on_event(events.on_entity_cloned, (event) => onBuilt(event.destination), [
  { filter: "name", name: export_chest },
  { filter: "name", name: import_chest },
]);

script.on_event(events.on_object_destroyed, (event) => onDestroyed(event.useful_id));
script.on_event(events.on_entity_logistic_slot_changed, (event) => onRequestsChanged(event.entity));
script.on_event(events.on_entity_settings_pasted, (event) => onRequestsChanged(event.destination));
