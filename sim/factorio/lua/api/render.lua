-- `rendering`: objects that scripts draw. Nobody sees them here; they are kept, read, changed and saved.
local use = ...
local object = use "api/object"
local world = use "world"
local entity = use "api/entity"
local copy = use "lib/copy"
local interface = use "api/interface"
local refuse = object.refuse

local words = use("api/gui-members").words

-- What each type is given beyond what all are: members of LuaRenderObject of the same name.
local own = {
  text = "text scale font alignment vertical_alignment scale_with_zoom use_rich_text orientation color target",
  line = "width gap_length dash_length dash_offset from to color",
  circle = "radius width filled target color", rectangle = "width filled left_top right_bottom color",
  arc = "max_radius min_radius start_angle angle target color", polygon = "vertices orientation orientation_target use_target_orientation target color",
  sprite = "sprite orientation x_scale y_scale orientation_target use_target_orientation oriented_offset target color",
  light = "sprite orientation scale intensity minimum_darkness oriented add_perpendicular target color",
  animation = "animation orientation x_scale y_scale animation_speed animation_offset orientation_target use_target_orientation oriented_offset target color",
}
local shared = "surface time_to_live forces players visible draw_on_ground only_in_alt_mode render_layer render_mode blink_interval"
local initial = {
  visible = true, draw_on_ground = false, only_in_alt_mode = false, time_to_live = 0, render_layer = "arrow", scale = 1, orientation = 0,
  width = 1, filled = false, gap_length = 0, dash_length = 0, dash_offset = 0, x_scale = 1, y_scale = 1, intensity = 1, minimum_darkness = 0,
  alignment = "left", vertical_alignment = "top", scale_with_zoom = false, use_rich_text = false, font = "default", render_mode = "game",
  animation_speed = 1, animation_offset = 0, use_target_orientation = false, blink_interval = 0, oriented = false, start_angle = 0,
}
local constructor_names = { tint = "color" } -- what sprites and animations call it
local places = words "target from to left_top right_bottom orientation_target"

local LuaRenderObject

-- A ScriptRenderTarget: an entity, a position, or { entity, offset }.
local function target_of(value)
  if object.is(value, entity.class) then return { entity = object.raw(value), offset = { x = 0, y = 0 } } end
  if value.entity then
    local offset = value.offset or { 0, 0 }
    return { entity = object.raw(value.entity), offset = { x = offset.x or offset[1], y = offset.y or offset[2] } }
  end
  local at = value.position or value
  return { position = { x = at.x or at[1], y = at.y or at[2] } }
end

local function shown(target)
  if target == nil then return nil end
  if target.position then return { position = copy.deep(target.position) } end
  return { entity = entity.wrap(target.entity), offset = copy.deep(target.offset), position = target.entity.dead and nil or { x = target.entity.x, y = target.entity.y } }
end

local function color_of(color)
  return { r = color.r or color[1] or 0, g = color.g or color[2] or 0, b = color.b or color[3] or 0, a = color.a or color[4] or 1 }
end

local function converted(key, value)
  if value == nil then return nil end
  if places[key] then return target_of(value) end
  if key == "color" then return color_of(value) end
  if key == "surface" then return use("api/surface").by(value).index end
  if key == "players" or key == "forces" then
    local list = {}
    for i, each in ipairs(value) do
      list[i] = key == "players" and use("api/player").by(each).index or entity.force_index(each)
    end
    return list
  end
  return copy.deep(value)
end

local function check(params, allowed, what)
  for key in next, params do
    if not allowed[constructor_names[key] or key] then refuse("rendering." .. what .. ": " .. tostring(key) .. " (stand-in: not offered)", 4) end
  end
  for place in next, places do
    if allowed[place] and place ~= "orientation_target" and params[place] == nil then refuse("rendering." .. what .. ": " .. place .. " is missing", 4) end
  end
  if params.surface == nil then refuse("rendering." .. what .. ": surface is missing", 4) end
end

local function draw(kind)
  local allowed = words(shared .. " " .. own[kind])
  return function(mod, params)
    check(params, allowed, "draw_" .. kind)
    local now = world.now
    now.next_render = (now.next_render or 0) + 1
    local made = { id = now.next_render, type = kind, mod = mod.name ~= "core" and mod.name or "" }
    for key in next, allowed do made[key] = initial[key] end
    for key, value in next, params do
      local name = constructor_names[key] or key
      made[name] = converted(name, value)
    end
    if made.time_to_live > 0 then made.ends_at = now.tick + made.time_to_live end
    now.renders = now.renders or {}
    now.renders[made.id] = made
    return object.wrap(LuaRenderObject, made)
  end
end

local function remove(raw) world.now.renders[raw.id] = nil end

local read, write = {
  id = function(raw) return raw.id end, type = function(raw) return raw.type end, mod_name = function(raw) return raw.mod end,
}, {}
for kind in next, own do
  for key in next, words(shared .. " " .. own[kind]) do
    read[key] = function(raw)
      local value = raw[key]
      if places[key] then return shown(value) end
      if key == "surface" then return object.wrap(object.classes.LuaSurface, entity.surface(value)) end
      if key == "players" or key == "forces" then
        if value == nil then return nil end
        local list = {}
        for i, index in ipairs(value) do
          list[i] = key == "players" and object.wrap(object.classes.LuaPlayer, world.now.players[index]) or object.wrap(object.classes.LuaForce, entity.force(index))
        end
        return list
      end
      return copy.deep(value)
    end
    write[key] = function(raw, value)
      if not words(shared .. " " .. own[raw.type])[key] then refuse("This render object has no " .. key .. ".", 4) end
      raw[key] = converted(key, value)
      if key == "time_to_live" then raw.ends_at = value > 0 and world.now.tick + value or nil end
    end
  end
end
read.time_to_live = function(raw) return raw.ends_at and raw.ends_at - world.now.tick or 0 end
write.surface = nil
for key in next, read do
  if not interface.has("LuaRenderObject", key) then read[key], write[key] = nil, nil end
end

LuaRenderObject = object.class("LuaRenderObject", {
  valid = function(raw) return world.now.renders[raw.id] == raw end,
  read = read,
  write = write,
  method = {
    destroy = remove,
    bring_to_front = function() end,
    move_to_back = function() end,
    set_corners = function(raw, left_top, right_bottom) raw.left_top, raw.right_bottom = target_of(left_top), target_of(right_bottom) end,
  },
})

local method = {
  clear = function(_, mod_name)
    for _, each in next, world.now.renders or {} do if mod_name == nil or each.mod == mod_name then remove(each) end end
  end,
  get_all_objects = function(_, mod_name)
    local list = {}
    for _, each in next, world.now.renders or {} do
      if mod_name == nil or each.mod == mod_name then list[#list + 1] = object.wrap(LuaRenderObject, each) end
    end
    return list
  end,
  get_object_by_id = function(_, id) return world.now.renders and object.wrap(LuaRenderObject, world.now.renders[id]) or nil end,
}
for kind in next, own do method["draw_" .. kind] = draw(kind) end
object.class("LuaRendering", { has_valid = false, method = method })

local render = {}

-- At the end of a tick: what has lived its time, and what was drawn on an entity or a surface that is gone.
function render.expire()
  for _, each in next, world.now.renders do
    local target = each.target or each.from
    local lost = target and target.entity and target.entity.dead or not entity.surface(each.surface)
    if lost or each.ends_at and each.ends_at <= world.now.tick then remove(each) end
  end
end

return render
