/**
 * `/config get|set`: what a running server says of its settings and takes over. The words of `get` are the real game's, as far
 * as somebody has written them down; what `set` answers is not known, so it answers as `get` does.
 */
interface Option {
  readonly key: string;
  readonly read: (text: string) => unknown;
  readonly say: (value: unknown) => string;
}

const text = (key: string, say: Option["say"]): Option => ({ key, read: (value) => value, say });
const count = (key: string, say: Option["say"]): Option => ({
  key,
  read: (value) => (/^\d+$/.test(value) ? Number(value) : undefined),
  say,
});
const flag = (key: string, name: string): Option => ({
  key,
  read: (value) => ({ true: true, false: false })[value],
  say: (value) => `${name}: ${value === true}.`,
});
const COMMANDS: Readonly<Record<string, string>> = { true: "Yes", false: "No", "admins-only": "Admins only" };

const OPTIONS: Readonly<Record<string, Option>> = {
  "afk-auto-kick": count("afk_autokick_interval", (n) =>
    n === 0 ? "Never kick AFK players." : `Kick if AFK for more than ${n} minutes.`,
  ),
  "allow-commands": {
    key: "allow_commands",
    read: (value) => (Object.hasOwn(COMMANDS, value) ? value : undefined),
    say: (value) => COMMANDS[String(value)] ?? "Admins only",
  },
  "autosave-interval": count("autosave_interval", (n) => `Autosave every ${n} minutes.`),
  "autosave-only-on-server": flag("autosave_only_on_server", "Autosave only on server"),
  description: text("description", (value) => `Server description: ${value}`),
  "ignore-player-limit-for-returning-players": flag(
    "ignore_player_limit_for_returning_players",
    "Ignore player limit for returning players",
  ),
  "max-players": count("max_players", (n) => (n === 0 ? "Unlimited" : String(n))),
  "max-upload-slots": count("max_upload_slots", (n) => `${n} slots.`),
  "max-upload-speed": count("max_upload_in_kilobytes_per_second", (n) => `${n} kilobytes per second.`),
  name: text("name", (value) => `Server name: ${value}`),
  "only-admins-can-pause": flag("only_admins_can_pause_the_game", "Only admins can pause"),
  password: text("game_password", (value) => `The server currently has ${value === "" ? "no" : "a"} password.`),
  "require-user-verification": flag("require_user_verification", "Verify user identity"),
  tags: {
    key: "tags",
    read: (value) => value.split(" "),
    say: (value) => `Server tags: ${(value as string[]).join(" ")}`,
  },
  "visibility-lan": flag("visibility.lan", "LAN visibility"),
  "visibility-public": flag("visibility.public", "Public visibility"),
};

export class HostConfig {
  readonly #values = new Map<string, unknown>();

  /** `settings`: the server-settings.json as it was read. */
  constructor(settings: Readonly<Record<string, unknown>>) {
    const { visibility = {}, ...others } = settings;
    for (const [key, value] of Object.entries(others)) this.#values.set(key, value);
    for (const [key, value] of Object.entries(visibility as object)) this.#values.set(`visibility.${key}`, value);
  }

  /** The reply to a console line, undefined when it is none of ours. */
  answer(line: string): string | undefined {
    const [, verb, name = "", , value = ""] = /^\/config (get|set) ([a-z-]+)( (.*))?$/.exec(line) ?? [];
    if (verb === undefined) return undefined;
    const option = OPTIONS[name];
    if (option === undefined) return `Unknown config option: ${name}\n`;
    if (verb === "set") {
      const read = option.read(value);
      if (read === undefined) return `Invalid value: ${value}\n`;
      if (name === "require-user-verification" && read === false && this.#values.get("visibility.public") === true)
        return "Public games must verify user identity.\n";
      this.#values.set(option.key, read);
    }
    return `${option.say(this.#values.get(option.key) ?? "")}\n`;
  }
}
