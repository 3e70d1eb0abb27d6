import { PLAIN_2_1_9 } from "#core/saves/test/exchange-strings";
import { alike, type Contract } from "#sim/factorio/test/contracts/contract";

/** LuaHelpers beyond files and JSON; profilers. */
export const helpersContracts: readonly Contract[] = [
  {
    member: "LuaHelpers.encode_string",
    says: "Deflates and base64 encodes the given string.",
    lua: `return helpers.encode_string("hello"), helpers.decode_string(helpers.encode_string(("x"):rep(70000))) == ("x"):rep(70000)`,
    gives: ["eAEBBQD6/2hlbGxvBiwCFQ==", true],
  },
  {
    member: "LuaHelpers.decode_string",
    says: "Base64 decodes and inflates the given string.",
    lua: `return #helpers.decode_string("eNqrVkrKKU0tKMrMK1GyqlbKLEnNVbJCEtNRyklMSs0BimWk5uTkK2CQSrW11YPEDAD46kh2"), helpers.decode_string("eNqrVkrKKU0tKMrMK1GyqlbKLEnNVbJCEtNRyklMSs0BimWk5uTkK2CQSrW11YPEDAD46kh2"):sub(1, 12), helpers.decode_string("!") == nil, helpers.decode_string("aGVsbG8=") == nil`,
    gives: [204, '{"blueprint"', true, true],
  },
  {
    member: "LuaHelpers.parse_map_exchange_string",
    says: "Convert a map exchange string to map gen settings and map settings.",
    lua: `
      local read = helpers.parse_map_exchange_string("${PLAIN_2_1_9}")
      return read.map_gen_settings.seed, read.map_gen_settings.starting_points, read.map_settings.enemy_evolution.pollution_factor,
        read.map_settings.path_finder.overload_levels, (pcall(helpers.parse_map_exchange_string, ">>>AAAA<<<"))`,
    gives: [123456, [{ x: 0, y: 0 }], 9e-7, [0, 100, 500], false],
  },
  {
    member: "LuaHelpers.direction_to_string",
    says: "Converts the given direction into the string version of the direction.",
    lua: "return helpers.direction_to_string(4), (pcall(helpers.direction_to_string, 99))",
    gives: ["east", false],
  },
  {
    member: "LuaHelpers.evaluate_expression",
    says: "Evaluate an expression, substituting variables as provided.",
    lua: `return helpers.evaluate_expression("2 + x * 3 ^ 2", { x = 2 }), helpers.evaluate_expression("max(1, 4)"), (pcall(helpers.evaluate_expression, "nonsense"))`,
    gives: [20, 4, false],
  },
  {
    member: "LuaHelpers.multilingual_to_lower",
    says: "Converts the given string to lowercase and returns it.",
    lua: `return helpers.multilingual_to_lower("ABC")`,
    gives: ["abc"],
  },
  {
    member: "LuaHelpers.is_valid_sprite_path",
    says: "Checks if the given SpritePath is valid and contains a loaded sprite.",
    lua: `return helpers.is_valid_sprite_path("item/coal"), helpers.is_valid_sprite_path("item/no-such")`,
    gives: [true, false],
  },
  {
    member: "LuaHelpers.is_valid_sound_path",
    says: "Checks if the given SoundPath is valid.",
    lua: `return helpers.is_valid_sound_path("utility/confirm"), helpers.is_valid_sound_path("nonsense")`,
    gives: [true, false],
  },
  {
    member: "LuaHelpers.check_prototype_translations",
    says: "Goes over all items, entities, tiles, recipes, technologies among other things and logs if the locale is incorrect.",
    lua: "return helpers.check_prototype_translations() == nil",
    gives: [true],
  },
  {
    member: "LuaHelpers.create_profiler",
    says: "Creates a LuaProfiler, which is used for measuring script performance.",
    lua: `local p = helpers.create_profiler() return p.valid, (test.text{ "", p })`,
    gives: [true, "Duration: 0.000000ms"],
  },
  ...alike("LuaProfiler", "return helpers.create_profiler().NAME() == nil", [
    ["reset", "Resets the clock, also restarting it.", true],
    ["restart", "Start the clock again, without resetting it.", true],
    ["stop", "Stops the clock.", true],
  ]),
  {
    member: "LuaProfiler.add",
    says: "Add the duration of another timer to this timer.",
    lua: "local p = helpers.create_profiler() return p.add(helpers.create_profiler()) == nil",
    gives: [true],
  },
  {
    member: "LuaProfiler.divide",
    says: "Divides the current duration by a set value.",
    lua: "return helpers.create_profiler().divide(2) == nil",
    gives: [true],
  },
  {
    member: "LuaProfiler.valid",
    says: "Is this object valid?",
    lua: "return helpers.create_profiler().valid",
    gives: [true],
  },
];
