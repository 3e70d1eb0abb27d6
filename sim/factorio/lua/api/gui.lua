-- What players see: { left, top, center, screen, relative } of elements { type, name, index, player_index, parent?, children, … }.
-- Nothing is drawn; players act on elements through the test hooks.
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local prototypes = use "api/prototypes"
local copy = use "lib/copy"

local gui = {}
local refuse = object.refuse
local LuaGui, LuaGuiElement

local roots = { left = "flow", top = "flow", center = "flow", goal = "flow", screen = "empty-widget", relative = "empty-widget" }

-- What an element of each type may be given beyond what all take.
local own_fields = {
  button = "", flow = "direction", frame = "direction", table = "column_count", label = "", line = "direction",
  textfield = "text numeric allow_decimal allow_negative is_password lose_focus_on_confirm clear_and_focus_on_right_click",
  ["choose-elem-button"] = "elem_type elem_value elem_filters", ["empty-widget"] = "", checkbox = "state",
  ["scroll-pane"] = "direction horizontal_scroll_policy vertical_scroll_policy", progressbar = "value", ["sprite-button"] = "sprite",
}
local shared_fields = "type name caption tooltip enabled visible ignored_by_interaction style tags index anchor"

local function set(words)
  local result = {}
  for word in words:gmatch("%S+") do result[word] = true end
  return result
end
local shared = set(shared_fields)
for kind, words in next, own_fields do own_fields[kind] = set(words) end

-- Members of LuaGuiElement that are not offered: an unknown name is a child that is not there, these are not.
local withheld = set [[get_mod get_index_in_parent swap_children focus bring_to_front style elem_tooltip location
  game_controller_interaction ignored_by_interaction raise_hover_events elem_filters locked select select_all numeric
  allow_decimal allow_negative is_password lose_focus_on_confirm icon_selector direction column_count sprite value state
  items selected_index scroll_to_top scroll_to_bottom slider_value zoom entity switch_state selected_tab_index add_tab]]

local function new_element(player, parent, spec)
  player.gui_index = (player.gui_index or 0) + 1
  return {
    type = spec.type, name = spec.name or "", index = player.gui_index, player_index = player.index, parent = parent, children = {},
    caption = spec.caption or "", tooltip = spec.tooltip, enabled = spec.enabled ~= false, visible = spec.visible ~= false,
    tags = copy.deep(spec.tags or {}), anchor = copy.deep(spec.anchor), text = spec.text or "", elem_type = spec.elem_type,
    elem_value = copy.deep(spec.elem_value), mod = events.current and events.current.name or nil,
  }
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

local function add(raw, spec)
  if type(spec) ~= "table" or not own_fields[spec.type] then
    refuse("LuaGuiElement::add: type " .. tostring(type(spec) == "table" and spec.type or spec) .. " (stand-in: not offered)", 2)
  end
  for key in next, spec do
    if not shared[key] and not own_fields[spec.type][key] then
      refuse("LuaGuiElement::add: " .. tostring(key) .. " of a " .. spec.type .. " (stand-in: not offered)", 2)
    end
  end
  if spec.name and child_named(raw, spec.name) then
    refuse("Gui element with name " .. spec.name .. " already present in the parent element.", 2)
  end
  if spec.type == "choose-elem-button" and not spec.elem_type then refuse("elem_type is missing", 2) end
  local made = new_element(world.now.players[raw.player_index], raw, spec)
  table.insert(raw.children, spec.index or #raw.children + 1, made)
  return wrap(made)
end

local function only_for(kinds)
  local allowed = set(kinds)
  return function(raw)
    if not allowed[raw.type] then refuse("This member can't be used on a " .. raw.type .. ".", 4) end
  end
end
local with_elem, with_text = only_for "choose-elem-button", only_for "textfield text-box"

local function flag(key)
  return function(raw) return raw[key] end, function(raw, value) raw[key] = value end
end

local read = {
  type = function(raw) return raw.type end,
  index = function(raw) return raw.index end,
  player_index = function(raw) return raw.player_index end,
  gui = function(raw) return object.wrap(LuaGui, world.now.players[raw.player_index]) end,
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
  elem_type = function(raw) with_elem(raw) return raw.elem_type end,
  elem_value = function(raw) with_elem(raw) return copy.deep(raw.elem_value) end,
  text = function(raw) with_text(raw) return raw.text end,
}

local function check_elem(raw, value)
  with_elem(raw)
  local kind = raw.elem_type
  if value ~= nil and (kind == "item" or kind == "fluid" or kind == "entity") then prototypes.require(kind, value, 3) end
end

local write = {
  tags = function(raw, tags) raw.tags = copy.deep(tags or {}) end,
  anchor = function(raw, anchor) raw.anchor = copy.deep(anchor) end,
  elem_value = function(raw, value)
    check_elem(raw, value)
    raw.elem_value = copy.deep(value)
  end,
  text = function(raw, text)
    with_text(raw)
    raw.text = tostring(text)
  end,
}
for _, key in ipairs { "name", "caption", "tooltip", "enabled", "visible" } do read[key], write[key] = flag(key) end

LuaGuiElement = object.class("LuaGuiElement", {
  read = read,
  write = write,
  at = function(raw, key)
    if withheld[key] then refuse("LuaGuiElement doesn't contain key " .. key .. ". (stand-in: not offered)", 3) end
    return wrap(child_named(raw, key))
  end,
  method = {
    add = add,
    clear = function(raw)
      for _, child in ipairs(raw.children) do kill(child) end
      raw.children = {}
    end,
    destroy = function(raw)
      if not raw.parent then refuse("Top-level GUI elements can't be destroyed.", 2) end
      for i, child in ipairs(raw.parent.children) do
        if child == raw then table.remove(raw.parent.children, i) break end
      end
      kill(raw)
    end,
  },
})

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

-- What a player does to an element: the value changes, then the event is raised.
function gui.choose(raw, value)
  check_elem(raw, value)
  raw.elem_value = copy.deep(value)
  events.raise("on_gui_elem_changed", { element = wrap(raw), player_index = raw.player_index })
end

function gui.type_in(raw, text)
  with_text(raw)
  raw.text = text
  events.raise("on_gui_text_changed", { element = wrap(raw), player_index = raw.player_index, text = text })
end

function gui.confirm(raw)
  with_text(raw)
  events.raise("on_gui_confirmed", { element = wrap(raw), player_index = raw.player_index, alt = false, control = false, shift = false })
end

function gui.click(raw)
  if not raw.enabled then return end
  events.raise("on_gui_click", {
    element = wrap(raw), player_index = raw.player_index, button = 1, alt = false, control = false, shift = false,
    cursor_display_location = { x = 0, y = 0 },
  })
end

-- A player opens an entity's window, or closes the one that is open.
function gui.open(player, entity_raw, entity)
  if player.opened then gui.close(player) end
  player.opened = entity_raw
  events.raise("on_gui_opened", { player_index = player.index, gui_type = use("api/defines").gui_type.entity, entity = entity })
end

function gui.close(player)
  local entity_raw = player.opened
  if not entity_raw then return end
  player.opened = nil
  local entity = not entity_raw.dead and object.wrap(object.classes.LuaEntity, entity_raw) or nil
  events.raise("on_gui_closed", { player_index = player.index, gui_type = use("api/defines").gui_type.entity, entity = entity })
end

return gui
