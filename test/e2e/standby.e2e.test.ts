import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { processWithPid } from "#core/adapters/process-id";
import type { ClusterClient } from "#ctl/client/client";
import { FAST, flowing, program, UP_MS_MAX, useCluster } from "#test/e2e/up-kit";
import { until } from "#test/kit/until";

const cluster = useCluster();

/** One that is just stepping back says so, or nothing at all. */
const leaderOf = (client: ClusterClient): Promise<string> => {
  const asked = () =>
    client.cluster().then(
      (view) => view.leader,
      () => undefined,
    );
  return until(asked, { timeoutMs: UP_MS_MAX, what: "a leader answers" });
};

test(
  "a second projector stands by, takes over when the leader hangs, and the old one steps back when it wakes",
  async () => {
    const run = cluster().up(...FAST);
    await run.says("runs until Ctrl-C");
    const client = await cluster().client();
    const { dir } = cluster();
    let said = "";
    const standby = spawn(
      process.execPath,
      [
        ...[program("master-projector"), "run", "--name", "standby", "--nats-url", await cluster().natsUrl()],
        ...["--creds", cluster().creds("master-master.creds"), "--dir", join(dir, "standby")],
        ...["--assignment-key", join(dir, "identity", "assignment.key")],
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [standby.stdout, standby.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
    cluster().also(processWithPid(standby.pid ?? 0)!);
    await until(() => said.includes("stands by"), { timeoutMs: UP_MS_MAX, what: "the second projector stands by" });
    const first = await leaderOf(client);
    await flowing(client, "with a standby");
    expect(await leaderOf(client)).toBe(first);

    const leader = await cluster().process("projector");
    let second = "";
    process.kill(leader.pid, "SIGSTOP");
    try {
      const taken = () =>
        client.cluster().then(
          (view) => view.leader !== first,
          () => false,
        );
      await until(taken, { timeoutMs: UP_MS_MAX, what: "the standby leads" });
      second = await leaderOf(client);
      await flowing(client, "under the second projector");
    } finally {
      process.kill(leader.pid, "SIGCONT");
    }
    // For a moment it still answers as what it was; its next write is lost, and then it stands by.
    const log = () => readFile(join(dir, "logs", "projector.log"), "utf8");
    const steppedBack = async () => /"role":"leader"[\s\S]*"role":"standby"/.test(await log());
    await until(steppedBack, { timeoutMs: UP_MS_MAX, what: "the first one steps back" });
    await flowing(client, "after the first one woke");
    expect(await leaderOf(client)).toBe(second);

    standby.kill("SIGTERM");
    await flowing(client, "after the standby was stopped");
    run.signal("SIGINT");
    expect(await run.ended()).toBe(0);
    expect((await cluster().count(1)).conserved).toBe(true);
  },
  4 * UP_MS_MAX,
);
