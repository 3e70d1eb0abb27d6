import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { NatsBus } from "#core/adapters/nats-bus";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { packageRoot } from "#core/adapters/package-root";
import { isAlive, type ProcessId, processWithPid, signalProcess } from "#core/adapters/process-id";
import { isClusterioError, messageOf } from "#core/errors";
import { userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";
import type { Summary } from "#ctl/count/summary";
import { until } from "#test/kit/until";

/** Four times as fast as the game: more items, saves and rounds in each second that a test waits. */
export const FAST = ["--speed", "4"] as const;
/** A cluster is up within 5 s; a machine that does something else besides takes longer. */
export const UP_MS_MAX = 60_000;

const record = z.object({ process: z.object({ pid: z.number(), started: z.string() }).nullable() });
const upFile = z.object({ natsPort: z.number(), httpPort: z.number().optional() });

export const program = (name: string): string => join(packageRoot(), "dist", name, "main.js");

/** One run of `clusterio up`. */
export class UpRun {
  stdout = "";
  stderr = "";
  readonly id: ProcessId;
  readonly exited: Promise<number | string>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(process.execPath, [program("ctl"), "up", ...args], {
      env,
      // A process group of its own, as a shell makes one.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.on("data", (chunk) => {
      this.stdout += String(chunk);
    });
    this.#child.stderr?.on("data", (chunk) => {
      this.stderr += String(chunk);
    });
    this.exited = new Promise((resolve) => this.#child.once("close", (code, signal) => resolve(code ?? signal ?? "")));
    const pid = this.#child.pid ?? 0;
    this.id = processWithPid(pid) ?? { pid, started: "gone" };
  }

  /** All that it said so far. */
  get said(): string {
    return this.stdout + this.stderr;
  }

  async says(text: string | RegExp, timeoutMs = UP_MS_MAX): Promise<void> {
    const found = () => (typeof text === "string" ? this.said.includes(text) : text.test(this.said));
    let over = false;
    void this.exited.then(() => {
      over = true;
    });
    await this.#untilOr(() => found() || over, timeoutMs, `up says "${text}"`);
    if (!found()) throw new Error(`up ended without saying "${text}":\n${this.said}`);
  }

  async #untilOr(condition: () => boolean, timeoutMs: number, what: string): Promise<void> {
    try {
      await until(condition, { timeoutMs, what });
    } catch (error) {
      throw new Error(`${messageOf(error)}; it said:\n${this.said}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ctrl-C in a terminal reaches the whole process group. */
  ctrlC(): void {
    process.kill(-this.id.pid, "SIGINT");
  }

  /** Its exit code; a run that does not end is told with all that it said. */
  async ended(timeoutMs = UP_MS_MAX): Promise<number | string> {
    let code: number | string | undefined;
    void this.exited.then((how) => {
      code = how;
    });
    await this.#untilOr(() => code !== undefined, timeoutMs, "up ends");
    return code ?? "";
  }

  /** The last line of its standard output. */
  get summary(): Summary {
    return JSON.parse(this.stdout.trimEnd().split("\n").at(-1) ?? "");
  }
}

export type Role = "nats-server" | "projector" | "bridge";

/** The folder of a cluster, and whatever runs in it. */
export class TestCluster {
  readonly #runs: UpRun[] = [];
  readonly #links: NatsLink[] = [];
  readonly #others: ProcessId[] = [];

  private constructor(readonly dir: string) {}

  static async create(): Promise<TestCluster> {
    return new TestCluster(await mkdtemp(join(tmpdir(), "clusterio-e2e-")));
  }

  up(...args: string[]): UpRun {
    const run = new UpRun(["--dir", this.dir, ...args]);
    this.#runs.push(run);
    return run;
  }

  /** Runs to its end and counts. @throws when it does not say that all is conserved. */
  async count(seconds: number): Promise<Summary> {
    const run = this.up("--for", String(seconds), "--json", ...FAST);
    const code = await run.ended(UP_MS_MAX + seconds * 1000);
    if (code !== 0) throw new Error(`the count ended with ${code}:\n${run.said}`);
    return run.summary;
  }

  /** Also ended with the cluster. */
  also(process: ProcessId): void {
    this.#others.push(process);
  }

  /** What the record names; it names nothing just before a start. */
  process(role: Role): Promise<ProcessId> {
    const path = join(this.dir, "run", `${role}.json`);
    return until(() => readProcess(path), { timeoutMs: UP_MS_MAX, what: `there is a record of the ${role}` });
  }

  game(instance: string): Promise<ProcessId> {
    const path = join(this.dir, "bridge", "instances", instance, "server.json");
    return until(() => readProcess(path), {
      timeoutMs: UP_MS_MAX,
      what: `there is a record of the game of ${instance}`,
    });
  }

  /** Every process that has a record and lives. */
  async alive(): Promise<ProcessId[]> {
    const games = await readdir(join(this.dir, "bridge", "instances")).catch(() => []);
    const paths = [
      ...(await readdir(join(this.dir, "run")).catch(() => [])).map((name) => join(this.dir, "run", name)),
      ...games.map((name) => join(this.dir, "bridge", "instances", name, "server.json")),
    ];
    const found = await Promise.all(paths.map(readProcess));
    return found.filter((process) => process !== undefined).filter(isAlive);
  }

  async natsUrl(): Promise<string> {
    const { natsPort } = upFile.parse(JSON.parse(await readFile(join(this.dir, "up.json"), "utf8")));
    return `nats://127.0.0.1:${natsPort}`;
  }

  creds(file: string): string {
    return join(this.dir, "identity", "creds", file);
  }

  /** What an operator's tools hear and say. */
  async bus(): Promise<NatsBus> {
    const creds = new Uint8Array(await readFile(this.creds("user-operator.creds")));
    const link = await connectNats({ servers: await this.natsUrl(), creds, name: "operator" });
    this.#links.push(link);
    return new NatsBus(link);
  }

  /** The same words as an operator has. */
  async client(): Promise<ClusterClient> {
    return new ClusterClient(await this.bus(), userId("operator"));
  }

  /** SIGKILL for everything at once, as a power cut does. */
  async killAll(): Promise<void> {
    const all = [...this.#runs.map(({ id }) => id), ...this.#others, ...(await this.alive())];
    for (const process of all) signalProcess(process, "SIGKILL");
    await until(() => all.every((process) => !isAlive(process)), { what: "all processes are gone" });
  }

  /** Nothing of this cluster is left, neither processes nor files. */
  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
    // What is being started while we look is found the next time.
    do await this.killAll();
    while ((await this.alive()).length > 0);
    await rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

const readProcess = async (path: string): Promise<ProcessId | undefined> => {
  try {
    return record.parse(JSON.parse(await readFile(path, "utf8"))).process ?? undefined;
  } catch {
    return undefined;
  }
};

/** One cluster for all tests of a file. */
export const useCluster = (): (() => TestCluster) => {
  let cluster: TestCluster | undefined;
  beforeAll(async () => {
    cluster = await TestCluster.create();
  });
  afterAll(() => cluster?.close(), UP_MS_MAX);
  return () => {
    if (cluster === undefined) throw new Error("the cluster is made by beforeAll: ask for it inside a test");
    return cluster;
  };
};

/** Totals of all worlds, undefined while nobody answers. */
export const totals = async (
  client: ClusterClient,
): Promise<Record<string, { gave: number; got: number }> | undefined> => {
  try {
    const worlds = await client.worlds();
    const sum = (vector: Record<string, number>) => Object.values(vector).reduce((a, b) => a + b, 0);
    return Object.fromEntries(
      worlds.map(({ world, exported, received }) => [world, { gave: sum(exported), got: sum(received) }]),
    );
  } catch (error) {
    if (isClusterioError(error)) return undefined;
    throw error;
  }
};

/** Waits until every world gives and gets more than it did when it was first asked. */
export const flowing = async (client: ClusterClient, what: string): Promise<void> => {
  const before = await until(() => totals(client), { timeoutMs: UP_MS_MAX, what: `the master answers, ${what}` });
  const moved = async () => {
    const now = await totals(client);
    const worlds = Object.entries(now ?? {});
    return (
      worlds.length === 3 &&
      worlds.every(([world, { gave, got }]) => gave > (before[world]?.gave ?? 0) && got > (before[world]?.got ?? 0))
    );
  };
  await until(moved, { timeoutMs: UP_MS_MAX, what: `items flow in every direction, ${what}` });
};
