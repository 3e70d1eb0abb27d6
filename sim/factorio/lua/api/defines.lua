-- `defines`, as far as the stand-in goes. The game does not promise the numbers, so neither do these; a name that is not
-- here raises instead of being nil.
local function sealed(path, values)
  return setmetatable(values, {
    __index = function(_, key)
      error("defines" .. path .. " doesn't contain key " .. tostring(key) .. ". (stand-in: not offered)", 2)
    end,
    __newindex = function() error("defines is read only.", 2) end,
  })
end

local function enum(path, names, first)
  local values = {}
  for i, name in ipairs(names) do values[name] = i - 1 + (first or 0) end
  return sealed("." .. path, values)
end

local defines = {
  inventory = sealed(".inventory", { fuel = 0, chest = 1, logistic_container_trash = 2, character_main = 3, linked_container_main = 4 }),
  logistic_member_index = enum("logistic_member_index", { "logistic_container", "logistic_container_trash_provider" }),
  logistic_mode = enum("logistic_mode", { "none", "active_provider", "storage", "requester", "passive_provider", "buffer" }),
  logistic_section_type = enum("logistic_section_type", { "manual", "circuit_controlled" }),
  entity_status_diode = enum("entity_status_diode", { "green", "red", "yellow" }),
  -- A combinator's inputs are where other entities have their one pair.
  wire_connector_id = sealed(".wire_connector_id", {
    circuit_red = 1, circuit_green = 2, combinator_input_red = 1, combinator_input_green = 2, combinator_output_red = 3,
    combinator_output_green = 4,
  }),
  wire_type = enum("wire_type", { "red", "green", "copper" }, 1),
  wire_origin = enum("wire_origin", { "player", "script" }),
  target_type = enum("target_type", { "entity", "surface", "player", "force" }),
  direction = sealed(".direction", { north = 0, east = 4, south = 8, west = 12 }),
  disconnect_reason = enum("disconnect_reason", { "quit", "dropped", "reconnect" }),
  print_skip = enum("print_skip", { "never", "if_redundant", "if_visible" }),
  print_sound = enum("print_sound", { "always", "never", "use_player_settings" }),
  gui_type = enum("gui_type", { "none", "entity", "custom" }),
  relative_gui_position = enum("relative_gui_position", { "top", "bottom", "left", "right" }),
  relative_gui_type = enum("relative_gui_type", { "accumulator_gui", "container_gui", "constant_combinator_gui", "pipe_gui" }),
  mouse_button_type = sealed(".mouse_button_type", { none = 0, left = 1, right = 2, middle = 4 }),
  control_behavior = sealed(".control_behavior", { 
    type = enum("control_behavior.type", { "constant_combinator", "arithmetic_combinator", "decider_combinator" }),
  }),
  -- Every event here is raised by the stand-in: by the world, by the API, or by a test hook (test-hooks.lua).
  events = enum("events", {
    "on_tick", "on_built_entity", "on_robot_built_entity", "on_space_platform_built_entity", "script_raised_built",
    "script_raised_revive", "script_raised_destroy", "on_entity_cloned", "on_entity_settings_pasted",
    "on_entity_logistic_slot_changed", "on_object_destroyed", "on_pre_player_mined_item", "on_player_mined_entity",
    "on_robot_mined_entity", "on_entity_died", "on_runtime_mod_setting_changed", "on_research_finished",
    "on_player_created", "on_player_joined_game", "on_player_left_game", "on_console_chat", "on_console_command",
    "on_surface_created", "on_pre_surface_deleted", "on_surface_deleted", "on_force_created", "on_force_reset",
    "on_gui_opened", "on_gui_closed", "on_gui_click", "on_gui_elem_changed", "on_gui_text_changed", "on_gui_confirmed",
    "on_player_setup_blueprint", "on_area_cloned", "on_forces_merging", "on_forces_merged",
  }),
}

return sealed("", defines)
