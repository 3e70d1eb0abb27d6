import { addressesOf, channelsIn, exactVersion, sumOf, versionPrinted } from "#bridge/factorio/catalog";
import { chooseInstall, saveProblem, type There } from "#bridge/factorio/choose";
import { gamesOf } from "#bridge/factorio/games";
import type { FactorioInstalls } from "#bridge/factorio/port";
import type { Install } from "#bridge/install";
import type { BridgeSettings } from "#bridge/ports";
import { parsePin } from "#core/game-version";

const install = (version: string, name = `Factorio ${version}`): Install => ({
  name,
  command: "factorio",
  args: [],
  readData: "",
  version,
  line: version.split(".").slice(0, 2).join("."),
});
const there = (more: Partial<There>): There => ({
  given: install("2.1.9", "the stand-in"),
  givenStandsIn: true,
  installed: ["2.0.28", "2.0.76", "2.1.12"].map((version) => install(version)),
  channels: { stable: "2.0.76" },
  ...more,
});
const chosen = (pin: string | undefined, more: Partial<There> = {}) => chooseInstall(pin, there(more)).name;

describe("which install an instance runs", () => {
  test("GV1: a pin is kept to the letter: exactly, the newest of a line, or what a channel was when it was installed", () => {
    expect(chosen("2.0.28")).toBe("Factorio 2.0.28");
    expect(chosen("2.0")).toBe("Factorio 2.0.76");
    expect(chosen("stable")).toBe("Factorio 2.0.76");
    for (const pin of ["2.0.29", "2.2", "experimental"])
      expect(() => chosen(pin)).toThrow(/not installed here .*factorio install/);
    expect(() => chosen("stable", { installed: [install("2.1.12")] })).toThrow("not installed here");
    expect(() => chosen("newest")).toThrow("is no version of Factorio");
  });

  test("without a pin the given game runs; what stands in for the game only where no real one is", () => {
    expect(chosen(undefined)).toBe("Factorio 2.1.12");
    expect(chosen(undefined, { installed: [] })).toBe("the stand-in");
    expect(chosen("2.1.9")).toBe("the stand-in");
    expect(chosen("2.1")).toBe("Factorio 2.1.12");
    expect(chosen("2.1", { installed: [] })).toBe("the stand-in");
    const given = install("2.0.72", "--factorio");
    expect(chosen(undefined, { given, givenStandsIn: false })).toBe("--factorio");
    expect(chosen("2.0.72", { given, givenStandsIn: false })).toBe("--factorio");
    expect(chosen("2.0", { given, givenStandsIn: false })).toBe("Factorio 2.0.76");
  });

  test("GV3: without a pin an instance stays in the line of its save; only a newer patch of it runs by itself", () => {
    const opening = (madeBy: string | undefined, more: Partial<There> = {}) =>
      chooseInstall(undefined, there(more), madeBy).name;
    expect(opening("2.0.28")).toBe("Factorio 2.0.76");
    expect(opening("2.1.3")).toBe("Factorio 2.1.12");
    for (const unknown of [undefined, "odd"]) expect(opening(unknown)).toBe("Factorio 2.1.12");
    const only = (...versions: string[]) => ({ installed: versions.map((version) => install(version)) });
    expect(() => opening("2.0.28", only("2.1.9", "2.1.12"))).toThrow(
      /no 2\.0 is installed here \(installed: 2\.1\.9, 2\.1\.12\).*factorio install 2\.0 .*config set INSTANCE game=2\.1$/,
    );
    // One that is too old is chosen, and says so by GV2; where only the stand-in is, it runs.
    expect(opening("2.1.3", only("2.0.76"))).toBe("Factorio 2.0.76");
    expect(opening("2.0.28", only())).toBe("the stand-in");
    // What the machine's admin gave, and what is pinned, are words.
    expect(opening("2.0.28", { given: install("2.1.9", "--factorio"), givenStandsIn: false })).toBe("--factorio");
    expect(chooseInstall("2.1", there({}), "2.0.28").name).toBe("Factorio 2.1.12");
  });

  test("GV2: a save of a newer game is refused before it is started; an older one and one that does not tell are not", () => {
    expect(saveProblem("a.zip", "2.0.77", install("2.0.76"))).toMatch(
      /a\.zip was written by Factorio 2\.0\.77.*2\.0\.76/,
    );
    expect(saveProblem("a.zip", "2.1.0", install("2.0.76"))).toBeDefined();
    for (const madeBy of ["2.0.76", "2.0.9", "1.1.110", undefined, "odd"])
      expect(saveProblem("a.zip", madeBy, install("2.0.76"))).toBeUndefined();
  });
});

test("our mods are the build for the line of the game that is chosen", async () => {
  const mod = (line: string) => ({ name: "clusterio", version: "0.1.0", path: `/mods/${line}/clusterio.zip` });
  const settings = {
    ...{ install: install("2.1.9"), standsIn: true, mods: [mod("2.1")] },
    modsOf: async (line: string) => [mod(line)],
  } as unknown as BridgeSettings;
  const installs = {
    list: async () => [install("2.0.76")],
    channels: async () => ({}),
  } as unknown as FactorioInstalls;
  const games = gamesOf(settings, installs);
  const pathFor = async (pin: string | undefined) => (await games.choose(pin)).mods[0]?.path;
  expect(await pathFor("2.0")).toBe("/mods/2.0/clusterio.zip");
  expect(await pathFor("2.1")).toBe("/mods/2.1/clusterio.zip");
  expect(await pathFor(undefined)).toBe("/mods/2.0/clusterio.zip");
});

describe("what the vendor says", () => {
  const LATEST =
    '{"experimental":{"alpha":"2.1.12","headless":"2.1.12"},"stable":{"alpha":"2.0.76","headless":"2.0.76"}}';

  test("channels and lines are what its list of newest versions names", async () => {
    const channels = channelsIn(LATEST, "x");
    expect(channels).toEqual({ stable: "2.0.76", experimental: "2.1.12" });
    const exact = (text: string) => exactVersion(parsePin(text), async () => channels);
    expect(await exact("stable")).toBe("2.0.76");
    expect(await exact("2.1")).toBe("2.1.12");
    expect(await exact("2.0.28")).toBe("2.0.28");
    await expect(exact("1.1")).rejects.toThrow("name one exactly");
    expect(channelsIn('{"stable":{"headless":"no"}}', "x")).toEqual({});
    expect(() => channelsIn("<html>", "x")).toThrow("x does not tell the newest versions");
    expect(() => channelsIn('{"stable":7}', "x")).toThrow("x does not tell the newest versions");
  });

  test("a sum is that of the headless server of exactly this version", () => {
    const [a, b, c] = ["a", "b", "c"].map((digit) => digit.repeat(64));
    const list = `${a}  factorio_linux_2.0.28.tar.xz\n${b}  factorio-headless_linux_2.0.28.tar.xz\n${c} *factorio_headless_x64_1.1.110.tar.xz\n`;
    expect(sumOf(list, "2.0.28")).toBe(b);
    expect(sumOf(list, "1.1.110")).toBe(c);
    expect(sumOf(list, "0.28")).toBeUndefined();
    expect(sumOf("<html>", "2.0.28")).toBeUndefined();
  });

  test("addresses, and what --version prints", () => {
    expect(addressesOf("http://x/").archive("2.0.28")).toBe("http://x/get-download/2.0.28/headless/linux64");
    expect(versionPrinted("Version: 2.0.28 (build 80000, linux64, headless)\nBinary version: 64\n")).toBe("2.0.28");
    expect(versionPrinted("Hello\n")).toBeUndefined();
  });
});
