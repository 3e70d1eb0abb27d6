import { CONFIG_LEAVES, patchedConfig } from "#core/config-patch";
import { CONFIG_BYTES_MAX, displayName, instanceConfig, revisionOf } from "#core/instance-config";

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

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, { cron: "@daily", action: "save" }]));

test.each<[Record<string, unknown>, RegExp | undefined]>([
  [{ game: "2" }, /^game: 2\.0\.76, 2\.0, stable or experimental/],
  [{ game: "2.0.76.1" }, /^game: /],
  [{ ports: { game: 0 } }, /^ports\.game: /],
  [{ ports: { game: "34197" } }, /^ports\.game: /],
  [{ ports: 34_197 }, /^ports: /],
  [{ save: "../x.zip" }, /^save: /],
  [{ save: "x" }, /^save: .*\.zip/],
  [{ save: ".hidden.zip" }, /^save: /],
  [{ save: "a/b.zip" }, /^save: /],
  [{ game: "02.0" }, /^game: /],
  [{ seed: 2 ** 32 }, /^seed: /],
  [{ limits: { memoryMiB: 63 } }, /^limits\.memoryMiB: /],
  [{ attach: { host: "-oProxy", port: 1, passwordFile: "x" } }, /^attach\.host: a host name or address/],
  [{ attach: { host: "a b", port: 1, passwordFile: "x" } }, /^attach\.host: /],
  [{ autosaveSeconds: 86_401 }, /^autosaveSeconds: /],
  [{ schedule: { x: { cron: "@daily", action: "backup", keep: 0 } } }, /^schedule\.x\.keep: /],
  [{ schedule: { x: { cron: "@daily", action: "restart", countdownSeconds: 3_601 } } }, /^schedule\.x\.countdown/],
  [{ schedule: { x: { cron: "never", action: "save" } } }, /^schedule\.x: "never" is no cron expression/],
  [{ schedule: many(17) }, /^schedule: at most 16 of them/],
  [{ schedule: many(16) }, undefined],
  [{ settings: { description: "a\nb" } }, /^settings\.description: one line/],
  [{ settings: { allow_commands: true } }, /^settings\.allow_commands: /],
  [{ settings: { token_file: "../../etc/passwd" } }, /^settings\.token_file: .*secrets/],
  [{ start: "sometimes" }, /^start: /],
  [{ restart: { attempts: 0 } }, /^restart\.attempts: /],
  [{ limits: { nice: 20 } }, /^limits\.nice: /],
  [{ attach: { host: "h", port: 1 } }, /^attach\.passwordFile: /],
  [{ attach: { host: "h", port: 1, passwordFile: "p", writeData: "/etc" } }, /^attach\.writeData: /],
  [{ attach: { host: "h", port: 1, passwordFile: "p", writeData: ".." } }, /^attach\.writeData: /],
  [{ attach: { host: "h", port: 1, passwordFile: "p", log: "../console.log" } }, /^attach\.log: /],
  [{ lists: { bans: "yes" } }, /^lists\.bans: /],
  [{ autosaveSeconds: -1 }, /^autosaveSeconds: /],
  [{ settings: { autosave_interval: 5 } }, /set autosaveSeconds to 0 \(it is 300\)/],
  [{ settings: { autosave_interval: 5 }, autosaveSeconds: 0 }, undefined],
  [{ settings: { visibility: { public: true } } }, /needs settings\.username/],
  [
    { settings: { visibility: { public: true }, username: "ada" } },
    /needs settings\.username and settings\.token_file/,
  ],
  [
    { settings: { visibility: { public: true }, token_file: "t" } },
    /needs settings\.username and settings\.token_file/,
  ],
  [{ settings: { visibility: { public: true }, username: "ada", password_file: "p" } }, undefined],
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
  const tags = Array.from({ length: 20 }, () => "€".repeat(50));
  const minutes = Array.from({ length: 31 }, (_, n) => n).join();
  const often = { cron: `${minutes} * * * *`, zone: "America/Argentina/ComodRivadavia", action: "save" };
  const schedule = Object.fromEntries(Object.keys(many(16)).map((name) => [name.padEnd(32, "x"), often]));
  const texts = { tags, description: "€".repeat(500), name: "€".repeat(100), username: "€".repeat(100) };
  expect(refused({ schedule, settings: texts })).toMatch(/has \d+ bytes, at most 8192 are kept: shorten its texts/);
  expect([...CONFIG_LEAVES.keys()].length).toBeLessThan(80);
});

test("equal configurations have one revision, whatever the order of their keys, and others another", () => {
  const { name, seed, autosaveSeconds } = config;
  expect(revisionOf({ autosaveSeconds, seed, name })).toBe(revisionOf(config));
  expect(revisionOf({ ...config, ports: {} })).not.toBe(revisionOf(config));
  expect(revisionOf(patchedConfig(config, { seed: 8 }))).toMatch(/^[A-Za-z0-9_-]{16}$/);
});

test("a name for people has no blanks around it and no control characters", () => {
  expect(displayName.safeParse("Far North").success).toBe(true);
  for (const name of [" x", "x ", "", "a\tb", "x".repeat(101)]) expect(displayName.safeParse(name).success).toBe(false);
});

test("what earlier versions wrote is a configuration", () => {
  expect(instanceConfig.parse({ name: " odd\tname ", seed: 0, autosaveSeconds: 0 }).name).toBe(" odd\tname ");
});
