import { Game } from "#sim/factorio/game";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

/**
 * What arithmetic and decider combinators make of 12 coal, −7 wood, 5 stone and 4 iron plates on red, and of 3 coal on green,
 * which takes the plates back: they add up to nothing.
 */
let mods: ModFolder;
let game: Game;

beforeAll(() => {
  mods = modFolder({});
  game = Game.create({ modDirectory: mods.path });
  game.eval(`
    local id, x = defines.wire_connector_id, 0
    local function create(name)
      x = x + 3
      return game.surfaces[1].create_entity{ name = name, position = { x, 0 }, force = "player" }
    end
    local function source(items, connector)
      local made = create("constant-combinator")
      local section = made.get_or_create_control_behavior().get_section(1)
      for i, item in ipairs(items) do section.set_slot(i, { value = { name = item[1], quality = "normal" }, min = item[2] }) end
      return made.get_wire_connector(connector, true)
    end
    storage.made = {}
    local red = source({ { "coal", 12 }, { "wood", -7 }, { "stone", 5 }, { "iron-plate", 4 } }, id.circuit_red)
    local green = source({ { "coal", 3 }, { "iron-plate", -4 } }, id.circuit_green)
    for _, kind in ipairs{ "arithmetic", "decider" } do
      local made = create(kind .. "-combinator")
      red.connect_to(made.get_wire_connector(id.combinator_input_red, true), false)
      green.connect_to(made.get_wire_connector(id.combinator_input_green, true), false)
      storage.made[kind] = made
    end`);
});
afterAll(() => {
  game.close();
  mods.remove();
});

const ITEMS = ["coal", "wood", "stone"];
const signal = (name: string): string =>
  ITEMS.includes(name) ? `{ name = "${name}" }` : `{ type = "virtual", name = "signal-${name}" }`;

/** What the combinator puts out one tick later. */
const made = (kind: "arithmetic" | "decider", parameters: string): string => {
  game.eval(`storage.made.${kind}.get_or_create_control_behavior().parameters = ${parameters}`);
  game.tick(1);
  return game.eval(`local parts = {}
    for _, each in ipairs(storage.made.${kind}.get_or_create_control_behavior().signals_last_tick) do
      parts[#parts + 1] = each.count .. " " .. each.signal.name
    end
    table.sort(parts) return table.concat(parts, ", ")`);
};

type Operand = string | number;
const operand = (which: "first" | "second", value: Operand): string =>
  typeof value === "number" ? `${which}_constant = ${value}` : `${which}_signal = ${signal(value)}`;
const arithmetic = (first: Operand, operation: string, second: Operand, to = "A", more = ""): string =>
  made(
    "arithmetic",
    `{ ${operand("first", first)}, operation = "${operation}", ${operand("second", second)}, output_signal = ${signal(to)}, ${more} }`,
  );

/** Conditions `[compare_type] first comparator second`; outputs are names, with "=n" for a constant. */
const decider = (conditions: string[], outputs: string[], more = ""): string => {
  const condition = (text: string): string => {
    const [, type, first = "", comparator, second = ""] = /^(?:(and|or) )?(\S+) (\S+) (\S+)$/.exec(text) ?? [];
    const against = /\d/.test(second) ? `constant = ${second}` : `second_signal = ${signal(second)}`;
    const joined = type ? `compare_type = "${type}", ` : "";
    return `{ ${joined}first_signal = ${signal(first)}, comparator = "${comparator}", ${against}, ${more} }`;
  };
  const output = (text: string): string => {
    const [name = "", constant] = text.split("=");
    return `{ signal = ${signal(name)}, ${constant ? `copy_count_from_input = false, constant = ${constant}` : ""} }`;
  };
  return made(
    "decider",
    `{ conditions = { ${conditions.map(condition).join(", ")} }, outputs = { ${outputs.map(output).join(", ")} } }`,
  );
};

test.each([
  [17, "+", 4, 21],
  [17, "-", 40, -23],
  [2147483647, "+", 1, -2147483648],
  [-2147483648, "-", 1, 2147483647],
  [-7, "*", 6, -42],
  [123456789, "*", 987654321, -67153019],
  [7, "/", -2, -3],
  [-7, "/", 2, -3],
  [7, "/", 0, 0],
  [-7, "%", 3, -1],
  [7, "%", -3, 1],
  [7, "%", 0, 0],
  [3, "^", 4, 81],
  [-3, "^", 3, -27],
  [2, "^", -1, 0],
  [-1, "^", -3, -1],
  [-1, "^", -2, 1],
  [1, "^", -5, 1],
  [3, "<<", 31, -2147483648],
  [1, "<<", 33, 2],
  [-8, ">>", 1, -4],
  [-1, "AND", 6, 6],
  [-8, "OR", 3, -5],
  [-1, "XOR", 5, -6],
])("%d %s %d is %d, at 32 bits", (first, operation, second, result) => {
  expect(arithmetic(first, operation, second)).toBe(result === 0 ? "" : `${result} signal-A`);
});

test.each<[Operand, string, Operand, string, string]>([
  ["coal", "+", "stone", "A", "20 signal-A"],
  ["coal", "-", "coal", "A", ""],
  ["A", "+", 1, "A", "1 signal-A"],
  ["each", "*", 2, "each", "-14 wood, 10 stone, 30 coal"],
  ["each", "*", 2, "A", "26 signal-A"],
  ["each", "+", 1, "each", "-6 wood, 16 coal, 6 stone"],
  [100, "-", "each", "each", "107 wood, 85 coal, 95 stone"],
  ["each", "+", "stone", "each", "-2 wood, 10 stone, 20 coal"],
  ["each", "*", "each", "each", "225 coal, 25 stone, 49 wood"],
])("both colours add up: %s %s %s into %s is %s", (first, operation, second, to, result) => {
  expect(arithmetic(first, operation, second, to)).toBe(result);
});

test("each operand reads the colours that it names", () => {
  const red = "{ red = true, green = false }";
  const green = "{ red = false, green = true }";
  expect(
    arithmetic("coal", "-", "coal", "A", `first_signal_networks = ${red}, second_signal_networks = ${green}`),
  ).toBe("9 signal-A");
  expect(arithmetic("each", "*", 1, "each", `first_signal_networks = ${green}`)).toBe("-4 iron-plate, 3 coal");
  expect(arithmetic(1, "*", "each", "each", `second_signal_networks = ${green}`)).toBe("-4 iron-plate, 3 coal");
  expect(arithmetic("each", "*", "coal", "each", `second_signal_networks = ${green}`)).toBe(
    "-21 wood, 15 stone, 45 coal",
  );
});

test.each([
  ["coal > 14", true],
  ["coal > 15", false],
  ["coal < 16", true],
  ["coal < 15", false],
  ["coal = 15", true],
  ["coal = 14", false],
  ["coal ≠ 14", true],
  ["coal != 15", false],
  ["coal ≥ 15", true],
  ["coal >= 16", false],
  ["coal ≤ 15", true],
  ["coal <= 14", false],
  ["coal > stone", true],
  ["stone > coal", false],
  ["A = 0", true],
  ["A > -1", true],
  ["everything > -8", true],
  ["everything > -7", false],
  ["everything ≠ 0", true],
  ["anything > 14", true],
  ["anything > 15", false],
  ["anything < -6", true],
  ["anything = 0", false],
])("whether %s is %s", (condition, holds) => {
  expect(decider([condition], ["A=1"])).toBe(holds ? "1 signal-A" : "");
});

test.each([
  [["coal = 1", "and coal = 15", "or stone = 5"], true],
  [["stone = 5", "or coal = 1", "and coal = 15"], true],
  [["coal = 1", "or stone = 1", "and coal = 15"], false],
  [["coal = 15", "and stone = 5", "and wood = 0"], false],
  [["coal = 15", "stone = 1"], true], // joined by "or" unless said otherwise
  [[], false],
])("and binds more strongly than or: %j is %s", (conditions, holds) => {
  expect(decider(conditions, ["A=1"])).toBe(holds ? "1 signal-A" : "");
});

test.each([
  [["each > 0"], ["each"], "15 coal, 5 stone"],
  [["each > 0"], ["each=1"], "1 coal, 1 stone"],
  [["each > 0"], ["A=1"], "2 signal-A"],
  [["each > 0", "and each < 10"], ["each"], "5 stone"],
  [["each < 6"], ["each=1"], "1 stone, 1 wood"],
  [["each > 0", "and coal = 15"], ["each=1"], "1 coal, 1 stone"],
  [["each > 0"], ["wood"], "-14 wood"], // once for each that passes
  [["coal = 15"], ["everything"], "-7 wood, 15 coal, 5 stone"],
  [["coal = 15"], ["stone", "A=3", "A=4"], "5 stone, 7 signal-A"],
  [["coal = 15"], ["each"], ""],
])("%j puts out %j: %s", (conditions, outputs, result) => {
  expect(decider(conditions, outputs)).toBe(result);
});

test("a condition and an output read the colours that they name", () => {
  const green = "{ red = false, green = true }";
  expect(decider(["coal = 3"], ["coal"], `first_signal_networks = ${green}`)).toBe("15 coal");
  expect(decider(["coal > coal"], ["coal"], `second_signal_networks = ${green}`)).toBe("15 coal");
  const only = `{ signal = ${signal("everything")}, networks = ${green} }`;
  expect(
    made(
      "decider",
      `{ conditions = { { first_signal = ${signal("coal")}, comparator = ">" } }, outputs = { ${only} } }`,
    ),
  ).toBe("-4 iron-plate, 3 coal");
});

test("a condition without a signal does not hold", () => {
  expect(
    made("decider", `{ conditions = { { comparator = "=" } }, outputs = { { signal = ${signal("coal")} } } }`),
  ).toBe("");
});

test.each([
  ["arithmetic", '{ operation = "//" }', "Unknown operation: //"],
  ["arithmetic", '{ operand = "+" }', "ArithmeticCombinatorParameters: operand (stand-in: not offered)"],
  ["arithmetic", '{ first_signal = { name = "no-such" } }', "Unknown item name: no-such"],
  ["arithmetic", '{ first_signal = { name = "coal", type = "idea" } }', "Unknown signal type: idea"],
  ["decider", '{ conditions = { { comparator = "~" } } }', "Unknown comparator: ~"],
  ["decider", "{ conditions = { { value = 1 } } }", "DeciderCombinatorCondition: value (stand-in: not offered)"],
  ["decider", "{ outputs = { { value = 1 } } }", "DeciderCombinatorOutput: value (stand-in: not offered)"],
  ["decider", "{ inputs = {} }", "DeciderCombinatorParameters: inputs (stand-in: not offered)"],
  [
    "decider",
    `{ outputs = { { signal = ${signal("anything")} } } }`,
    "DeciderCombinatorOutput: signal-anything (stand-in: not offered)",
  ],
] as const)("a %s combinator refuses %s", (kind, parameters, problem) => {
  expect(() => made(kind, parameters)).toThrow(problem);
});

test("without parameters nothing comes out, and after a save what came out goes on", () => {
  expect(made("decider", "nil")).toBe("");
  expect(arithmetic("coal", "+", 1)).toBe("16 signal-A");
  const loaded = Game.load(game.save(), { modDirectory: mods.path });
  const out = `storage.made.arithmetic.get_or_create_control_behavior().get_signal_last_tick(${signal("A")})`;
  expect(loaded.eval(`return ${out}`)).toBe("16");
  loaded.tick(1);
  expect(loaded.eval(`return ${out}`)).toBe("16");
  loaded.close();
});
