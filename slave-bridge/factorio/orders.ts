import type { SlaveOrder } from "#bridge/commands";
import { Installing } from "#bridge/factorio/installing";
import type { FactorioInstalls } from "#bridge/factorio/port";
import type { Ports } from "#bridge/ports";
import { Incoming } from "#bridge/saves/incoming";
import { badInput, refused, unavailable } from "#core/errors";
import { ARCHIVE_BYTES_MAX, type FactorioView } from "#core/events/command";
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

type FactorioPorts = Pick<Ports, "installs" | "journal" | "vault" | "clock">;
type Upload = Extract<FactorioOrder, { readonly verb: "factorio-upload" }>["data"];

/** Archives that come, until they are whole and installed. No version's name begins with a dot. */
const incomingArchives = (dir: string): string => `${dir}/factorio/.incoming`;

/** What operators order about the installs of this machine. */
export class FactorioOrders {
  readonly #installs: FactorioInstalls | undefined;
  readonly #installing: Installing | undefined;
  readonly #incoming: Incoming | undefined;
  readonly #ports: FactorioPorts;

  /** `dir`: the bridge's folder, absolute. */
  constructor(ports: FactorioPorts, dir: string) {
    const { installs, journal, vault } = ports;
    this.#ports = ports;
    this.#installs = installs;
    this.#installing = installs === undefined ? undefined : new Installing(installs, journal);
    this.#incoming = vault === undefined ? undefined : new Incoming(vault, incomingArchives(dir), ARCHIVE_BYTES_MAX);
  }

  /** @throws ClusterioError */
  async carryOut(order: FactorioOrder, body: Uint8Array | undefined, users: readonly GameUser[]): Promise<unknown> {
    const { installs, installing } = this.#here();
    switch (order.verb) {
      case "factorio-upload":
        return this.#upload(order.data, body, installing);
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
        installing.forget();
        await installs.remove(version);
        return { removed: version };
      }
    }
  }

  /** What nobody goes on with is removed. */
  async clean(): Promise<void> {
    await this.#incoming?.clean(this.#ports.clock.now());
  }

  async #upload(ask: Upload, body: Uint8Array | undefined, installing: Installing): Promise<unknown> {
    const { vault } = this.#ports;
    const incoming = this.#incoming;
    if (incoming === undefined || vault === undefined) throw unavailable("this bridge keeps no files");
    const known = ask.op === "put" ? undefined : installing.of(ask.sha256);
    switch (ask.op) {
      case "begin":
        if (known !== undefined) return { offset: ask.bytes, done: true };
        return { offset: await incoming.begin(ask), done: false };
      case "put":
        return { offset: await incoming.put(ask.sha256, ask.offset, body ?? new Uint8Array()) };
      case "finish":
        if (known !== undefined) return known;
        return incoming.finish(ask, async (part) => {
          const { name: wanted, version, sha256: sum } = ask;
          return installing.beginFrom(part, { wanted, version, sum }, () => vault.remove(part));
        });
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
