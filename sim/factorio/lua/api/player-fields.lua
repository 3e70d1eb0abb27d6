-- Plain values of players that nothing here acts on: what was written is read again. { initial value, writable }.
local use = ...
local copy = use "lib/copy"
local defines = use("api/interface").defines()

local function white() return { r = 1, g = 1, b = 1, a = 1 } end

local fields = {
  color = { white(), true }, chat_color = { white(), true }, tag = { "", true }, spectator = { false, true }, show_on_map = { true, true },
  cheat_mode = { false, true }, zoom = { 1, true }, minimap_enabled = { true, true }, display_resolution = { { width = 1920, height = 1080 } },
  display_scale = { 1 }, display_density_scale = { 1 }, locale = { "en" }, render_mode = { defines.render_mode.game },
  input_method = { defines.input_method.keyboard_and_mouse }, auto_sort_main_inventory = { true },
  reach_distance = { 10 }, build_distance = { 10 }, drop_item_distance = { 10 }, resource_reach_distance = { 2.7 },
  item_pickup_distance = { 1 }, loot_pickup_distance = { 2 }, in_combat = { false }, crafting_queue_size = { 0 },
  crafting_queue_progress = { 0 }, walking_state = { { walking = false, direction = 0 }, true },
  mining_state = { { mining = false }, true }, shooting_state = { { state = 0, position = { x = 0, y = 0 } }, true }, picking_state = { false, true },
  afk_time = { 0 },
}
for name in ([[character_crafting_speed_modifier character_mining_speed_modifier character_running_speed_modifier
  character_build_distance_bonus character_item_drop_distance_bonus character_reach_distance_bonus
  character_resource_reach_distance_bonus character_item_pickup_distance_bonus character_loot_pickup_distance_bonus
  character_inventory_slots_bonus character_trash_slot_count_bonus character_maximum_following_robot_count_bonus
  character_health_bonus]]):gmatch("%S+") do fields[name] = { 0, true } end

local read, write = {}, {}
for key, field in next, fields do
  read[key] = function(raw)
    local value = raw.fields and raw.fields[key]
    if value == nil then value = field[1] end
    return copy.deep(value)
  end
  if field[2] then
    write[key] = function(raw, value)
      raw.fields = raw.fields or {}
      raw.fields[key] = copy.deep(value)
    end
  end
end

return { read = read, write = write }
