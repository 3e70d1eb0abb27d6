import { NatsBus } from "#core/adapters/nats-bus";
import { busContract } from "#test/contracts/bus-contract";
import { useNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

const nats = useNats();
const master = async () => new NatsBus(await nats().master());

let buses: [NatsBus, NatsBus, NatsBus];
beforeAll(async () => {
  buses = [await master(), await master(), await master()];
});

busContract("the bus over NATS", async () => {
  const [a, b, c] = buses;
  return {
    a,
    b,
    c,
    outage: async () => {
      await nats().stopServer();
      return () => nats().restart({ keepData: true });
    },
  };
});

test("a content type is the one header of what is published", async () => {
  const link = await nats().master();
  const bus = new NatsBus(link, { contentType: "application/cloudevents+json" });
  const heard: Readonly<Record<string, string>>[] = [];
  bus.subscribe("contract.header", ({ headers }) => heard.push(headers));
  bus.publish("contract.header", new Uint8Array());
  await until(() => heard.length === 1, { what: "it came" });
  expect(heard).toEqual([{ "content-type": "application/cloudevents+json" }]);
});
