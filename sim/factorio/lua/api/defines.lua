-- `defines` as tests see it: the names that the stand-in does something with. A name that is not here raises instead of being
-- nil, so that nobody waits for what never happens. Mods see the whole (api/interface.lua), under the same numbers.
local use = ...
local all = use("api/interface").defines()

local function sealed(path, values)
  return setmetatable(values, {
    __index = function(_, key)
      error("defines" .. path .. " doesn't contain key " .. tostring(key) .. ". (stand-in: not offered)", 2)
    end,
    __newindex = function() error("defines is read only.", 2) end,
  })
end

-- Names, and tables of names, out of `from`.
local function only(names, from, path)
  local values = {}
  for key, name in next, names do
    if type(name) == "table" then values[key] = only(name, from[key], path .. "." .. key)
    else values[name] = from[name] end -- nil in the other game line
  end
  return sealed(path, values)
end

return only({
  inventory = {
    "fuel", "burnt_result", "chest", "logistic_container_trash", "character_main", "character_guns", "character_ammo", "character_armor",
    "character_trash", "linked_container_main", "cargo_wagon", "car_trunk", "turret_ammo", "lab_input", "lab_modules",
    "crafter_input", "crafter_output", "crafter_modules", "hub_main", "hub_trash",
  },
  logistic_member_index = { "logistic_container", "logistic_container_trash_provider" },
  logistic_mode = { "none", "active_provider", "storage", "requester", "passive_provider", "buffer" },
  logistic_section_type = { "manual", "circuit_controlled" },
  entity_status_diode = { "green", "red", "yellow" },
  wire_connector_id = {
    "circuit_red", "circuit_green", "combinator_input_red", "combinator_input_green", "combinator_output_red",
    "combinator_output_green",
  },
  wire_type = { "red", "green", "copper" },
  wire_origin = { "player", "script" },
  target_type = { "entity", "surface", "player", "force", "space_platform" },
  direction = { "north", "east", "south", "west" },
  disconnect_reason = { "quit", "dropped", "reconnect" },
  print_skip = { "never", "if_redundant", "if_visible" },
  print_sound = { "always", "never", "use_player_settings" },
  gui_type = { "none", "entity", "custom" },
  relative_gui_position = { "top", "bottom", "left", "right" },
  relative_gui_type = { "accumulator_gui", "container_gui", "constant_combinator_gui", "pipe_gui" },
  mouse_button_type = { "none", "left", "right", "middle" },
  controllers = { "ghost", "character", "god", "editor", "spectator" },
  entity_status = {
    "normal", "disabled_by_script", "marked_for_deconstruction", "working", "waiting_for_source_items", "waiting_for_space_in_destination",
  },
  space_platform_state = { "waiting_for_starter_pack", "no_schedule", "waiting_at_station", "on_the_path", "paused" },
  render_mode = { "game" },
  input_method = { "keyboard_and_mouse" },
  control_behavior = { type = { "constant_combinator", "arithmetic_combinator", "decider_combinator" } },
  -- Every event here is raised by the stand-in: by the world, by the API, or by a test hook (test-hooks.lua).
  events = {
    "on_tick", "on_built_entity", "on_robot_built_entity", "on_space_platform_built_entity", "script_raised_built",
    "script_raised_revive", "script_raised_destroy", "on_entity_cloned", "on_entity_settings_pasted",
    "on_entity_logistic_slot_changed", "on_object_destroyed", "on_pre_player_mined_item", "on_player_mined_entity",
    "on_robot_mined_entity", "on_entity_died", "on_runtime_mod_setting_changed", "on_research_finished",
    "on_player_created", "on_player_joined_game", "on_player_left_game", "on_console_chat", "on_console_command",
    "on_surface_created", "on_pre_surface_deleted", "on_surface_deleted", "on_force_created", "on_force_reset",
    "on_gui_opened", "on_gui_closed", "on_gui_click", "on_gui_elem_changed", "on_gui_text_changed", "on_gui_confirmed",
    "on_player_setup_blueprint", "on_area_cloned", "on_forces_merging", "on_forces_merged",
    "on_gui_checked_state_changed", "on_gui_selection_state_changed", "on_gui_value_changed", "on_gui_selected_tab_changed",
    "on_gui_switch_state_changed", "on_gui_location_changed", "on_selected_entity_changed", "on_player_changed_surface",
    "on_player_changed_position", "on_player_cursor_stack_changed", "on_player_controller_changed", "on_string_translated",
    "on_entity_damaged", "on_post_entity_died", "on_marked_for_deconstruction", "on_cancelled_deconstruction",
    "on_marked_for_upgrade", "on_cancelled_upgrade", "on_pre_ghost_deconstructed", "on_player_rotated_entity",
    "script_raised_teleported", "script_raised_set_tiles", "on_research_started", "on_research_cancelled", "on_chart_tag_added",
    "on_chart_tag_removed", "on_space_platform_changed_state", "on_force_friends_changed", "on_force_cease_fire_changed",
  },
}, all, "")
