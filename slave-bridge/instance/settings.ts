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

export const serverSettings = (config: InstanceConfig): string =>
  `${JSON.stringify(
    {
      name: config.name,
      description: "A server of a Clusterio cluster",
      tags: ["clusterio"],
      max_players: 0,
      visibility: { public: false, lan: false },
      username: "",
      password: "",
      token: "",
      game_password: "",
      require_user_verification: true,
      allow_commands: "admins-only",
      autosave_interval: config.autosaveSeconds > 0 ? DAY_MINUTES : OWN_AUTOSAVE_MINUTES,
      autosave_slots: AUTOSAVE_SLOTS,
      autosave_only_on_server: true,
      non_blocking_saving: false,
      // Storage goes on without players.
      auto_pause: false,
      only_admins_can_pause_the_game: true,
      // What the bridge reckons with.
      ...SEGMENTS,
    },
    undefined,
    2,
  )}\n`;

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
