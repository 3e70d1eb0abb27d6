import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import { type Scenarios, useChaos } from "#test/e2e/chaos/kit/scenario";
import { canMount, SmallDisk } from "#test/e2e/chaos/kit/small-disk";
import { until } from "#test/kit/until";

/** Enough for a healthy cluster of a test, little to fill. */
const MEBIBYTES = { server: 96, p1: 4, p2: 4, alpha: 48 } as const;
const disks = new Map<string, SmallDisk>();

const chaos = canMount()
  ? useChaos({
      prepare: async (folder) => {
        for (const [name, mebibytes] of Object.entries(MEBIBYTES))
          disks.set(name, new SmallDisk(join(folder, "mounts", name), mebibytes));
      },
      folderOf: (part) => (part in MEBIBYTES ? `mounts/${part}` : part),
    })
  : undefined;

const noSpace = (said: string): boolean => /ENOSPC|no space left/i.test(said);

const says = async (chaos: ChaosCluster, names: readonly ("p1" | "p2" | "alpha")[], text: RegExp): Promise<void> => {
  const said = async () => {
    const logs = await Promise.all(names.map((name) => readFile(chaos.daemons[name].log, "utf8").catch(() => "")));
    return logs.some((log) => text.test(log));
  };
  await until(said, { timeoutMs: 60_000, what: `one of ${names.join(", ")} says ${text}` });
};

const scenarios = ({ scenario }: Scenarios): void => {
  scenario(
    "the nats-server's disk is full: nothing is granted, and when there is room everything goes on",
    async (chaos) => {
      await disks.get("server")!.fill();
      chaos.note("the server's disk is full");
      // Facts are not acknowledged: what is not stored is first missed when the leader itself has something to write.
      const ordered = chaos.client.master("policy.set", { policies: {} }).catch(() => {});
      await says(chaos, ["p1", "p2"], /LEDGER has taken no message|LEDGER is full/);
      chaos.note("the projectors have said so");
      await disks.get("server")!.free();
      // A server that could not write has switched JetStream off until its next start.
      await chaos.nats.restart({ keepData: true });
      await ordered;
      await chaos.flowing("when there is room again");
    },
  );

  scenario("the projectors' disks are full: there are no snapshots, and everything goes on", async (chaos) => {
    for (const name of ["p1", "p2"]) await disks.get(name)!.fill();
    chaos.note("the projectors' disks are full");
    await says(chaos, ["p1", "p2"], /no snapshot was written.*is full/);
    await chaos.flowing("without snapshots");
    for (const name of ["p1", "p2"]) await disks.get(name)!.free();
  });

  scenario(
    "a bridge's disk is full: its saves fail, and when there is room everything goes on",
    async (chaos) => {
      await disks.get("alpha")!.fill();
      chaos.note("the bridge's disk is full");
      await says(chaos, ["alpha"], /ENOSPC|no space left/);
      chaos.note("the bridge has said so");
      await disks.get("alpha")!.free();
      await chaos.withoutPauses(() => chaos.flowing("when there is room again"));
    },
    noSpace,
  );
};

// Told as skipped in the run's last line, not passed over.
if (chaos === undefined) test.skip("disk full: these rights do not allow to mount a small disk", () => {});
else scenarios(chaos);
