import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { lastLines } from "#core/adapters/last-lines";
import { makeFolder } from "#core/adapters/make-folder";
import { nodeDisk } from "#core/adapters/node-disk";
import { messageOf, unavailable } from "#core/errors";
import type { Identity } from "#core/identity/identity";
import { type ConfigValues, natsTemplate, renderConfig } from "#ctl/nats-server/config";

/** Ready takes 50 ms; a server with gigabytes of streams and a cold disk takes seconds. */
const READY_MS_MAX = 30_000;
const READY_LOOK_MS = 10;
/** A server flushes its streams when it is told to end: 150 ms at most so far. */
const STOP_MS_MAX = 10_000;
const LOG_LINES_SHOWN = 15;

const portsFile = z.object({ nats: z.array(z.string()).min(1), websocket: z.array(z.string()).optional() });
type Ports = z.infer<typeof portsFile>;

export interface NatsServerOptions {
  readonly binary: string;
  /** Everything the server writes is in here: configuration, streams, accounts, log. */
  readonly folder: string;
  readonly identity: Identity;
  /** Port on loopback, -1 for any free one. */
  readonly port: number;
  readonly serverName?: string;
  readonly tls?: NonNullable<ConfigValues["tls"]>;
  readonly websocket?: ConfigValues["websocket"];
}

export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Of pages; undefined where it speaks no WebSocket. */
  readonly websocketPort: number | undefined;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves when the process ended, for whatever reason, to how it did. */
  readonly exited: Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** Tells it to end and waits; kills it after 10 s. Twice is once. */
  stop(): Promise<void>;
}

/**
 * For tests and measurements, which end with their server; `up` starts one that may outlive it (processes/keeper.ts).
 *
 * Starts a server and waits until it takes connections.
 * @throws ClusterioError `unavailable` with the last lines of its log when it does not come up.
 */
export const startNatsServer = async (options: NatsServerOptions): Promise<NatsServer> => {
  const { folder } = options;
  const config = join(folder, "nats.conf");
  const template = await natsTemplate();
  const serverName = options.serverName ?? "clusterio";
  await makeFolder(folder);
  await nodeDisk.write(config, new TextEncoder().encode(renderConfig(template, { ...options, serverName })), 0o600);
  await forgetPorts(folder);

  const logFile = join(folder, "nats.log");
  const log = openSync(logFile, "a", 0o600);
  const args = ["--config", config, "--ports_file_dir", folder];
  // A group of its own: Ctrl-C in a terminal is for the one that started it, which stops it when the others are done.
  const child = spawn(options.binary, args, { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const server = new RunningServer(child, logFile);
  try {
    const { nats, websocket } = await untilReady(server, folder);
    const [url = "", page] = [nats[0], websocket?.[0]];
    const websocketPort = page === undefined ? undefined : Number(new URL(page).port);
    return Object.assign(server, { url, port: Number(new URL(url).port), websocketPort });
  } catch (error) {
    await server.stop();
    throw unavailable(
      `nats-server did not come up: ${messageOf(error)}\n${(await lastLines(logFile, LOG_LINES_SHOWN)).join("\n")}`,
      error,
    );
  }
};

const forgetPorts = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (/^nats-server_\d+\.ports$/.test(name)) await rm(join(folder, name), { force: true });
  }
};

const untilReady = async (server: RunningServer, folder: string): Promise<Ports> => {
  const deadline = performance.now() + READY_MS_MAX;
  while (performance.now() < deadline) {
    if (server.ended !== undefined) throw new Error(`it ended (${server.ended})`);
    const ports = await readPorts(join(folder, `nats-server_${server.pid}.ports`));
    if (ports !== undefined) return ports;
    await new Promise((resolve) => setTimeout(resolve, READY_LOOK_MS));
  }
  throw new Error(`it was not ready within ${READY_MS_MAX / 1000} s`);
};

/** The addresses in the file that the server writes once it listens; undefined while it is not there or not whole. */
const readPorts = async (path: string): Promise<Ports | undefined> => {
  try {
    return portsFile.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
};

class RunningServer {
  readonly pid: number;
  readonly exited: Promise<string>;
  /** How it ended, once it did. */
  ended: string | undefined;
  #stopping: Promise<void> | undefined;
  readonly #atExit = () => this.kill("SIGTERM");

  constructor(
    private readonly child: ChildProcess,
    readonly logFile: string,
  ) {
    this.pid = child.pid ?? 0;
    process.once("exit", this.#atExit);
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        this.ended ??= how;
        process.off("exit", this.#atExit);
        resolve(this.ended);
      };
      child.once("error", (error) => end(messageOf(error)));
      child.once("exit", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (this.ended === undefined) this.child.kill(signal);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), STOP_MS_MAX);
    await this.exited;
    clearTimeout(timer);
  }
}
