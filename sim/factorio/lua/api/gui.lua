-- What players see: { left, top, center, screen, relative } of elements { type, name, index, player_index, parent?, children, … }.
-- Nothing is drawn; players act on elements through the test hooks (gui-acts.lua).
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local prototypes = use "api/prototypes"
local copy = use "lib/copy"
local members = use "api/gui-members"
local style = use "api/gui-style"

local gui = {}
local refuse = object.refuse
local LuaGui, LuaGuiElement

local roots = { left = "flow", top = "flow", center = "flow", goal = "flow", screen = "empty-widget", relative = "empty-widget" }

-- Members of LuaGuiElement that are not offered: an unknown name is a child that is not there, these are not.
local withheld = members.words [[entity inventory slots_per_row empty_slot_info handle_cursor_transfer handle_cursor_split
  handle_open_item handle_open_mod_item handle_send_stack_to_trash hand_send_stacks_to_trash]]

local default_styles = { ["sprite-button"] = "button", ["text-box"] = "textbox", textfield = "textbox", ["drop-down"] = "dropdown", ["empty-widget"] = "empty_widget", ["choose-elem-button"] = "button", ["entity-preview"] = "empty_widget", sprite = "image", minimap = "minimap" }

local function default_style(spec)
  if spec.type == "flow" or spec.type == "line" then
    return spec.type == "line" and "line" or (spec.direction or "horizontal") .. "_flow"
  end
  return default_styles[spec.type] or (spec.type:gsub("-", "_"))
end

local function set_fields(made, spec)
  for key, field in next, members.fields do
    if field.types[made.type] then
      local value = spec[key]
      if value == nil then value = field.initial end
      made[key] = copy.deep(value)
    end
  end
  for given, own in next, members.aliases[made.type] or {} do
    if spec[given] ~= nil then made[own] = spec[given] end
  end
  if made.type == "slider" then
    made.slider_minimum, made.slider_maximum = spec.minimum_value or 0, spec.maximum_value or 30
    made.slider_step, made.slider_discrete = spec.value_step or 1, spec.discrete_values or false
    made.slider_value = math.max(made.slider_minimum, math.min(made.slider_maximum, spec.value or made.slider_minimum))
  elseif made.type == "choose-elem-button" then
    made.elem_value = copy.deep(spec[spec.elem_type])
  elseif made.type == "tabbed-pane" then
    made.tabs = {}
  elseif made.type == "progressbar" and spec.value then
    made.value = spec.value
  end
end

local function new_element(player, parent, spec)
  player.gui_index = (player.gui_index or 0) + 1
  local made = {
    type = spec.type, name = spec.name or "", index = player.gui_index, player_index = player.index, parent = parent, children = {},
    caption = spec.caption or "", tooltip = spec.tooltip or "", enabled = spec.enabled ~= false, visible = spec.visible ~= false,
    tags = copy.deep(spec.tags or {}), anchor = copy.deep(spec.anchor), style = default_style(spec),
    ignored_by_interaction = spec.ignored_by_interaction or false, raise_hover_events = spec.raise_hover_events or false,
    elem_tooltip = copy.deep(spec.elem_tooltip), game_controller_interaction = spec.game_controller_interaction or 0,
    mod = events.current and events.current.name or nil,
  }
  set_fields(made, spec)
  return made
end

-- The player's roots; a table of plain records, so that a save carries it.
local function roots_of(player)
  if not player.gui then
    player.gui = {}
    for name, kind in next, roots do
      player.gui[name] = new_element(player, nil, { type = kind, name = name })
    end
  end
  return player.gui
end

local function wrap(raw) return object.wrap(LuaGuiElement, raw) end
gui.wrap = wrap

local function child_named(raw, name)
  for _, child in ipairs(raw.children) do
    if child.name == name and name ~= "" then return child end
  end
end

local function kill(raw)
  raw.dead = true
  for _, child in ipairs(raw.children) do kill(child) end
end

-- What a type needs must be there; other fields than it has are passed over, as in the game.
local function check_spec(spec)
  if type(spec) ~= "table" or not members.types[spec.type] then
    refuse("LuaGuiElement::add: type " .. tostring(type(spec) == "table" and spec.type or spec) .. " (stand-in: not offered)", 3)
  end
  if spec.type == "choose-elem-button" and not members.elem_types[spec.elem_type] then refuse("elem_type is missing", 3) end
  if spec.type == "table" and type(spec.column_count) ~= "number" then refuse("column_count is missing", 3) end
  if (spec.type == "checkbox" or spec.type == "radiobutton") and type(spec.state) ~= "boolean" then refuse("state is missing", 3) end
end

local function add(raw, spec)
  check_spec(spec)
  if spec.name and child_named(raw, spec.name) then
    refuse("Gui element with name " .. spec.name .. " already present in the parent element.", 2)
  end
  local made = new_element(world.now.players[raw.player_index], raw, spec)
  if spec.style then style.set(made, spec.style) end
  table.insert(raw.children, spec.index or #raw.children + 1, made)
  return wrap(made)
end

local function flag(key)
  return function(raw) return raw[key] end, function(raw, value) raw[key] = value end
end

local read = {
  type = function(raw) return raw.type end,
  index = function(raw) return raw.index end,
  player_index = function(raw) return raw.player_index end,
  gui = function(raw) return gui.of_element(raw) end,
  parent = function(raw) return wrap(raw.parent) end,
  children = function(raw)
    local list = {}
    for i, child in ipairs(raw.children) do list[i] = wrap(child) end
    return list
  end,
  children_names = function(raw)
    local list = {}
    for i, child in ipairs(raw.children) do list[i] = child.name end
    return list
  end,
  tags = function(raw) return copy.deep(raw.tags) end,
  anchor = function(raw) return copy.deep(raw.anchor) end,
  style = function(raw) return style.wrap(raw) end,
  location = function(raw)
    if raw.parent and raw.parent.name == "screen" then return copy.deep(raw.location) or { x = 0, y = 0 } end
    return nil
  end,
  elem_tooltip = function(raw) return copy.deep(raw.elem_tooltip) end,
}

local write = {
  tags = function(raw, tags) raw.tags = copy.deep(tags or {}) end,
  anchor = function(raw, anchor) raw.anchor = copy.deep(anchor) end,
  style = function(raw, name) style.set(raw, name) end,
  location = function(raw, location)
    raw.location = location and { x = location.x or location[1], y = location.y or location[2] } or nil
  end,
  elem_tooltip = function(raw, id) raw.elem_tooltip = copy.deep(id) end,
}
for _, key in ipairs {
  "name", "caption", "tooltip", "enabled", "visible", "ignored_by_interaction", "raise_hover_events", "game_controller_interaction",
} do read[key], write[key] = flag(key) end

local function require_type(raw, field)
  if not field.types[raw.type] then refuse("This member can't be used on a " .. raw.type .. ".", 5) end
end

for key, field in next, members.fields do
  read[key] = function(raw)
    require_type(raw, field)
    return copy.deep(raw[key])
  end
  if not field.read_only then
    write[key] = function(raw, value)
      require_type(raw, field)
      raw[key] = copy.deep(value)
    end
  end
end

function gui.check_elem(raw, value)
  require_type(raw, members.fields.elem_value)
  local kind = raw.elem_type
  if value ~= nil and (kind == "item" or kind == "fluid" or kind == "entity") then prototypes.require(kind, value, 4) end
end
function gui.with_text(raw) require_type(raw, members.fields.text) end

write.elem_value = function(raw, value)
  gui.check_elem(raw, value)
  raw.elem_value = copy.deep(value)
end
write.text = function(raw, text)
  gui.with_text(raw)
  raw.text = tostring(text)
end
read.drag_target = function(raw)
  require_type(raw, members.fields.drag_target)
  return wrap(raw.drag_target)
end
write.drag_target = function(raw, target)
  require_type(raw, members.fields.drag_target)
  raw.drag_target = target and object.raw(target) or nil
end
read.tabs = function(raw)
  if raw.type ~= "tabbed-pane" then refuse("This member can't be used on a " .. raw.type .. ".", 4) end
  local list = {}
  for i, tab in ipairs(raw.tabs) do list[i] = { tab = wrap(tab.tab), content = wrap(tab.content) } end
  return list
end
write.force_auto_center = nil

local method = {
  add = add,
  clear = function(raw)
    for _, child in ipairs(raw.children) do kill(child) end
    raw.children = {}
    if raw.tabs then raw.tabs = {} end
  end,
  destroy = function(raw)
    if not raw.parent then refuse("Top-level GUI elements can't be destroyed.", 2) end
    for i, child in ipairs(raw.parent.children) do
      if child == raw then table.remove(raw.parent.children, i) break end
    end
    kill(raw)
  end,
}
LuaGuiElement = object.class("LuaGuiElement", {
  read = read,
  write = write,
  at = function(raw, key)
    if withheld[key] then refuse("LuaGuiElement doesn't contain key " .. key .. ". (stand-in: not offered)", 3) end
    return wrap(child_named(raw, key))
  end,
  method = method,
})
gui.class = LuaGuiElement

local gui_read = {
  player = function(raw) return object.wrap(object.classes.LuaPlayer, raw) end,
  children = function(raw)
    local map = {}
    for name, root in next, roots_of(raw) do map[name] = wrap(root) end
    return map
  end,
}
for name in next, roots do
  gui_read[name] = function(raw) return wrap(roots_of(raw)[name]) end
end
LuaGui = object.class("LuaGui", { valid = function() return true end, read = gui_read })

function gui.of(player) return object.wrap(LuaGui, player) end
function gui.of_element(raw) return gui.of(world.now.players[raw.player_index]) end

use "api/gui-methods"(gui)
use "api/gui-acts"(gui)

return gui
