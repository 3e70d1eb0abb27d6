import { platformProblem } from "#core/platform";
import { type TypedOptions, upOptions } from "#ctl/up/options";

const typed = (change: Partial<TypedOptions> = {}): TypedOptions => ({
  dir: "./.clusterio",
  worlds: 3,
  json: false,
  ...change,
});
const parse = (change: Partial<TypedOptions> = {}) => upOptions(typed(change), "/home/me");
const refusal = (change: Partial<TypedOptions>): string => {
  try {
    parse(change);
  } catch (error) {
    expect(error).toMatchObject({ code: "bad-input" });
    return (error as Error).message;
  }
  throw new Error("it was accepted");
};

test("nothing typed: the stand-in at its normal speed, until Ctrl-C, in a folder of this one", () => {
  expect(parse()).toEqual({ dir: "/home/me/.clusterio", worlds: 3, json: false, game: { kind: "stand-in", speed: 1 } });
});

test("paths are relative to where one stands", () => {
  expect(parse({ dir: "/var/c", factorio: "games/factorio" })).toMatchObject({
    dir: "/var/c",
    game: { kind: "factorio", dir: "/home/me/games/factorio" },
  });
});

test("a server of one's own needs both credentials, and each message names what is missing", () => {
  expect(refusal({ natsUrl: "nats://h:1" })).toMatch(/--core-creds.*--edge-creds/);
  expect(refusal({ natsUrl: "nats://h:1", coreCreds: "c" })).toMatch(/add --edge-creds/);
  expect(refusal({ natsUrl: "nats://h:1", edgeCreds: "e" })).toMatch(/add --core-creds/);
  expect(refusal({ coreCreds: "c" })).toContain("--nats-url");
  expect(refusal({ natsUrl: "h:1", coreCreds: "c", edgeCreds: "e" })).toContain("nats://host:4222");
});

test("the user's credentials are the bridge's unless others are given", () => {
  const creds = { natsUrl: "nats://h:1", coreCreds: "c", edgeCreds: "e" };
  expect(parse(creds).nats).toEqual({ url: "nats://h:1", core: "/home/me/c", edge: "/home/me/e", user: "/home/me/e" });
  expect(parse({ ...creds, userCreds: "u" }).nats?.user).toBe("/home/me/u");
});

test("what does not go together is refused with what to do", () => {
  expect(refusal({ json: true })).toContain("--for");
  expect(refusal({ factorio: "f", speed: 2 })).toContain("--speed");
  expect(parse({ brokerOnly: true })).toMatchObject({ brokerOnly: true });
  expect(refusal({ brokerOnly: true, forSeconds: 5 })).toContain("--broker-only");
  expect(refusal({ brokerOnly: true, natsUrl: "nats://h:1" })).toContain("--broker-only");
});

test.each([
  ["linux", "x64", undefined],
  ["linux", "arm64", undefined],
  ["linux", "arm", "it needs Linux on x64 or arm64"],
  ["darwin", "arm64", "it needs Linux on x64 or arm64"],
  ["win32", "x64", "WSL2"],
])("%s on %s: %s", (platform, arch, expected) => {
  const problem = platformProblem(platform, arch);
  if (expected === undefined) expect(problem).toBeUndefined();
  else {
    expect(problem).toContain(expected);
    expect(problem).not.toContain("\n");
  }
});
