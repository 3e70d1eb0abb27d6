import { ordered, textAt } from "#bridge/instance/live-settings";
import { LIVE_SETTINGS, type LiveSetting } from "#core/config-effect";
import { isClusterioError, messageOf } from "#core/errors";
import type { InstanceConfig } from "#core/instance-config";

/**
 * What a server that the bridge does not start is told of its settings while it runs: those that the configuration names, since
 * what it was started with is its owner's affair.
 *
 * AG1 each connection is told all of them: whoever started it anew knew nothing of them. While one lasts it is told what changes.
 */

/** Console commands, by setting. */
export const namedCommands = ({ settings = {} }: InstanceConfig): ReadonlyMap<LiveSetting, string> => {
  const { visibility = {} } = settings;
  const named = (key: LiveSetting) =>
    key.startsWith("visibility.")
      ? Object.hasOwn(visibility, key.slice("visibility.".length))
      : Object.hasOwn(settings, key);
  const keys = ordered(visibility.public === true).filter(named);
  return new Map(keys.map((key) => [key, `/config set ${LIVE_SETTINGS[key]} ${textAt(settings, key)}`]));
};

export interface AttachedSettingsHands {
  /** @throws ClusterioError `unavailable` when it is not there to be told. */
  ask(command: string): Promise<unknown>;
  note(message: string): void;
}

export class AttachedSettings {
  #told = new Map<LiveSetting, string>();
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly hands: AttachedSettingsHands) {}

  /** AG1 */
  connected(config: InstanceConfig): Promise<void> {
    return this.#then(() => {
      this.#told = new Map();
      return this.#tell(config);
    });
  }

  changed(config: InstanceConfig): Promise<void> {
    return this.#then(() => this.#tell(config));
  }

  #then(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work);
    return this.#work;
  }

  async #tell(config: InstanceConfig): Promise<void> {
    const wanted = namedCommands(config);
    for (const key of this.#told.keys()) {
      if (wanted.has(key)) continue;
      this.#told.delete(key);
      this.hands.note(`settings.${key} is not set any more: its server keeps the value until it is started anew`);
    }
    try {
      for (const [key, command] of wanted) {
        if (this.#told.get(key) === command) continue;
        await this.hands.ask(command);
        this.#told.set(key, command);
      }
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      this.hands.note(`its settings wait until it can be told: ${messageOf(error)}`);
    }
  }
}
