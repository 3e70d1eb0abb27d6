import { createHash } from "node:crypto";
import { DEFAULT_LINE, GAME_VERSIONS, type GameLine } from "#sim/factorio/game-version";
import { parseLocale } from "#sim/factorio/locale";
import { LuaState } from "#sim/factorio/lua-state";
import { loadMods, type Mod, withMiniature } from "#sim/factorio/mods";
import { packSave, type SaveContent, unpackSave } from "#sim/factorio/save-file";

export type SettingValue = boolean | number | string;

/** Folder with mods as folders or zips, and perhaps a mod-list.json; or the mods themselves. */
type ModSource = { readonly modDirectory: string } | { readonly mods: readonly Mod[] };

export type GameOptions = ModSource & {
  /** Which game is played: DEFAULT_LINE when left out. */
  readonly line?: GameLine;
  /** Values that players chose in the settings window, by setting name; defaults come from settings.lua. */
  readonly settings?: {
    readonly startup?: Readonly<Record<string, SettingValue>>;
    readonly global?: Readonly<Record<string, SettingValue>>;
  };
  /** Iterate tables in another order than other peers: any number, a different one for each peer. */
  readonly shufflePairs?: number;
  /** False for a joined client: it writes no server files and answers no RCON. */
  readonly isServer?: boolean;
};

/** What the game asks its host to do; in order. */
export type Output =
  | { readonly kind: "file"; readonly path: string; readonly data: string; readonly append: boolean }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "log"; readonly text: string; readonly at: string }
  | { readonly kind: "chat" | "message"; readonly text: string }
  | { readonly kind: "player"; readonly player: string; readonly text: string }
  | { readonly kind: "join" | "leave"; readonly player: string }
  | { readonly kind: "save" | "autosave"; readonly name?: string }
  | { readonly kind: "quit"; readonly why: string };

/** One peer of one map: real mods in real Lua. Throws LuaError with the game's words when a mod fails. */
export class Game {
  readonly #state = new LuaState();
  readonly line: GameLine;
  readonly mods: readonly Mod[];

  private constructor(options: GameOptions) {
    this.line = options.line ?? DEFAULT_LINE;
    this.mods = "mods" in options ? withMiniature(options.mods, this.line) : loadMods(options.modDirectory, this.line);
    this.#state.call(
      "options",
      JSON.stringify({
        server: options.isServer ?? true,
        game_version: GAME_VERSIONS[this.line],
        game_line: this.line,
        startup_settings: options.settings?.startup ?? {},
        global_settings: options.settings?.global ?? {},
        ...(options.shufflePairs !== undefined && { shuffle: Math.abs(Math.trunc(options.shufflePairs)) }),
      }),
    );
    this.#state.call("locale", JSON.stringify(Object.fromEntries(this.mods.flatMap(englishTexts))));
    for (const mod of this.mods) {
      for (const [path, source] of mod.files) {
        if (/\.lua$|^migrations\//.test(path)) this.#state.call("mod_file", `${mod.name}/${path}\n${source}`);
      }
    }
    this.#state.call(
      "prepare",
      JSON.stringify(this.mods.map(({ name, version, title }) => ({ name, version, title }))),
    );
  }

  /** Loads the mods, up to where the game prints "Factorio initialised"; `startMap` or `openSave` must follow. */
  static prepare(options: GameOptions): Game {
    return new Game(options);
  }

  /** Loads the mods and makes a new map. */
  static create(options: GameOptions & { readonly seed?: number }): Game {
    const game = new Game(options);
    game.startMap(options.seed ?? 1);
    return game;
  }

  /** Loads the mods and a save that `save()` made. */
  static load(save: Uint8Array, options: GameOptions): Game {
    const game = new Game(options);
    game.openSave(save);
    return game;
  }

  /** A new map, also in place of one that is open: what that was is gone. */
  startMap(seed: number, mapGenSettings: object = {}): void {
    this.#closingOnFailure(() => this.#state.call("new", `${seed}\n${JSON.stringify(mapGenSettings)}`));
  }

  openSave(save: Uint8Array): void {
    this.openContent(unpackSave(save, this.line));
  }

  /** A save's content without its file, also in place of a map that is open. */
  openContent({ level, script }: SaveContent): void {
    const head = new TextEncoder().encode(`${level.length} `);
    this.#closingOnFailure(() => this.#state.call("load", Buffer.concat([head, level, script])));
  }

  #closingOnFailure(open: () => void): void {
    try {
      open();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Runs `count` ticks; returns the tick reached. */
  tick(count = 1): number {
    return Number(this.#state.call("tick", String(count)));
  }

  now(): number {
    return Number(this.#state.call("now"));
  }

  /** A console line as RCON sends it; returns RCON's reply ("" or lines that end with a newline). */
  rcon(line: string): string {
    return this.#state.call("rcon", line);
  }

  /** What the game wrote since the last call. */
  drain(): Output[] {
    return JSON.parse(this.#state.call("drain")) as Output[];
  }

  /** A save file's bytes (a zip), loadable by Game.load. */
  save(name = "save"): Uint8Array {
    return packSave(this.content(), { name, line: this.line });
  }

  /** What a save of now holds, for `openContent`. */
  content(): SaveContent {
    const bytes = Buffer.from(this.#state.callBytes("save"));
    const space = bytes.indexOf(" ");
    const split = space + 1 + Number(bytes.subarray(0, space).toString());
    return { level: bytes.subarray(space + 1, split), script: bytes.subarray(split) };
  }

  /** A mod's `storage` as text: equal on two peers exactly when they are in step. */
  storageText(mod: string): string {
    return this.#state.call("storage", mod);
  }

  storageHash(mod: string): string {
    return createHash("sha256").update(this.storageText(mod)).digest("hex");
  }

  /**
   * Runs Lua in the scenario's environment with `test.*` (lua/test-hooks.lua) for what players and robots do. Returns
   * what the code returns: strings as they are, tables as JSON.
   */
  eval(code: string): string {
    return this.#state.call("eval", code);
  }

  /** Every class member, define and global that is offered, for the conformance test. */
  offered(): unknown {
    return JSON.parse(this.#state.call("offered"));
  }

  close(): void {
    this.#state.close();
  }
}

const englishTexts = (mod: Mod): [string, string][] =>
  [...mod.files].flatMap(([path, text]) => (/^locale\/en\/[^/]+\.cfg$/.test(path) ? parseLocale(text) : []));
