import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive, type ProcessId, signalProcess } from "#core/adapters/process-id";
import { isClusterioError, messageOf, unavailable } from "#core/errors";
import type { WorldView } from "#core/events/query";
import type { Failpoint } from "#core/failpoints";
import { type InstanceId, instanceId, type SlaveId, slaveId, userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import { Watcher } from "#ctl/watch/watcher";
import { Daemon, type Exit } from "#test/e2e/chaos/kit/daemon";
import { armReaper, killAllOf } from "#test/e2e/chaos/kit/reaper";
import { TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** A loaded two-core machine is several times slower than a quiet one. */
export const PATIENCE_MS = 60_000;
/** Faster than the game: more items, saves and rounds in each second that a test waits. */
const SPEED = 4;
/** Often, so that a kill is likely to find a save half way. */
const AUTOSAVE_SECONDS = 2;
/** So that there are several in each scenario. */
const CHECKPOINT_EVERY = 20;

const THAW_EVERY_MS = 2_000;

/** Where each world runs: things flow between the slaves in both directions. The seed gives a world its role. */
const WORLDS = [
  { name: "Iron", seed: 0, slave: "alpha" },
  { name: "Copper", seed: 1, slave: "beta" },
  { name: "Circuits", seed: 2, slave: "alpha" },
] as const;

/** A client waits longer for an answer that died with whoever had it; here it is asked again. */
const ANSWER_MS_MAX = 2_000;
const silence = async (): Promise<never> => {
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS_MAX));
  throw unavailable(`no answer within ${ANSWER_MS_MAX} ms`);
};

export interface ChaosOptions {
  /** Where daemons connect to, when not straight to the server: a proxy. */
  readonly natsUrlFor?: (daemon: string, url: string) => string;
  /** What a daemon's command line begins with: a network name space. */
  readonly prefixFor?: (daemon: string) => readonly string[];
  /** Called with the cluster's folder before anything is started. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Instead of the three worlds being made by requests. */
  readonly makeWorlds?: (cluster: ChaosCluster) => Promise<void>;
  /** Below the folder: where the server, the projectors and the bridges keep their files. */
  readonly folderOf?: (part: string) => string;
}

const program = (name: string): string => join(packageRoot(), "dist", name, "main.js");

/** A whole cluster of real processes: a nats-server, two projectors, two bridges, three worlds. Gone after `close`. */
export class ChaosCluster {
  readonly daemons: Record<"p1" | "p2" | "alpha" | "beta", Daemon>;
  readonly client: ClusterClient;
  readonly watcher: Watcher;
  readonly instances: readonly InstanceId[] = WORLDS.map(({ name }) => instanceId(name.toLowerCase()));

  private constructor(
    readonly folder: string,
    readonly nats: TestNats,
    private readonly reap: () => Promise<void>,
    bus: NatsBus,
    options: ChaosOptions & { creds: ReadonlyMap<string, string> },
  ) {
    this.client = new ClusterClient(bus, userId("operator"));
    this.watcher = new Watcher(this.client, bus, nodeClock);
    const daemon = (name: string, argv: (url: string, dir: string, speed: number) => readonly string[]) =>
      new Daemon({
        name,
        folder,
        argv: (speed = SPEED) => [
          ...(options.prefixFor?.(name) ?? []),
          process.execPath,
          ...argv(
            options.natsUrlFor?.(name, nats.url) ?? nats.url,
            join(folder, options.folderOf?.(name) ?? name),
            speed,
          ),
        ],
      });
    const projector = (name: string) =>
      daemon(name, (url, dir) => [
        ...[program("master-projector"), "run", "--name", name, "--nats-url", url, "--dir", dir],
        ...["--creds", options.creds.get("master")!, "--assignment-key", join(folder, "assignment.key")],
        ...["--checkpoint-every", String(CHECKPOINT_EVERY)],
      ]);
    const bridge = (name: string) =>
      daemon(name, (url, dir, speed) => [
        ...[program("slave-bridge"), "run", "--slave", name, "--nats-url", url, "--dir", dir],
        ...["--creds", options.creds.get(name)!, "--extra-mods", join(packageRoot(), "sim", "demo-world")],
        ...["--speed", String(speed)],
      ]);
    this.daemons = {
      p1: projector("p1"),
      p2: projector("p2"),
      alpha: bridge("alpha"),
      beta: bridge("beta"),
    };
    this.#folderOf = (name) => join(folder, options.folderOf?.(name) ?? name);
  }

  readonly #folderOf: (name: string) => string;
  #closed = false;

  /** Everything runs, every world is linked, and items flow. */
  static async start(options: ChaosOptions = {}): Promise<ChaosCluster> {
    const folder = await mkdtemp(join(tmpdir(), "clusterio-chaos-"));
    const reap = armReaper(folder, spaceOf(folder));
    try {
      await options.prepare?.(folder);
      const server = join(folder, options.folderOf?.("server") ?? "server");
      await mkdir(server, { recursive: true });
      const nats = await TestNats.start(server);
      const { identity } = nats;
      const creds = new Map([["master", (await identity.masterCreds()).path]]);
      for (const name of ["alpha", "beta"]) creds.set(name, (await identity.slaveCreds(slaveId(name))).path);
      await writeFile(join(folder, "assignment.key"), `${identity.assignment.seed}\n`, { mode: 0o600 });
      const bus = new NatsBus(await nats.user("operator"));
      const cluster = new ChaosCluster(folder, nats, reap, bus, { ...options, creds });
      try {
        for (const daemon of Object.values(cluster.daemons)) await daemon.start();
        await (options.makeWorlds ?? ((it: ChaosCluster) => it.#makeWorlds()))(cluster);
        await cluster.flowing("at first");
        await cluster.#saved();
      } catch (error) {
        throw new Error(`${messageOf(error)}\n${await cluster.lastWords()}`);
      }
      return cluster;
    } catch (error) {
      await killAllOf(folder);
      await reap();
      throw error;
    }
  }

  async #makeWorlds(): Promise<void> {
    const { client } = this;
    for (const { name, seed, slave } of WORLDS) {
      const instance = instanceId(name.toLowerCase());
      const config = { seed, autosaveSeconds: AUTOSAVE_SECONDS };
      await this.patiently(
        () => client.master("instance.create", { name, config }),
        (there) => there === "refused",
      );
      await this.patiently(() => client.master("instance.assign", { instance, slave }));
      await this.patiently(() => client.bridge({ slave: slaveId(slave), instance }, "start", {}));
    }
  }

  /**
   * Every world is in a save of its own: one that dies before that, and has gone further again when its bridge comes, is a question
   * to the operator (W6), and nobody here would answer it.
   */
  async #saved(): Promise<void> {
    const has = async (instance: InstanceId) =>
      (await readdir(join(this.instanceFolder(instance), "saves"))).some((name) => /^auto-\d\.zip$/.test(name));
    const all = async () => (await Promise.all(this.instances.map(has))).every(Boolean);
    await until(all, { timeoutMs: PATIENCE_MS, what: "every world has saved once" });
  }

  /** Asks until it is answered; `enough` says which refusals are answers (a create whose answer was lost). */
  patiently = async <T>(
    ask: () => Promise<T>,
    enough: (code: string) => boolean = () => false,
  ): Promise<T | undefined> => {
    let last = "";
    const tried = async () => {
      try {
        return { answer: await Promise.race([ask(), silence()]) };
      } catch (error) {
        if (!isClusterioError(error)) throw error;
        last = error.message;
        return enough(error.code) ? { answer: undefined } : undefined;
      }
    };
    try {
      return (await until(tried, { timeoutMs: PATIENCE_MS, what: "there is an answer" })).answer;
    } catch (error) {
      throw new Error(`${messageOf(error)}; the last one: ${last}`);
    }
  };

  readonly #moved = new Map<InstanceId, SlaveId>();
  /** An operator took it there. */
  moved(instance: InstanceId, slave: SlaveId): void {
    this.#moved.set(instance, slave);
  }

  slaveOf(instance: InstanceId): SlaveId {
    const moved = this.#moved.get(instance);
    if (moved !== undefined) return moved;
    return slaveId(WORLDS.find(({ name }) => name.toLowerCase() === instance)?.slave ?? "beta");
  }

  bridgeOf(instance: InstanceId): Daemon {
    return this.slaveOf(instance) === "alpha" ? this.daemons.alpha : this.daemons.beta;
  }

  instanceFolder(instance: InstanceId): string {
    return join(this.#folderOf(this.slaveOf(instance)), "instances", instance);
  }

  /** The present process of a world. */
  game(instance: InstanceId): Promise<ProcessId> {
    const path = join(this.instanceFolder(instance), "server.json");
    const read = async () => {
      try {
        const { process } = JSON.parse(await readFile(path, "utf8"));
        return process !== null && isAlive(process) ? (process as ProcessId) : undefined;
      } catch {
        return undefined;
      }
    };
    return until(read, { timeoutMs: PATIENCE_MS, what: `the world of ${instance} runs` });
  }

  async killGame(instance: InstanceId): Promise<void> {
    signalProcess(await this.game(instance), "SIGKILL");
  }

  /** While it lasts, an operator starts what pauses after deaths in a row: pauses are the supervisor's tests' matter. */
  async withoutPauses<T>(work: () => Promise<T>): Promise<T> {
    let over = false;
    const starting = (async () => {
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        for (const [instance, { state }] of Object.entries(this.watcher.telemetry)) {
          if (state !== "backing-off" && state !== "failed") continue;
          const id = instanceId(instance);
          await this.client.bridge({ slave: this.slaveOf(id), instance: id }, "start", {}).catch(() => {});
        }
      }
    })();
    try {
      return await work();
    } finally {
      over = true;
      await starting;
    }
  }

  async worlds(): Promise<WorldView[] | undefined> {
    try {
      return await this.client.worlds();
    } catch (error) {
      if (isClusterioError(error)) return undefined;
      throw error;
    }
  }

  /** The leader's boot, when there is an answer. */
  async leader(): Promise<string> {
    const asked = () =>
      this.client.cluster().then(
        ({ leader }) => leader,
        () => undefined,
      );
    return until(asked, { timeoutMs: PATIENCE_MS, what: "a leader answers" });
  }

  /** Which of the two leads now, by their logs. */
  async leading(): Promise<Daemon> {
    const roles = async (daemon: Daemon) => {
      const text = await readFile(daemon.log, "utf8").catch(() => "");
      const said = [...text.matchAll(/"time":(\d+),.*"role":"(leader|standby)"/g)].at(-1);
      return said === undefined ? undefined : { daemon, at: Number(said[1]), role: said[2] };
    };
    const found = async () => {
      const all = await Promise.all([this.daemons.p1, this.daemons.p2].map(roles));
      const leaders = all.filter((one) => one?.role === "leader").sort((a, b) => b!.at - a!.at);
      return leaders[0]?.daemon;
    };
    return until(found, { timeoutMs: PATIENCE_MS, what: "one of the projectors leads" });
  }

  /** Every world has an open session, and gives and gets more than when this was first asked. */
  async flowing(what: string): Promise<void> {
    const totals = async () => {
      const worlds = await this.worlds();
      if (worlds === undefined) return undefined;
      const sum = (vector: Record<string, number>) => Object.values(vector).reduce((a, b) => a + b, 0);
      const of = (instance: string) => {
        const open = worlds.find((world) => world.instance === instance && world.open);
        return open === undefined ? undefined : { gave: sum(open.exported), got: sum(open.received) };
      };
      return this.instances.map(of);
    };
    const before = await until(totals, { timeoutMs: PATIENCE_MS, what: `the master answers, ${what}` });
    let thawAt = performance.now() + THAW_EVERY_MS;
    const moved = async () => {
      if (performance.now() >= thawAt) {
        thawAt = performance.now() + THAW_EVERY_MS;
        await this.#thaw();
      }
      return ((await totals()) ?? [undefined]).every((now, index) => {
        const then = before[index];
        return now !== undefined && now.gave > (then?.gave ?? 0) && now.got > (then?.got ?? 0);
      });
    };
    try {
      await until(moved, { timeoutMs: PATIENCE_MS, what: `items flow in every direction, ${what}` });
    } catch (error) {
      const worlds = JSON.stringify(await this.worlds(), undefined, 1);
      throw new Error(`${messageOf(error)}: from ${JSON.stringify(before)} to ${worlds}`);
    }
    this.note(`items flow, ${what}`);
  }

  /** A game that went back to a save of the time of a count stands still as it did then. */
  async #thaw(): Promise<void> {
    const thaw = (instance: InstanceId) =>
      this.client.bridge({ slave: this.slaveOf(instance), instance }, "send-rcon", { command: "/demo-thaw" });
    await Promise.race([Promise.all(this.instances.map(thaw)), silence()]).catch((error: unknown) => {
      if (!isClusterioError(error)) throw error;
    });
  }

  /** Armed in each of these daemons (and the games of a bridge): whoever comes by first fires it. */
  async arm(daemons: readonly Daemon[], point: Failpoint, action: string): Promise<void> {
    for (const daemon of daemons) await daemon.arm(point, action);
  }

  /** One of these daemons has come by the point; it is disarmed in the others. */
  async fired(daemons: readonly Daemon[], point: Failpoint): Promise<Daemon> {
    const paths = daemons.map((daemon) => join(daemon.failpoints, point));
    const hasFired = async () => {
      if (this.#closed) throw new Error("the cluster was closed");
      for (const [index, path] of paths.entries()) {
        if ((await readFile(`${path}.fired`).catch(() => undefined)) !== undefined) return daemons[index];
      }
      return undefined;
    };
    const by = await until(hasFired, { timeoutMs: PATIENCE_MS, what: `failpoint ${point} is reached` });
    this.note(`${point} in ${by.name}`);
    for (const path of paths) {
      await rm(path, { force: true });
      await rm(`${path}.fired`, { force: true });
    }
    return by;
  }

  /** Every point that fired in this cluster so far. */
  async allFired(): Promise<ReadonlySet<string>> {
    const logs = Object.values(this.daemons).map((daemon) => join(daemon.failpoints, "fired.log"));
    const lines = await Promise.all(logs.map((path) => readFile(path, "utf8").catch(() => "")));
    return new Set([...lines.join("").matchAll(/^failpoint (\S+) /gm)].map(([, point = ""]) => point));
  }

  /** How daemons ended otherwise than by a signal: what the test did not order. */
  get failures(): readonly Exit[] {
    return Object.values(this.daemons)
      .flatMap(({ exits }) => exits)
      .filter(({ code }) => code !== null && code !== 0);
  }

  async streams() {
    return jetstreamManager((await this.nats.master()).nc);
  }

  readonly #notes: string[] = [];
  readonly #startedAt = performance.now();
  /** A line of this cluster's time line, told with a failure. */
  note(text: string): void {
    const line = `${((performance.now() - this.#startedAt) / 1000).toFixed(1).padStart(6)} s ${text}`;
    this.#notes.push(line);
    if (process.env.CHAOS_TRACE !== undefined) process.stderr.write(`${line}\n`);
  }

  /** For a failure's message: what happened, and what the daemons said last. */
  async lastWords(): Promise<string> {
    const parts = Object.values(this.daemons).map(async (daemon) => {
      const log = await readFile(daemon.log, "utf8").catch(() => "");
      return `--- ${daemon.name}\n${log.split("\n").slice(-15).join("\n")}`;
    });
    const telemetry = Object.entries(this.watcher.telemetry).map(([id, told]) => `${id}: ${JSON.stringify(told)}`);
    return [...this.#notes, ...telemetry, ...(await Promise.all(parts))].join("\n");
  }

  /** Nothing of it is left, also after a failure. */
  async close(): Promise<void> {
    this.#closed = true;
    this.watcher.stop();
    await Promise.all(Object.values(this.daemons).map((daemon) => daemon.stop("SIGKILL")));
    await killAllOf(this.folder);
    const { CHAOS_LOGS } = process.env;
    if (CHAOS_LOGS !== undefined) {
      await cp(join(this.folder, "logs"), CHAOS_LOGS, { recursive: true });
      await cp(join(this.nats.folder, "nats", "nats.log"), join(CHAOS_LOGS, "nats.log"));
    }
    await this.nats.close().catch(() => {});
    await this.reap();
  }
}

/** The prefix of this cluster's network name spaces: they have short names. */
export const spaceOf = (folder: string): string => `cl${basename(folder).slice(-6)}`;
