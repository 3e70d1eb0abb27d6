import { ASKING_MOD, askingMod } from "#bridge/saves/asking-mod";
import { settingsIn } from "#bridge/saves/exchange-answer";
import * as strings from "#core/saves/test/exchange-strings";
import { Game } from "#sim/factorio/game";
import type { GameLine } from "#sim/factorio/game-version";
import { type ModFiles, modFolder } from "#sim/factorio/test/mod-folder";

/** The bridge's question and the stand-in's answer, together: what `save create --exchange-string` makes a map with. */
const ask = (text: string, { line = "2.1" as GameLine, mods = {} as Record<string, ModFiles> } = {}) => {
  const folder = modFolder({ ...mods, [ASKING_MOD]: Object.fromEntries(askingMod(line, text)) });
  const game = Game.create({ modDirectory: folder.path, line });
  try {
    const [written] = game.drain().filter(({ kind }) => kind === "file");
    const { mapGenSettings, mapSettings } = settingsIn(written?.kind === "file" ? written.data : "", "the game");
    return { gen: JSON.parse(mapGenSettings), map: JSON.parse(mapSettings) };
  } finally {
    game.close();
    folder.remove();
  }
};
const even = { frequency: 1, size: 1, richness: 1 };

test("what a game of 2.1.9 chose comes back exactly, with controls that the string leaves out as they always are", () => {
  const { gen, map } = ask(strings.PLAIN_2_1_9);
  expect(gen).toEqual({
    autoplace_controls: expect.objectContaining({ coal: even, "iron-ore": even, water: even }),
    autoplace_settings: {},
    default_enable_all_autoplace_controls: true,
    property_expression_names: {},
    starting_points: [{ x: 0, y: 0 }],
    seed: 123456,
    width: 2_000_000,
    height: 2_000_000,
    starting_area: 1,
    peaceful_mode: false,
    no_enemies_mode: false,
    cliff_settings: {
      name: "",
      control: "",
      cliff_elevation_0: 10,
      cliff_elevation_interval: 40,
      cliff_smoothing: 1,
      richness: 1,
    },
  });
  // The game's own words for the same string (helpers.table_to_json), in part.
  expect(map).toMatchObject({
    pollution: {
      enabled: true,
      diffusion_ratio: 0.02,
      min_to_diffuse: 15,
      enemy_attack_pollution_consumption_modifier: 1,
    },
    enemy_evolution: { time_factor: 4e-6, destroy_factor: 0.002, pollution_factor: 9e-7 },
    enemy_expansion: { min_expansion_distance: 3, evolution_group_size_factor: 4, max_expansion_cooldown: 216000 },
    unit_group: { max_member_speedup_when_behind: 1.4, max_unit_group_size: 200 },
    path_finder: { fwd2bwd_ratio: 5, overload_levels: [0, 100, 500], overload_multipliers: [2, 3, 4] },
    max_failed_behavior_count: 3,
    difficulty_settings: { technology_price_multiplier: 1, spoil_time_modifier: 1 },
    asteroids: { spawning_rate: 1, max_ray_portals_expanded_per_tick: 100 },
  });
});

test("a string of 2.0 is read by 2.0 and by 2.1, down to the last digit", () => {
  for (const line of ["2.0", "2.1"] as const) {
    const { gen, map } = ask(strings.CHOSEN_2_0_47, { line });
    expect(gen).toMatchObject({
      seed: 3378377395,
      starting_area: 0.3333333432674408,
      autoplace_controls: {
        "crude-oil": { frequency: 0.5, size: 1, richness: 4 },
        trees: { frequency: 1.3333333730697632, size: 0.3333333432674408, richness: 1 },
      },
      autoplace_settings: {
        entity: { treat_missing_as_default: true, settings: { "rock-huge": { richness: 2.4000000953674316 } } },
      },
      property_expression_names: { elevation: "elevation_lakes", "control:aux:bias": "-0.200000" },
    });
    expect(map).toMatchObject({ enemy_evolution: { pollution_factor: 0.000012 }, pollution: { ageing: 1.5 } });
    expect("steering" in map).toBe(line === "2.0");
  }
});

test("a control is carried over only where its mod is loaded, so the instance's mods are", () => {
  const ore = { type: "autoplace-control", name: "tungsten_ore", category: "resource" };
  const data = `data:extend{ { type = "${ore.type}", name = "${ore.name}", category = "${ore.category}" } }`;
  expect(ask(strings.CHOSEN_2_0_47).gen.autoplace_controls).not.toHaveProperty(ore.name);
  const { gen } = ask(strings.CHOSEN_2_0_47, { mods: { planets: { "data.lua": data } } });
  expect(gen.autoplace_controls).toHaveProperty(ore.name, even);
});

test("a game says why it does not read a string, and the bridge hands that on", () => {
  expect(() => ask(strings.CHOSEN_2_1_14)).toThrow(/the game does not read .*it was made by 2\.1\.14/);
  expect(() => ask(strings.CHOSEN_2_0_47.replace("eNp1", "eNp2"))).toThrow(/does not read/);
  expect(() => ask(strings.CHOSEN_1_1_33)).toThrow(/made by 1\.1\.33 \(stand-in: not read\)/);
});
