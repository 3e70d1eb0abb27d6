import { CONFIG_LEAVES } from "#core/config-patch";
import { canonicalJson } from "#core/events/codec";
import type { InstanceConfig } from "#core/instance-config";

/** When a change of a configuration takes effect, and what an operator should know of it. Pure. */

/** now: also in a running game. */
export type Effect = "now" | "next-start" | "first-save";

/**
 * What a running game takes over RCON, by its name in `/config set`. Public visibility goes off before verification does,
 * and on after it: the game refuses the other order.
 */
export const LIVE_SETTINGS = {
  name: "name",
  description: "description",
  tags: "tags",
  max_players: "max-players",
  "visibility.lan": "visibility-lan",
  "visibility.public": "visibility-public",
  require_user_verification: "require-user-verification",
  max_upload_in_kilobytes_per_second: "max-upload-speed",
  max_upload_slots: "max-upload-slots",
  ignore_player_limit_for_returning_players: "ignore-player-limit-for-returning-players",
  allow_commands: "allow-commands",
  autosave_interval: "autosave-interval",
  afk_autokick_interval: "afk-auto-kick",
  only_admins_can_pause_the_game: "only-admins-can-pause",
  autosave_only_on_server: "autosave-only-on-server",
} as const;
export type LiveSetting = keyof typeof LIVE_SETTINGS;

/** What its bridge does itself, whether or not the game runs. */
const NOW = ["autosaveSeconds", "start", "restart.", "lists.", "schedule", "attach."];

export const effectOf = (path: string): Effect => {
  if (path === "seed") return "first-save";
  if (NOW.some((known) => path === known || (known.endsWith(".") && path.startsWith(known)))) return "now";
  const setting = path.startsWith("settings.") ? path.slice("settings.".length) : undefined;
  return setting !== undefined && Object.hasOwn(LIVE_SETTINGS, setting) ? "now" : "next-start";
};

const valueAt = (config: InstanceConfig, path: string): unknown => {
  let value: unknown = config;
  for (const key of path.split(".")) value = Object(value)[key];
  return value;
};

/** The keys whose value is another one, each with when that takes effect. */
export const effectsOf = (before: InstanceConfig, after: InstanceConfig): Record<string, Effect> =>
  Object.fromEntries(
    [...CONFIG_LEAVES.keys()]
      .filter((path) => canonicalJson(valueAt(before, path) ?? null) !== canonicalJson(valueAt(after, path) ?? null))
      .map((path) => [path, effectOf(path)]),
  );

/** What comes with a value that somebody may not expect. */
export const notesOn = (before: InstanceConfig, after: InstanceConfig): string[] => {
  const notes: string[] = [];
  const sets = (path: string, value: unknown) => valueAt(after, path) === value && valueAt(before, path) !== value;
  if (sets("settings.auto_pause", true))
    notes.push(
      "auto_pause: while nobody plays, the map stands still: it gives and takes nothing, and what is sent to it (an import, the word that its bridge lives) moves it on by about a tick each",
    );
  const later = Object.entries(effectsOf(before, after)).filter(([, effect]) => effect !== "now");
  if (after.attach !== undefined && later.length > 0)
    notes.push(
      `attach: its bridge does not start it, so ${later.map(([key]) => key).join(", ")} ${later.length === 1 ? "is" : "are"} for whoever does; what its configuration does not name stays as that one set it`,
    );
  if (after.attach !== undefined && before.attach === undefined)
    notes.push("attach: a game that the bridge runs goes on until it is stopped (clusterio instance stop)");
  const low = after.ports?.game;
  if (low !== undefined && low < 1_024 && before.ports?.game !== low)
    notes.push(
      `ports.game ${low}: below 1024 the game's binary needs the right to it: sudo setcap cap_net_bind_service=+ep BINARY, or take another port`,
    );
  if (after.save !== undefined && before.save !== after.save)
    notes.push(`save: the next start goes on from ${after.save}, once; what that takes back is judged as any rewind`);
  return notes;
};
