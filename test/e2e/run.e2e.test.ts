import { clusterio } from "#ctl/ledger/test/projector";
import { FAST, UP_MS_MAX, useCluster } from "#test/e2e/up-kit";

const cluster = useCluster();

test(
  "one command runs a cluster: three worlds trade in several directions, and every item is accounted for",
  async () => {
    const run = cluster().up("--for", "4", "--json", ...FAST);
    expect(await run.ended()).toBe(0);
    const { summary } = run;
    expect(summary.conserved).toBe(true);
    expect(summary.seconds).toBeGreaterThanOrEqual(4);
    expect(summary.rounds).toBeGreaterThan(10);
    expect(summary.worlds.map(({ instance, world }) => [instance, world])).toEqual([
      ["circuits", "circuits.1"],
      ["copper", "copper.1"],
      ["iron", "iron.1"],
    ]);
    for (const { exported, received } of summary.worlds) {
      expect(Object.values(exported).some((n) => n > 0)).toBe(true);
      expect(Object.values(received).some((n) => n > 0)).toBe(true);
    }
    expect(Object.values(summary.physical).every(({ produced, held }) => produced > 0 && held >= 0)).toBe(true);
    expect(summary.latencyMs.p50).toBeGreaterThan(0);
    // Each world puts what lies ready in it on one channel, and each shows the sum of all three.
    expect(summary.signals).toMatchObject({ senders: 3, receivers: 3, showing: 3, inventories: 3, showingStorage: 3 });
    // The channel counts its worlds, also those in which nothing lies ready.
    expect(summary.signals?.sent["virtual:signal-A"]).toBe(3);
    expect(Object.keys(summary.signals?.sent ?? {})).toEqual(expect.arrayContaining(["item:iron-plate", "item:coal"]));
    expect(run.stderr).toMatch(/signals on demo from 3 worlds: \d+ /);
    // One line of JSON and nothing else: a script reads it.
    expect(run.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(run.stderr).toContain("stand-in, not real Factorio");
    expect(await cluster().alive()).toEqual([]);
  },
  2 * UP_MS_MAX,
);

test(
  "a second start goes on where the first stopped, makes no new worlds, and tells a person what it counted",
  async () => {
    const run = cluster().up("--for", "2", ...FAST);
    expect(await run.ended()).toBe(0);
    expect(run.stdout).not.toContain("is instance iron");
    expect(run.stdout).toMatch(/iron \(iron\.1\): gave (?:\d+ energy, )?\d+ iron-plate; got/);
    expect(run.stdout.trimEnd().split("\n")).toContain("conserved: nothing was lost, nothing was made");
  },
  2 * UP_MS_MAX,
);

test(
  "Ctrl-C stops everything in order, also when it is pressed twice",
  async () => {
    const run = cluster().up(...FAST);
    await run.says("runs until Ctrl-C");
    expect(await cluster().alive()).toHaveLength(6);
    // Its own starts left nothing that an operator would have to look into.
    const failed = await clusterio(["audit", "commands", "--dir", cluster().dir, "--outcome", "failed"]);
    expect(failed).toEqual({ code: 0, out: "nothing was done\n", err: "" });
    run.ctrlC();
    run.ctrlC();
    expect(await run.ended()).toBe(0);
    expect(run.said).not.toMatch(/killed|ended/);
    expect(await cluster().alive()).toEqual([]);
  },
  2 * UP_MS_MAX,
);
