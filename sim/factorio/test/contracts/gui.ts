import type { Contract } from "#sim/factorio/test/contracts/contract";

const root = (name: string, says: string, type: string): Contract => ({
  member: `LuaGui.${name}`,
  says,
  lua: `return test.join("viewer").gui.${name}.type`,
  gives: [type],
});

/** LuaGui and LuaGuiElement. */
export const guiContracts: readonly Contract[] = [
  root("top", "The top part of the GUI.", "flow"),
  root("left", "The left part of the GUI.", "flow"),
  root("center", "The center part of the GUI.", "flow"),
  root("goal", "The flow used in the objectives window.", "flow"),
  root("screen", "It is an empty-widget element.", "empty-widget"),
  root("relative", "It is an empty-widget element.", "empty-widget"),
  {
    member: "LuaGui.player",
    says: "The player who owns this gui.",
    lua: `return test.join("viewer").gui.player.name`,
    gives: ["viewer"],
  },
  {
    member: "LuaGui.children",
    says: "The children GUI elements mapped by name <> element.",
    lua: `local gui = test.join("viewer").gui return gui.children.left == gui.left`,
    gives: [true],
  },
  {
    member: "LuaGui.valid",
    says: "Is this object valid?",
    lua: `return test.join("viewer").gui.valid`,
    gives: [true],
  },
  {
    member: "LuaGuiElement.add",
    says: "Add a new child element to this GuiElement.",
    lua: `local w = window() local made = w.add{ type = "label", name = "greeting" } return made.type, #w.children, pcall(w.add, { type = "label", name = "greeting" })`,
    gives: ["label", 1, false, expect.stringContaining("already present")],
  },
  {
    member: "LuaGuiElement.clear",
    says: "Remove children of this element.",
    lua: `local w = window() local made = w.add{ type = "label" } w.clear() return #w.children, made.valid`,
    gives: [0, false],
  },
  {
    member: "LuaGuiElement.destroy",
    says: "Remove this element, along with its children.",
    lua: `local w = window() local made = w.add{ type = "label" } w.destroy() return w.valid, made.valid, (pcall(test.join("viewer").gui.left.destroy))`,
    gives: [false, false, false],
  },
  {
    member: "LuaGuiElement.index",
    says: "The index of this GUI element (unique amongst the GUI elements of a LuaPlayer).",
    lua: `local w = window() return w.add{ type = "label" }.index - w.index`,
    gives: [1],
  },
  {
    member: "LuaGuiElement.gui",
    says: "The GUI this element is a child of.",
    lua: `return window().gui.player.name`,
    gives: ["viewer"],
  },
  {
    member: "LuaGuiElement.parent",
    says: "The direct parent of this element. `nil` if this is a top-level element.",
    lua: `local w = window() return w.add{ type = "label" }.parent == w, w.parent.parent == nil`,
    gives: [true, true],
  },
  {
    member: "LuaGuiElement.name",
    says: 'The name of this element. `""` if no name was set.',
    lua: `local w = window() local made = w.add{ type = "label" } local before = made.name made.name = "greeting" return before, w.greeting == made`,
    gives: ["", true],
  },
  {
    member: "LuaGuiElement.caption",
    says: 'For frames, this is the "heading".',
    lua: `local w = window() local before = w.caption w.caption = "other" return before, w.caption`,
    gives: ["window", "other"],
  },
  {
    member: "LuaGuiElement.visible",
    says: "Sets whether this GUI element is visible or completely hidden, taking no space in the layout.",
    lua: `local w = window() local before = w.visible w.visible = false return before, w.visible`,
    gives: [true, false],
  },
  {
    member: "LuaGuiElement.enabled",
    says: "Disabled GUI elements don't trigger events when clicked.",
    lua: `
      local seen = listen("on_gui_click")
      local button = window().add{ type = "button" }
      test.click(button) button.enabled = false test.click(button)
      return #seen, button.enabled
    `,
    gives: [1, false],
  },
  {
    member: "LuaGuiElement.children",
    says: "The child-elements of this GUI element.",
    lua: `local w = window() w.add{ type = "label" } w.add{ type = "button" } return #w.children, w.children[2].type`,
    gives: [2, "button"],
  },
  {
    member: "LuaGuiElement.children_names",
    says: "Names of all the children of this element.",
    lua: `local w = window() w.add{ type = "label", name = "a" } w.add{ type = "label", name = "b" } return table.concat(w.children_names, " ")`,
    gives: ["a b"],
  },
  {
    member: "LuaGuiElement.player_index",
    says: "Index into LuaGameScript::players specifying the player who owns this element.",
    lua: `local player = test.join("viewer") return player.gui.left.player_index == player.index`,
    gives: [true],
  },
  {
    member: "LuaGuiElement.tooltip",
    says: "The text to display when hovering over this element.",
    lua: `local w = window() w.tooltip = "why" return w.tooltip`,
    gives: ["why"],
  },
  {
    member: "LuaGuiElement.type",
    says: "The type of this GUI element.",
    lua: `return window().type`,
    gives: ["frame"],
  },
  {
    member: "LuaGuiElement.anchor",
    says: "The anchor for this relative widget, if any. Setting `nil` clears the anchor.",
    lua: `
      local relative = test.join("viewer").gui.relative
      local w = relative.add{ type = "frame", anchor = { gui = defines.relative_gui_type.pipe_gui, position = defines.relative_gui_position.right } }
      local before = w.anchor.position w.anchor = nil
      return before == defines.relative_gui_position.right, w.anchor == nil
    `,
    gives: [true, true],
  },
  {
    member: "LuaGuiElement.tags",
    says: "The tags associated with this LuaGuiElement.",
    lua: `local made = window().add{ type = "label", tags = { a = 1 } } local before = made.tags.a made.tags = { b = 2 } return before, made.tags.b`,
    gives: [1, 2],
  },
  {
    member: "LuaGuiElement.elem_type",
    says: "The elem type of this choose-elem-button.",
    lua: `return window().add{ type = "choose-elem-button", elem_type = "fluid" }.elem_type`,
    gives: ["fluid"],
  },
  {
    member: "LuaGuiElement.elem_value",
    says: "The elem value of this choose-elem-button, if any.",
    lua: `
      local button = window().add{ type = "choose-elem-button", elem_type = "fluid" }
      local none = button.elem_value == nil button.elem_value = "water"
      return none, button.elem_value, (pcall(function() button.elem_value = "nonsense" end))
    `,
    gives: [true, "water", false],
  },
  {
    member: "LuaGuiElement.text",
    says: "The text contained in this textfield or text-box.",
    lua: `
      local w = window()
      local field = w.add{ type = "textfield", text = "5" } local before = field.text field.text = "6"
      return before, field.text, (pcall(function() return w.text end))
    `,
    gives: ["5", "6", false],
  },
  {
    member: "LuaGuiElement.valid",
    says: "Is this object valid?",
    lua: `local w = window() local before = w.valid w.destroy() return before, w.valid`,
    gives: [true, false],
  },
  {
    member: "LuaGuiElement.[]",
    says: "The indexing operator. Gets children by name.",
    lua: `local w = window() local made = w.add{ type = "label", name = "greeting" } return w.greeting == made, w.nothing == nil, (pcall(function() return w.inventory end))`,
    gives: [true, true, false],
  },
];
