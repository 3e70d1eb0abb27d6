import { DEFAULT_LINE, GAME_LINES, type GameLine, isGameLine } from "#sim/factorio/game-version";

/** How the server was called. Paths are as given. */
export interface Flags {
  readonly config?: string;
  readonly version: boolean;
  readonly create?: string;
  readonly mapGenSeed?: number;
  readonly mapGenSettings?: string;
  readonly mapSettings?: string;
  readonly startServer?: string;
  readonly startServerLoadLatest: boolean;
  readonly serverSettings?: string;
  readonly modDirectory?: string;
  readonly port: number;
  readonly bind: string;
  readonly rcon?: { readonly host: string; readonly port: number };
  readonly rconPassword: string;
  readonly serverId?: string;
  /** Files that hold a JSON array: admins, bans, whitelist. */
  readonly lists: readonly string[];
  readonly consoleLog?: string;
  readonly noLogRotation: boolean;
  readonly untilTick?: number;
  /** Ours: ticks per 1/60 s; 0 is as fast as it goes. */
  readonly speed: number;
  /** Ours: so many players are connected, which makes long commands arrive slowly. */
  readonly players: number;
  /** Ours: which game is played, "2.0" or "2.1". */
  readonly gameLine: GameLine;
}

/** The command line can't be understood. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

const DEFAULT_PORT = 34197;

/** Every flag, and whether a value follows. */
const KNOWN: Readonly<Record<string, "value" | "alone">> = {
  config: "value",
  version: "alone",
  create: "value",
  "map-gen-seed": "value",
  "map-gen-settings": "value",
  "map-settings": "value",
  "start-server": "value",
  "start-server-load-latest": "alone",
  "server-settings": "value",
  "mod-directory": "value",
  port: "value",
  bind: "value",
  "rcon-bind": "value",
  "rcon-port": "value",
  "rcon-password": "value",
  "server-id": "value",
  "server-adminlist": "value",
  "server-banlist": "value",
  "server-whitelist": "value",
  "use-server-whitelist": "alone",
  "use-authserver-bans": "alone",
  "console-log": "value",
  "no-log-rotation": "alone",
  verbose: "alone",
  "until-tick": "value",
  speed: "value",
  players: "value",
  "game-line": "value",
};

/** Flags of the real game that this stand-in knows but does not act on. */
const NOT_OFFERED = new Set([
  "start-server-load-scenario",
  "enable-lua-udp",
  "sync-mods",
  "benchmark",
  "benchmark-ticks",
  "benchmark-runs",
  "run-replay",
  "dump-data",
  "preset",
  "heavy-mode",
]);

const split = (argv: readonly string[]): Map<string, string> => {
  const given = new Map<string, string>();
  for (let i = 0; i < argv.length; i += 1) {
    const [head = "", inline] = (argv[i] ?? "").split(/=(.*)/s, 2);
    const name = head === "-c" ? "config" : head.startsWith("--") ? head.slice(2) : "";
    if (NOT_OFFERED.has(name)) throw new FlagError(`option '${head}' is not offered by the stand-in`);
    const takes = KNOWN[name];
    if (!takes) throw new FlagError(`unrecognised option '${head}'`);
    if (takes === "alone") given.set(name, "");
    else {
      const value = inline ?? argv[++i];
      if (value === undefined) throw new FlagError(`the required argument for option '--${name}' is missing`);
      given.set(name, value);
    }
  }
  return given;
};

const whole = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new FlagError(`the argument ('${text}') for option '--${name}' is invalid`);
  return Number(text);
};

const decimal = (name: string, text: string): number => {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new FlagError(`the argument ('${text}') for option '--${name}' is invalid`);
  return Number(text);
};

const gameLine = (text: string): GameLine => {
  if (isGameLine(text)) return text;
  throw new FlagError(`the argument ('${text}') for option '--game-line' is invalid: ${GAME_LINES.join(" or ")}`);
};

const rconAddress = (given: ReadonlyMap<string, string>): Flags["rcon"] => {
  const bind = given.get("rcon-bind");
  const port = whole("rcon-port", given.get("rcon-port"));
  if (bind === undefined) return port === undefined ? undefined : { host: "0.0.0.0", port };
  const match = /^([^:]+):(\d+)$/.exec(bind);
  if (!match?.[1]) throw new FlagError(`the argument ('${bind}') for option '--rcon-bind' is invalid`);
  return { host: match[1], port: Number(match[2]) };
};

/** What was not given stays absent. */
const present = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

export const parseFlags = (argv: readonly string[]): Flags => {
  const given = split(argv);
  return {
    ...present({
      config: given.get("config"),
      create: given.get("create"),
      mapGenSeed: whole("map-gen-seed", given.get("map-gen-seed")),
      mapGenSettings: given.get("map-gen-settings"),
      mapSettings: given.get("map-settings"),
      startServer: given.get("start-server"),
      serverSettings: given.get("server-settings"),
      modDirectory: given.get("mod-directory"),
      rcon: rconAddress(given),
      serverId: given.get("server-id"),
      consoleLog: given.get("console-log"),
      untilTick: whole("until-tick", given.get("until-tick")),
    }),
    version: given.has("version"),
    startServerLoadLatest: given.has("start-server-load-latest"),
    port: whole("port", given.get("port")) ?? DEFAULT_PORT,
    bind: given.get("bind")?.split(":")[0] ?? "0.0.0.0",
    rconPassword: given.get("rcon-password") ?? "",
    lists: ["server-adminlist", "server-banlist", "server-whitelist"].flatMap((name) => given.get(name) ?? []),
    noLogRotation: given.has("no-log-rotation"),
    speed: decimal("speed", given.get("speed") ?? "1"),
    players: whole("players", given.get("players")) ?? 0,
    gameLine: gameLine(given.get("game-line") ?? DEFAULT_LINE),
  };
};

/** Where the lists of players are, as far as that was said. */
export const parseLists = (argv: readonly string[]) => {
  const given = split(argv);
  return {
    admins: given.get("server-adminlist"),
    bans: given.get("server-banlist"),
    whitelist: given.get("server-whitelist"),
    useWhitelist: given.has("use-server-whitelist"),
  };
};
