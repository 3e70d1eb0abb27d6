// The mod's control stage: which event goes where. Each idea has a file in runtime/.
import type { LuaEntity, LuaGuiElement, PlayerIndex, Tags } from "factorio:runtime";
import { entity_names } from "./prototypes/names";
import { rememberTotals } from "./runtime/at-load";
import { reportCircuits } from "./runtime/circuit-report";
import { onCircuitClosed, onCircuitEdited, onCircuitOpened } from "./runtime/circuit-window";
import { showTime } from "./runtime/clock";
import { collect } from "./runtime/collect";
import { registerCommands } from "./runtime/commands";
import { onConfigurationChanged } from "./runtime/configuration";
import { dealSome } from "./runtime/deal";
import { telling } from "./runtime/happenings";
import { lookBegan, lookEnded, tellLooks } from "./runtime/looks";
import { tellNews } from "./runtime/news";
import { refreshOverviews, registerOverview } from "./runtime/overview-window";
import { onBlueprint, onBuilt, onCloned, onDestroyed, onPasted, onRequestsChanged } from "./runtime/registry";
import { registerRemote } from "./runtime/remote";
import { flush } from "./runtime/report";
import { rewriteAll, showFeeds } from "./runtime/showers";
import { initState } from "./runtime/state";
import { onTankEdited, onWindowClosed, onWindowOpened } from "./runtime/tank-window";
import { listenToWires } from "./runtime/transmitters";
import { lookAtWants } from "./runtime/wants";

registerCommands();
registerRemote();
registerOverview();

script.on_init(initState);
script.on_load(rememberTotals);
script.on_configuration_changed(onConfigurationChanged);

const { events } = defines;

script.on_event(events.on_tick, () => {
  collect();
  lookAtWants();
  dealSome();
  showTime();
  listenToWires();
  showFeeds();
  tellNews();
  flush();
  reportCircuits();
});

script.on_nth_tick(60, () => {
  tellLooks();
  refreshOverviews();
});

/** Only our own entities wake the mod. */
const ours: { filter: "name"; name: string }[] = [];
for (const name of entity_names) ours.push({ filter: "name", name });

function built(event: { readonly entity: LuaEntity; readonly tags?: Tags }): void {
  onBuilt(event.entity, event.tags);
}

script.on_event(events.on_built_entity, built, ours);
script.on_event(events.on_robot_built_entity, built, ours);
script.on_event(events.on_space_platform_built_entity, built, ours);
script.on_event(events.script_raised_built, (event) => onBuilt(event.entity), ours);
script.on_event(events.script_raised_revive, built, ours);
script.on_event(events.on_entity_cloned, (event) => onCloned(event.source, event.destination), ours);

script.on_event(events.on_object_destroyed, (event) => onDestroyed(event.useful_id));
script.on_event(events.on_entity_logistic_slot_changed, (event) => onRequestsChanged(event.entity));
script.on_event(events.on_entity_settings_pasted, (event) => onPasted(event.source, event.destination));
script.on_event(events.on_player_setup_blueprint, onBlueprint);

script.on_event(events.on_gui_opened, ({ player_index, entity }) => {
  lookBegan(player_index, entity);
  onWindowOpened(player_index, entity);
  onCircuitOpened(player_index, entity);
});
script.on_event(events.on_gui_closed, ({ player_index, entity }) => {
  lookEnded(player_index);
  onWindowClosed(player_index);
  onCircuitClosed(player_index, entity);
});

function edited({
  player_index,
  element,
}: {
  readonly player_index: PlayerIndex;
  readonly element: LuaGuiElement;
}): void {
  onTankEdited(player_index, element);
  onCircuitEdited(player_index, element);
}

script.on_event(events.on_gui_elem_changed, edited);
script.on_event(events.on_gui_confirmed, edited);

script.on_event(events.on_player_joined_game, telling("joined"));
script.on_event(events.on_player_left_game, telling("left"));
script.on_event(events.on_console_chat, telling("said"));
script.on_event(events.on_player_kicked, telling("kicked"));
script.on_event(events.on_player_banned, telling("banned"));
script.on_event(events.on_player_unbanned, telling("unbanned"));
script.on_event(events.on_player_promoted, telling("promoted"));
script.on_event(events.on_player_demoted, telling("demoted"));

script.on_event(events.on_runtime_mod_setting_changed, ({ setting }) => {
  if (setting === "clusterio-surfaces") rewriteAll();
});
