import { CONFIG_LEAVES, patchedConfig } from "#core/config-patch";
import { CONFIG_BYTES_MAX, instanceConfig, revisionOf } from "#core/instance-config";

const config = instanceConfig.parse({ name: "North", seed: 7, autosaveSeconds: 300 });
const refused = (patch: Record<string, unknown>, from = config): string => {
  try {
    patchedConfig(from, patch);
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
};

test("a change is merged: what it names is replaced, null takes away, what becomes empty goes", () => {
  const one = patchedConfig(config, {
    ports: { game: 34_197, rcon: 27_015 },
    settings: { max_players: 9, tags: ["a"] },
  });
  expect(one).toEqual({ ...config, ports: { game: 34_197, rcon: 27_015 }, settings: { max_players: 9, tags: ["a"] } });
  const two = patchedConfig(one, { ports: { rcon: null }, settings: { tags: ["b"] }, autosaveSeconds: null });
  expect(two).toEqual({
    ...{ name: "North", seed: 7, autosaveSeconds: 0, ports: { game: 34_197 } },
    settings: { max_players: 9, tags: ["b"] },
  });
  expect(patchedConfig(two, { ports: { game: null }, settings: null })).toEqual({ ...config, autosaveSeconds: 0 });
  expect(patchedConfig(config, { limits: { nice: null } })).toEqual(config);
});

test("an unknown key is refused by name, with what there is", () => {
  expect(refused({ port: 1 })).toMatch(
    /^there is no key "port"; did you mean "ports"\? there are seed, autosaveSeconds, game, ports, /,
  );
  expect(refused({ ports: { gaem: 1 } })).toBe(
    'there is no key "ports.gaem"; did you mean "game"? ports has game, rcon',
  );
  expect(refused({ settings: { max_player: 1 } })).toMatch(
    /"settings.max_player"; did you mean "max_players"\? settings has name, description, /,
  );
  expect(refused({ constructor: 1 })).toMatch(/there is no key "constructor"/);
});

test("what is set elsewhere says where: names, secrets, and what the bridge reckons with", () => {
  expect(refused({ name: "South" })).toMatch(/"name" cannot be set: .* clusterio instance rename/);
  expect(refused({ settings: { token: "x" } })).toMatch(/secrets\/ .* settings.token_file/);
  expect(refused({ settings: { game_password: "x" } })).toMatch(/settings.game_password_file/);
  expect(refused({ settings: { maximum_segment_size: 1_000 } })).toMatch(/the bridge sets it/);
});

test.each([
  [{ game: "2" }, /^game: 2\.0\.76, 2\.0, stable or experimental/],
  [{ game: "2.0.76.1" }, /^game: /],
  [{ ports: { game: 0 } }, /^ports\.game: /],
  [{ ports: { game: "34197" } }, /^ports\.game: /],
  [{ ports: 34_197 }, /^ports: /],
  [{ save: "../x.zip" }, /^save: /],
  [{ save: "x" }, /^save: .*\.zip/],
  [{ settings: { description: "a\nb" } }, /^settings\.description: one line/],
  [{ settings: { allow_commands: true } }, /^settings\.allow_commands: /],
  [{ settings: { token_file: "../../etc/passwd" } }, /^settings\.token_file: .*secrets/],
  [{ start: "sometimes" }, /^start: /],
  [{ restart: { attempts: 0 } }, /^restart\.attempts: /],
  [{ limits: { nice: 20 } }, /^limits\.nice: /],
  [{ attach: { host: "h", port: 1 } }, /^attach\.passwordFile: /],
  [{ lists: { bans: "yes" } }, /^lists\.bans: /],
  [{ autosaveSeconds: -1 }, /^autosaveSeconds: /],
  [{ settings: { autosave_interval: 5 } }, /set autosaveSeconds to 0 \(it is 300\)/],
  [{ settings: { visibility: { public: true } } }, /needs settings\.username/],
  [
    { settings: { visibility: { public: true }, require_user_verification: false } },
    /needs settings\.require_user_verification/,
  ],
  [{ settings: { tags: Array.from({ length: 20 }, () => "ü".repeat(50)), description: "€".repeat(500) } }, undefined],
])("%j is refused with the key and what it takes, or taken", (patch, message) => {
  if (message === undefined) expect(refused(patch)).toBe("taken");
  else expect(refused(patch)).toMatch(message);
});

test("a configuration stays small enough to stand in a round", () => {
  const long = "x".repeat(10 * CONFIG_BYTES_MAX);
  expect(refused({ settings: { description: long } })).toMatch(/^settings\.description: /);
  expect([...CONFIG_LEAVES.keys()].length).toBeLessThan(80);
});

test("equal configurations have one revision, whatever the order of their keys, and others another", () => {
  const { name, seed, autosaveSeconds } = config;
  expect(revisionOf({ autosaveSeconds, seed, name })).toBe(revisionOf(config));
  expect(revisionOf({ ...config, ports: {} })).not.toBe(revisionOf(config));
  expect(revisionOf(patchedConfig(config, { seed: 8 }))).toMatch(/^[A-Za-z0-9_-]{16}$/);
});

test("what earlier versions wrote is a configuration", () => {
  expect(instanceConfig.parse({ name: " odd\tname ", seed: 0, autosaveSeconds: 0 }).name).toBe(" odd\tname ");
});
