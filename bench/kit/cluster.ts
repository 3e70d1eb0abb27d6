import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BenchNats } from "#bench/kit/nats";
import type { Access } from "#bench/load/simulated-bridge";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeDisk } from "#core/adapters/node-disk";
import { packageRoot } from "#core/adapters/package-root";
import { type SlaveId, slaveId, userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import { patiently } from "#ctl/up/patience";

const USER = userId("bench");
/** The projector stands by for 3 s first. */
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 10_000;

export const program = (name: string): string => join(packageRoot(), "dist", name, "main.js");

/** A daemon of this package, its output in a file. */
export class Daemon {
  #exited: Promise<void>;

  private constructor(
    private readonly child: ChildProcess,
    readonly log: string,
  ) {
    this.#exited = new Promise((resolve) => child.once("exit", () => resolve()));
  }

  static start(name: string, folder: string, args: readonly string[], called = name): Daemon {
    const log = join(folder, `${called}.log`);
    const output = openSync(log, "a");
    const child = spawn(process.execPath, [program(name), "run", ...args], { stdio: ["ignore", output, output] });
    process.once("exit", () => child.kill());
    return new Daemon(child, log);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS_MAX);
    await this.#exited;
    clearTimeout(timer);
  }
}

/** A nats-server and a projector, as processes, and an operator's connection to them. */
export class BenchCluster {
  private constructor(
    readonly nats: BenchNats,
    readonly projector: Daemon,
    private readonly link: NatsLink,
    readonly bus: NatsBus,
    readonly client: ClusterClient,
  ) {}

  static async start(): Promise<BenchCluster> {
    const nats = await BenchNats.start();
    try {
      return await BenchCluster.on(nats);
    } catch (error) {
      await nats.stop();
      throw error;
    }
  }

  /** On a server that is there already, with what its streams hold; resolves when the projector leads. */
  static async on(nats: BenchNats): Promise<BenchCluster> {
    const key = join(nats.folder, "assignment.key");
    await nodeDisk.write(key, new TextEncoder().encode(nats.identity.assignment.seed));
    const { path: creds } = await nats.identity.masterCreds();
    const data = join(nats.folder, "projector");
    await mkdir(data, { recursive: true });
    const args = ["--nats-url", nats.url, "--creds", creds, "--dir", data, "--assignment-key", key];
    const projector = Daemon.start("master-projector", nats.folder, args);
    const { bytes } = await nats.identity.userCreds(USER);
    const link = await connectNats({ servers: nats.url, creds: bytes, name: USER });
    const bus = new NatsBus(link);
    const client = new ClusterClient(bus, USER);
    const cluster = new BenchCluster(nats, projector, link, bus, client);
    const signal = AbortSignal.timeout(READY_MS_MAX);
    try {
      await patiently(() => client.cluster(), { clock: nodeClock, signal, ms: READY_MS_MAX });
    } catch (error) {
      process.stderr.write(await readFile(projector.log, "utf8"));
      await cluster.stopMaster();
      throw error;
    }
    return cluster;
  }

  /** Makes instances and gives them to a slave; what the slave needs to connect. */
  async slave(name: string, instanceCount: number): Promise<Access> {
    const slave: SlaveId = slaveId(name);
    const instances = Array.from({ length: instanceCount }, (_, n) => `${name}-${n}`);
    for (const instance of instances) {
      await this.client.master("instance.create", { name: instance });
      await this.client.master("instance.assign", { instance, slave });
    }
    const { bytes } = await this.nats.identity.slaveCreds(slave);
    return { url: this.nats.url, slave: name, creds: new TextDecoder().decode(bytes), instances };
  }

  async masterAccess(): Promise<{ readonly url: string; readonly creds: string }> {
    const { bytes } = await this.nats.identity.masterCreds();
    return { url: this.nats.url, creds: new TextDecoder().decode(bytes) };
  }

  /** The bridge of a slave that has its instances, with its games in a folder of its own. */
  async bridge({ slave }: Access): Promise<Daemon> {
    const { path: creds } = await this.nats.identity.slaveCreds(slaveId(slave));
    const dir = join(this.nats.folder, slave);
    const args = ["--slave", slave, "--nats-url", this.nats.url, "--creds", creds, "--dir", dir];
    return Daemon.start("slave-bridge", this.nats.folder, args, slave);
  }

  /** All but the server. */
  async stopMaster(): Promise<void> {
    await this.link.close();
    await this.projector.stop();
  }

  async stop(): Promise<void> {
    await this.stopMaster();
    await this.nats.stop();
  }
}
