import { settingsOf } from "#bridge/instance/settings";
import { LIVE_SETTINGS, type LiveSetting } from "#core/config-effect";
import { isClusterioError, messageOf } from "#core/errors";
import type { InstanceConfig } from "#core/instance-config";
import type { Disk } from "#core/ports/disk";

/**
 * What a running game is told of its changed settings: the game's own `/config set`.
 *
 * GS1 server-settings.json is what the game was told last: at its start, and since. So whoever comes later, another bridge or
 *     this one after a silence, tells it just what is missing.
 */

const KEYS = Object.keys(LIVE_SETTINGS) as LiveSetting[];

/** Public visibility needs verification: the one goes off before, and on after the other. */
export const ordered = (goesPublic: boolean): LiveSetting[] => {
  const others = KEYS.filter((key) => key !== "visibility.public");
  return goesPublic ? [...others, "visibility.public"] : ["visibility.public", ...others];
};

type Settings = ReturnType<typeof settingsOf>;
export type Told = Partial<Omit<Settings, "visibility">> & { readonly visibility?: Partial<Settings["visibility"]> };

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(" ") : String(value));

export const textAt = ({ visibility, ...settings }: Told, key: LiveSetting): string => {
  if (key === "visibility.lan") return textOf(visibility?.lan);
  if (key === "visibility.public") return textOf(visibility?.public);
  return textOf(settings[key]);
};

/** The console commands that make a game that was told `before` one with `after`. */
export const liveCommands = (before: Told, after: Told): string[] =>
  ordered(textAt(after, "visibility.public") === "true")
    .filter((key) => textAt(before, key) !== textAt(after, key))
    .map((key) => `/config set ${LIVE_SETTINGS[key]} ${textAt(after, key)}`);

/** What it was told before with all that it can be told while it runs. */
const told = (before: Told, after: Settings): Told => {
  const live = KEYS.filter((key): key is Exclude<LiveSetting, `visibility.${string}`> => !key.includes("."));
  const own = Object.fromEntries(live.map((key) => [key, after[key]]));
  return { ...before, ...own, visibility: after.visibility };
};

export interface LiveHands {
  readonly disk: Disk;
  /** server-settings.json */
  readonly path: string;
  /** @throws ClusterioError `unavailable` when the game is not there to be told. */
  send(command: string): Promise<unknown>;
  note(message: string): void;
}

export class LiveSettings {
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly hands: LiveHands) {}

  /** Tells a game that runs what it was not told yet; one that is not there has it from the file at its next start. */
  apply(config: InstanceConfig): Promise<void> {
    this.#work = this.#work.then(() => this.#apply(config));
    return this.#work;
  }

  async #apply(config: InstanceConfig): Promise<void> {
    const { disk, path, send, note } = this.hands;
    const bytes = await disk.read(path);
    if (bytes === undefined) return;
    const [before, after] = [JSON.parse(new TextDecoder().decode(bytes)) as Told, settingsOf(config)];
    const commands = liveCommands(before, after);
    if (commands.length === 0) return;
    try {
      for (const command of commands) await send(command);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      return note(`its changed settings wait until it can be told: ${messageOf(error)}`);
    }
    const file = new TextEncoder().encode(`${JSON.stringify(told(before, after), undefined, 2)}\n`);
    // It is told again, which changes nothing.
    await disk.write(path, file).catch((error) => note(`what it was told is not on disk: ${messageOf(error)}`));
    note(`it was told: ${commands.map((command) => command.slice("/config set ".length)).join(", ")}`);
  }
}
