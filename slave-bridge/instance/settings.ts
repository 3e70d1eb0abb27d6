import type { Secrets } from "#bridge/instance/secrets";
import { SEGMENTS } from "#bridge/rcon/segments";
import { canonicalJson } from "#core/events/codec";
import type { InstanceConfig } from "#core/instance-config";

/** The files that a server reads at its start, as text. */

/** The game's own autosave counts minutes; while the bridge orders the saves, it is as good as off. */
const DAY_MINUTES = 1_440;
const OWN_AUTOSAVE_MINUTES = 10;
const AUTOSAVE_SLOTS = 5;

export const configIni = (readData: string, writeData: string): string =>
  `; Written by clusterio-bridge at each start.
[path]
read-data=${readData}
write-data=${writeData}

[other]
check-updates=false
enable-crash-log-uploading=false
`;

/** What stands where an instance's configuration says nothing. */
const DEFAULTS = {
  description: "A server of a Clusterio cluster",
  tags: ["clusterio"] as readonly string[],
  max_players: 0,
  username: "",
  require_user_verification: true,
  max_upload_in_kilobytes_per_second: 0,
  max_upload_slots: 5,
  minimum_latency_in_ticks: 0,
  max_heartbeats_per_second: 60,
  ignore_player_limit_for_returning_players: false,
  allow_commands: "admins-only",
  autosave_interval: OWN_AUTOSAVE_MINUTES,
  autosave_slots: AUTOSAVE_SLOTS,
  autosave_only_on_server: true,
  non_blocking_saving: false,
  afk_autokick_interval: 0,
  // Storage goes on without players.
  auto_pause: false,
  auto_pause_when_players_connect: false,
  only_admins_can_pause_the_game: true,
};

/** The game's settings without secrets: the configuration's, else ours. */
export const settingsOf = ({ name, autosaveSeconds, settings = {} }: InstanceConfig) => {
  const { visibility, token_file: _t, password_file: _p, game_password_file: _g, ...own } = settings;
  const ordered = autosaveSeconds > 0 ? { autosave_interval: DAY_MINUTES } : {};
  return { name, ...DEFAULTS, ...own, ...ordered, visibility: { public: false, lan: false, ...visibility } };
};

export const serverSettings = (config: InstanceConfig, secrets: Secrets = {}): string => {
  // The last: what the bridge reckons with.
  const all = { ...settingsOf(config), password: "", token: "", game_password: "", ...secrets, ...SEGMENTS };
  return `${JSON.stringify(all, undefined, 2)}\n`;
};

interface ModEntry {
  readonly name: string;
  readonly enabled: boolean;
}

/** Our mods enabled, everything else as the file had it. */
export const modList = (before: string | undefined, ours: readonly string[]): string => {
  const known = before === undefined ? [] : entriesIn(before);
  const others = known.filter(({ name }) => !ours.includes(name) && name !== "base");
  const mods: ModEntry[] = [
    { name: "base", enabled: true },
    ...ours.map((name) => ({ name, enabled: true })),
    ...others,
  ];
  return `${canonicalJson({ mods })}\n`;
};

const entriesIn = (text: string): ModEntry[] => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof value !== "object" || value === null || !("mods" in value) || !Array.isArray(value.mods)) return [];
  return value.mods.flatMap((mod: unknown): ModEntry[] => {
    if (typeof mod !== "object" || mod === null || !("name" in mod) || typeof mod.name !== "string") return [];
    return [{ name: mod.name, enabled: !("enabled" in mod) || mod.enabled === true }];
  });
};
