import { type ChildProcess, spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { until } from "#test/kit/until";

/**
 * docs/quickstart.md, word for word: each block is typed into a shell of its machine. The two machines are two folders with homes of
 * their own, which know of each other only what the page makes them say; "cluster.example" is another address of the loopback.
 */
const HOST = "127.0.0.2";
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
  readonly #running: ChildProcess[] = [];
  said = "";

  private constructor(
    readonly root: string,
    readonly port: number,
  ) {}

  static async create(): Promise<Machines> {
    const root = await mkdtemp(join(tmpdir(), "clusterio-quickstart-"));
    const machines = new Machines(root, await freePort());
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
    return line.replaceAll("cluster.example", HOST).replaceAll(":4222", `:${this.port}`);
  }

  #shell(machine: string, line: string, input: "pipe" | "ignore") {
    return spawn("sh", ["-c", `exec ${this.typed(line)}`], {
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
    this.#running.push(child);
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

  async close(): Promise<void> {
    for (const child of this.#running.reverse()) {
      const gone = new Promise((resolve) => child.once("close", resolve));
      if (child.exitCode === null && child.kill("SIGTERM")) await gone;
    }
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
  "the quickstart of two machines works as it is written: init, join, roles, trade across machines, revoke",
  async () => {
    const page = await readFile(join(packageRoot(), "docs", "quickstart.md"), "utf8");
    const blocks = blocksOf(page);
    expect(blocks.length).toBeGreaterThan(9);
    let token = "";
    for (const { machine, flags, lines } of blocks) {
      if (flags.includes("skip")) continue;
      for (const line of lines) {
        if (flags.includes("stays")) {
          const second = line.startsWith("clusterio-bridge");
          if (second) await beforeTheBridge();
          await machines.stays(machine, second ? line : `${line} --speed 4`, second ? "ready" : "linked:");
          continue;
        }
        if (line.includes("context add")) {
          await copyFile(
            join(machines.folder("first"), "ada.context.json"),
            join(machines.folder("second"), "ada.context.json"),
          );
        }
        const result = await machines.run(machine, line, flags.includes("paste") ? token : undefined);
        if (flags.includes("token")) token = result.out.trim();
        if (flags.includes("fails")) expect([line, result.code === 0, result.out]).toEqual([line, false, ""]);
        else expect([line, result.code, result.err.replace("paste the join token: ", "")]).toEqual([line, 0, ""]);
        if (line.includes("world list")) await untilItTrades();
      }
    }
    expect(machines.said).toContain("Authorization Violation");
  },
  5 * STEP_MS_MAX,
);

/** The page leaves to players what they build: the demo's mod builds here, and the stand-in plays it faster. */
const beforeTheBridge = async (): Promise<void> => {
  const set = (key: string, value: string) =>
    machines.run("second", `clusterio-bridge config set ${key} ${value} --config attic/bridge.json`);
  for (const done of [
    await set("extra-mods", join(packageRoot(), "sim", "demo-world")),
    await set("speed", "4"),
    await set("stop-games", "true"),
  ])
    expect([done.code, done.err]).toEqual([0, ""]);
};

/** A world on the second machine gives to the first and gets from it. */
const untilItTrades = async (): Promise<void> => {
  const sum = (vector: object) => Object.values(vector).reduce((a: number, b: number) => a + b, 0);
  const trades = async () => {
    const world = await worldOf("eu-north.1");
    return world !== undefined && sum(world.exported) > 0 && sum(world.received) > 0;
  };
  await until(trades, { timeoutMs: 2 * STEP_MS_MAX, what: "eu-north gives and gets" });
};
