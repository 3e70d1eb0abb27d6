import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { Bridge } from "#bridge/bridge";
import { folderInstalls } from "#bridge/game/adapters/folder-installs";
import { standInInstall } from "#bridge/game/adapters/installs";
import { realGame } from "#bridge/game/adapters/real-game";
import { realVault } from "#bridge/game/adapters/vault";
import { ourMod } from "#bridge/instance/mods";
import { LIMITS } from "#bridge/supervisor/limits";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { nodeRandom } from "#core/adapters/node-random";
import { packageRoot } from "#core/adapters/package-root";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { isAlive } from "#core/adapters/process-id";
import { type InstanceId, slaveId, userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import { ProjectorProcess } from "#ctl/ledger/test/projector";
import type { TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

export const PATIENCE = { timeoutMs: 10_000 };
const USER = userId("op");

/** A real projector, and the bridges of two slaves that run the stand-in; bridges are opened and closed as a test likes. */
export class TwoSlaves {
  readonly #open = new Map<string, Bridge>();
  #projector: ProjectorProcess | undefined;
  readonly log: string[] = [];

  private constructor(
    private readonly nats: TestNats,
    readonly dir: string,
    readonly client: ClusterClient,
    readonly bus: NatsBus,
  ) {}

  static async start(nats: TestNats): Promise<TwoSlaves> {
    const bus = new NatsBus(await nats.user(USER));
    const dir = await mkdtemp(join(tmpdir(), "two-slaves-"));
    const cluster = new TwoSlaves(nats, dir, new ClusterClient(bus, USER), bus);
    const led = cluster.lead("first");
    await Promise.all([cluster.openBridge("home"), cluster.openBridge("attic"), led]);
    return cluster;
  }

  async lead(folder: string): Promise<void> {
    this.#projector = await ProjectorProcess.start(this.nats, folder, 1_000);
    await until(() => this.client.cluster().catch(() => undefined), { ...PATIENCE, what: "a projector leads" });
  }

  async stopLeader(): Promise<void> {
    await this.#projector?.stop();
  }

  /** The broker lost all that CORE kept, and its streams were made anew. */
  async emptyStreams(): Promise<void> {
    const link = await this.nats.master();
    const manager = await jetstreamManager(link.nc);
    for (const name of ["LEDGER", "EVENTS", "ACCESS", "LISTS", "PLAYERS"]) await manager.streams.delete(name);
    await prepareStreams(link);
  }

  async openBridge(name: string): Promise<Bridge> {
    const files = realGame();
    const demo = await files.mods(join(packageRoot(), "sim/demo-world"));
    const mods = [await ourMod(files, join(packageRoot(), "lua-mod/dist/2.1")), ...demo];
    const bus = new NatsBus(await this.nats.slave(name));
    const settings = {
      ...{
        slave: slaveId(name),
        dir: join(this.dir, name),
        install: standInInstall(4),
        mods,
        gameAddress: "127.0.0.1",
      },
      ...{ limits: LIMITS, version: "0.1.0" },
    };
    const node = { clock: nodeClock, random: nodeRandom, disk: nodeDisk };
    const journal = (_level: string, message: string) => void this.log.push(`${name}: ${message}`);
    const installs = folderInstalls({ folder: join(this.dir, name, "factorio"), releases: "http://127.0.0.1:1" });
    const ports = { ...node, bus, facts: bus, game: realGame(), journal, vault: realVault, installs };
    const bridge = await Bridge.open(settings, ports);
    // What it listens to is known to the broker.
    await bus.flush();
    this.#open.set(name, bridge);
    return bridge;
  }

  bridge(name: string): Bridge {
    const bridge = this.#open.get(name);
    if (bridge === undefined) throw new Error(`${name} is closed`);
    return bridge;
  }

  async closeBridge(name: string, stopGames = false): Promise<void> {
    const bridge = this.#open.get(name);
    this.#open.delete(name);
    await bridge?.close({ stopGames });
  }

  folder(slave: string, instance: string): string {
    return join(this.dir, slave, "instances", instance);
  }

  /** Running games of an instance, on either slave. */
  async games(instance: string): Promise<readonly { readonly slave: string; readonly pid: number }[]> {
    const game = realGame();
    const found = await Promise.all(
      ["home", "attic"].map(async (slave) =>
        (await game.find(join(this.folder(slave, instance), "config.ini"))).map(({ pid }) => ({ slave, pid })),
      ),
    );
    return found.flat();
  }

  async linked(slave: string, instance: InstanceId): Promise<void> {
    const is = () => this.#open.get(slave)?.runner(instance)?.telemetry().linked;
    await until(is, { ...PATIENCE, what: `${instance} is linked on ${slave}` }).catch((error) => {
      const state = JSON.stringify(this.#open.get(slave)?.runner(instance)?.telemetry());
      throw new Error(`${error.message}: ${state}\n${this.log.slice(-20).join("\n")}`);
    });
  }

  async where(): Promise<{ readonly user: string[]; readonly core: string[] }> {
    const { identity, url } = this.nats;
    const [core, user] = [await identity.masterCreds(), await identity.userCreds(USER)];
    return { user: ["--nats-url", url, "--creds", user.path], core: ["--nats-url", url, "--core-creds", core.path] };
  }

  async close(): Promise<void> {
    for (const name of [...this.#open.keys()]) await this.closeBridge(name, true);
    const game = realGame();
    for (const slave of ["home", "attic"])
      for (const { pid, started } of await game.find(join(this.dir, slave)).catch(() => [])) {
        game.signal({ pid, started }, "SIGKILL");
        await until(() => !isAlive({ pid, started }), { what: "no game is left" });
      }
    await this.#projector?.stop("SIGKILL");
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}
