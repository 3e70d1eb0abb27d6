import { Game } from "#sim/factorio/game";
import { PRELUDE, probeMod } from "#sim/factorio/test/contracts/prelude";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

let mods: ModFolder;
let game: Game;
beforeAll(() => {
  mods = modFolder({ probe: probeMod("1.0.0") });
  game = Game.prepare({ modDirectory: mods.path });
});
beforeEach(() => game.startMap(7));
afterAll(() => {
  game.close();
  mods.remove();
});

const run = (lua: string, on: Game = game): unknown => JSON.parse(on.eval(`${PRELUDE} ${lua}`));

/** A line of chest, inserter and chest, in the scenario's storage; `held` is what the hand has. */
const LINE = `
  storage.from, storage.arm, storage.to = line()
  local from, arm, to = storage.from, storage.arm, storage.to
`;
const AGAIN = `
  local from, arm, to = storage.from, storage.arm, storage.to
  local chest_of = function(entity) return entity.get_inventory(defines.inventory.chest) end
  local function held() return arm.held_stack.valid_for_read and arm.held_stack.count or 0 end
`;
const status = (name: string): string => `arm.status == defines.entity_status.${name}`;

test.each([
  ["inserter", 72],
  ["fast-inserter", 26],
])("an %s brings one item every %d ticks", (name, cycle) => {
  expect(
    run(`local from, arm, to = line("${name}")
      from.insert{ name = "coal", count = 50 }
      run(1)
      run(${cycle * 10})
      return { to.get_item_count("coal"), from.get_item_count("coal") + arm.held_stack.count }`),
  ).toEqual([10, 40]);
});

test("it waits for items, then for room, and says so", () => {
  expect(
    run(`${LINE}
      local function now() return { ${status("waiting_for_source_items")}, ${status("waiting_for_space_in_destination")}, ${status("working")} } end
      run(5)
      local empty = now()
      to.insert{ name = "stone", count = 100000 }
      from.insert{ name = "coal" }
      run(2)
      local swinging = now()
      run(50)
      return { empty, swinging, now(), arm.held_stack.count }`),
  ).toEqual([[true, false, false], [false, false, true], [false, true, false], 1]);
});

/** What wakes one that sleeps for want of items, with what it then holds in its hand. */
const ITEMS_COME: Readonly<Record<string, string>> = {
  "insert into the entity": `from.insert{ name = "coal" }`,
  "insert into the inventory": `chest_of(from).insert{ name = "coal" }`,
  set_stack: `chest_of(from)[3].set_stack{ name = "coal" }`,
  swap_stack: `local bag = game.create_inventory(1) bag.insert("coal") chest_of(from)[1].swap_stack(bag[1])`,
  "another inserter": `
    local p = from.position
    create{ name = "steel-chest", position = { p.x, p.y - 2 } }.insert{ name = "coal" }
    create{ name = "inserter", position = { p.x, p.y - 1 } }
    run(38)`,
  "a source is built": `
    local p = from.position
    from.destroy() run(1)
    local other = create{ name = "steel-chest", position = p } run(1)
    other.insert{ name = "coal" }`,
  "a full source is cloned there": `
    local p = from.position
    from.destroy() run(1)
    local other = chest() other.insert{ name = "coal" } other.clone{ position = p }`,
  "a full source is moved there": `
    local p = from.position
    local other = chest() other.insert{ name = "coal" }
    from.destroy() run(1)
    other.teleport(p)`,
  "it is turned to a full one": `
    local p = arm.position
    create{ name = "steel-chest", position = { p.x + 1, p.y } }.insert{ name = "coal" }
    create{ name = "steel-chest", position = { p.x - 1, p.y } } run(1)
    arm.direction = defines.direction.east`,
  "it is rotated to a full one": `
    local p = arm.position
    create{ name = "steel-chest", position = { p.x + 1, p.y } }.insert{ name = "coal" }
    create{ name = "steel-chest", position = { p.x - 1, p.y } } run(1)
    arm.rotate()`,
  "its source is linked to a full one": `
    local p = from.position
    local other = create{ name = "linked-chest" }
    other.link_id = 5
    other.insert{ name = "coal" }
    from.destroy() run(1)
    local source = create{ name = "linked-chest", position = p } run(2)
    assert(held() == 0)
    source.link_id = 5`,
  "something comes into a linked one elsewhere": `
    local p = from.position
    from.destroy() run(1)
    create{ name = "linked-chest", position = p } run(2)
    create{ name = "linked-chest" }.insert{ name = "coal" }`,
  "another source is chosen": `
    local other = create{ name = "iron-chest", position = from.position } other.insert{ name = "coal" } run(1)
    arm.pickup_target = other`,
  "a stack's count": `
    arm.use_filters = true chest_of(from).insert("coal") run(1)
    arm.set_filter(1, "coal")`,
  use_filters: `arm.use_filters = true from.insert{ name = "coal" } run(1) arm.use_filters = false`,
  inserter_filter_mode: `arm.use_filters = true from.insert{ name = "coal" } run(1) arm.inserter_filter_mode = "blacklist"`,
  copy_settings: `
    arm.use_filters = true from.insert{ name = "coal" } run(1)
    arm.copy_settings(create{ name = "inserter" })`,
  "settings are pasted": `
    arm.use_filters = true from.insert{ name = "coal" } run(1)
    test.paste(create{ name = "inserter" }, arm)`,
  "it is switched on": `arm.disabled_by_script = true from.insert{ name = "coal" } run(2) arm.disabled_by_script = false`,
  "it is no longer to be deconstructed": `
    arm.order_deconstruction("player") from.insert{ name = "coal" } run(2) arm.cancel_deconstruction("player")`,
  "its source is no longer to be deconstructed": `
    from.order_deconstruction("player") from.insert{ name = "coal" } run(2) from.cancel_deconstruction("player")`,
  "a target is built": `
    local p = to.position
    to.destroy() from.insert{ name = "coal" } run(2)
    create{ name = "steel-chest", position = p }`,
  "its target takes what it did not": `
    local p = to.position
    to.destroy() run(1)
    local machine = create{ name = "assembling-machine-1", position = { p.x, p.y + 1 } }
    from.insert{ name = "iron-plate" } run(2)
    assert(held() == 0)
    machine.set_recipe("iron-gear-wheel")`,
  "its target burns what it had enough of": `
    local p = to.position
    to.destroy() run(1)
    local furnace = create{ name = "stone-furnace", position = { p.x, p.y + 1 } }
    furnace.get_fuel_inventory().insert{ name = "coal", count = 5 }
    from.insert{ name = "coal" } run(2)
    assert(held() == 0)
    furnace.get_fuel_inventory().remove{ name = "coal", count = 1 }`,
  "its target's filters": `
    local p = to.position
    to.destroy() run(1)
    local inv = create{ name = "probe-filtered-chest", position = p }.get_inventory(defines.inventory.chest)
    for i = 1, #inv do inv.set_filter(i, "stone") end
    from.insert{ name = "coal" } run(2)
    assert(held() == 0)
    inv.set_filter(1, nil)`,
};

test.each(Object.entries(ITEMS_COME))("awake one tick after: %s", (_, wake) => {
  run(`${LINE} run(3) return {}`);
  expect(run(`${AGAIN} ${wake} run(1) return { held() }`)).toEqual([1]);
});

/** What wakes one that sleeps with coal in its hand over a full chest. */
const ROOM_COMES: Readonly<Record<string, string>> = {
  "remove from the entity": `to.remove_item{ name = "stone", count = 50 }`,
  "remove from the inventory": `chest_of(to).remove{ name = "stone", count = 50 }`,
  "a stack's clear": `chest_of(to)[2].clear()`,
  "a stack's count": `chest_of(to)[2].count = 0`,
  "set_stack with nothing": `chest_of(to)[2].set_stack(nil)`,
  "swap_stack with nothing": `chest_of(to)[2].swap_stack(game.create_inventory(1)[1])`,
  "the inventory's clear": `chest_of(to).clear()`,
  clear_items_inside: `to.clear_items_inside()`,
  "the bar": `chest_of(to)[2].clear() chest_of(to).set_bar(1) run(2) assert(held() == 1) chest_of(to).set_bar(nil)`,
  "a bar that is pasted": `
    local source = chest()
    chest_of(to).clear() chest_of(to).set_bar(1) run(2) assert(held() == 1)
    test.paste(source, to)`,
  sort_and_merge: `
    local inv = chest_of(to)
    inv[1].count, inv[2].count = 25, 20 run(1) assert(held() == 1)
    inv.sort_and_merge()`,
  "another inserter takes": `
    local p = to.position
    create{ name = "inserter", position = { p.x, p.y + 1 } }.inserter_stack_size_override = 50
    create{ name = "steel-chest", position = { p.x, p.y + 2 } }
    run(1)`,
  "a player mines its target": `test.mine(to) create{ name = "steel-chest", position = { arm.position.x, arm.position.y + 1 } }`,
  "a robot brings another one": `test.robot_mine(to) test.robot_build{ name = "iron-chest", position = { arm.position.x, arm.position.y + 1 } }`,
  "another target is chosen": `
    local other = create{ name = "iron-chest", position = to.position } run(1)
    arm.drop_target = other`,
  "its target is no longer to be deconstructed": `
    to.order_deconstruction("player") to.clear_items_inside() run(2) assert(held() == 1) to.cancel_deconstruction("player")`,
  "items spoil": `
    chest_of(to)[1].set_stack{ name = "nutrients", count = 1 } run(1) assert(held() == 1)
    arm.held_stack.set_stack{ name = "spoilage" } run(2) assert(held() == 1)
    chest_of(to)[1].spoil_percent = 1
    run(1)`,
};

const FULL = `${LINE}
  to.insert{ name = "stone", count = 100000 }
  from.insert{ name = "coal" }
  run(60)
  assert(${status("waiting_for_space_in_destination")})
  return {}`;

test.each(Object.entries(ROOM_COMES))("its hand is free one tick after: %s", (_, wake) => {
  run(FULL);
  expect(run(`${AGAIN} ${wake} run(1) return { held() }`)).toEqual([0]);
});

test("a hand that a script fills, or empties, wakes it", () => {
  const working = `run(1) return { ${status("working")} }`;
  run(`${LINE} run(3) return {}`);
  expect(run(`${AGAIN} arm.held_stack.set_stack("coal") ${working}`)).toEqual([true]);
  game.startMap(7);
  run(FULL);
  expect(run(`${AGAIN} arm.held_stack.clear() ${working}`)).toEqual([true]);
});

test("of two that wait for one item it is the one that was built first that gets it, whoever lay down first", () => {
  expect(
    run(`${LINE} ${AGAIN}
      local p = from.position
      arm.direction = defines.direction.south
      run(3)
      local later = create{ name = "inserter", position = { p.x, p.y - 1 }, direction = defines.direction.south }
      create{ name = "steel-chest", position = { p.x, p.y - 2 } }
      run(3)
      arm.direction = defines.direction.north
      run(3)
      from.insert{ name = "coal" }
      run(1)
      return { held(), later.held_stack.valid_for_read }`),
  ).toEqual([1, false]);
});

test("a hand that holds something is in what a miner gets, and in what the entity holds", () => {
  run(FULL);
  expect(run(`${AGAIN} return { arm.get_item_count("coal"), test.mine(arm) }`)).toEqual([
    1,
    [
      { count: 1, name: "coal", quality: "normal" },
      { count: 1, name: "inserter", quality: "normal" },
    ],
  ]);
});

test("what has a use for some items is given those, and as many as it needs", () => {
  expect(
    run(`local from, arm, to = line()
      local p = to.position
      to.destroy()
      local furnace = create{ name = "stone-furnace", position = { p.x, p.y + 1 } }
      for _, name in ipairs{ "stone", "iron-ore", "coal" } do from.insert{ name = name, count = 20 } end
      run(72 * 20)
      return { furnace.get_fuel_inventory().get_item_count(), furnace.get_item_count("iron-ore"), from.get_item_count(), arm.held_stack.valid_for_read }`),
  ).toEqual([5, 2, 53, false]);
});

const LINES = (count: number): string => `
  for i = 0, ${count - 1} do
    local x, y = (i % 100) * 2, math.floor(i / 100) * 4
    local from = game.surfaces[1].create_entity{ name = "steel-chest", position = { x, y }, force = "player" }
    game.surfaces[1].create_entity{ name = "inserter", position = { x, y + 1 }, force = "player" }
    local to = game.surfaces[1].create_entity{ name = "steel-chest", position = { x, y + 2 }, force = "player" }
    if i % 2 == 1 then
      from.insert{ name = "coal" }
      to.insert{ name = "stone", count = 100000 }
    end
  end
  run(100)`;

const instructions = (setUp: string): number[] => run(`${setUp} return test.instructions(nil, 20)`) as number[];

test("ten thousand that sleep cost a tick no instruction more than one, and hardly more than none", () => {
  const none = instructions("run(100)");
  game.startMap(7);
  const one = instructions(LINES(2));
  game.startMap(7);
  const many = instructions(LINES(10000));
  expect(many).toEqual(one);
  expect((many[0] ?? 0) - (none[0] ?? 0)).toBeLessThan(40);
});

const BUSY = `
  for i = 0, 11 do
    local from = create{ name = "steel-chest", position = { i, 0 } }
    create{ name = i % 3 == 0 and "fast-inserter" or "inserter", position = { i, 1 } }
    create{ name = "iron-chest", position = { i, 2 } }
    create{ name = "inserter", position = { i, 3 } }
    create{ name = "iron-chest", position = { i, 4 } }
    if i % 2 == 0 then from.insert{ name = "coal", count = 3 + i } end
  end
  run(50) return {}`;
const SEEN = `
  local all = {}
  for _, entity in ipairs(game.surfaces[1].find_entities_filtered{}) do
    local held = entity.type == "inserter" and entity.held_stack.valid_for_read and entity.held_stack.name or ""
    all[#all + 1] = entity.get_item_count() .. held .. (entity.type == "inserter" and entity.status .. "/" .. entity.held_stack_position.y or "")
  end
  return all`;

test("a save carries them as they are: who loads it stays in step, whatever wakes them then", () => {
  run(BUSY);
  const peer = Game.load(game.save(), { modDirectory: mods.path, isServer: false, shufflePairs: 9 });
  try {
    for (const wake of [
      "",
      "",
      `game.surfaces[1].find_entities_filtered{ name = "steel-chest" }[2].insert{ name = "coal", count = 4 }`,
      "",
    ]) {
      const step = `${wake} run(41) ${SEEN}`;
      expect(run(step, peer)).toEqual(run(step));
    }
    const total = `local n = 0 for _, e in ipairs(game.surfaces[1].find_entities_filtered{}) do n = n + e.get_item_count("coal") end return { n }`;
    expect(run(total, peer)).toEqual([3 * 6 + 30 + 4]);
  } finally {
    peer.close();
  }
});
