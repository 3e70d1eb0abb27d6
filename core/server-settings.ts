import { z } from "zod";

/**
 * Factorio's server-settings.json as an instance's configuration has it: every key that makes sense here, by the game's own
 * names. What is left out stands as `bridge's` default in docs/instances.md. Passwords and tokens are facts that everybody
 * could read, so there are names of files instead (ADR 0071).
 */
const count = (max: number) => z.number().int().min(0).max(max);
const text = (max: number) =>
  z
    .string()
    .max(max)
    // One line each: `/config set` takes no more.
    .regex(/^[^\r\n]*$/, "one line of text");

/** A file in the folder `secrets` of the bridge, whose first line is the secret. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "the name of a file in the bridge's folder secrets/: A-Z a-z 0-9 . _ -");

export const serverSettings = z.object({
  /** As the game's listing shows it. Default: the instance's name. */
  name: text(100).min(1).exactOptional(),
  description: text(500).exactOptional(),
  tags: z.array(text(50).min(1)).max(20).exactOptional(),
  /** 0 is no limit. */
  max_players: count(65_535).exactOptional(),
  visibility: z.object({ public: z.boolean().exactOptional(), lan: z.boolean().exactOptional() }).exactOptional(),
  /** Of the factorio.com account in whose name the game is listed. */
  username: text(100).exactOptional(),
  token_file: secretName.exactOptional(),
  password_file: secretName.exactOptional(),
  game_password_file: secretName.exactOptional(),
  require_user_verification: z.boolean().exactOptional(),
  max_upload_in_kilobytes_per_second: count(1_000_000).exactOptional(),
  max_upload_slots: count(1_000).exactOptional(),
  minimum_latency_in_ticks: count(600).exactOptional(),
  max_heartbeats_per_second: z.number().int().min(6).max(240).exactOptional(),
  ignore_player_limit_for_returning_players: z.boolean().exactOptional(),
  allow_commands: z.enum(["true", "false", "admins-only"]).exactOptional(),
  /** Minutes. Only where the bridge orders no saves itself (`autosaveSeconds` 0). */
  autosave_interval: count(1_440).exactOptional(),
  autosave_slots: z.number().int().min(1).max(100).exactOptional(),
  /** Minutes, 0 for never. */
  afk_autokick_interval: count(1_440).exactOptional(),
  /** Default false: storage goes on without players. */
  auto_pause: z.boolean().exactOptional(),
  auto_pause_when_players_connect: z.boolean().exactOptional(),
  only_admins_can_pause_the_game: z.boolean().exactOptional(),
  autosave_only_on_server: z.boolean().exactOptional(),
  non_blocking_saving: z.boolean().exactOptional(),
});
export type ServerSettings = z.infer<typeof serverSettings>;
