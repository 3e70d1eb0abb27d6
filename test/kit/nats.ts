import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { nodeDisk } from "#core/adapters/node-disk";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { createIdentity, type Identity } from "#core/identity/identity";
import { slaveId, userId } from "#core/ids";
import { findNatsServer } from "#ctl/nats-server/find";
import { type NatsServer, startNatsServer } from "#ctl/nats-server/run";
import { until } from "#test/kit/until";

/** A fresh machine fetches a nats-server first. */
export const NATS_START_MS_MAX = 120_000;

/** A nats-server of a test's own: free port, own folder, whole identities; gone after `close`. */
export class TestNats {
  readonly #links: NatsLink[] = [];

  private constructor(
    private readonly binary: string,
    readonly folder: string,
    readonly identity: Identity,
    private server: NatsServer,
  ) {}

  /** In a folder of its own, or in the given one; either is gone afterwards. */
  static async start(given?: string): Promise<TestNats> {
    const lines: string[] = [];
    const found = await findNatsServer({ env: process.env, report: (line) => lines.push(line) });
    const folder = given ?? (await mkdtemp(join(tmpdir(), "clusterio-nats-")));
    try {
      const identity = await createIdentity(join(folder, "identity"), nodeDisk);
      const server = await startNatsServer({ binary: found.path, folder: join(folder, "nats"), identity, port: -1 });
      return new TestNats(found.path, folder, identity, server);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The same with all streams, and a master's connection to them. */
  static async withStreams(): Promise<{ readonly nats: TestNats; readonly link: NatsLink }> {
    const nats = await TestNats.start();
    const link = await nats.master();
    await prepareStreams(link);
    return { nats, link };
  }

  get url(): string {
    return this.server.url;
  }

  get pid(): number {
    return this.server.pid;
  }

  /** A connection of the master, closed with the server. */
  async master(onProblem?: (error: Error) => void): Promise<NatsLink> {
    return this.#connect("master", (await this.identity.masterCreds()).bytes, onProblem);
  }

  async slave(id: string, onProblem?: (error: Error) => void): Promise<NatsLink> {
    return this.#connect(id, (await this.identity.slaveCreds(slaveId(id))).bytes, onProblem);
  }

  async user(id: string, onProblem?: (error: Error) => void): Promise<NatsLink> {
    return this.#connect(id, (await this.identity.userCreds(userId(id))).bytes, onProblem);
  }

  async #connect(name: string, creds: Uint8Array, onProblem: (error: Error) => void = () => {}): Promise<NatsLink> {
    const link = await connectNats({ servers: this.url, creds, name, onProblem });
    this.#links.push(link);
    return link;
  }

  /** Ends the server at once, as a crash does; `restart` brings it back. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.server.kill(signal);
    await this.server.exited;
  }

  /** Stops the server's time: it holds its connections and answers nothing. `kill` ends that. */
  async freeze(): Promise<void> {
    this.server.kill("SIGSTOP");
    const tasks = `/proc/${this.pid}/task`;
    // Each thread stops by itself, some a moment later.
    const stopped = async (thread: string) =>
      /^State:\s*T/m.test(await readFile(join(tasks, thread, "status"), "utf8").catch(() => "State: T"));
    const all = async () => (await Promise.all((await readdir(tasks)).map(stopped))).every(Boolean);
    await until(all, { what: "all threads of the server are stopped" });
  }

  /** Stops the server if it runs and starts it again on the same port. */
  async restart({ keepData }: { keepData: boolean }): Promise<void> {
    const { port } = this.server;
    await this.server.stop();
    if (!keepData) await rm(this.data, { recursive: true, force: true });
    const options = { binary: this.binary, folder: join(this.folder, "nats"), identity: this.identity, port };
    this.server = await startNatsServer(options);
  }

  /** Stops the server and keeps a copy of its streams as they are now; the returned function, called while it is stopped, puts them back. */
  async stopAndCopyData(): Promise<() => Promise<void>> {
    await this.server.stop();
    const copy = await mkdtemp(join(this.folder, "copy-"));
    await cp(this.data, copy, { recursive: true });
    return async () => {
      await rm(this.data, { recursive: true, force: true });
      await cp(copy, this.data, { recursive: true });
    };
  }

  /** Closes the connections that were made after there were `keep` of them. */
  async closeLinks(keep: number): Promise<void> {
    await Promise.all(this.#links.splice(keep).map((link) => link.close()));
  }

  get linkCount(): number {
    return this.#links.length;
  }

  async stopServer(): Promise<void> {
    await this.server.stop();
  }

  async close(): Promise<void> {
    await this.closeLinks(0);
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Its streams. */
  get data(): string {
    return join(this.folder, "nats", "jetstream");
  }
}

/**
 * One server for all tests of a file: `const nats = useNats();` at its top, `nats()` inside the tests. Connections that a
 * test makes are closed after it.
 */
export const useNats = (): (() => TestNats) => {
  let server: TestNats | undefined;
  beforeAll(async () => {
    server = await TestNats.start();
  }, NATS_START_MS_MAX);
  let kept = 0;
  beforeEach(() => {
    kept = server?.linkCount ?? 0;
  });
  afterEach(async () => {
    await server?.closeLinks(kept);
  });
  afterAll(async () => {
    await server?.close();
  }, 30_000);
  return () => {
    if (server === undefined) throw new Error("the nats-server is started by beforeAll: ask for it inside a test");
    return server;
  };
};
