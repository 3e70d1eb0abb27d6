import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { packageRoot } from "#core/adapters/package-root";
import { credentialsAnswer } from "#core/events/access";
import { accessKeysFile } from "#core/identity/identity";
import { OwnKey } from "#core/identity/own-key";
import { type SlaveId, slaveId, type UserId, userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import type { TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

export interface Made<Id> {
  readonly id: Id;
  readonly link: NatsLink;
  readonly creds: string;
  readonly problems: Error[];
}

/** A real projector that keeps the book of rights, and whoever it makes. */
export class AccessKit {
  #projector!: ChildProcess;
  /** What the projector said. */
  said = "";
  admin!: ClusterClient;
  /** The admin's own connection. */
  rootLink!: NatsLink;
  rootBus!: NatsBus;
  readonly #open: NatsLink[] = [];

  constructor(private readonly nats: TestNats) {}

  async start(): Promise<void> {
    const { identity } = this.nats;
    const root = userId("root");
    const { bytes } = await identity.userCreds(root);
    await this.startProjector();
    const link = await this.connect(new TextDecoder().decode(bytes), root);
    this.rootLink = link;
    this.rootBus = new NatsBus(link);
    this.admin = new ClusterClient(this.rootBus, root);
    await this.answers();
  }

  async answers(): Promise<void> {
    const asked = () => this.admin.access("user.list", {}, z.unknown()).catch(() => false);
    await until(asked, { timeoutMs: 30_000, what: "the master answers" });
  }

  async startProjector(): Promise<void> {
    const { folder, identity, url } = this.nats;
    const key = join(folder, "assignment.nk");
    await nodeDisk.write(key, new TextEncoder().encode(identity.assignment.seed));
    const main = join(packageRoot(), "dist", "master-projector", "main.js");
    const creds = (await identity.masterCreds()).path;
    const given = ["--nats-url", url, "--creds", creds, "--dir", join(folder, "projector"), "--assignment-key", key];
    // So few that a busy machine can flood, too.
    const keys = ["--access-keys", accessKeysFile(join(folder, "identity")), "--flood-messages", "3000"];
    this.said = "";
    const child = spawn(process.execPath, [main, "run", ...given, ...keys], { stdio: ["ignore", "pipe", "pipe"] });
    this.#projector = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        this.said += chunk;
      });
    const leads = () => this.said.includes("leads") || child.exitCode !== null;
    await until(leads, { timeoutMs: 30_000, what: "the projector leads" });
    if (!this.said.includes("leads")) throw new Error(`the projector ended: ${this.said}`);
  }

  async stopProjector(): Promise<void> {
    const child = this.#projector;
    const gone = new Promise((resolve) => child.once("close", resolve));
    if (child.exitCode === null && child.kill("SIGTERM")) await gone;
  }

  async connect(creds: string, name: string, problems: Error[] = []): Promise<NatsLink> {
    const options = { servers: this.nats.url, creds: new TextEncoder().encode(creds), name };
    const link = await connectNats({ ...options, onProblem: (error) => problems.push(error) });
    this.#open.push(link);
    return link;
  }

  async user(id: string, ...roles: string[]): Promise<Made<UserId> & { readonly client: ClusterClient }> {
    const key = new OwnKey();
    const asked = { user: id, roles, publicKey: key.publicKey };
    const { jwt } = await this.admin.access("user.create", asked, credentialsAnswer);
    const [creds, problems]: [string, Error[]] = [key.creds(jwt), []];
    const link = await this.connect(creds, id, problems);
    return { id: userId(id), link, client: new ClusterClient(new NatsBus(link), userId(id)), creds, problems };
  }

  async slave(name: string): Promise<Made<SlaveId>> {
    const key = new OwnKey();
    const { id, jwt } = await this.admin.access("slave.create", { name, publicKey: key.publicKey }, credentialsAnswer);
    const [creds, problems]: [string, Error[]] = [key.creds(jwt), []];
    return { id: slaveId(id), creds, link: await this.connect(creds, id, problems), problems };
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((link) => link.close()));
    await this.stopProjector();
  }
}
