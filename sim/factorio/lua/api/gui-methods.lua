-- Methods of elements that only some types have, and those that only move the eye: focus, scrolling, what is in front.
local use = ...
local object = use "api/object"
local copy = use "lib/copy"
local members = use "api/gui-members"
local refuse = object.refuse

return function(gui)
  local method = gui.class.method

  local function only(types, f)
    local allowed = members.words(types)
    return function(raw, ...)
      if not allowed[raw.type] then refuse("This method can't be used on a " .. raw.type .. ".", 3) end
      return f(raw, ...)
    end
  end

  local function nothing() end
  for name, types in next, {
    select_all = "textfield text-box", select = "textfield text-box", scroll_to_top = "scroll-pane text-box",
    scroll_to_bottom = "scroll-pane text-box", scroll_to_left = "scroll-pane text-box", scroll_to_right = "scroll-pane text-box",
    scroll_to_element = "scroll-pane", scroll_to_item = "list-box", close_dropdown = "drop-down",
  } do method[name] = only(types, nothing) end
  method.force_auto_center = only("frame", function(raw) raw.location = nil end)
  method.focus = nothing
  method.bring_to_front = nothing

  function method.get_mod(raw) return raw.mod end
  function method.get_index_in_parent(raw)
    for i, child in ipairs(raw.parent and raw.parent.children or {}) do if child == raw then return i end end
    refuse("This element has no parent.", 2)
  end
  function method.swap_children(raw, a, b)
    if not raw.children[a] or not raw.children[b] then refuse("Index out of range.", 2) end
    raw.children[a], raw.children[b] = raw.children[b], raw.children[a]
  end

  -- Items of lists.
  local lists = "drop-down list-box"
  local function at(raw, i)
    if type(i) ~= "number" or i < 1 or i > #raw.items then refuse("Item index out of range: " .. tostring(i), 4) end
    return i
  end
  method.clear_items = only(lists, function(raw) raw.items, raw.selected_index = {}, 0 end)
  method.get_item = only(lists, function(raw, i) return copy.deep(raw.items[at(raw, i)]) end)
  method.set_item = only(lists, function(raw, i, text) raw.items[at(raw, i)] = copy.deep(text) end)
  method.add_item = only(lists, function(raw, text, i) table.insert(raw.items, i or #raw.items + 1, copy.deep(text)) end)
  method.remove_item = only(lists, function(raw, i)
    table.remove(raw.items, at(raw, i))
    if raw.selected_index == i then raw.selected_index = 0 elseif raw.selected_index > i then raw.selected_index = raw.selected_index - 1 end
  end)

  -- Sliders.
  local function slider(f) return only("slider", f) end
  method.get_slider_minimum = slider(function(raw) return raw.slider_minimum end)
  method.get_slider_maximum = slider(function(raw) return raw.slider_maximum end)
  method.set_slider_minimum_maximum = slider(function(raw, low, high)
    if low > high then refuse("The slider's minimum is above its maximum.", 2) end
    raw.slider_minimum, raw.slider_maximum = low, high
    raw.slider_value = math.max(low, math.min(high, raw.slider_value))
  end)
  method.get_slider_value_step = slider(function(raw) return raw.slider_step end)
  method.set_slider_value_step = slider(function(raw, step) raw.slider_step = step end)
  method.get_slider_discrete_values = slider(function(raw) return raw.slider_discrete end)
  method.set_slider_discrete_values = slider(function(raw, discrete) raw.slider_discrete = discrete end)

  -- Tabs.
  method.add_tab = only("tabbed-pane", function(raw, tab, content)
    local own = object.raw(tab)
    if own.type ~= "tab" or own.parent ~= raw or object.raw(content).parent ~= raw then
      refuse("add_tab: a tab and a content that are children of the tabbed-pane expected.", 2)
    end
    raw.tabs[#raw.tabs + 1] = { tab = own, content = object.raw(content) }
    raw.selected_tab_index = raw.selected_tab_index or 1
  end)
  method.remove_tab = only("tabbed-pane", function(raw, tab)
    local own = tab and object.raw(tab)
    for i = #raw.tabs, 1, -1 do
      if not own or raw.tabs[i].tab == own then table.remove(raw.tabs, i) end
    end
    if #raw.tabs == 0 then raw.selected_tab_index = nil end
  end)
end
