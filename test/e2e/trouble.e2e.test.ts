import { spawn } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { isAlive, processWithPid } from "#core/adapters/process-id";
import { slaveId, userId } from "#core/ids";
import { FAST, UP_MS_MAX, UpRun, useCluster } from "#test/e2e/up-kit";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";

const cluster = useCluster();
const nats = useNats();

test.each([
  [["--worlds", "none"]],
  [["--worlds", "0"]],
  [["--for", "-1"]],
  [["--speed", "fast"]],
  [["--colour"]],
  [["extra"]],
  [["--json"]],
  [["--nats-url", "nats://127.0.0.1:1"]],
  [["--core-creds", "file"]],
  [["--factorio", "/opt/factorio", "--speed", "2"]],
])("up %j: exit code 2, the reason on standard error, nothing started", async (args) => {
  const run = new UpRun(["--dir", join(cluster().dir, "unused"), ...args]);
  expect(await run.ended()).toBe(2);
  expect(run.stdout).toBe("");
  expect(run.stderr.trim()).not.toBe("");
  expect(run.stderr).not.toContain("    at ");
});

test("a folder that cannot be used: one line that says what is in the way, exit code 3", async () => {
  const file = join(cluster().dir, "file");
  await writeFile(file, "");
  for (const [dir, problem] of [
    [join(file, "below"), `${file} is a file`],
    ["/proc/foo", "/proc takes no folders"],
  ] as const) {
    const run = new UpRun(["--dir", dir]);
    expect(await run.ended()).toBe(3);
    expect(run.stderr.trim()).toBe(`the folder ${dir} cannot be used: ${problem}; choose another one with --dir`);
  }
});

test(
  "a port in use: the projector's own words, exit code 3, and what was started is stopped",
  async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        const address = taken.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    try {
      const run = cluster().up("--http", String(port));
      expect(await run.ended()).toBe(3);
      expect(run.stderr).toContain("projector ended");
      expect(run.stderr).toContain(String(port));
      expect(await cluster().alive()).toEqual([]);
    } finally {
      taken.close();
    }
  },
  UP_MS_MAX,
);

test(
  "a second `up` on the same folder is refused in one line with exit code 4, and the first one goes on",
  async () => {
    const first = cluster().up(...FAST);
    await first.says("runs until Ctrl-C");
    const second = cluster().up(...FAST);
    expect(await second.ended()).toBe(4);
    expect(second.stderr.trim().split("\n")).toHaveLength(1);
    expect(second.stderr).toContain(`process ${first.id.pid}`);
    expect(await cluster().alive()).toHaveLength(6);
    first.signal("SIGTERM");
    expect(await first.ended()).toBe(0);
  },
  2 * UP_MS_MAX,
);

test(
  "a process that now has the number of an old child is never touched",
  async () => {
    const stranger = spawn("sleep", ["600"], { stdio: "ignore" });
    const id = processWithPid(stranger.pid ?? 0)!;
    cluster().also(id);
    const path = join(cluster().dir, "run", "bridge.json");
    await mkdir(join(cluster().dir, "run"), { recursive: true });
    const old = {
      v: 1,
      role: "bridge",
      process: { pid: id.pid, started: "another:1" },
      argvHash: "",
      argv: ["sleep", "600"],
    };
    await writeFile(path, JSON.stringify(old));
    expect((await cluster().count(1)).conserved).toBe(true);
    expect(isAlive(id)).toBe(true);
    stranger.kill();
  },
  2 * UP_MS_MAX,
);

test(
  "a Factorio that dies at start: one message with its last lines, exit code 3, nothing left running",
  async () => {
    const dir = join(cluster().dir, "factorio");
    await mkdir(join(dir, "bin", "x64"), { recursive: true });
    await mkdir(join(dir, "data", "base"), { recursive: true });
    await writeFile(join(dir, "data", "base", "info.json"), JSON.stringify({ version: "2.1.9" }));
    await writeFile(join(dir, "bin", "x64", "factorio"), "#!/bin/sh\necho the disk is full of biters\nexit 1\n");
    await chmod(join(dir, "bin", "x64", "factorio"), 0o755);
    const run = new UpRun(["--dir", join(cluster().dir, "broken"), "--factorio", dir, "--worlds", "1"]);
    expect(await run.ended()).toBe(3);
    expect(run.stderr).toContain("iron does not start");
    expect(run.stderr).toContain("the disk is full of biters");
  },
  2 * UP_MS_MAX,
);

test(
  "on a nats-server that somebody else runs: with its credentials, and it is left running",
  async () => {
    const { identity, url, pid } = nats();
    const core = (await identity.masterCreds()).path;
    const edge = (await identity.slaveCreds(slaveId("local"))).path;
    const user = (await identity.userCreds(userId("operator"))).path;
    const creds = ["--core-creds", core, "--edge-creds", edge, "--user-creds", user];
    const dir = join(cluster().dir, "guest");
    const run = new UpRun([
      "--dir",
      dir,
      "--nats-url",
      url,
      ...creds,
      "--for",
      "1",
      "--json",
      "--worlds",
      "2",
      ...FAST,
    ]);
    expect(await run.ended()).toBe(0);
    expect(run.summary).toMatchObject({ conserved: true, worlds: [{ instance: "copper" }, { instance: "iron" }] });
    expect(processWithPid(pid)).toBeDefined();
    await expect(readFile(join(dir, "run", "nats-server.json"))).rejects.toThrow();
  },
  NATS_START_MS_MAX,
);
