import { effectOf, effectsOf, LIVE_SETTINGS, notesOn } from "#core/config-effect";
import { CONFIG_LEAVES, patchedConfig } from "#core/config-patch";
import type { InstanceConfig } from "#core/instance-config";

const config: InstanceConfig = { name: "North", seed: 7, autosaveSeconds: 0 };

test("every changed key is named with when it takes effect", () => {
  const after = patchedConfig(config, {
    ...{ seed: 8, autosaveSeconds: 60, game: "2.0", ports: { game: 5_000 }, start: "boot", lists: { bans: "both" } },
    settings: { max_players: 3, visibility: { lan: true }, auto_pause: true },
  });
  expect(effectsOf(config, after)).toEqual({
    ...{ seed: "first-save", autosaveSeconds: "now", game: "next-start", "ports.game": "next-start", start: "now" },
    ...{ "lists.bans": "now", "settings.max_players": "now", "settings.visibility.lan": "now" },
    "settings.auto_pause": "next-start",
  });
  expect(effectsOf(after, after)).toEqual({});
  expect(Object.keys(effectsOf(after, config))).toHaveLength(9);
});

test("what a running game takes are settings that there are", () => {
  const live = Object.keys(LIVE_SETTINGS).map((key) => `settings.${key}`);
  expect(live.filter((path) => !CONFIG_LEAVES.has(path))).toEqual([]);
  expect(live.every((path) => effectOf(path) === "now")).toBe(true);
});

test("what somebody may not expect is told, once", () => {
  const paused = patchedConfig(config, { settings: { auto_pause: true }, ports: { game: 80 }, save: "a.zip" });
  expect(notesOn(config, paused).map((note) => note.split(":")[0])).toEqual(["auto_pause", "ports.game 80", "save"]);
  expect(notesOn(paused, patchedConfig(paused, { seed: 9 }))).toEqual([]);
});

test("of an attached server is told what waits for whoever starts it", () => {
  const attach = { host: "h", port: 1, passwordFile: "p" };
  const after = patchedConfig(config, { attach, settings: { max_players: 3, auto_pause: false } });
  expect(effectsOf(config, after)).toMatchObject({ "attach.host": "now", "attach.passwordFile": "now" });
  expect(notesOn(config, after)).toEqual([
    "attach: its bridge does not start it, so settings.auto_pause is for whoever does; what its configuration does not name stays as that one set it",
    "attach: a game that the bridge runs goes on until it is stopped (clusterio instance stop)",
  ]);
  expect(notesOn(after, patchedConfig(after, { attach: { writeData: "north" } }))).toEqual([]);
});
