import { FlagError, parseFlags } from "#sim/factorio/flags";

test("the flags of a hosted server are understood, with = or a blank", () => {
  const flags = parseFlags(
    "-c f.ini --start-server saves/m.zip --server-settings=s.json --mod-directory mods --port 34199 --rcon-bind 127.0.0.1:34200 --rcon-password pw --server-adminlist a.json --use-server-whitelist --no-log-rotation --speed 2.5".split(
      " ",
    ),
  );
  expect(flags).toEqual({
    config: "f.ini",
    gameLine: "2.1",
    startServer: "saves/m.zip",
    serverSettings: "s.json",
    modDirectory: "mods",
    port: 34199,
    bind: "0.0.0.0",
    rcon: { host: "127.0.0.1", port: 34200 },
    rconPassword: "pw",
    lists: ["a.json"],
    noLogRotation: true,
    speed: 2.5,
    players: 0,
    version: false,
    startServerLoadLatest: false,
  });
});

test("--rcon-port alone listens everywhere, as the game does", () => {
  expect(parseFlags(["--rcon-port", "5"]).rcon).toEqual({ host: "0.0.0.0", port: 5 });
});

test.each([
  [["--no-such"], "unrecognised option '--no-such'"],
  [["stray"], "unrecognised option 'stray'"],
  [["--port"], "the required argument for option '--port' is missing"],
  [["--port", "x"], "the argument ('x') for option '--port' is invalid"],
  [["--rcon-bind", "1234"], "the argument ('1234') for option '--rcon-bind' is invalid"],
  [["--benchmark", "x"], "option '--benchmark' is not offered by the stand-in"],
])("%j is refused", (argv, message) => {
  expect(() => parseFlags(argv)).toThrow(new FlagError(message));
});

test("the game line is ours to choose, among those that the stand-in plays", () => {
  expect(parseFlags(["--game-line", "2.0"]).gameLine).toBe("2.0");
  expect(() => parseFlags(["--game-line", "1.1"])).toThrow(
    "the argument ('1.1') for option '--game-line' is invalid: 2.0 or 2.1",
  );
});
