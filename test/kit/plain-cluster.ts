import { NatsBus } from "#core/adapters/nats-bus";
import { slaveId, userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import { ProjectorProcess } from "#ctl/ledger/test/projector";
import { PLATE } from "#projector/test/kit";
import type { TestNats } from "#test/kit/nats";
import { PlainWorld } from "#test/kit/plain-world";
import { until } from "#test/kit/until";

export const PATIENCE = { timeoutMs: 30_000 };
const USER = userId("op");
const SLAVE = slaveId("s1");

/** A real projector on a test's nats-server, and plain worlds of the instances a and b that have given 100 plates each. */
export class PlainCluster {
  #projector: ProjectorProcess | undefined;
  readonly worlds: PlainWorld[] = [];

  private constructor(
    private readonly nats: TestNats,
    readonly client: ClusterClient,
  ) {}

  static async start(nats: TestNats): Promise<PlainCluster> {
    const cluster = new PlainCluster(nats, new ClusterClient(new NatsBus(await nats.user(USER)), USER));
    await cluster.lead("first");
    const edge = new NatsBus(await nats.slave(SLAVE));
    for (const instance of ["a", "b"]) {
      await cluster.client.master("instance.create", { name: instance });
      const assigned = await cluster.client.master("instance.assign", { instance, slave: SLAVE });
      const { epoch } = assigned as { epoch: number };
      const of = { slave: SLAVE, user: USER, instance, epoch, resource: PLATE, exported: 100, wanted: 0 };
      cluster.worlds.push(new PlainWorld(edge, of));
    }
    await cluster.linked();
    return cluster;
  }

  /** Starts a projector with a folder of its own, and waits for it. */
  async lead(folder: string): Promise<void> {
    this.#projector = await ProjectorProcess.start(this.nats, folder, 1_000);
    await until(() => this.client.cluster().catch(() => undefined), { ...PATIENCE, what: "a projector leads" });
  }

  async linked(): Promise<void> {
    const all = async () => (await this.client.worlds()).filter(({ open }) => open).length === this.worlds.length;
    await until(all, { ...PATIENCE, what: "all worlds have a session" });
  }

  async stopLeader(signal?: NodeJS.Signals): Promise<void> {
    await this.#projector?.stop(signal);
  }

  /** Where it is, for commands that ask as a user, and for those that read the streams. */
  async where(): Promise<{ readonly user: string[]; readonly core: string[] }> {
    const { identity, url } = this.nats;
    const [core, user] = [await identity.masterCreds(), await identity.userCreds(USER)];
    const at = ["--nats-url", url];
    return { user: [...at, "--creds", user.path], core: [...at, "--core-creds", core.path] };
  }
}
