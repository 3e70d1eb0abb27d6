import { z } from "zod";
import { sha256 } from "#core/digest";
import { canonicalJson } from "#core/events/codec";
import { schedules } from "#core/schedule/entry";
import { secretName, serverSettings } from "#core/server-settings";

/**
 * What an instance is to be: the master's facts, of which its bridge keeps a copy. What is left out has the default that
 * stands with it here; an older version's configuration is one that leaves out more.
 */
export const NAME_CHARACTERS_MAX = 100;
/** As canonical JSON: it stands in every round that touches the instance. */
export const CONFIG_BYTES_MAX = 8_192;

const port = z.number().int().min(1).max(65_535);
const lists = z.enum(["off", "one-way", "both"]);

/** A name for people: any characters but control characters, no blanks around it. */
export const displayName = z
  .string()
  .min(1)
  .max(NAME_CHARACTERS_MAX)
  .regex(/^[^\p{Cc}]*$/u, "no control characters")
  .refine((name) => name.trim() === name, "no blanks before or behind it");

export const saveName = z
  .string()
  .max(200)
  .regex(/^[^/\\\p{Cc}.][^/\\\p{Cc}]*\.zip$/u, "a file's name in saves/ that ends in .zip");

/** A folder of another server, seen from the slave's machine: what the cluster names, and the machine's owner puts there. */
const linkedName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "the name of a link in the bridge's folder attached/: A-Z a-z 0-9 . _ -");

const logName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a file's name in the write-data folder: A-Z a-z 0-9 . _ -");

/** `2.0.76` that version; `2.0` the newest installed of that line; a channel the newest installed that it named. */
export const versionPin = z
  .string()
  .regex(
    /^(?:(?:0|[1-9]\d{0,4})\.(?:0|[1-9]\d{0,4})(?:\.(?:0|[1-9]\d{0,4}))?|stable|experimental)$/,
    "2.0.76, 2.0, stable or experimental",
  );

export const instanceConfig = z.object({
  /** For people; changed by `instance.rename`. Earlier versions took any text. */
  name: z.string().min(1).max(NAME_CHARACTERS_MAX),
  /** For `--map-gen-seed` when the first save is made. Default: the number of instances. */
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  /** Seconds between saves that the bridge orders; 0 (the default) leaves saving to the game's own autosave. */
  autosaveSeconds: z.number().int().min(0).max(86_400),
  /** Which Factorio; never another one. Default: what the slave is configured with. */
  game: versionPin.exactOptional(),
  /** Default: free ones, from the slave's range if it has one. */
  ports: z.object({ game: port.exactOptional(), rcon: port.exactOptional() }).exactOptional(),
  /** The save in saves/ that the next start begins from, once. Default: the newest that this world wrote. */
  save: saveName.exactOptional(),
  settings: serverSettings.exactOptional(),
  /**
   * When its bridge starts: `never` starts it, `boot` starts it, `always` also starts it as soon as the bridge learns of it.
   * Default: it goes on as an operator left it.
   */
  start: z.enum(["never", "boot", "always"]).exactOptional(),
  /** After a death that nobody asked for. Default: on-crash, 5 quick deaths in a row, pauses up to 60 s. */
  restart: z
    .object({
      policy: z.enum(["never", "on-crash"]).exactOptional(),
      attempts: z.number().int().min(1).max(1_000).exactOptional(),
      pauseSecondsMax: z.number().int().min(1).max(86_400).exactOptional(),
    })
    .exactOptional(),
  /** Of the game's process, where the system can. Default: none, and the bridge's own niceness. */
  limits: z
    .object({
      memoryMiB: z.number().int().min(64).max(16_777_216).exactOptional(),
      nice: z.number().int().min(-20).max(19).exactOptional(),
    })
    .exactOptional(),
  /** A server that the bridge does not run, at its RCON address. Default: the bridge runs the game. */
  attach: z
    .object({
      host: z
        .string()
        .max(255)
        .regex(/^[A-Za-z0-9][A-Za-z0-9.:-]*$/, "a host name or address"),
      port,
      passwordFile: secretName,
      /** Its write-data folder, as the slave's owner linked or mounted it. Default: only its RCON is there. */
      writeData: linkedName.exactOptional(),
      /** What it prints, in that folder. Default: the game's own log. */
      log: logName.exactOptional(),
    })
    .exactOptional(),
  /** What its bridge does by its own clock, by name. */
  schedule: schedules.exactOptional(),
  /** Which lists of players go around the cluster. Default: off. */
  lists: z
    .object({ admins: lists.exactOptional(), whitelist: lists.exactOptional(), bans: lists.exactOptional() })
    .exactOptional(),
});
export type InstanceConfig = z.infer<typeof instanceConfig>;

/** A change: what it names takes the place of what was there, null takes it away, objects are merged (RFC 7396). */
export type ConfigPatch = Readonly<Record<string, unknown>>;

/** Of an instance that a lost ledger forgot. */
export const forgottenConfig = (name: string): InstanceConfig => ({ name, seed: 0, autosaveSeconds: 0 });

/** First characters of a hash: equal configurations have equal revisions, whatever a ledger has lost (ADR 0070). */
const REVISION_CHARACTERS = 16;
export const revision = z.string().regex(/^[A-Za-z0-9_-]{16}$/);

const revisions = new WeakMap<InstanceConfig, string>();

/** What a delivery names instead of the configuration: whoever has another one asks for it. */
export const revisionOf = (config: InstanceConfig): string => {
  let known = revisions.get(config);
  if (known === undefined) {
    known = sha256(new TextEncoder().encode(canonicalJson(config))).slice(0, REVISION_CHARACTERS);
    revisions.set(config, known);
  }
  return known;
};
