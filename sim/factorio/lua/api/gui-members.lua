-- What elements of each type have beyond the common members: fields that `add` takes and LuaGuiElement reads and writes. A field
-- that an element's type lacks is refused, as in the game.
local use = ...

local members = {}

local function words(text)
  local set = {}
  for word in text:gmatch("%S+") do set[word] = true end
  return set
end
members.words = words

-- field -> { types, initial value, whether it can't be written }
local function field(types, initial, read_only) return { types = words(types), initial = initial, read_only = read_only } end

members.fields = {
  auto_toggle = field("button sprite-button", false), toggled = field("button sprite-button", false),
  mouse_button_filter = field("button sprite-button", { ["left-and-right"] = true }),
  sprite = field("sprite-button sprite", ""), hovered_sprite = field("sprite-button", ""), clicked_sprite = field("sprite-button", ""),
  number = field("sprite-button"), quality = field("sprite-button"), show_percent_for_small_numbers = field("sprite-button", false),
  resize_to_sprite = field("sprite", true),
  state = field("checkbox radiobutton"), direction = field("frame flow line", "horizontal", true),
  value = field("progressbar", 0), auto_center = field("frame", false), drag_target = field("flow frame label table empty-widget"),
  column_count = field("table", nil, true), draw_vertical_lines = field("table", false), draw_horizontal_lines = field("table", false),
  draw_horizontal_line_after_headers = field("table", false), vertical_centering = field("table", true),
  text = field("textfield text-box", ""), numeric = field("textfield", false), allow_decimal = field("textfield", false),
  allow_negative = field("textfield", false), is_password = field("textfield", false), lose_focus_on_confirm = field("textfield", false),
  icon_selector = field("textfield text-box", false, true), selectable = field("text-box", true), word_wrap = field("text-box", false),
  read_only = field("text-box", false), horizontal_scroll_policy = field("scroll-pane", "auto"),
  vertical_scroll_policy = field("scroll-pane", "auto"), items = field("drop-down list-box", {}),
  selected_index = field("drop-down list-box", 0), position = field("camera minimap", { x = 0, y = 0 }),
  surface_index = field("camera minimap", 1), zoom = field("camera minimap", 0.75), minimap_player_index = field("minimap", 0),
  force = field("minimap"), elem_type = field("choose-elem-button", nil, true), elem_value = field("choose-elem-button"),
  elem_filters = field("choose-elem-button"), locked = field("choose-elem-button", false), slider_value = field("slider", 0),
  selected_tab_index = field("tabbed-pane"), badge_text = field("tab", ""), switch_state = field("switch", "left"),
  allow_none_state = field("switch", false), left_label_caption = field("switch", ""), left_label_tooltip = field("switch", ""),
  right_label_caption = field("switch", ""), right_label_tooltip = field("switch", ""),
}
members.fields.items.list = true

-- What `add` calls otherwise than the member.
members.aliases = { slider = { value = "slider_value" }, minimap = { chart_player_index = "minimap_player_index" } }

local elem_values = [[item tile entity signal fluid recipe decorative item-group achievement equipment technology asteroid-chunk
  space-location item-with-quality entity-with-quality recipe-with-quality equipment-with-quality]]
members.elem_types = words(elem_values)

members.types = words [[button sprite-button checkbox flow frame label line progressbar table textfield radiobutton sprite scroll-pane
  drop-down list-box camera choose-elem-button text-box slider minimap entity-preview empty-widget tabbed-pane tab switch]]

return members
