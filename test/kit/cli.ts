import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { provedOutput } from "#test/kit/json-page";

export interface CliResult {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** One run of an installed program, to its end. */
export const cli = async (
  program: "ctl" | "slave-bridge" | "master-projector",
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly input?: string } = {},
): Promise<CliResult> => {
  const child = spawn(process.execPath, [join(packageRoot(), "dist", program, "main.js"), ...args], {
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const said = { out: "", err: "" };
  // Whoever refuses before he reads has closed it.
  child.stdin?.on("error", () => {}).end(options.input);
  child.stdout?.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    said.err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return provedOutput(program, args, { ...said, code });
};

export interface Running {
  /** All that it said so far. */
  readonly said: string;
  /** SIGTERM, and its end. */
  stop(): Promise<void>;
}

/** A program that stays. */
export const running = (program: "slave-bridge", args: readonly string[]): Running => {
  const child = spawn(process.execPath, [join(packageRoot(), "dist", program, "main.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      said += chunk;
    });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    get said() {
      return said;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await gone;
    },
  };
};
