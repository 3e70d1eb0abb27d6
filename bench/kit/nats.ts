import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { createIdentity, type Identity } from "#core/identity/identity";
import { ensureStreams } from "#core/streams";
import { findNatsServer } from "#ctl/nats-server/find";
import { type NatsServer, startNatsServer } from "#ctl/nats-server/run";

/** A nats-server of one scenario's own, configured as the shipped one: free port, own folder, both accounts. */
export class BenchNats {
  private constructor(
    readonly folder: string,
    readonly identity: Identity,
    readonly version: string,
    private readonly server: NatsServer,
  ) {}

  static async start(): Promise<BenchNats> {
    const found = await findNatsServer({ env: process.env, report: (line) => process.stderr.write(`${line}\n`) });
    const folder = await mkdtemp(join(tmpdir(), "clusterio-bench-"));
    try {
      const identity = await createIdentity(join(folder, "identity"), nodeDisk);
      const server = await startNatsServer({ binary: found.path, folder: join(folder, "nats"), identity, port: -1 });
      return new BenchNats(folder, identity, found.version, server);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get url(): string {
    return this.server.url;
  }

  get pid(): number {
    return this.server.pid;
  }

  async master(): Promise<NatsLink> {
    const { bytes } = await this.identity.masterCreds();
    return connectNats({ servers: this.url, creds: bytes, name: "master" });
  }

  async ensureStreams(): Promise<void> {
    const link = await this.master();
    await ensureStreams(await jetstreamManager(link.nc));
    await link.close();
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
