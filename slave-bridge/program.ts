import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import pino from "pino";
import * as t from "typanion";
import { Bridge } from "#bridge/bridge";
import { ConfigListCommand, ConfigSetCommand, ConfigShowCommand } from "#bridge/config/commands";
import { folderOf, readConfig, writeConfig } from "#bridge/config/file";
import { JoinCommand } from "#bridge/config/join";
import { LiveCredentials, type LiveOptions } from "#bridge/credentials/live";
import { OFFICIAL_FACTORIO } from "#bridge/factorio/catalog";
import { FACTORIO_COMMANDS, installsFolder } from "#bridge/factorio/commands";
import { folderInstalls } from "#bridge/game/adapters/folder-installs";
import { factorioInstall, standInInstall } from "#bridge/game/adapters/installs";
import { realGame } from "#bridge/game/adapters/real-game";
import { realVault } from "#bridge/game/adapters/vault";
import { ourMod } from "#bridge/instance/mods";
import type { Journal, Ports } from "#bridge/ports";
import { LIMITS } from "#bridge/supervisor/limits";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats } from "#core/adapters/nats-connection";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { nodeRandom } from "#core/adapters/node-random";
import { packageRoot } from "#core/adapters/package-root";
import { always, type Program } from "#core/cli";
import { badInput, messageOf, unavailable } from "#core/errors";
import { decodeText } from "#core/events/codec";
import { SAVE_BYTES_MAX } from "#core/events/saves";
import { type BridgeConfig, decodeBridgeConfig } from "#core/identity/bridge-config";
import { type SlaveId, slaveId } from "#core/ids";
import { aborted, runDaemon } from "#core/lifecycle";
import { type PortRange, parsePortRange } from "#core/port-range";
import { VERSION } from "#core/version";

/** An orderly stop of a game may save a large map first: its own limit, then its kill. */
const STOP_GAMES_MS_MAX = LIMITS.stopMs + 2 * LIMITS.killMs;
const STOP_MS_MAX = 10_000;
const SPEED_MAX = 1_000;
const LEVELS = ["debug", "info", "warn", "error"] as const;

class RunCommand extends Command {
  static override paths = [["run"], Command.Default];
  static override usage = Command.Usage({
    category: "Slave",
    description: "run this machine's Factorio servers as a slave of the cluster",
    details: `
      Connects to NATS, starts the servers that the cluster assigned to this slave, and links their worlds to it, until it
      gets SIGINT or SIGTERM. Games that run then go on without it (chests stop after a minute) and are taken over by the
      next start, unless \`--stop-games\` is given.

      Exit codes: 0 stopped as asked; 1 failed; 2 bad arguments or credentials; 3 NATS, the game, the mod or the folder is
      not usable; 4 another bridge uses the folder.
    `,
    examples: [
      [
        "With the stand-in instead of the game",
        "$0 run --slave home --nats-url nats://127.0.0.1:4222 --creds home.creds --dir ./home",
      ],
      ["As a configuration says", "$0 run --config ./attic/bridge.json"],
      [
        "With Factorio",
        "$0 run --slave home --nats-url nats://127.0.0.1:4222 --creds home.creds --dir ./home --factorio /opt/factorio",
      ],
    ],
  });

  config = Option.String("--config", {
    description:
      "A configuration from `clusterio slave create-config` or `clusterio-bridge join`; options count before it.",
  });
  slave = Option.String("--slave", {
    description: "This slave's id: a-z, 0-9 and -, the name in its credentials.",
  });
  natsUrl = Option.String("--nats-url", {
    description: "The NATS server, for example nats://127.0.0.1:4222.",
  });
  creds = Option.String("--creds", { description: "File with the slave's NATS credentials." });
  ca = Option.String("--ca", {
    description:
      "PEM file of the authority that the server's certificate must be from. TLS is spoken then, and nothing else.",
  });
  dir = Option.String("--dir", {
    description: "Folder for everything that is kept: one folder per instance (default: that of --config).",
  });
  factorio = Option.String("--factorio", {
    description: "Folder of a Factorio headless server. Without it, the stand-in runs.",
  });
  factorioReleases = Option.String("--factorio-releases", {
    description: `Where \`factorio install\` finds versions and archives (default ${OFFICIAL_FACTORIO}).`,
  });
  speed = Option.String("--speed", {
    description: "How many times as fast as normal the stand-in runs, 0.1 to 1000 (default 1). Not for real Factorio.",
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(0.1, SPEED_MAX)]),
  });
  modDist = Option.String("--mod-dist", {
    description: "Folder with clusterio_<version>.zip. Default: the one of this package.",
  });
  extraMods = Option.Array("--extra-mods", {
    description: "Folder that is a mod or holds mods, put into every instance. May be given several times.",
  });
  gameAddress = Option.String("--game-address", {
    description:
      "IPv4 address on which players reach the games (default 127.0.0.1); 0.0.0.0 for all. RCON is always on loopback.",
  });
  gamePorts = Option.String("--game-ports", {
    description: "UDP ports for games whose configuration fixes none, like 34197-34296 (default: any free one).",
  });
  saveBytesMax = Option.String("--save-bytes-max", {
    description: "Most bytes of a save that somebody brings (default 4 GiB).",
    validator: t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(1, Number.MAX_SAFE_INTEGER)]),
  });
  stopGames = Option.Boolean("--stop-games", {
    description: "On SIGINT or SIGTERM, stop the games in order, too. They run again at the next start.",
  });
  logLevel = Option.String("--log-level", {
    description: `What is logged to standard error: ${LEVELS.join(", ")} (default info).`,
    validator: t.isEnum(LEVELS),
  });

  override async execute(): Promise<number> {
    // The deadline must be known before the configuration is read: it is that of a bridge that stops its games.
    const stopMsMax = this.stopGames === true || this.config !== undefined ? STOP_GAMES_MS_MAX : STOP_MS_MAX;
    return runDaemon(
      async ({ signal, own }) => {
        const wanted = await this.#wanted();
        const settings = await settingsOf(wanted);
        const base = { slave: settings.slave };
        const journal = journalTo(pino({ level: wanted.logLevel, base }, pino.destination(2)));
        const onProblem = (error: Error) => journal("warn", `NATS: ${messageOf(error)}`);
        const { servers, ca, stopGames } = wanted;
        const credentials = new LiveCredentials(wanted);
        const connecting = { servers, creds: credentials.source, name: settings.slave, ca, onProblem };
        const link = own(await connectNats(connecting), (opened) => opened.close());
        const facts = new NatsBus(link, { contentType: "application/cloudevents+json" });
        const node = { clock: nodeClock, random: nodeRandom, disk: nodeDisk };
        const bus = new NatsBus(link);
        own(credentials.renewOver(link, { bus, clock: nodeClock, journal }), (renewal) => renewal.close());
        const told = { credentials: () => credentials.telemetry() };
        const installs = folderInstalls({ folder: installsFolder(settings.dir), releases: wanted.releases });
        const ports: Ports = {
          ...node,
          game: realGame(),
          bus,
          facts,
          journal,
          installs,
          vault: realVault,
          ...told,
        };
        const bridge = own(await Bridge.open(settings, ports), (opened) => opened.close({ stopGames }));
        journal("info", `ready: ${settings.install.name}`, { boot: bridge.boot });
        await aborted(signal);
      },
      { stopMsMax },
    );
  }

  /** What was typed, and what the configuration says where nothing was. */
  async #wanted(): Promise<Wanted> {
    const config = this.config === undefined ? undefined : await readConfig(this.config);
    const set = config?.settings ?? {};
    const slave = slaveId(given("--slave", this.slave ?? config?.slave));
    const factorio = this.factorio ?? set.factorio;
    const speed = this.speed ?? set.speed ?? 1;
    if (factorio !== undefined && speed !== 1)
      throw badInput("--speed is for the stand-in: leave it out with --factorio");
    const typedCa = this.ca === undefined ? undefined : decodeText(await readSecretFile(this.ca, "the authority"));
    return {
      slave,
      dir: resolve(given("--dir", this.dir ?? (this.config === undefined ? undefined : folderOf(this.config)))),
      ...(await this.#credentials(config)),
      servers: given("--nats-url", this.natsUrl ?? config?.url),
      ca: typedCa ?? config?.ca,
      factorio,
      releases: this.factorioReleases ?? set["factorio-releases"] ?? OFFICIAL_FACTORIO,
      speed,
      modDist: this.modDist ?? set["mod-dist"],
      extraMods: this.extraMods ?? set["extra-mods"] ?? [],
      gameAddress: this.gameAddress ?? set["game-address"] ?? "127.0.0.1",
      saveBytesMax: this.saveBytesMax ?? set["save-bytes-max"] ?? SAVE_BYTES_MAX,
      gamePorts: rangeIn(this.gamePorts ?? set["game-ports"]),
      stopGames: this.stopGames ?? set["stop-games"] ?? false,
      logLevel: this.logLevel ?? set["log-level"] ?? "info",
    };
  }

  /** Where they are from, and how renewed ones get there: as a whole, with whatever was set there meanwhile. */
  async #credentials(config: BridgeConfig | undefined): Promise<Pick<Wanted, "creds" | "keep" | "reload">> {
    if (this.creds !== undefined || this.config === undefined || config === undefined) {
      const path = given("--creds", this.creds);
      const reload = () => new Uint8Array(readFileSync(path));
      return { creds: await readCreds(path), keep: (creds) => writeSecret(resolve(path), creds), reload };
    }
    const { config: path } = this;
    const keep = async (creds: Uint8Array) =>
      writeConfig(path, { ...(await readConfig(path)), creds: decodeText(creds) });
    const reload = () => new TextEncoder().encode(decodeBridgeConfig(readFileSync(path), path).creds);
    return { creds: new TextEncoder().encode(config.creds), keep, reload };
  }
}

const writeSecret = (path: string, bytes: Uint8Array): Promise<void> =>
  nodeDisk.write(path, bytes, 0o600).catch((error: unknown) => {
    throw unavailable(`the credentials file ${path} cannot be written: ${messageOf(error)}`, error);
  });

const rangeIn = (text: string | undefined): PortRange | undefined => {
  if (text === undefined) return undefined;
  const range = parsePortRange(text);
  if (range === undefined) throw badInput(`--game-ports: give FROM-TO like 34197-34296, not "${text.slice(0, 40)}"`);
  return range;
};

interface Wanted {
  readonly slave: SlaveId;
  readonly dir: string;
  readonly creds: Uint8Array;
  readonly keep: LiveOptions["keep"];
  readonly reload: LiveOptions["reload"];
  readonly servers: string;
  readonly ca: string | undefined;
  readonly factorio: string | undefined;
  readonly releases: string;
  readonly speed: number;
  readonly modDist: string | undefined;
  readonly extraMods: readonly string[];
  readonly gameAddress: string;
  readonly saveBytesMax: number;
  readonly gamePorts: PortRange | undefined;
  readonly stopGames: boolean;
  readonly logLevel: (typeof LEVELS)[number];
}

const settingsOf = async (wanted: Wanted) => {
  const { slave, dir, factorio, speed, modDist, extraMods, gameAddress, gamePorts, saveBytesMax } = wanted;
  const install = factorio === undefined ? standInInstall(speed) : factorioInstall(resolve(factorio));
  const files = realGame();
  const extra = (await Promise.all(extraMods.map((folder) => files.mods(resolve(folder))))).flat();
  const modsOf = async (line: string) => [
    await ourMod(files, resolve(modDist ?? `${packageRoot()}/lua-mod/dist/${line}`)),
    ...extra,
  ];
  const games = { install, standsIn: factorio === undefined, mods: await modsOf(install.line), modsOf };
  const ports = gamePorts === undefined ? {} : { gamePorts };
  return { slave, dir, ...games, gameAddress, saveBytesMax, ...ports, limits: LIMITS, version: VERSION };
};

/** clipanion would only show the syntax, and not say what is missing. */
const given = (flag: string, value: string | undefined): string => {
  if (value === undefined || value === "") throw badInput(`${flag} is missing: see clusterio-bridge run --help`);
  return value;
};

const readCreds = (path: string): Promise<Uint8Array> => readSecretFile(path, "the credentials file");

const readSecretFile = async (path: string, what: string): Promise<Uint8Array> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw unavailable(`${what} ${path} cannot be read: ${messageOf(error)}`, error);
  }
};

const journalTo =
  (logger: pino.Logger): Journal =>
  (level, message, fields = {}) =>
    logger[level](fields, message);

/** The program `clusterio-bridge`. */
export const BRIDGE: Program = {
  name: "clusterio-bridge",
  label: "Clusterio on JetStream: the bridge between Factorio servers and the cluster",
  printed: async () => (await import("#bridge/printed")).PRINTED,
  groups: always([
    RunCommand,
    JoinCommand,
    ConfigListCommand,
    ConfigShowCommand,
    ConfigSetCommand,
    ...FACTORIO_COMMANDS,
  ]),
};
