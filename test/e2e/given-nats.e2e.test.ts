import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeUser, fmtCreds } from "@nats-io/jwt";
import { keyOf, newKey } from "#core/adapters/node-keys";
import { isAlive, processWithPid } from "#core/adapters/process-id";
import { slaveId } from "#core/ids";
import { FAST, UP_MS_MAX, UpRun, useCluster } from "#test/e2e/up-kit";
import { NATS_START_MS_MAX, useNats } from "#test/kit/nats";

const cluster = useCluster();
const nats = useNats();

/** Credentials of a plain user of the EDGE account, as `nsc add user` makes them. */
const plainEdge = async (): Promise<string> => {
  const { seeds } = JSON.parse(await readFile(join(nats().folder, "identity", "identity.json"), "utf8"));
  const user = newKey("user");
  const path = join(nats().folder, "plain.creds");
  await writeFile(path, fmtCreds(await encodeUser("somebody", user, keyOf(seeds.edge), {}), user));
  return path;
};

test(
  "two credentials are enough for a given server, and the nats-server that a killed `up` left running is stopped",
  async () => {
    const killed = cluster().up(...FAST);
    await killed.says("starting projector");
    const left = await cluster().process("nats-server");
    killed.signal("SIGKILL");
    await killed.exited;
    expect(isAlive(left)).toBe(true);

    const core = (await nats().identity.masterCreds()).path;
    const given = ["--nats-url", nats().url, "--core-creds", core, "--edge-creds", await plainEdge()];
    const run = cluster().up(...given, "--for", "1", "--json", "--worlds", "2", ...FAST);
    expect([await run.ended(), run.stderr]).toEqual([0, expect.stringContaining("nats-server of its own")]);
    expect(run.summary.conserved).toBe(true);
    expect(isAlive(left)).toBe(false);
    expect(processWithPid(nats().pid)).toBeDefined();
    expect(await cluster().alive()).toEqual([]);
  },
  NATS_START_MS_MAX + 2 * UP_MS_MAX,
);

test("credentials that cannot do what they are for: exit code 2 at once, in one line that says what to add", async () => {
  const core = (await nats().identity.masterCreds()).path;
  const edge = (await nats().identity.slaveCreds(slaveId("local"))).path;
  const up = (...creds: string[]) =>
    new UpRun(["--dir", join(cluster().dir, "unused"), "--nats-url", nats().url, ...creds]);
  for (const [run, said] of [
    [up("--core-creds", core, "--edge-creds", edge), "add --user-creds FILE"],
    [up("--core-creds", "/nowhere", "--edge-creds", edge), "--core-creds: /nowhere cannot be read"],
  ] as const) {
    expect(await run.ended()).toBe(2);
    expect(run.said.trim().split("\n")).toEqual([expect.stringContaining(said)]);
  }
});
