-- Where mods put their buttons and windows.
local mod_gui = { button_style = "mod_gui_button", frame_style = "non_draggable_frame" }

local function child(parent, spec)
  return parent[spec.name] or parent.add(spec)
end

function mod_gui.get_button_flow(player)
  local frame = child(player.gui.top, { type = "flow", name = "mod_gui_top_frame", direction = "horizontal", style = "mod_gui_spacing_horizontal_flow" })
  return child(frame, { type = "flow", name = "mod_gui_inner_frame", direction = "horizontal", style = "mod_gui_spacing_horizontal_flow" })
end

function mod_gui.get_frame_flow(player)
  return child(player.gui.left, { type = "flow", name = "mod_gui_frame_flow", direction = "horizontal", style = "mod_gui_spacing_horizontal_flow" })
end

return mod_gui
