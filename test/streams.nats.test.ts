import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import { ensureStreams, STREAMS } from "#core/streams";
import { useNats } from "#test/kit/nats";

const nats = useNats();
const manager = async () => jetstreamManager((await nats().master()).nc, { checkAPI: false });
const fresh = () => nats().restart({ keepData: false });

test("a first start makes all streams, a second one finds them as they should be", async () => {
  const jsm = await manager();
  const names = STREAMS.map(({ name }) => name);
  expect(await ensureStreams(jsm)).toEqual({ created: names, repaired: [], kept: [] });
  expect(await ensureStreams(jsm)).toEqual({ created: [], repaired: [], kept: [] });
});

test("a rule that somebody changed is put right, a limit is kept and reported", async () => {
  await fresh();
  const jsm = await manager();
  await ensureStreams(jsm);
  await jsm.streams.update("EVENTS", { no_ack: false, max_bytes: 10_000_000 });
  const ensured = await ensureStreams(jsm);
  expect(ensured.created).toEqual([]);
  expect(ensured.repaired).toEqual([{ stream: "EVENTS", setting: "no_ack", found: false, wanted: true }]);
  expect(ensured.kept).toEqual([
    { stream: "EVENTS", setting: "max_bytes", found: 10_000_000, wanted: expect.any(Number) },
  ]);
  const { config } = await jsm.streams.info("EVENTS");
  expect(config).toMatchObject({ no_ack: true, max_bytes: 10_000_000 });
});

test("a rule that cannot be put right is named", async () => {
  await fresh();
  const jsm = await manager();
  await jsm.streams.add({ name: "LEDGER", subjects: ["clusterio.v1.ledger.>"], storage: StorageType.Memory });
  await expect(ensureStreams(jsm)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/LEDGER.*storage/),
  });
});
