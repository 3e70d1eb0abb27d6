import { HostConfig } from "#sim/factorio/host-config";

const host = () => new HostConfig({ name: "A", max_players: 0, tags: ["a"], visibility: { public: true, lan: true } });

test.each([
  ["afk-auto-kick", "2", "Kick if AFK for more than 2 minutes."],
  ["allow-commands", "true", "Yes"],
  ["autosave-interval", "17", "Autosave every 17 minutes."],
  ["autosave-only-on-server", "false", "Autosave only on server: false."],
  ["description", "A test server", "Server description: A test server"],
  ["ignore-player-limit-for-returning-players", "true", "Ignore player limit for returning players: true."],
  ["max-players", "11", "11"],
  ["max-upload-slots", "7", "7 slots."],
  ["max-upload-speed", "123", "123 kilobytes per second."],
  ["name", "A test", "Server name: A test"],
  ["only-admins-can-pause", "false", "Only admins can pause: false."],
  ["password", "secret", "The server currently has a password."],
  ["tags", "clusterio test-tag", "Server tags: clusterio test-tag"],
  ["visibility-lan", "false", "LAN visibility: false."],
])("/config set %s %s is taken over and told in the game's words", (name, value, said) => {
  const config = host();
  config.answer(`/config set ${name} ${value}`);
  expect(config.answer(`/config get ${name}`)).toBe(`${said}\n`);
});

test("a game that is public verifies its players: the one goes off before the other", () => {
  const config = host();
  expect(config.answer("/config set require-user-verification false")).toContain("must verify");
  config.answer("/config set visibility-public false");
  expect(config.answer("/config set require-user-verification false")).toBe("Verify user identity: false.\n");
});

test("other lines are the game's, other options are refused", () => {
  expect(host().answer("/players")).toBeUndefined();
  expect(host().answer("/config get nonsense")).toContain("Unknown");
  expect(host().answer("/config set max-players many")).toContain("Invalid");
});
