import { alike, type Contract, WRITTEN } from "#sim/factorio/test/contracts/contract";

/** One object of each type, `o`; most are drawn on a chest, `c`. */
const TEXT = `local c = chest() local o = probe.rendering.draw_text{ surface = 1, text = "hi", target = c, color = { 1, 0, 0 } }`;
const LINE =
  "local c = chest() local o = probe.rendering.draw_line{ surface = 1, from = c, to = { 5, 6 }, width = 2, color = { 1, 1, 1 } }";
const CIRCLE =
  "local c = chest() local o = probe.rendering.draw_circle{ surface = 1, target = { entity = c, offset = { 1, 0 } }, radius = 3, color = { 1, 1, 1 } }";
const RECTANGLE =
  "local c = chest() local o = probe.rendering.draw_rectangle{ surface = 1, left_top = { 0, 0 }, right_bottom = { 4, 5 }, color = { 1, 1, 1 } }";
const ARC =
  "local c = chest() local o = probe.rendering.draw_arc{ surface = 1, target = c, max_radius = 3, min_radius = 1, start_angle = 1, angle = 2, color = { 1, 1, 1 } }";
const POLYGON =
  "local c = chest() local o = probe.rendering.draw_polygon{ surface = 1, vertices = { { target = { 0, 0 } }, { target = { 1, 0 } }, { target = { 0, 1 } } }, color = { 1, 1, 1 }, target = c }";
const SPRITE = `local c = chest() local o = probe.rendering.draw_sprite{ surface = 1, sprite = "item/coal", target = c }`;
const LIGHT = `local c = chest() local o = probe.rendering.draw_light{ surface = 1, sprite = "utility/light_medium", target = c }`;
const ANIMATION = `local c = chest() local o = probe.rendering.draw_animation{ surface = 1, animation = "x", target = c }`;

/** `rendering` and what is drawn: kept, changed, and gone with what it was drawn on. */
export const renderingContracts: readonly Contract[] = [
  {
    member: "LuaRendering.draw_text",
    says: "Create a text.",
    lua: `${TEXT} return o.type, o.valid, (pcall(probe.rendering.draw_text, {}))`,
    gives: ["text", true, false],
  },
  {
    member: "LuaRendering.draw_line",
    says: "Create a line.",
    lua: `${LINE} return o.type, o.valid, (pcall(probe.rendering.draw_line, {}))`,
    gives: ["line", true, false],
  },
  {
    member: "LuaRendering.draw_circle",
    says: "Create a circle.",
    lua: `${CIRCLE} return o.type, o.valid, (pcall(probe.rendering.draw_circle, {}))`,
    gives: ["circle", true, false],
  },
  {
    member: "LuaRendering.draw_rectangle",
    says: "Create a rectangle.",
    lua: `${RECTANGLE} return o.type, o.valid, (pcall(probe.rendering.draw_rectangle, {}))`,
    gives: ["rectangle", true, false],
  },
  {
    member: "LuaRendering.draw_arc",
    says: "Create an arc.",
    lua: `${ARC} return o.type, o.valid, (pcall(probe.rendering.draw_arc, {}))`,
    gives: ["arc", true, false],
  },
  {
    member: "LuaRendering.draw_polygon",
    says: "Create a triangle mesh defined by a triangle strip.",
    lua: `${POLYGON} return o.type, o.valid, (pcall(probe.rendering.draw_polygon, {}))`,
    gives: ["polygon", true, false],
  },
  {
    member: "LuaRendering.draw_sprite",
    says: "Create a sprite.",
    lua: `${SPRITE} return o.type, o.valid, (pcall(probe.rendering.draw_sprite, {}))`,
    gives: ["sprite", true, false],
  },
  {
    member: "LuaRendering.draw_light",
    says: "Create a gradient light which is not occluded by any sprites.",
    lua: `${LIGHT} return o.type, o.valid, (pcall(probe.rendering.draw_light, {}))`,
    gives: ["light", true, false],
  },
  {
    member: "LuaRendering.draw_animation",
    says: "Create an animation.",
    lua: `${ANIMATION} return o.type, o.valid, (pcall(probe.rendering.draw_animation, {}))`,
    gives: ["animation", true, false],
  },
  {
    member: "LuaRendering.clear",
    says: "Destroys all render objects.",
    lua: `${CIRCLE} probe.rendering.clear("other") local before = o.valid probe.rendering.clear("probe") return before, o.valid`,
    gives: [true, false],
  },
  {
    member: "LuaRendering.get_all_objects",
    says: "Gets an array of all valid objects.",
    lua: `probe.rendering.clear() ${CIRCLE} return #probe.rendering.get_all_objects(), #probe.rendering.get_all_objects("other"), probe.rendering.get_all_objects("probe")[1] == o`,
    gives: [1, 0, true],
  },
  {
    member: "LuaRendering.get_object_by_id",
    says: "Gives LuaRenderObject for given object ID.",
    lua: `${CIRCLE} return probe.rendering.get_object_by_id(o.id) == o, probe.rendering.get_object_by_id(999999) == nil`,
    gives: [true, true],
  },
  {
    member: "LuaRenderObject.id",
    says: "Unique identifier of this render object.",
    lua: `${CIRCLE} return o.id > 0`,
    gives: [true],
  },
  {
    member: "LuaRenderObject.surface",
    says: "Surface this object is rendered on.",
    lua: `${CIRCLE} return o.surface.name`,
    gives: ["nauvis"],
  },
  {
    member: "LuaRenderObject.color",
    says: "Color or tint of the object.",
    lua: `${TEXT} o.color = { 0, 1 } return o.color.r, o.color.g, o.color.b`,
    gives: [0, 1, 0],
  },
  ...alike("LuaRenderObject", `${CIRCLE} ${WRITTEN}`, [
    ["visible", "If this object is rendered to anyone at all.", true, false],
    ["draw_on_ground", "If this object is being drawn on the ground, under most entities and sprites.", false, true],
    ["only_in_alt_mode", "If this object is only rendered in alt-mode.", false, true],
    ["render_layer", "Render layer of this sprite or animation.", "arrow", "object"],
    ["render_mode", "Whether the object is rendered in game world or on the chart (map view).", "game", "chart"],
    ["blink_interval", 'Blink interval of this object based on the internal "update tick".', 0, 30],
    ["radius", "Radius of this circle.", 3, 4],
    ["filled", "If this circle or rectangle is filled.", false, true],
  ]),
  {
    member: "LuaRenderObject.time_to_live",
    says: "Time to live of this object.",
    lua: `${CIRCLE} local before = o.time_to_live o.time_to_live = 5 return before, o.time_to_live, (function() run(1) return o.time_to_live end)(), (function() run(4) return o.valid end)()`,
    gives: [0, 5, 4, false],
  },
  {
    member: "LuaRenderObject.forces",
    says: "Forces for which this object is rendered or `nil` if visible to all forces.",
    lua: `${CIRCLE} local none = o.forces == nil o.forces = { "player" } return none, o.forces[1].name`,
    gives: [true, "player"],
  },
  {
    member: "LuaRenderObject.players",
    says: "Players for which this object is visible or `nil` if visible to all players.",
    lua: `${CIRCLE} local none = o.players == nil o.players = { test.join("viewer") } return none, o.players[1].name`,
    gives: [true, "viewer"],
  },
  ...alike("LuaRenderObject", `${TEXT} ${WRITTEN}`, [
    ["text", "Text that is displayed by this text object.", "hi", "ho"],
    ["scale", "Scale of the text or light.", 1, 2],
    ["font", "Font of this text.", "default", "default-bold"],
    ["alignment", "Alignment of this text.", "left", "center"],
    ["vertical_alignment", "Vertical alignment of this text.", "top", "middle"],
    ["scale_with_zoom", "If this text scales with player zoom.", false, true],
    ["use_rich_text", "If this text parses rich text tags.", false, true],
    ["orientation", "Orientation of this object.", 0, 0.5],
  ]),
  {
    member: "LuaRenderObject.target",
    says: "Where this object is drawn.",
    lua: `${CIRCLE} local entity, offset = o.target.entity, o.target.offset.x o.target = { 3, 4 } return entity == c, offset, o.target.position.x`,
    gives: [true, 1, 3],
  },
  {
    member: "LuaRenderObject.from",
    says: "Where this line is drawn from.",
    lua: `${LINE} return o.from.entity == c`,
    gives: [true],
  },
  {
    member: "LuaRenderObject.to",
    says: "Where this line is drawn to.",
    lua: `${LINE} return o.to.position.y`,
    gives: [6],
  },
  ...alike("LuaRenderObject", `${LINE} ${WRITTEN}`, [
    ["width", "Width of the object.", 2, 5],
    ["gap_length", "Length of the gaps in this line.", 0, 1],
    ["dash_length", "Dash length of this line.", 0, 1],
    ["dash_offset", "Starting offset to apply to dashes of this line.", 0, 1],
  ]),
  {
    member: "LuaRenderObject.left_top",
    says: "Where top left corner of this rectangle is drawn.",
    lua: `${RECTANGLE} return o.left_top.position.x`,
    gives: [0],
  },
  {
    member: "LuaRenderObject.right_bottom",
    says: "Where bottom right corner of this rectangle is drawn.",
    lua: `${RECTANGLE} return o.right_bottom.position.y`,
    gives: [5],
  },
  {
    member: "LuaRenderObject.set_corners",
    says: "Set the corners of the rectangle with this id.",
    lua: `${RECTANGLE} o.set_corners({ 2, 2 }, { 9, 9 }) return o.left_top.position.x, o.right_bottom.position.y`,
    gives: [2, 9],
  },
  ...alike("LuaRenderObject", `${ARC} ${WRITTEN}`, [
    ["max_radius", "Radius of the outer edge of this arc.", 3, 4],
    ["min_radius", "Radius of the inner edge of this arc.", 1, 2],
    ["start_angle", "Where this arc starts.", 1, 2],
    ["angle", "Angle of this arc.", 2, 3],
  ]),
  {
    member: "LuaRenderObject.vertices",
    says: "Vertices of this polygon.",
    lua: `${POLYGON} return #o.vertices`,
    gives: [3],
  },
  ...alike("LuaRenderObject", `${SPRITE} return o.NAME == nil`, [
    ["orientation_target", "Target to which this object rotates so that it faces the target.", true],
    ["oriented_offset", "Offsets the center of the sprite or animation if `orientation_target` is given.", true],
  ]),
  ...alike("LuaRenderObject", `${SPRITE} ${WRITTEN}`, [
    ["use_target_orientation", "If this object uses the target orientation.", false, true],
    ["sprite", "Sprite of the sprite or light.", "item/coal", "item/wood"],
    ["x_scale", "Horizontal scale of this sprite or animation.", 1, 2],
    ["y_scale", "Vertical scale of this sprite or animation.", 1, 2],
  ]),
  ...alike("LuaRenderObject", `${LIGHT} ${WRITTEN}`, [
    ["intensity", "Intensity of this light.", 1, 0.5],
    ["minimum_darkness", "Minimum darkness at which this light is rendered.", 0, 0.5],
    ["oriented", "If this light is rendered with the same orientation as the target entity.", false, true],
  ]),
  ...alike("LuaRenderObject", `${ANIMATION} ${WRITTEN}`, [
    ["animation", "Animation prototype name of this animation.", "x", "y"],
    ["animation_speed", "Animation speed of this animation.", 1, 2],
    ["animation_offset", "Animation offset of this animation.", 0, 1],
  ]),
  ...alike("LuaRenderObject", `${CIRCLE} return o.NAME() == nil`, [
    ["bring_to_front", "Reorder this object so that it is drawn in front of the already existing objects.", true],
    ["move_to_back", "Reorder this object so that it is drawn in the back of the already existing objects.", true],
  ]),
  {
    member: "LuaRenderObject.destroy",
    says: "Destroys this object.",
    lua: `${CIRCLE} o.destroy() return o.valid`,
    gives: [false],
  },
  {
    member: "LuaRenderObject.valid",
    says: "Is this object valid?",
    lua: `${CIRCLE} local before = o.valid c.destroy() run(1) return before, o.valid`,
    gives: [true, false],
  },
  {
    member: "LuaRenderObject.type",
    says: "Type of this object.",
    lua: `${CIRCLE} return o.type`,
    gives: ["circle"],
  },
];
