import { cp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { STREAMS } from "#core/streams";
import type { ChaosCluster } from "#test/e2e/chaos/kit/cluster";
import { useChaos } from "#test/e2e/chaos/kit/scenario";
import { until } from "#test/kit/until";

const { scenario } = useChaos();

/** Where the server keeps one stream of the CORE account. */
const folderOf = async (store: string, stream: string): Promise<string> => {
  const root = join(store, "jetstream");
  for (const account of await readdir(root)) {
    const folder = join(root, account, "streams", stream);
    const there = await stat(folder).catch(() => undefined);
    if (there !== undefined) return folder;
  }
  throw new Error(`there is no stream ${stream} in ${store}`);
};

/** A copy of the whole store as it was when the server was stopped in order: what a backup, or a flushed disk, holds. */
const copyStore = async (chaos: ChaosCluster): Promise<string> => {
  const copy = join(chaos.folder, `copy-${Date.now()}`);
  await chaos.nats.stopServer();
  await cp(chaos.nats.data, copy, { recursive: true });
  await chaos.nats.restart({ keepData: true });
  chaos.note("the store is copied");
  return copy;
};

const traded = async (chaos: ChaosCluster, what: string): Promise<void> => {
  for (const time of ["once", "twice"]) await chaos.flowing(`${what}, ${time}`);
};

/** SIGKILL, the whole store or some of its streams as they were, and a start. */
const restartOn = async (chaos: ChaosCluster, copy: string, streams?: readonly string[]): Promise<void> => {
  await chaos.nats.kill();
  if (streams === undefined) {
    await rm(chaos.nats.data, { recursive: true });
    await cp(copy, chaos.nats.data, { recursive: true });
  }
  for (const stream of streams ?? []) {
    const now = await folderOf(chaos.nats.data, stream);
    await rm(now, { recursive: true });
    await cp(await folderOf(copy, stream), now, { recursive: true });
  }
  await chaos.nats.restart({ keepData: true });
  chaos.note(`the server runs on an older ${streams?.join(", ") ?? "store"}`);
};

scenario("nats-server is killed and comes back on an older copy of its whole store", async (chaos) => {
  const copy = await copyStore(chaos);
  await traded(chaos, "after the copy");
  const { round } = await chaos.client.cluster();
  await restartOn(chaos, copy);
  const older = () =>
    chaos.client.cluster().then(
      (view) => view.round < round || view.round === 0,
      () => undefined,
    );
  await until(older, { timeoutMs: 60_000, what: "a master leads on the older ledger" });
  await chaos.flowing("on the older store");
});

scenario(
  "EVENTS alone is older: what was read is not read again, and what is new is not taken for old",
  async (chaos) => {
    const copy = await copyStore(chaos);
    await traded(chaos, "after the copy");
    await restartOn(chaos, copy, ["EVENTS"]);
  },
);

scenario("LEDGER alone is older: worlds restate what it forgot", async (chaos) => {
  const copy = await copyStore(chaos);
  await traded(chaos, "after the copy");
  await restartOn(chaos, copy, ["LEDGER"]);
});

scenario("each stream is deleted while everything runs, and made anew by the next who needs it", async (chaos) => {
  const streams = (await chaos.streams()).streams;
  for (const name of ["EVENTS", "LEDGER"]) {
    await streams.delete(name);
    chaos.note(`${name} is deleted`);
    await chaos.flowing(`without ${name}`);
  }
  const others = STREAMS.map(({ name }) => name).filter((name) => name !== "EVENTS" && name !== "LEDGER");
  for (const name of others) await streams.delete(name);
  chaos.note(`${others.join(", ")} are deleted`);
  for (const { name } of STREAMS) {
    const there = () =>
      streams.info(name).then(
        () => true,
        () => false,
      );
    await until(there, { timeoutMs: 60_000, what: `${name} is there again` });
  }
});

scenario("the whole store is lost: the worlds are the ledger's replicas", async (chaos) => {
  await chaos.nats.kill();
  await chaos.nats.restart({ keepData: false });
  chaos.note("the server runs without its data");
});
