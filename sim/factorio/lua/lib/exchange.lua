-- Map exchange strings, as the game packs them: ">>>", base64 of a zlib stream, "<<<". In the stream: four 16-bit numbers of the
-- version, a byte 0, the settings, and the CRC-32 of all that. 2.0 and 2.1 are laid out as others found out from strings of games up to
-- 2.1.14; what is laid out in another way is refused, never guessed.
local use = ...
local base64 = use "lib/base64"
local zlib = use "lib/zlib"
local floor = math.floor

local exchange = {}

local sums = {}
for i = 0, 255 do
  local sum = i
  for _ = 1, 8 do sum = sum % 2 == 1 and bit32.bxor(0xEDB88320, floor(sum / 2)) or floor(sum / 2) end
  sums[i] = sum
end
local function crc32(text)
  local sum = 0xFFFFFFFF
  for i = 1, #text do sum = bit32.bxor(floor(sum / 256), sums[bit32.band(bit32.bxor(sum, text:byte(i)), 255)]) end
  return bit32.bxor(sum, 0xFFFFFFFF)
end

local function refuse(why) error("Can't parse map exchange string: " .. why, 0) end

-- Reads values one after the other; `at_least` tells which layout they have.
local function reader(bytes)
  local at, version, last = 1, { 0, 0, 0 }, { x = 0, y = 0 }
  local r = {}
  local function uint(size)
    local value = 0
    for i = size - 1, 0, -1 do value = value * 256 + (bytes:byte(at + i) or refuse("it ends too early")) end
    at = at + size
    return value
  end
  local function signed(size)
    local value = uint(size)
    return value >= 2 ^ (size * 8 - 1) and value - 2 ^ (size * 8) or value
  end
  local function floating(size, exponent_bits, fraction_bits)
    local value = uint(size)
    local fraction = value % 2 ^ fraction_bits
    local exponent = floor(value / 2 ^ fraction_bits) % 2 ^ exponent_bits
    local sign = value >= 2 ^ (size * 8 - 1) and -1 or 1
    local bias = 2 ^ (exponent_bits - 1) - 1
    if exponent == 2 * bias + 1 then return fraction == 0 and sign * math.huge or 0 / 0 end
    if exponent == 0 then return sign * fraction * 2 ^ (1 - bias - fraction_bits) end
    return sign * (1 + fraction / 2 ^ fraction_bits) * 2 ^ (exponent - bias)
  end
  -- A double's 64 bits are more than a number holds exactly: in two halves.
  function r.double()
    local low, high = uint(4), uint(4)
    local fraction = (high % 2 ^ 20) * 2 ^ 32 + low
    local exponent, sign = floor(high / 2 ^ 20) % 2048, high >= 2 ^ 31 and -1 or 1
    if exponent == 2047 then return fraction == 0 and sign * math.huge or 0 / 0 end
    if exponent == 0 then return sign * fraction * 2 ^ -1074 end
    return sign * (1 + fraction / 2 ^ 52) * 2 ^ (exponent - 1023)
  end
  function r.float() return floating(4, 8, 23) end
  function r.bool() return uint(1) ~= 0 end
  function r.uint32() return uint(4) end
  function r.int32() return signed(4) end
  function r.count()
    local n = uint(1)
    return n == 255 and uint(4) or n
  end
  function r.string()
    local size = r.count()
    at = at + size
    if at > #bytes + 1 then refuse("it ends too early") end
    return bytes:sub(at - size, at - 1)
  end
  function r.position()
    local x = signed(2)
    if x == 0x7fff then last = { x = signed(4) / 256, y = signed(4) / 256 }
    else last = { x = last.x + x / 256, y = last.y + signed(2) / 256 } end
    return { x = last.x, y = last.y }
  end
  function r.box() return r.position(), r.position(), uint(4) end
  function r.list(item)
    local list = {}
    for i = 1, r.count() do list[i] = item() end
    return list
  end
  function r.dictionary(item)
    local found = {}
    for _ = 1, r.count() do found[r.string()] = item() end
    return found
  end
  function r.optional(item) if r.bool() then return item() end end
  -- "name kind name kind …", each there or not.
  function r.fields(text)
    local found = {}
    for name, kind in text:gmatch("(%S+) (%S+)") do found[name] = r.optional(r[kind]) end
    return found
  end
  function r.uint32s() return r.list(r.uint32) end
  function r.doubles() return r.list(r.double) end
  function r.version()
    version = { uint(2), uint(2), uint(2) }
    at = at + 3
    return version
  end
  function r.at_least(major, minor, patch)
    for i, n in ipairs { major, minor, patch } do if version[i] ~= n then return version[i] > n end end
    return true
  end
  function r.ended() return at == #bytes - 3 end
  return r
end

local function map_gen_settings(r)
  local function size() return { frequency = r.float(), size = r.float(), richness = r.float() } end
  local s = {
    autoplace_controls = r.dictionary(size),
    autoplace_settings = r.dictionary(function() return { treat_missing_as_default = r.bool(), settings = r.dictionary(size) } end),
    default_enable_all_autoplace_controls = r.bool(),
    seed = r.uint32(), width = r.uint32(), height = r.uint32(),
  }
  r.box() -- to be generated at the start: not in the table that scripts get
  s.starting_area, s.peaceful_mode, s.no_enemies_mode = r.float(), r.bool(), r.bool()
  s.starting_points = r.list(r.position)
  s.property_expression_names = r.dictionary(r.string)
  s.cliff_settings = {
    name = r.string(), control = r.string(), cliff_elevation_0 = r.float(), cliff_elevation_interval = r.float(),
    richness = r.float(), cliff_smoothing = r.float(),
  }
  s.territory_settings = r.optional(function()
    return {
      units = r.list(r.string), territory_index_expression = r.string(), territory_variation_expression = r.string(),
      minimum_territory_size = r.uint32(),
    }
  end)
  return s
end

local STEERING = "radius double separation_factor double separation_force double force_unit_fuzzy_goto_behavior bool"

local function map_settings(r)
  local v21 = r.at_least(2, 1, 0)
  local s = {
    pollution = r.fields [[
      enabled bool diffusion_ratio double min_to_diffuse double ageing double expected_max_per_chunk double min_to_show_per_chunk double
      min_pollution_to_damage_trees double pollution_with_max_forest_damage double pollution_per_tree_damage double
      pollution_restored_per_tree_damage double max_pollution_to_restore_trees double enemy_attack_pollution_consumption_modifier double]],
  }
  if not v21 then s.steering = { default = r.fields(STEERING), moving = r.fields(STEERING) } end
  s.enemy_evolution = r.fields "enabled bool time_factor double destroy_factor double pollution_factor double"
  s.enemy_expansion = r.fields(table.concat {
    "enabled bool max_expansion_distance uint32 ", v21 and "min_expansion_distance uint32 " or "",
    [[friendly_base_influence_radius uint32 enemy_building_influence_radius uint32 building_coefficient double
      other_base_coefficient double neighbouring_chunk_coefficient double neighbouring_base_chunk_coefficient double
      max_colliding_tiles_coefficient double settler_group_min_size uint32 settler_group_max_size uint32 ]],
    v21 and "evolution_group_size_factor double " or "", "min_expansion_cooldown uint32 max_expansion_cooldown uint32 ",
    r.at_least(2, 1, 13) and "build_base_unit_dispatch_cooldown uint32" or "",
  })
  s.unit_group = r.fields [[
    min_group_gathering_time uint32 max_group_gathering_time uint32 max_wait_time_for_late_members uint32 max_group_radius double
    min_group_radius double max_member_speedup_when_behind double max_member_slowdown_when_ahead double
    max_group_slowdown_factor double max_group_member_fallback_factor double member_disown_distance double
    tick_tolerance_when_member_arrives uint32 max_gathering_unit_groups uint32 max_unit_group_size uint32]]
  s.path_finder = r.fields [[
    fwd2bwd_ratio int32 goal_pressure_ratio double use_path_cache bool max_steps_worked_per_tick double max_work_done_per_tick uint32
    short_cache_size uint32 long_cache_size uint32 short_cache_min_cacheable_distance double
    short_cache_min_algo_steps_to_cache uint32 long_cache_min_cacheable_distance double
    cache_max_connect_to_cache_steps_multiplier uint32 cache_accept_path_start_distance_ratio double
    cache_accept_path_end_distance_ratio double negative_cache_accept_path_start_distance_ratio double
    negative_cache_accept_path_end_distance_ratio double cache_path_start_distance_rating_multiplier double
    cache_path_end_distance_rating_multiplier double stale_enemy_with_same_destination_collision_penalty double
    ignore_moving_enemy_collision_distance double enemy_with_different_destination_collision_penalty double
    general_entity_collision_penalty double general_entity_subsequent_collision_penalty double extended_collision_penalty double
    max_clients_to_accept_any_new_request uint32 max_clients_to_accept_short_new_request uint32
    direct_distance_to_consider_short_request uint32 short_request_max_steps uint32 short_request_ratio double
    min_steps_to_check_path_find_termination uint32 start_to_goal_cost_multiplier_to_terminate_path_find double
    overload_levels uint32s overload_multipliers doubles negative_path_cache_delay_interval uint32]]
  s.max_failed_behavior_count = r.uint32()
  s.difficulty_settings = { technology_price_multiplier = r.double(), spoil_time_modifier = r.double() }
  s.asteroids = r.fields "spawning_rate double max_ray_portals_expanded_per_tick uint32"
  return s
end

-- `game_version`: of the game that reads it. `controls`: names of autoplace controls that this game has.
function exchange.parse(text, game_version, controls)
  local packed = text:gsub("%s", ""):match("^>>>(.*)<<<$") or refuse("it must begin with >>> and end with <<<")
  local stream = base64.decode(packed) or refuse("it is not base64")
  local bytes = zlib.inflate(stream) or refuse("it can't be inflated")
  if #bytes < 13 then refuse("it ends too early") end
  local sum = 0
  for i = 0, 3 do sum = sum + bytes:byte(#bytes - i) * 256 ^ (3 - i) end
  if sum ~= crc32(bytes:sub(1, -5)) then refuse("its checksum is wrong") end
  local r = reader(bytes)
  local version = table.concat(r.version(), ".")
  local major, minor, patch = game_version:match("^(%d+)%.(%d+)%.(%d+)")
  if r.at_least(tonumber(major), tonumber(minor), tonumber(patch) + 1) then refuse("it was made by " .. version) end
  if not r.at_least(2, 0, 0) then refuse("it was made by " .. version .. " (stand-in: not read)") end
  local gen = map_gen_settings(r)
  local settings = map_settings(r)
  -- 2.1 has no steering any more.
  if tonumber(major) > 2 or tonumber(minor) > 0 then settings.steering = nil end
  if not r.ended() then refuse("more is in it than settings (stand-in: laid out as in no version that is known here)") end
  -- Controls that no mod has are not known, and those that are not in it are as always.
  local given, all = gen.autoplace_controls, {}
  for _, name in ipairs(controls) do all[name] = given[name] or { frequency = 1, size = 1, richness = 1 } end
  gen.autoplace_controls = all
  return { map_settings = settings, map_gen_settings = gen }
end

return exchange
