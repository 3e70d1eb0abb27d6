import { rename } from "node:fs/promises";
import { isAlive, signalProcess } from "#core/adapters/process-id";
import { FAST, flowing, totals, UP_MS_MAX, useCluster } from "#test/e2e/up-kit";
import { until } from "#test/kit/until";

const cluster = useCluster();

test(
  "kill -9 of everything in the middle of a run: the next start goes on from older saves, and every item is accounted for",
  async () => {
    // Faster than the next start, which so does not make good what was rolled back before it counts.
    const run = cluster().up("--for", "600", "--json", "--speed", "10");
    await run.says("running for");
    const client = await cluster().client();
    await flowing(client, "before the power cut");
    const exported = async () => (await totals(client))?.["iron.1"]?.gave ?? 0;
    await until(async () => (await exported()) > 600, { timeoutMs: UP_MS_MAX, what: "there is much to roll back" });
    await cluster().killAll();
    expect(run.stdout).toBe("");

    const { conserved, worlds } = await cluster().count(0.1);
    expect(conserved).toBe(true);
    expect(worlds.map(({ world }) => world)).toEqual(["circuits.1", "copper.1", "iron.1"]);
    expect(worlds[2]?.exported["item:iron-plate"]).toBeLessThan(600);
  },
  3 * UP_MS_MAX,
);

test(
  "kill -9 of `up` alone: the rest runs on, and the next start takes it over",
  async () => {
    const first = cluster().up(...FAST);
    await first.says("runs until Ctrl-C");
    const roles = ["nats-server", "projector", "bridge"] as const;
    const processes = () => Promise.all([...roles.map((role) => cluster().process(role)), cluster().game("iron")]);
    const before = await processes();
    first.signal("SIGKILL");
    await first.exited;
    expect(before.every(isAlive)).toBe(true);

    const second = cluster().up(...FAST);
    await second.says("runs until Ctrl-C");
    expect(await processes()).toEqual(before);
    for (const role of roles) expect(second.said).toContain(`${role} still runs`);
    // What was taken over is answered for as if it were its own child.
    signalProcess(before[1]!, "SIGKILL");
    await second.says("projector runs again");
    second.signal("SIGINT");
    expect(await second.ended()).toBe(0);
    expect(await cluster().alive()).toEqual([]);
  },
  3 * UP_MS_MAX,
);

test(
  "a nats-server that comes back without its data: everything goes on by itself, and every item is accounted for",
  async () => {
    const run = cluster().up(...FAST);
    await run.says("runs until Ctrl-C");
    const client = await cluster().client();
    await flowing(client, "before the loss");
    const { round } = await client.cluster();
    const server = await cluster().process("nats-server");
    // Held still meanwhile: it would make its files anew.
    process.kill(server.pid, "SIGSTOP");
    await rename(`${cluster().dir}/nats/jetstream`, `${cluster().dir}/nats/lost`);
    signalProcess(server, "SIGKILL");
    await run.says("nats-server runs again");
    const young = () =>
      client.cluster().then(
        (view) => view.round < round,
        () => false,
      );
    await until(young, { timeoutMs: UP_MS_MAX, what: "a master leads on the new ledger" });
    await flowing(client, "on an empty store");
    run.signal("SIGINT");
    expect(await run.ended()).toBe(0);
    const { conserved, worlds } = await cluster().count(1);
    expect(conserved).toBe(true);
    expect(worlds.map(({ world }) => world)).toEqual(["circuits.1", "copper.1", "iron.1"]);
  },
  4 * UP_MS_MAX,
);
