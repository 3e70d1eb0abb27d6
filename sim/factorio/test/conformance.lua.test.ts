import { Game } from "#sim/factorio/game";
import { GAME_LINES } from "#sim/factorio/game-version";
import { PRELUDE, probeMod } from "#sim/factorio/test/contracts/prelude";
import {
  type Declarations,
  declaredDefines,
  type Names,
  prototypeDeclarations,
  runtimeDeclarations,
} from "#sim/factorio/test/declarations";
import { interfaceLua, readInterface } from "#sim/factorio/test/interface";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";
import { type Offered, strangersAmong } from "#sim/factorio/test/offered";

let mods: ModFolder;
let game: Game;
let offered: Offered;
let runtime: Declarations;

beforeAll(() => {
  mods = modFolder({ probe: probeMod("1.0.0") });
  game = Game.create({ modDirectory: mods.path, seed: 7 });
  offered = game.offered() as Offered;
  runtime = runtimeDeclarations();
});
afterAll(() => {
  game.close();
  mods.remove();
});

const evaluate = (lua: string): unknown => JSON.parse(game.eval(`${PRELUDE} ${lua}`));

test("every class and member that is offered is in the game's interface, as a method or attribute, readable or writable", () => {
  expect(strangersAmong(offered, runtime)).toEqual([]);
});

const strangers = (some: Names, all: Names | true | undefined, path: string): string[] =>
  Object.entries(some).flatMap(([name, inner]) => {
    const other = typeof all === "object" ? all[name] : undefined;
    if (other === undefined) return [`${path}.${name}`];
    return typeof inner === "object" ? strangers(inner, other, `${path}.${name}`) : [];
  });

test("every define that is offered is in the game's interface", () => {
  const { defines } = declaredDefines().global as { defines: Names };
  expect(strangers(offered.defines, defines, "defines")).toEqual([]);
});

test.each(GAME_LINES)("the names of %s's interface are typed-factorio's", (line) => {
  expect(readInterface(line)).toBe(interfaceLua(line));
});

test("a mod sees every define of the game, tests only those that something is done with", () => {
  const seen = evaluate(`local all = probe.defines
    return { type(all.events.on_lua_shortcut), all.direction.southwest, all.events.on_tick == defines.events.on_tick,
      all.no_such == nil, all.prototypes.item.ammo }`);
  expect(seen).toEqual(["number", 10, true, true, 0]);
});

/** Lua's own that the game leaves in, and what the game adds (auxiliary/libraries). */
const GLOBALS = `_G _VERSION assert bit32 debug error getmetatable ipairs load math next pairs pcall print rawequal rawget rawlen
  rawset select setmetatable string table tonumber tostring type xpcall defines helpers localised_print log serpent table_size`;

test("mods see the game's globals and no others", () => {
  expect([...offered.globals].sort()).toEqual(GLOBALS.split(/\s+/).sort());
});

test("a member that is not offered is an error that names it, for reading and for writing", () => {
  const problem = (lua: string) =>
    evaluate(`local ok, raised = pcall(function() ${lua} end) return { ok, (tostring(raised):gsub("^.-: ", "", 1)) }`);
  expect(problem("return chest().train")).toEqual([
    false,
    "LuaEntity doesn't contain key train. (stand-in: not offered)",
  ]);
  expect(problem("return chest().trian")).toEqual([false, "LuaEntity doesn't contain key trian."]);
  expect(problem("chest().train = 1")).toEqual([false, "LuaEntity doesn't contain key train. (stand-in: not offered)"]);
  expect(problem("chest().name = 1")).toEqual([false, "LuaEntity::name is read only."]);
  expect(problem("return defines.events.on_lua_shortcut")).toEqual([
    false,
    "defines.events doesn't contain key on_lua_shortcut. (stand-in: not offered)",
  ]);
  expect(problem("local c = chest() c.destroy() return c.name")).toEqual([
    false,
    "LuaEntity API call when LuaEntity was invalid.",
  ]);
});

const interfaceOf = (event: string): string =>
  `${event.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase())}Event`;

/** One way to make each event happen. */
const EVENTS: Readonly<Record<string, string>> = {
  on_tick: "run(1)",
  on_built_entity: 'test.build{ name = "steel-chest", position = { 0, 0 } }',
  on_robot_built_entity: 'test.robot_build{ name = "steel-chest", position = { 0, 0 } }',
  on_space_platform_built_entity: 'test.platform_build{ name = "steel-chest", position = { 0, 0 } }',
  script_raised_built: 'create{ name = "steel-chest", raise_built = true }',
  script_raised_revive: "script.raise_script_revive{ entity = chest() }",
  script_raised_destroy: "chest().destroy{ raise_destroy = true }",
  on_entity_cloned: "chest().clone{ position = { 80, 80 } }",
  on_entity_settings_pasted: "test.paste(chest(), chest())",
  on_entity_logistic_slot_changed: 'test.request(requester(), 1, { name = "coal", count = 5 })',
  on_object_destroyed: "local c = chest() script.register_on_object_destroyed(c) c.destroy() finish()",
  on_pre_player_mined_item: "test.mine(chest())",
  on_player_mined_entity: "test.mine(chest())",
  on_robot_mined_entity: "test.robot_mine(chest())",
  on_entity_died: "chest().die()",
  on_runtime_mod_setting_changed: 'test.setting("probe-global", 3)',
  on_research_finished: 'test.research("logistics")',
  on_player_created: 'test.join("newcomer")',
  on_player_joined_game: 'test.join("ann")',
  on_player_left_game: 'test.join("ann") test.leave("ann")',
  on_console_chat: 'command("hello")',
  on_console_command: 'command("/time")',
  on_surface_created: 'game.create_surface("one")',
  on_pre_surface_deleted: 'game.delete_surface(game.create_surface("two")) finish()',
  on_surface_deleted: 'game.delete_surface(game.create_surface("three")) finish()',
  on_player_setup_blueprint: "test.blueprint{ chest() }",
  on_area_cloned: `game.surfaces[1].clone_area{
    source_area = { { 0, 0 }, { 1, 1 } }, destination_area = { { 5, 0 }, { 6, 1 } }, destination_force = "player",
  }`,
  on_forces_merging: 'game.merge_forces(game.create_force("lost"), "player") finish()',
  on_forces_merged: 'game.merge_forces(game.create_force("lost"), "player") finish()',
  on_gui_opened: "test.open(chest())",
  on_gui_closed: "test.open(chest()) test.close()",
  on_gui_click: 'test.click(window().add{ type = "button" })',
  on_gui_elem_changed: 'test.choose(window().add{ type = "choose-elem-button", elem_type = "fluid" }, "water")',
  on_gui_text_changed: 'test.type_in(window().add{ type = "textfield" }, "5")',
  on_gui_confirmed: 'test.confirm(window().add{ type = "textfield" })',
  on_gui_checked_state_changed: 'test.click(window().add{ type = "checkbox", state = false })',
  on_gui_selection_state_changed: 'test.pick(window().add{ type = "list-box", items = { "a" } }, 1)',
  on_gui_value_changed: 'test.slide(window().add{ type = "slider" }, 3)',
  on_gui_selected_tab_changed: 'test.open_tab(window().add{ type = "tabbed-pane" }, 1)',
  on_gui_switch_state_changed: 'test.flip(window().add{ type = "switch" }, "right")',
  on_gui_location_changed: "test.drag(window(), { 1, 1 })",
  on_selected_entity_changed:
    'test.join("ann") test.point_at(chest(), "ann") seen[1] = nil test.point_at(chest(), "ann")',
  on_player_changed_surface: 'test.join("ann").teleport({ 0, 0 }, game.create_surface("there"))',
  on_player_changed_position: 'test.join("ann").teleport{ 3, 3 }',
  on_player_cursor_stack_changed: 'test.join("ann") test.hold({ name = "coal" }, "ann")',
  on_player_controller_changed: 'test.join("ann").set_controller{ type = defines.controllers.spectator }',
  on_string_translated: 'test.join("ann").request_translation{ "a.b" } finish()',
  on_entity_damaged: 'chest().damage(1, "enemy", "impact", chest(), chest())',
  on_post_entity_died: 'chest().die("enemy")',
  on_marked_for_deconstruction: 'chest().order_deconstruction("player", "ann")',
  on_cancelled_deconstruction:
    'local c = chest() c.order_deconstruction("player") c.cancel_deconstruction("player", "ann")',
  on_marked_for_upgrade:
    'create{ name = "iron-chest" }.order_upgrade{ target = "steel-chest", force = "player", player = "ann" }',
  on_cancelled_upgrade: `
    local c = create{ name = "iron-chest" }
    c.order_upgrade{ target = "steel-chest", force = "player" } c.cancel_upgrade("player", "ann")`,
  on_pre_ghost_deconstructed: `
    test.join("ann") create{ name = "entity-ghost", inner_name = "steel-chest" }.order_deconstruction("player", "ann")`,
  on_player_rotated_entity: 'chest().rotate{ by_player = test.join("ann") }',
  script_raised_teleported: "chest().teleport({ 1, 1 }, nil, true)",
  script_raised_set_tiles: `
    game.surfaces[1].set_tiles({ { name = "concrete", position = { 0, 0 } } }, true, true, true, true, true)`,
  on_research_started: 'game.forces.enemy.add_research("logistics")',
  on_research_cancelled: 'game.forces.neutral.add_research("logistics") game.forces.neutral.cancel_current_research()',
  on_chart_tag_added:
    'game.forces.player.add_chart_tag(1, { position = { 0, 0 }, text = "x", last_user = test.join("ann") })',
  on_chart_tag_removed: 'game.forces.player.add_chart_tag(1, { position = { 0, 0 }, text = "x" }).destroy()',
  on_space_platform_changed_state: "platform().paused = true",
  on_force_friends_changed: 'game.forces.player.set_friend("enemy", true)',
  on_force_cease_fire_changed: 'game.forces.player.set_cease_fire("enemy", true)',
  on_force_created: 'game.create_force("one")',
  on_force_reset: "game.forces.enemy.reset()",
};

test("every event that is offered happens, with every field that the game gives it and no other", () => {
  const offeredEvents = Object.keys(offered.defines.events ?? {});
  expect(Object.keys(EVENTS).sort()).toEqual(offeredEvents.sort());
  const wrong: string[] = [];
  for (const [event, lua] of Object.entries(EVENTS)) {
    const keys = evaluate(`
      local seen = listen("${event}")
      ${lua}
      local keys = {}
      for key in pairs(seen[1] or {}) do keys[#keys + 1] = key end
      probe.script.on_event(defines.events.${event}, nil)
      return keys
    `);
    const declared = runtime.members(interfaceOf(event));
    const required = [...(declared ?? [])].filter(([, member]) => !member.optional).map(([name]) => name);
    const got = Array.isArray(keys) ? (keys as string[]) : [];
    for (const key of required) if (!got.includes(key)) wrong.push(`${event}: ${key} is missing`);
    for (const key of got) if (!declared?.has(key)) wrong.push(`${event}: ${key} is not the game's`);
  }
  expect(wrong).toEqual([]);
});

/** Tables that the interface returns: the concept, and a piece of Lua that returns one. */
const CONCEPTS: readonly (readonly [string, string])[] = [
  ["ItemWithQualityCount", "return inv{ coal = 1 }.get_contents()[1]"],
  [
    "LogisticFilter",
    'local s = requester().get_requester_point().get_section(1) s.set_slot(1, want("coal", 1)) return s.get_slot(1)',
  ],
  [
    "CompiledLogisticFilter",
    'local p = requester().get_requester_point() p.get_section(1).set_slot(1, want("coal", 1)) return p.filters[1]',
  ],
  ["MapPosition", "return chest().position"],
  ["Fluid", 'local t = tank() t.add_fluid(1, { name = "water", amount = 1 }) return t.get_fluid(1)'],
  ["CustomEntityStatus", 'local c = chest() c.custom_status = { diode = 0, label = "x" } return c.custom_status'],
  [
    "CustomCommandData",
    'local got commands.add_command("conformance", "", function(c) got = c end) command("/conformance x") return got',
  ],
  ["MineableProperties", 'return prototypes.entity["steel-chest"].mineable_properties'],
  ["ModSetting", 'return settings.global["probe-global"]'],
];

test.each(CONCEPTS)("a returned %s has the fields that the game gives it and no other", (concept, lua) => {
  const keys = Object.keys(evaluate(lua) as object);
  const declared = runtime.members(concept) ?? new Map();
  const required = [...declared].filter(([, member]) => !member.optional).map(([name]) => name);
  expect(keys.filter((key) => declared.size > 0 && !declared.has(key))).toEqual([]);
  expect(required.filter((key) => !keys.includes(key))).toEqual([]);
  expect(keys.length).toBeGreaterThan(0);
});

/** Names of interfaces that do not follow from the type's. */
const PROTOTYPES: Readonly<Record<string, string>> = {
  ammo: "AmmoItemPrototype",
  blueprint: "BlueprintItemPrototype",
  "item-entity": "ItemEntityPrototype",
  "item-group": "ItemGroup",
  "item-subgroup": "ItemSubGroup",
  "recipe-category": "RecipeCategory",
  "fuel-category": "FuelCategory",
  "ammo-category": "AmmoCategory",
  "item-with-tags": "ItemWithTagsPrototype",
  "int-setting": "",
  "gui-style": "", // its members are styles, by name
  "utility-constants": "UtilityConstants",
  "utility-sprites": "UtilitySprites",
  "utility-sounds": "UtilitySounds",
  "resource-category": "ResourceCategory",
  "highlight-box": "HighlightBoxEntityPrototype",
  "string-setting": "",
  "autoplace-control": "AutoplaceControl",
  "optimized-decorative": "DecorativePrototype",
  "mod-data": "ModData",
  resource: "ResourceEntityPrototype",
  "unit-spawner": "EnemySpawnerPrototype",
  "damage-type": "DamageType",
  "module-category": "ModuleCategory",
  "equipment-category": "EquipmentCategory",
  "blueprint-book": "ItemWithInventoryPrototype",
};

test("the miniature base game's prototypes have only fields that the game knows", () => {
  const declarations = prototypeDeclarations();
  const fields = evaluate("return test.prototype_fields()") as Record<string, Record<string, true>>;
  const wrong: string[] = [];
  for (const [type, keys] of Object.entries(fields)) {
    const name = PROTOTYPES[type] ?? interfaceOf(type.replaceAll("-", "_")).replace(/Event$/, "Prototype");
    if (name === "") continue;
    const declared = declarations.members(name);
    if (!declared) wrong.push(`${type}: no interface ${name}`);
    for (const key of Object.keys(keys)) if (declared && !declared.has(key)) wrong.push(`${type}.${key}`);
  }
  expect(wrong).toEqual([]);
});
