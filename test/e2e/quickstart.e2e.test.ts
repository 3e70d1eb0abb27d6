import { type ChildProcess, spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { connectNats } from "#core/adapters/nats-connection";
import { packageRoot } from "#core/adapters/package-root";
import { hasNetworkSpaces, newSpace, type Space } from "#test/e2e/chaos/kit/wire";
import { until } from "#test/kit/until";

/**
 * docs/quickstart.md, word for word: each block is typed into a shell of its machine. The two machines are two folders with homes of
 * their own, which know of each other only what the page makes them say. Where network name spaces can be had, the second is in one of
 * its own, with a cable to the first: "cluster.example" is this end of it. Elsewhere that is another address of the loopback.
 */
const SPACES = hasNetworkSpaces();
const HOW = SPACES ? "in two network name spaces" : "in two folders, since there are no network name spaces here";
const STEP_MS_MAX = 60_000;

interface Block {
  readonly machine: "first" | "second";
  readonly flags: readonly string[];
  readonly lines: readonly string[];
}

const blocksOf = (page: string): Block[] =>
  [...page.matchAll(/```sh (first|second)([^\n]*)\n([\s\S]*?)```/g)].map(([, machine, flags = "", text = ""]) => ({
    machine: machine as Block["machine"],
    flags: flags.trim().split(" ").filter(Boolean),
    lines: text.trim().replaceAll("\\\n", " ").split("\n"),
  }));

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Two machines, and what runs on them. */
class Machines {
  readonly #running: { readonly machine: string; readonly child: ChildProcess }[] = [];
  said = "";
  /** The join token of the page. */
  pasted = "";

  private constructor(
    readonly root: string,
    readonly port: number,
    private readonly space: Space | undefined,
  ) {}

  static async create(): Promise<Machines> {
    const root = await mkdtemp(join(tmpdir(), "clusterio-quickstart-"));
    const machines = new Machines(root, await freePort(), SPACES ? newSpace(`cqs-${process.pid}`, 0) : undefined);
    await mkdir(join(root, "bin"));
    for (const [name, folder] of [
      ["clusterio", "ctl"],
      ["clusterio-bridge", "slave-bridge"],
    ] as const) {
      const main = join(packageRoot(), "dist", folder, "main.js");
      await writeFile(join(root, "bin", name), `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n`);
      await chmod(join(root, "bin", name), 0o755);
    }
    for (const machine of ["first", "second"]) await mkdir(join(root, machine));
    return machines;
  }

  folder(machine: string): string {
    return join(this.root, machine);
  }

  /** What a person on this machine would type: the names and the port of this run instead of those of the page. */
  typed(line: string): string {
    return line.replaceAll("cluster.example", this.space?.here ?? "127.0.0.2").replaceAll(":4222", `:${this.port}`);
  }

  #shell(machine: string, line: string, input: "pipe" | "ignore") {
    const prefix = machine === "second" ? (this.space?.prefix ?? []) : [];
    const [program = "sh", ...args] = [...prefix, "sh", "-c", `exec ${this.typed(line)}`];
    return spawn(program, args, {
      cwd: this.folder(machine),
      stdio: [input, "pipe", "pipe"],
      detached: true,
      env: {
        ...process.env,
        PATH: `${join(this.root, "bin")}:${process.env.PATH}`,
        CLUSTERIO_CONFIG_DIR: join(this.folder(machine), "home"),
        CLUSTERIO_CONTEXT: "",
      },
    });
  }

  /** Runs a line to its end. */
  async run(
    machine: string,
    line: string,
    pasted?: string,
  ): Promise<{ code: number | null; out: string; err: string }> {
    const child = this.#shell(machine, line, pasted === undefined ? "ignore" : "pipe");
    const said = { out: "", err: "" };
    child.stdout?.on("data", (chunk) => {
      said.out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      said.err += chunk;
    });
    if (pasted !== undefined) child.stdin?.end(`${pasted}\n`);
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, ...said };
  }

  /** Starts what stays, and waits until it says that it is there. */
  async stays(machine: string, line: string, ready: string): Promise<void> {
    const child = this.#shell(machine, line, "ignore");
    this.#running.push({ machine, child });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        said += chunk;
        this.said += chunk;
      });
    const done = () => said.includes(ready) || child.exitCode !== null;
    await until(done, { timeoutMs: STEP_MS_MAX, what: `${line} says ${ready}` });
    if (!said.includes(ready)) throw new Error(`${line} ended:\n${said}`);
  }

  /** Ctrl-C in the terminals of one machine, or of all. */
  async stop(machine?: string): Promise<void> {
    for (const { child } of this.#running.filter((one) => machine === undefined || one.machine === machine).reverse()) {
      const gone = new Promise((resolve) => child.once("close", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await gone;
    }
  }

  async close(): Promise<void> {
    await this.stop();
    this.space?.remove();
    await rm(this.root, { recursive: true, force: true });
  }
}

let machines: Machines;
beforeAll(async () => {
  machines = await Machines.create();
});
afterAll(() => machines.close(), 120_000);

const worldOf = async (id: string): Promise<{ exported: object; received: object } | undefined> => {
  const { out } = await machines.run("first", "clusterio world list --json");
  return out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .find(({ world }) => world === id);
};

test(
  `the quickstart of two machines works as it is written: init, join, roles, trade across machines, revoke, rotate (${HOW})`,
  async () => {
    const page = await readFile(join(packageRoot(), "docs", "quickstart.md"), "utf8");
    const blocks = blocksOf(page);
    expect(blocks.length).toBeGreaterThan(9);
    for (const { machine, flags, lines } of blocks) {
      if (flags.includes("skip")) continue;
      if (flags.includes("stop")) await machines.stop("first");
      for (const line of lines) {
        if (flags.includes("stays")) {
          const second = line.startsWith("clusterio-bridge");
          const [more, ready] = second ? [BRIDGE_TOO, "ready"] : ["--speed 4", "linked:"];
          await machines.stays(machine, `${line} ${more}`, ready);
          continue;
        }
        if (line.includes("context add")) {
          await copyFile(
            join(machines.folder("first"), "ada.context.json"),
            join(machines.folder("second"), "ada.context.json"),
          );
        }
        const result = await machines.run(machine, line, flags.includes("paste") ? machines.pasted : undefined);
        if (flags.includes("token")) machines.pasted = result.out.trim();
        machines.said += line.includes("slave token") ? result.err : result.out + result.err;
        if (flags.includes("fails")) expect([line, result.code === 0, result.out]).toEqual([line, false, ""]);
        else expect([line, result.code, result.err.replace("paste the join token: ", "")]).toEqual([line, 0, ""]);
        if (line.includes("world list")) await untilItTrades();
      }
    }
    expect(machines.said).toContain("Authorization Violation");
  },
  5 * STEP_MS_MAX,
);

/** Every seed of a key, whatever kind of key. */
const SEED = /S[OAU][A-Z2-7]{56}/;
const SECRET_FILES = [
  /^first\/\.clusterio\/identity\/(?:identity|access)\.json$/,
  /^first\/\.clusterio\/identity\/assignment\.key$/,
  /^first\/\.clusterio\/identity\/creds\/[a-z-]+\.creds$/,
  /^(?:first|second)\/home\/contexts\/[a-z]+\.json$/,
  /^(?:first|second)\/ada\.context\.json$/,
  /^second\/attic\/bridge\.json$/,
];
const STREAMS = ["EVENTS", "LEDGER", "STATE", "AUDIT", "LOGS", "TELEMETRY", "CHAT", "REJECTED", "ACCESS"];

/** What a process of ours was started with, or has in its environment. */
const startedWith = async (pid: string, what: "cmdline" | "environ"): Promise<string> =>
  (await readFile(`/proc/${pid}/${what}`, "latin1").catch(() => "")).replaceAll("\0", " ");

test(
  "no secret is anywhere but in its own file, which is its owner's alone",
  async () => {
    const { root } = machines;
    const keyLine = (await readFile(join(root, "first/.clusterio/identity/tls/ca.key"), "utf8")).split("\n")[1] ?? "";
    expect(keyLine.length).toBeGreaterThan(40);
    const token = machines.pasted.slice(0, 400);
    expect(token).toMatch(/^clusterio-join-1\./);

    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map((pid) => startedWith(pid, "cmdline")));
    const environments = await Promise.all(pids.map((pid) => startedWith(pid, "environ")));
    const ours = lines.filter((line, n) => line.includes(root) || environments[n]?.includes(root) === true);
    const passwords = ours.flatMap((line) => /--rcon-password (\S+)/.exec(line)?.[1] ?? []);
    // Broker, projector, two bridges, four games, and what started them.
    expect([ours.length >= 8, passwords.length >= 3]).toEqual([true, true]);
    const isSecret = (text: string) =>
      SEED.test(text) || text.includes(keyLine) || text.includes(token) || passwords.some((one) => text.includes(one));

    expect(environments.filter((text) => text.includes(root) && isSecret(text))).toEqual([]);
    // Sole exception: the game takes its RCON password there.
    expect(ours.filter((line) => isSecret(line.replace(/--rcon-password \S+/, "")))).toEqual([]);
    expect(isSecret(machines.said)).toBe(false);

    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const found: string[] = [];
    for (const entry of entries.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      const text = await readFile(path, "latin1").catch(() => "");
      if (!isSecret(text)) continue;
      const name = path.slice(root.length + 1);
      expect([name, (await stat(path)).mode & 0o077]).toEqual([name, 0]);
      const expected = SECRET_FILES.some((pattern) => pattern.test(name)) || name.endsWith("/tls/ca.key");
      if (!expected && !/\/instances\/[a-z-]+\/server\.json$/.test(name)) found.push(name);
    }
    expect(found).toEqual([]);

    const at = (path: string) => readFile(join(root, "first/.clusterio/identity", path));
    const link = await connectNats({
      servers: machines.typed("tls://127.0.0.1:4222"),
      creds: new Uint8Array(await at("creds/master-master.creds")),
      name: "master",
      ca: (await at("tls/ca.pem")).toString(),
    });
    try {
      for (const stream of STREAMS) {
        const log = new JetStreamLog(link, stream);
        const { firstSeq, lastSeq } = await log.info();
        for (let from = firstSeq; from <= lastSeq; ) {
          const messages = await log.read(from, 500);
          if (messages.length === 0) break;
          for (const { seq, data } of messages)
            expect([stream, seq, isSecret(new TextDecoder().decode(data))]).toEqual([stream, seq, false]);
          from = (messages.at(-1)?.seq ?? lastSeq) + 1;
        }
      }
    } finally {
      await link.close();
    }
  },
  2 * STEP_MS_MAX,
);

/** The page leaves to players what they build: the demo's mod builds here, and the stand-in plays it faster. */
const BRIDGE_TOO = `--speed 4 --stop-games --extra-mods ${join(packageRoot(), "sim", "demo-world")}`;

/** A world on the second machine gives to the first and gets from it. */
const untilItTrades = async (): Promise<void> => {
  const sum = (vector: object) => Object.values(vector).reduce((a: number, b: number) => a + b, 0);
  const trades = async () => {
    const world = await worldOf("eu-north.1");
    return world !== undefined && sum(world.exported) > 0 && sum(world.received) > 0;
  };
  await until(trades, { timeoutMs: 2 * STEP_MS_MAX, what: "eu-north gives and gets" });
};
