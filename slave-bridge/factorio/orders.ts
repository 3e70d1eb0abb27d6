import type { SlaveOrder } from "#bridge/commands";
import { Installing } from "#bridge/factorio/installing";
import type { FactorioInstalls } from "#bridge/factorio/port";
import type { Ports } from "#bridge/ports";
import { badInput, refused } from "#core/errors";
import type { FactorioView } from "#core/events/command";
import { CHANNELS, parsePin } from "#core/game-version";
import type { InstanceId } from "#core/ids";

export type FactorioOrder = Extract<SlaveOrder, { readonly verb: `factorio-${string}` }>;

/** As much of an instance as its game's files matter to. */
export interface GameUser {
  readonly instance: InstanceId;
  /** The version that its game runs now. */
  readonly gameVersion: string | undefined;
  readonly pinned: string | undefined;
}

/** What operators order about the installs of this machine. */
export class FactorioOrders {
  readonly #installs: FactorioInstalls | undefined;
  readonly #installing: Installing | undefined;

  constructor({ installs, journal }: Pick<Ports, "installs" | "journal">) {
    this.#installs = installs;
    this.#installing = installs === undefined ? undefined : new Installing(installs, journal);
  }

  /** @throws ClusterioError */
  async carryOut(order: FactorioOrder, users: readonly GameUser[]): Promise<unknown> {
    const { installs, installing } = this.#here();
    switch (order.verb) {
      case "factorio-install":
        parsePin(order.data.version);
        return installing.begin(order.data.version);
      case "factorio-status":
        return installing.job ?? {};
      case "factorio-list":
        return { installs: await this.#list(installs, users) };
      case "factorio-remove": {
        const { version } = order.data;
        const usedBy = usersOf(version, users);
        if (usedBy.length > 0)
          throw refused(
            `Factorio ${version} is used by ${usedBy.join(", ")}: stop what runs it, or set another version`,
          );
        if (installing.busyWith(version)) throw refused(`Factorio ${version} is being installed: wait for it`);
        await installs.remove(version);
        return { removed: version };
      }
    }
  }

  async close(): Promise<void> {
    await this.#installing?.close();
  }

  #here() {
    if (this.#installs === undefined || this.#installing === undefined)
      throw badInput("this bridge has no folder for installs of the game");
    return { installs: this.#installs, installing: this.#installing };
  }

  async #list(installs: FactorioInstalls, users: readonly GameUser[]): Promise<FactorioView[]> {
    const channels = await installs.channels();
    return (await installs.list()).map(({ version }) => ({
      version,
      channels: CHANNELS.filter((channel) => channels[channel] === version),
      usedBy: usersOf(version, users),
    }));
  }
}

/** Instances that a version must stay for. */
export const usersOf = (version: string, users: readonly GameUser[]): string[] =>
  users
    .filter(({ gameVersion, pinned }) => gameVersion === version || pinned === version)
    .map(({ instance }) => instance);
