import { Game } from "#sim/factorio/game";
import { type ModFiles, modFolder } from "#sim/factorio/test/mod-folder";

/** Migrations: what a later version of a mod says about the names of its prototypes. */

const item = (name: string) =>
  `{ type = "item", name = "${name}", icon = "__base__/graphics/icons/iron-plate.png", stack_size = 50 }`;
const data = (...names: readonly string[]): ModFiles => ({
  "data.lua": `data:extend{ ${names.map(item).join(", ")} }
    local box = table.deepcopy(data.raw.container["steel-chest"]) box.name = "${names[0]}-box" box.minable.result = "steel-chest"
    box.inventory_type = "with_filters_and_bar"
    data:extend{ box }`,
  "control.lua": "script.on_configuration_changed(function(change) storage.change = change end)",
});
const migration = (file: string, renames: object): ModFiles => ({
  [`migrations/${file}.json`]: JSON.stringify(renames),
});

const play = <T>(mods: ModFiles, from: Uint8Array | undefined, use: (game: Game) => T): T => {
  const folder = modFolder({ m: mods });
  try {
    const game =
      from === undefined
        ? Game.create({ modDirectory: folder.path, seed: 1 })
        : Game.load(from, { modDirectory: folder.path });
    try {
      return use(game);
    } finally {
      game.close();
    }
  } finally {
    folder.remove();
  }
};
const seen = (game: Game, lua: string): unknown => JSON.parse(game.eval(`return helpers.table_to_json{ ${lua} }`));
const HELD = `game.surfaces[1].find_entities_filtered{ type = "container" }[1].get_inventory(defines.inventory.chest)`;
const BOX = `game.surfaces[1].find_entities_filtered{ type = "container" }[1]`;

const before = (): Uint8Array =>
  play(data("old", "other"), undefined, (game) => {
    game.eval(`local box = game.surfaces[1].create_entity{ name = "old-box", position = { 0, 0 }, force = "player" }
      box.insert{ name = "old", count = 5 } box.insert{ name = "other", count = 2, quality = "rare" }
      box.get_inventory(defines.inventory.chest).set_filter(4, "old")
      local wish = game.surfaces[1].create_entity{ name = "requester-chest", position = { 4, 0 }, force = "player" }
      test.request(wish, 1, { name = "old", count = 9, quality = "normal" })`);
    return game.save();
  });

test("items, filters, requests and entities get their new names, and mods are told which", () => {
  const mods = {
    ...data("new", "other"),
    ...migration("1", { item: [["old", "new"]], entity: [["old-box", "new-box"]] }),
  };
  play(mods, before(), (game) => {
    expect(
      seen(
        game,
        `${BOX}.name, ${HELD}.get_item_count("new"), ${HELD}.get_item_count{ name = "other", quality = "rare" }`,
      ),
    ).toEqual(["new-box", 5, 2]);
    expect(seen(game, `${BOX}.get_inventory(defines.inventory.chest).get_filter(4).name`)).toEqual(["new"]);
    expect(
      seen(
        game,
        `game.surfaces[1].find_entity("requester-chest", { 4.5, 0.5 }).get_logistic_sections().get_section(1).get_slot(1).value.name`,
      ),
    ).toEqual(["new"]);
    expect(seen(game, `test.storage("m").change.migrations, test.storage("m").change.migration_applied`)).toEqual([
      { item: { old: "new" }, entity: { "old-box": "new-box" } },
      true,
    ]);
  });
});

test("a migration is applied once, to saves from before it only", () => {
  const renamed = { ...data("new", "other"), ...migration("1", { item: [["old", "new"]] }) };
  const after = play(renamed, before(), (game) => game.save());
  const again = { ...renamed, ...data("new", "old", "other") };
  play(again, after, (game) => {
    expect(seen(game, `test.storage("m").change.migrations`)).toEqual([{ item: { old: "new" } }]);
  });
  const fresh = play(again, undefined, (game) => {
    game.eval(
      `game.surfaces[1].create_entity{ name = "new-box", position = { 0, 0 }, force = "player" }.insert{ name = "old", count = 1 }`,
    );
    return game.save();
  });
  play(again, fresh, (game) => {
    expect(seen(game, `${HELD}.get_item_count("old"), test.storage("m").change == nil`)).toEqual([1, true]);
  });
});

test("one file's names hold for what was before it, the next one's for what it made", () => {
  const swap = {
    item: [
      ["old", "other"],
      ["other", "old"],
    ],
  };
  play({ ...data("old", "other"), ...migration("1", swap) }, before(), (game) => {
    expect(
      seen(game, `${HELD}.get_item_count("other"), ${HELD}.get_item_count{ name = "old", quality = "rare" }`),
    ).toEqual([5, 2]);
  });
  const chain = { ...migration("1", { item: [["old", "newer"]] }), ...migration("2", { item: [["newer", "new"]] }) };
  play({ ...data("new", "other"), ...chain }, before(), (game) => {
    expect(seen(game, `${BOX} and true or false`)).toEqual([false]); // its box has no new name
    expect(seen(game, `test.storage("m").change.migrations.item`)).toEqual([{ old: "new", newer: "new" }]);
  });
});

test("what is not offered says so", () => {
  const mods = { ...data("new"), ...migration("1", { tile: [["a", "b"]] }) };
  expect(() => play(mods, undefined, () => {})).toThrow("migrations of tile (stand-in: not offered)");
});
