import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Console } from "#sim/factorio/console";

/**
 * Admins, bans and the whitelist: files beside the save, and the commands that change them.
 *
 * LS1 a change is in its file before its command is answered; the whitelist's file is written only while the whitelist is on.
 */
export interface ListFiles {
  readonly admins: string;
  readonly bans: string;
  readonly whitelist: string;
  readonly useWhitelist: boolean;
}

export interface PlayerHost {
  online(): readonly string[];
  /** Takes a player out of the game. */
  leave(name: string): void;
}

const ban = z.looseObject({ username: z.string(), reason: z.string().optional(), address: z.string().optional() });
type Ban = z.infer<typeof ban>;

const read = <T>(file: string, shape: z.ZodType<T[]>): T[] =>
  existsSync(file) ? shape.parse(JSON.parse(readFileSync(file, "utf8"))) : [];

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export class Lists {
  #admins: string[];
  #bans: Ban[];
  #whitelist: string[];
  #whitelistOn: boolean;

  constructor(
    private readonly files: ListFiles,
    private readonly console: Console,
    private readonly host: PlayerHost,
  ) {
    this.#admins = read(files.admins, z.array(z.string()));
    this.#bans = read(files.bans, z.array(ban));
    this.#whitelist = read(files.whitelist, z.array(z.string()));
    this.#whitelistOn = files.useWhitelist;
  }

  /** The reply to a command about lists, undefined for any other line. */
  command(line: string): string | undefined {
    const [, name, rest = ""] = /^\/(\S+)\s*(.*)$/.exec(line) ?? [];
    const [, player = "", more = ""] = /^(\S*)\s*(.*)$/.exec(rest) ?? [];
    switch (name) {
      case "ban":
        return this.#need(player, () => this.#ban(player, more));
      case "unban":
        return this.#need(player, () => this.#unban(player));
      case "kick":
        return this.#need(player, () => this.#kick(player, more));
      case "promote":
        return this.#need(player, () => this.#promote(player));
      case "demote":
        return this.#need(player, () => this.#demote(player));
      case "bans":
        return this.#told(
          this.#bans.map(({ username, reason = "" }) => `${username}${reason === "" ? "" : ` ${reason}`}`),
        );
      case "admins":
        return this.#told(this.#admins);
      case "whitelist":
        return this.#whitelisted(player, more.trim());
      default:
        return undefined;
    }
  }

  #need(player: string, act: () => string): string {
    return player === "" ? "A player name is needed.\n" : `${act()}\n`;
  }

  #told(lines: readonly string[]): string {
    return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  }

  #say(tag: string, text: string): string {
    this.console.event(tag, text);
    return text;
  }

  #ban(player: string, reason: string): string {
    this.#bans = [...this.#bans.filter(({ username }) => !same(username, player)), { username: player, reason }];
    this.#write(this.files.bans, this.#bans);
    const said = this.#say(
      "BAN",
      `${player} was banned by <server>. Reason: ${reason === "" ? "unspecified" : reason}.`,
    );
    this.#out(player);
    return said;
  }

  #unban(player: string): string {
    const left = this.#bans.filter(({ username }) => !same(username, player));
    if (left.length === this.#bans.length) return `${player} is not banned.`;
    this.#bans = left;
    this.#write(this.files.bans, left);
    return this.#say("UNBANNED", `${player} was unbanned by <server>.`);
  }

  #kick(player: string, reason: string): string {
    if (!this.host.online().some((name) => same(name, player))) return `Player ${player} doesn't exist.`;
    const said = this.#say(
      "KICK",
      `${player} was kicked by <server>. Reason: ${reason === "" ? "unspecified" : reason}.`,
    );
    this.#out(player);
    return said;
  }

  #out(player: string): void {
    const there = this.host.online().find((name) => same(name, player));
    if (there !== undefined) this.host.leave(there);
  }

  #promote(player: string): string {
    if (this.#admins.some((name) => same(name, player))) return `${player} is already an admin.`;
    this.#admins = [...this.#admins, player];
    this.#write(this.files.admins, this.#admins);
    return this.#say("PROMOTE", `${player} was promoted to admin by <server>.`);
  }

  #demote(player: string): string {
    const left = this.#admins.filter((name) => !same(name, player));
    if (left.length === this.#admins.length) return `${player} is not an admin.`;
    this.#admins = left;
    this.#write(this.files.admins, left);
    return this.#say("DEMOTE", `${player} was demoted from admin by <server>.`);
  }

  #whitelisted(act: string, player: string): string {
    const others = this.#whitelist.filter((name) => !same(name, player));
    switch (act) {
      case "add":
        return this.#need(player, () => {
          this.#setWhitelist([...others, player]);
          return `${player} has been added to the whitelist.`;
        });
      case "remove":
        return this.#need(player, () => {
          if (others.length === this.#whitelist.length) return `${player} is not on the whitelist.`;
          this.#setWhitelist(others);
          return `${player} has been removed from the whitelist.`;
        });
      case "enable":
      case "disable":
        this.#whitelistOn = act === "enable";
        this.#setWhitelist(this.#whitelist);
        return `The whitelist has been ${act}d.\n`;
      case "clear":
        this.#setWhitelist([]);
        return "The whitelist has been cleared.\n";
      case "get":
        return this.#told(this.#whitelist);
      default:
        return "Unknown whitelist command.\n";
    }
  }

  #setWhitelist(names: readonly string[]): void {
    this.#whitelist = [...names];
    if (this.#whitelistOn) this.#write(this.files.whitelist, this.#whitelist);
  }

  #write(file: string, value: unknown): void {
    writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
  }
}
