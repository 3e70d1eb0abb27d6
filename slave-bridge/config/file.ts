import { dirname, resolve } from "node:path";
import { tokenIn } from "#core/adapters/nats-creds";
import { nodeDisk } from "#core/adapters/node-disk";
import { badInput, messageOf, unavailable } from "#core/errors";
import { type BridgeConfig, bridgeConfig, decodeBridgeConfig, encodeBridgeConfig } from "#core/identity/bridge-config";
import { noSuch } from "#core/terminal/near";

/** The configuration of one bridge, and what `config list|show|set` make of it. */
export const CONFIG_FILE = "bridge.json";

/** @throws ClusterioError `unavailable` when it cannot be read, `bad-input` when it is not one, or not of that slave. */
export const readConfig = async (path: string): Promise<BridgeConfig> => {
  const full = resolve(path);
  const bytes = await nodeDisk.read(full).catch((error: unknown) => {
    throw unavailable(`the configuration ${full} cannot be read: ${messageOf(error)}`, error);
  });
  if (bytes === undefined)
    throw unavailable(`there is no configuration ${full}: clusterio-bridge join, or name it with --config`);
  const config = decodeBridgeConfig(bytes, full);
  const { name } = tokenIn(new TextEncoder().encode(config.creds), full);
  if (name !== config.slave) throw badInput(`${full} is of slave ${config.slave}, its credentials are of ${name}`);
  return config;
};

/** @throws ClusterioError `unavailable` when it cannot be written. */
export const writeConfig = (path: string, config: BridgeConfig): Promise<void> =>
  nodeDisk.write(resolve(path), encodeBridgeConfig(config)).catch((error: unknown) => {
    throw unavailable(`the configuration ${resolve(path)} cannot be written: ${messageOf(error)}`, error);
  });

/** Where the instances are when nothing else is said: beside the configuration. */
export const folderOf = (path: string): string => dirname(resolve(path));

type Settings = BridgeConfig["settings"];
/** Each with what it takes, for messages. */
const KEYS: Readonly<Record<keyof Settings, { readonly takes: string; readonly read: (text: string) => unknown }>> = {
  factorio: { takes: "folder of a Factorio headless server", read: (text) => text },
  "factorio-releases": { takes: "address of the pages that list the game's versions", read: (text) => text },
  speed: { takes: "0.1 to 1000, of the stand-in", read: Number },
  "game-ports": { takes: "UDP ports for the games of this machine, FROM-TO like 34197-34296", read: (text) => text },
  "game-address": { takes: "IPv4 address on which players reach the games", read: (text) => text },
  "stop-games": { takes: "true or false", read: (text) => ({ true: true, false: false })[text] },
  "log-level": { takes: "debug, info, warn or error", read: (text) => text },
  "extra-mods": { takes: "folders, separated by commas", read: (text) => text.split(",").filter((one) => one !== "") },
  "save-bytes-max": { takes: "most bytes of a save that somebody brings (default 4 GiB)", read: Number },
  "mod-dist": { takes: "folder with our mod", read: (text) => text },
};

/** What can be shown: credentials are not. */
export const entriesOf = (config: BridgeConfig): [string, unknown][] => [
  ["slave", config.slave],
  ["url", config.url],
  ["ca", config.ca === undefined ? "none" : "of its own"],
  ...Object.keys(KEYS).map((key): [string, unknown] => [key, config.settings[key as keyof Settings] ?? null]),
];

/** @throws ClusterioError `bad-input` that says which keys there are. */
export const entryOf = (config: BridgeConfig, key: string): unknown => {
  const found = entriesOf(config).find(([name]) => name === key);
  if (found === undefined)
    throw unknownKey(
      key,
      entriesOf(config).map(([name]) => name),
    );
  return found[1];
};

const unknownKey = (key: string, there: readonly string[]) => badInput(noSuch("setting", key, { names: there }));

/** The configuration with one setting changed; an empty text takes it away. @throws ClusterioError `bad-input` */
export const withEntry = (config: BridgeConfig, key: string, text: string): BridgeConfig => {
  if (key === "url") return proved({ ...config, url: text }, key, "an address like tls://host:4222");
  if (key === "slave" || key === "ca")
    throw badInput(`${key} comes with the credentials: join again, or take a new file`);
  if (!Object.hasOwn(KEYS, key)) throw unknownKey(key, ["url", ...Object.keys(KEYS)]);
  const { takes, read } = KEYS[key as keyof Settings];
  const { [key as keyof Settings]: _, ...rest } = config.settings;
  if (text === "") return { ...config, settings: rest };
  // A text that means nothing here is no value, and JSON would leave it out.
  return proved({ ...config, settings: { ...rest, [key]: read(text) ?? null } }, key, takes);
};

const ADDRESS = /^(?:nats|tls):\/\/[^\s/]+$/;

const proved = (config: unknown, key: string, takes: string): BridgeConfig => {
  const result = bridgeConfig.safeParse(config);
  if (!result.success || !ADDRESS.test(result.data.url)) throw badInput(`${key}: give ${takes}`);
  return result.data;
};
