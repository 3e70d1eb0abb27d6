import { type ChildProcess, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { provedOutput } from "#test/kit/json-page";
import type { TestNats } from "#test/kit/nats";

/** The programs as they are installed, each a process of its own. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const start = (program: string, args: readonly string[]) => {
  const child = spawn(process.execPath, [join(packageRoot(), `dist/${program}/main.js`), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, ...said })));
  return { child, said, ended };
};

/** One command, to its end. */
export const clusterio = async (args: readonly string[]): Promise<Ended> =>
  provedOutput("ctl", args, await start("ctl", args).ended);

/** Where the answer was not asked for, the terminal is closed: the test then sees what was said instead. */
const TERMINAL_MS_MAX = 60_000;

/** One command at a terminal (util-linux's `script` makes one), where `typed` is answered once the command asks for it. */
export const clusterioAtTerminal = async (
  args: readonly string[],
  { asks, typed }: { readonly asks: RegExp; readonly typed: string },
): Promise<Ended> => {
  const quoted = [process.execPath, join(packageRoot(), "dist/ctl/main.js"), ...args]
    .map((arg) => `'${arg}'`)
    .join(" ");
  const child = spawn("script", ["-qec", quoted, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: TERMINAL_MS_MAX,
  });
  let out = "";
  let asked = false;
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
    if (asked || !asks.test(out)) return;
    asked = true;
    child.stdin.write(`${typed}\n`);
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err: "" })));
};

/** A real projector on a test's nats-server; its folder holds its snapshots. */
export class ProjectorProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly said: { readonly out: string },
    private readonly ended: Promise<Ended>,
  ) {}

  static async start(nats: TestNats, name: string, checkpointEvery: number): Promise<ProjectorProcess> {
    const key = join(nats.folder, "assignment.nk");
    await writeFile(key, nats.identity.assignment.seed, { mode: 0o600 });
    const { child, said, ended } = start("master-projector", [
      ...["run", "--nats-url", nats.url, "--creds", (await nats.identity.masterCreds()).path],
      ...["--dir", join(nats.folder, name), "--assignment-key", key, "--checkpoint-every", String(checkpointEvery)],
    ]);
    return new ProjectorProcess(child, said, ended);
  }

  get log(): string {
    return this.said.out;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}
