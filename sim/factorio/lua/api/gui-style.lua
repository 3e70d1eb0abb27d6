-- LuaStyle: the name of a style prototype, and what a script changed of it on one element. Nothing is drawn, and the prototypes'
-- own numbers are not known here: only what was written can be read.
local use = ...
local object = use "api/object"
local world = use "world"
local copy = use "lib/copy"
local words = use("api/gui-members").words
local refuse = object.refuse

local style = {}

local values = words [[minimal_width maximal_width minimal_height maximal_height natural_width natural_height top_padding
  right_padding bottom_padding left_padding top_margin right_margin bottom_margin left_margin horizontal_align vertical_align
  font_color font top_cell_padding right_cell_padding bottom_cell_padding left_cell_padding horizontally_stretchable
  vertically_stretchable horizontally_squashable vertically_squashable rich_text_setting hovered_font_color clicked_font_color
  disabled_font_color pie_progress_color clicked_vertical_offset selected_font_color selected_hovered_font_color
  selected_clicked_font_color strikethrough_color draw_grayscale_picture horizontal_spacing vertical_spacing use_header_filler
  bar_width color single_line extra_top_padding_when_activated extra_bottom_padding_when_activated
  extra_left_padding_when_activated extra_right_padding_when_activated extra_top_margin_when_activated
  extra_bottom_margin_when_activated extra_left_margin_when_activated extra_right_margin_when_activated
  stretch_image_to_widget_size badge_font badge_horizontal_spacing default_badge_font_color selected_badge_font_color
  disabled_badge_font_color]]

local read, write = {}, {}
for key in next, values do
  read[key] = function(element)
    local changed = element.style_values and element.style_values[key]
    if changed == nil then
      refuse("LuaStyle::" .. key .. " of the style " .. element.style .. " (stand-in: not offered until a script has written it)", 4)
    end
    return copy.deep(changed)
  end
  write[key] = function(element, value)
    element.style_values = element.style_values or {}
    element.style_values[key] = copy.deep(value)
  end
end

read.name = function(element) return element.style end
write.name = function(element, name) style.set(element, name) end
read.gui = function(element) return use("api/gui").of_element(element) end
read.column_alignments = function(element)
  element.column_alignments = element.column_alignments or {}
  local set = element.column_alignments
  return object.custom_table(function(column) return set[column] end, function()
    local columns = {}
    for column in next, set do columns[#columns + 1] = column end
    return columns
  end, function(column, alignment) set[column] = alignment end)
end

-- Several values at once: one number for all, or a list by side.
local function together(...)
  local names = { ... }
  return function(element, value)
    if type(value) ~= "table" then value = { value, value, value, value } end
    local sides = #value == 2 and { value[1], value[2], value[1], value[2] } or value
    for i, name in ipairs(names) do write[name](element, sides[i] or sides[1]) end
  end
end
for _, side in ipairs { "padding", "margin", "cell_padding" } do
  write[side] = together("top_" .. side, "right_" .. side, "bottom_" .. side, "left_" .. side)
end
for _, what in ipairs { "padding", "margin" } do
  local function name(side) return "extra_" .. side .. "_" .. what .. "_when_activated" end
  write["extra_" .. what .. "_when_activated"] = together(name "top", name "right", name "bottom", name "left")
end
write.width = together("minimal_width", "maximal_width")
write.height = together("minimal_height", "maximal_height")
write.size = function(element, size)
  local width, height = size, size
  if type(size) == "table" then width, height = size[1] or size.width, size[2] or size.height end
  write.width(element, width)
  write.height(element, height)
end

local LuaStyle = object.class("LuaStyle", { read = read, write = write, equal = function(a, b) return a == b end })

function style.wrap(element) return object.wrap(LuaStyle, element) end

local noted = {}

-- Another style: what was changed of the old one is gone. The game refuses names that no prototype has; the core's many styles
-- are not all known here, so a name that is not is only logged.
function style.set(element, name)
  if type(name) ~= "string" then refuse("Unknown style: " .. tostring(name), 4) end
  if not use("stage/data").raw["gui-style"].default[name] and not noted[name] then
    noted[name] = true
    world.emit { kind = "log", text = "The style " .. name .. " is none that the stand-in knows.", at = "gui" }
  end
  element.style, element.style_values = name, nil
end

return style
