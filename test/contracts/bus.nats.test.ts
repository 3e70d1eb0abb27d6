import { NatsBus } from "#core/adapters/nats-bus";
import { MASTER_PAYLOAD_BYTES_MIN, requirePayload } from "#core/adapters/nats-connection";
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

test("B3 what is above max_payload is told and not sent, and who waits for it as an answer hears that", async () => {
  const problems: string[] = [];
  const [asking, answering] = [await master(), await master()];
  const told = await nats().master((problem) => problems.push(problem.message));
  const bus = new NatsBus(told);
  const max = told.nc.info!.max_payload;
  const heard: number[] = [];
  answering.subscribe("contract.long", ({ data }) => heard.push(data.length));
  bus.subscribe("contract.ask", (message) => bus.respond(message, new Uint8Array(max + 1)));
  await Promise.all([answering.flush(), bus.flush()]);
  bus.publish("contract.long", new Uint8Array(max + 1));
  bus.publish("contract.long", new Uint8Array(3));
  await until(() => heard.length > 0, { what: "the short one came" });
  expect(heard).toEqual([3]);
  const result = await asking.request("contract.ask", new Uint8Array(), 5_000);
  expect(JSON.parse(new TextDecoder().decode((result as { data: Uint8Array }).data))).toMatchObject({
    error: { code: "unavailable" },
  });
  expect(problems).toEqual([
    expect.stringMatching(/^contract\.long is not sent.*max_payload/),
    expect.stringMatching(/contract\.ask/),
  ]);
});

test("a connection that is made anew loses nothing that it took before, and is told as an outage that restates", async () => {
  const link = await nats().slave("again");
  const bus = new NatsBus(link);
  const heard = new Set<number>();
  const hearing = await master();
  hearing.subscribe("clusterio.v1.event.again.>", ({ data }) => heard.add(Number(new TextDecoder().decode(data))));
  await hearing.flush();
  const told: boolean[] = [];
  link.onConnection((connected) => told.push(connected));
  const taken: number[] = [];
  let ends = false;
  const saying = (async () => {
    for (let n = 0; !ends; n++) {
      if (bus.connected()) taken.push(n);
      bus.publish("clusterio.v1.event.again.north.world-reported", new TextEncoder().encode(`${n}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (let n = 1; n <= 5; n++) {
    await until(() => taken.length > 100 * n, { what: "it says something" });
    await link.again(5_000);
  }
  ends = true;
  await saying;
  await bus.flush();
  await until(() => taken.every((n) => heard.has(n)), { what: "all that it took came" });
  expect([taken.length > 500, told.join()]).toEqual([true, "false,true,false,true,false,true,false,true,false,true"]);
});

test("a server that takes short messages only is not one for a projector, and what to set is said", async () => {
  const { nc } = await nats().master();
  expect(() => requirePayload({ nc }, MASTER_PAYLOAD_BYTES_MIN)).not.toThrow();
  expect(() => requirePayload({ nc }, nc.info!.max_payload + 1)).toThrow(
    expect.objectContaining({ code: "unavailable", message: expect.stringContaining("max_payload") }),
  );
});
