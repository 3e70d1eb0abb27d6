/**
 * Commands of Factorio's server console that a person may type, and those of ours that help him. Scripts of mods add their own: what is
 * typed is sent as it is, whether or not it is completed.
 */
export const GAME_COMMANDS: readonly string[] = [
  ...[
    "/admin",
    "/admins",
    "/alerts",
    "/ban",
    "/bans",
    "/banlist",
    "/clear",
    "/color",
    "/config",
    "/delete-blueprint-library",
  ],
  ...[
    "/demote",
    "/evolution",
    "/help",
    "/ignore",
    "/ignores",
    "/kick",
    "/mute",
    "/mutes",
    "/mute-programmable-speaker",
  ],
  ...[
    "/open",
    "/perf-avg-frames",
    "/permissions",
    "/players",
    "/promote",
    "/purge",
    "/quit",
    "/reply",
    "/save",
    "/screenshot",
  ],
  ...["/seed", "/server-save", "/shout", "/silent-command", "/swap-players", "/time", "/toggle-action-logging"],
  ...[
    "/toggle-heavy-mode",
    "/unban",
    "/unignore",
    "/unmute",
    "/version",
    "/whisper",
    "/whitelist",
    "/command",
    "/editor",
  ],
].sort();

/** Second words that a command takes. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "/whitelist": ["add", "remove", "clear", "enable", "disable", "get"],
  "/banlist": ["add", "remove", "clear", "get"],
  "/config": ["get", "set"],
  "/players": ["count", "online"],
  "/permissions": ["add-player", "create-group", "delete-group", "edit-group", "get-player-group", "remove-player"],
};

/** As `readline` wants it: what fits, and what of the line it takes the place of. */
export const complete = (line: string): [string[], string] => {
  const space = line.indexOf(" ");
  if (space < 0) return [GAME_COMMANDS.filter((command) => command.startsWith(line)), line];
  const rest = line.slice(space + 1);
  const words = WORDS[line.slice(0, space)] ?? [];
  return [words.filter((word) => word.startsWith(rest)), rest];
};
