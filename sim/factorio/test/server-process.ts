import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { infoJson, type ModFiles } from "#sim/factorio/test/mod-folder";

const MAIN = join(__dirname, "../main.ts");
const REGISTER = join(__dirname, "register-swc.cjs");
/** Nothing here takes long; whoever waits longer waits in vain. */
const WAIT_MS_MAX = 20_000;

/** A free TCP port on loopback. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** A run of the stand-in's executable from its sources. */
export class ServerProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | null>;
  output = "";
  readonly #watchers = new Set<() => void>();

  constructor(argv: readonly string[], cwd: string) {
    this.child = spawn(process.execPath, ["--conditions=source", "-r", REGISTER, MAIN, ...argv], { cwd });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        this.output += text;
        for (const watch of this.#watchers) watch();
      });
    }
    this.exited = new Promise((resolve) => {
      this.child.once("close", (code) => {
        resolve(code);
        for (const watch of this.#watchers) watch();
      });
    });
  }

  /** Resolves when the output matches; rejects when the process ends or the time is over without it. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        act();
      };
      const fail = () => finish(() => reject(new Error(`${pattern} was not printed:\n${this.output}`)));
      const watch = () => {
        const match = pattern.exec(this.output);
        if (match) finish(() => resolve(match));
        else if (this.child.exitCode !== null || this.child.signalCode !== null) fail();
      };
      const timer = setTimeout(fail, WAIT_MS_MAX);
      this.#watchers.add(watch);
      watch();
    });
  }
}

/** A write-data folder of its own with mods in it, and every process that was started in it. */
export class Installation {
  readonly root = mkdtempSync(join(tmpdir(), "factorio-server-"));
  readonly #processes: ServerProcess[] = [];

  constructor(mods: Readonly<Record<string, ModFiles>> = {}) {
    for (const [name, files] of Object.entries(mods)) {
      for (const [path, text] of Object.entries({ "info.json": infoJson(name), ...files }))
        this.write(`mods/${name}/${path}`, text);
    }
    this.write("config.ini", `[path]\nread-data=/nowhere\nwrite-data=${this.root}\n`);
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  run(...argv: readonly string[]): ServerProcess {
    const started = new ServerProcess(["-c", this.path("config.ini"), ...argv], this.root);
    this.#processes.push(started);
    return started;
  }

  async create(seed = 5): Promise<void> {
    const made = this.run("--create", "saves/map", "--map-gen-seed", String(seed));
    if ((await made.exited) !== 0) throw new Error(made.output);
  }

  /** Starts `saves/map` with RCON on a free port; resolves when it listens. */
  async start(
    options: { settings?: object; argv?: readonly string[] } = {},
  ): Promise<{ server: ServerProcess; rconPort: number }> {
    this.write("settings.json", JSON.stringify({ auto_pause: false, ...options.settings }));
    const argv = ["--start-server", "map", "--server-settings", "settings.json", "--port", "0", "--bind", "127.0.0.1"];
    const server = this.run(...argv, "--rcon-bind", "127.0.0.1:0", "--rcon-password", "pw", ...(options.argv ?? []));
    const [, port] = await server.printed(/Starting RCON interface at IP ADDR:\(\{127\.0\.0\.1:(\d+)\}\)/);
    return { server, rconPort: Number(port) };
  }

  /** Ends what still runs. */
  async stop(): Promise<void> {
    for (const { child, exited } of this.#processes.splice(0)) {
      child.kill("SIGKILL");
      await exited;
    }
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}
