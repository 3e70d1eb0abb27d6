-- What a player does in windows: the value changes, then the event is raised.
local use = ...
local object = use "api/object"
local world = use "world"
local events = use "api/events"
local interface = use "api/interface"
local copy = use "lib/copy"
local refuse = object.refuse

return function(gui)
  local gui_type = interface.defines().gui_type

  local function raise(event, raw, more)
    local told = { element = gui.wrap(raw), player_index = raw.player_index }
    for key, value in next, more or {} do told[key] = value end
    events.raise(event, told)
  end

  function gui.choose(raw, value)
    gui.check_elem(raw, value)
    raw.elem_value = copy.deep(value)
    raise("on_gui_elem_changed", raw)
  end

  function gui.type_in(raw, text)
    gui.with_text(raw)
    raw.text = text
    raise("on_gui_text_changed", raw, { text = text })
  end

  function gui.confirm(raw)
    gui.with_text(raw)
    raise("on_gui_confirmed", raw, { alt = false, control = false, shift = false })
  end

  -- Boxes change their state, buttons that toggle themselves, too; then the click is told, and what it changed.
  function gui.click(raw, options)
    if not raw.enabled then return end
    local checked = raw.type == "checkbox" or raw.type == "radiobutton" and not raw.state
    if checked then raw.state = not raw.state end
    if raw.auto_toggle then raw.toggled = not raw.toggled end
    options = options or {}
    raise("on_gui_click", raw, {
      button = options.button or 1, alt = options.alt or false, control = options.control or false, shift = options.shift or false,
      cursor_display_location = { x = 0, y = 0 },
    })
    if checked and not raw.dead then raise("on_gui_checked_state_changed", raw) end
  end

  local function expect(raw, ...)
    for _, kind in ipairs { ... } do if raw.type == kind then return end end
    refuse("test: not a thing to do with a " .. raw.type, 4)
  end

  function gui.pick(raw, index)
    expect(raw, "drop-down", "list-box")
    raw.selected_index = index
    raise("on_gui_selection_state_changed", raw)
  end

  function gui.slide(raw, value)
    expect(raw, "slider")
    raw.slider_value = math.max(raw.slider_minimum, math.min(raw.slider_maximum, value))
    raise("on_gui_value_changed", raw)
  end

  function gui.flip(raw, state)
    expect(raw, "switch")
    raw.switch_state = state
    raise("on_gui_switch_state_changed", raw)
  end

  function gui.open_tab(raw, index)
    expect(raw, "tabbed-pane")
    raw.selected_tab_index = index
    raise("on_gui_selected_tab_changed", raw)
  end

  function gui.drag(raw, location)
    raw.location = { x = location.x or location[1], y = location.y or location[2] }
    raise("on_gui_location_changed", raw)
  end

  local function opened_by(opened)
    local told = { gui_type = gui_type.none }
    if opened.gui_element then
      told.gui_type, told.element = gui_type.custom, not opened.gui_element.dead and gui.wrap(opened.gui_element) or nil
    elseif opened.entity then
      told.gui_type = gui_type.entity
      told.entity = not opened.entity.dead and object.wrap(object.classes.LuaEntity, opened.entity) or nil
    end
    return told
  end

  -- A player opens an entity's window or a mod's ({ entity } or { gui_element }), or closes the one that is open.
  function gui.open(player, opened)
    if player.opened then gui.close(player) end
    player.opened = opened
    local told = opened_by(opened)
    told.player_index = player.index
    events.raise("on_gui_opened", told)
  end

  function gui.close(player)
    local opened = player.opened
    if not opened then return end
    player.opened = nil
    local told = opened_by(opened)
    told.player_index = player.index
    events.raise("on_gui_closed", told)
  end

  -- A key or mouse button that a custom input is bound to.
  function gui.press(player, name, fields)
    local told = {
      player_index = player.index, input_name = name, cursor_position = { x = player.x, y = player.y }, cursor_display_location = { x = 0, y = 0 },
    }
    for key, value in next, fields or {} do told[key] = value end
    events.raise(name, told)
  end

  -- An element that was removed is no longer open.
  function gui.forget_closed()
    for _, player in ipairs(world.now.players) do
      if player.opened and player.opened.gui_element and player.opened.gui_element.dead then player.opened = nil end
    end
  end
end
