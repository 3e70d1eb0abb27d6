-- What belongs to no game in particular: the styles that others are made from, fonts, the layers of collision.
data:extend {
  { type = "gui-style", name = "default", default_tileset = "__core__/graphics/gui-new.png" },
  { type = "utility-constants", name = "default" },
  { type = "utility-sprites", name = "default" },
  { type = "utility-sounds", name = "default" },
}

local styles = data.raw["gui-style"].default
for kind, names in pairs {
  button_style = [[button frame_action_button frame_button tool_button tool_button_red tool_button_green tool_button_blue slot_button
    red_slot_button green_slot_button yellow_slot_button inventory_slot slot_sized_button slot_sized_button_pressed mini_button
    mini_button_aligned_to_text_vertically list_box_item back_button confirm_button red_button green_button dialog_button
    rounded_button mod_gui_button shortcut_bar_button compact_slot train_schedule_item_select_button tab close_button
    shortcut_bar_button_small mini_tool_button_red cancel_close_button red_back_button red_confirm_button
    tool_bar_open_button]],
  frame_style = [[frame inside_shallow_frame inside_deep_frame inside_shallow_frame_with_padding invisible_frame subheader_frame
    subfooter_frame shallow_frame deep_frame_in_shallow_frame slot_button_deep_frame non_draggable_frame quick_bar_window_frame
    quick_bar_inner_panel tooltip_title_frame tooltip_generated_from_description_blueprint dialog_buttons_horizontal_flow_frame
    bordered_frame outer_frame naked_frame subpanel_frame tabbed_pane_frame inner_frame_in_outer_frame
    shallow_frame_in_shallow_frame inside_shallow_frame_packed negative_subheader_frame captionless_frame inventory_frame
    mod_gui_inside_deep_frame blurry_frame]],
  label_style = [[label frame_title heading_1_label heading_2_label caption_label bold_label subheader_caption_label
    subheader_semibold_label tooltip_label count_label semibold_label bold_green_label bold_red_label squashable_label
    clickable_label subheader_label description_label info_label tooltip_heading_label_category clickable_squashable_label
    electric_usage_label]],
  horizontal_flow_style = [[horizontal_flow player_input_horizontal_flow frame_header_flow mod_gui_spacing_horizontal_flow
    dialog_buttons_horizontal_flow packed_horizontal_flow inset_frame_container_horizontal_flow centering_horizontal_flow]],
  vertical_flow_style = [[vertical_flow packed_vertical_flow two_module_spacing_vertical_flow mod_gui_spacing_vertical_flow
    inset_frame_container_vertical_flow achievements_vertical_flow]],
  table_style = "table slot_table filter_slot_table bordered_table mods_table table_with_selection item_slot_table filter_group_table",
  scroll_pane_style = [[scroll_pane naked_scroll_pane shallow_scroll_pane deep_slots_scroll_pane list_box_scroll_pane
    list_box_in_shallow_frame_scroll_pane scroll_pane_in_shallow_frame tab_scroll_pane text_holding_scroll_pane
    scroll_pane_under_subheader deep_scroll_pane mods_scroll_pane]],
  textbox_style = [[textbox short_number_textfield long_number_textfield titlebar_search_textfield search_textfield console_input_textfield
    search_popup_textfield slider_value_textfield very_short_number_textfield stretchable_textfield invalid_value_textfield
    invalid_value_short_number_textfield]],
  checkbox_style = "checkbox caption_checkbox", radiobutton_style = "radiobutton", switch_style = "switch",
  progressbar_style = "progressbar production_progressbar electric_satisfaction_progressbar burning_progressbar health_progressbar",
  line_style = "line inside_shallow_frame_with_padding_line control_behavior_window_line", tab_style = "tab filter_group_tab",
  slider_style = "slider notched_slider", dropdown_style = "dropdown circuit_condition_comparator_dropdown",
  list_box_style = "list_box list_box_in_shallow_frame list_box_under_subheader", image_style = "image sprite",
  empty_widget_style = [[empty_widget draggable_space draggable_space_header
    draggable_space_with_no_left_margin]],
  tabbed_pane_style = "tabbed_pane tabbed_pane_with_no_side_padding", graph_style = "graph", map_view_style = "map", camera_style = "camera",
  minimap_style = "minimap", speech_bubble_style = "speech_bubble",
} do
  for name in names:gmatch("%S+") do styles[name] = styles[name] or { type = kind } end
end

for _, font in pairs { "default", "default-bold", "default-semibold", "default-large", "default-large-bold", "default-large-semibold", "default-small", "default-small-bold", "default-tiny-bold", "default-game", "default-dialog-button", "default-listbox", "heading-1", "heading-2", "heading-3", "technology-slot-level-font", "count-font" } do
  data:extend { { type = "font", name = font, from = font:find("bold") and "default-bold" or "default", size = 14 } }
end

for layer in ([[ground_tile water_tile resource doodad floor rail transport_belt item ghost object player car train elevated_rail
  elevated_train cliff empty_space lava_tile meltable rail_support trigger_target is_lower_object is_object]]):gmatch("%S+") do
  data:extend { { type = "collision-layer", name = layer } }
end

-- What style definitions call and name.
default_glow_color, default_shadow_color, hard_shadow_color = { 225, 177, 106, 255 }, { 0, 0, 0, 0.35 }, { 0, 0, 0, 1 }
default_dirt_color, default_dirt_color_filler = { 15, 7, 3, 100 }, { 15, 7, 3, 100 }
green_button_glow_color, red_button_glow_color = { 94, 182, 99, 128 }, { 236, 130, 130, 128 }
default_orange_color, default_font_color, bold_font_color = { 225, 177, 106 }, { 1, 1, 1 }, { 255, 230, 192 }
gui_color = { white = { 1, 1, 1 }, red = { 255, 142, 142 }, green = { 119, 255, 121 }, caption = { 255, 230, 192 }, grey = { 0.5, 0.5, 0.5 } }
warning_red_color, achievement_green_color, inactive_label_color = { 255, 136, 136 }, { 0.3, 1, 0.3 }, { 128, 128, 128 }

local function border(x, y)
  return function(tint, scale)
    return { position = { x, y }, corner_size = 8, tint = tint, scale = scale or 0.5, draw_type = "outer" }
  end
end
default_glow, default_shadow, default_dirt = border(200, 128), { position = { 200, 128 }, corner_size = 8, scale = 0.5, draw_type = "outer" }, border(200, 128)
offset_by_2_default_glow, offset_by_2_rounded_corners_glow = border(240, 736), border(240, 736)
offset_by_4_rounded_corners_glow, outer_frame_dirt = border(240, 736), border(240, 736)
default_inner_shadow = { position = { 183, 128 }, corner_size = 8, tint = default_shadow_color, scale = 0.5, draw_type = "inner" }
top_shadow, bottom_shadow, left_shadow, right_shadow = default_inner_shadow, default_inner_shadow, default_inner_shadow, default_inner_shadow
arrow_tileset = "__core__/graphics/arrows.png"
