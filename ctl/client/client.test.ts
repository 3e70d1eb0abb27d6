import { encodeJson } from "#core/events/codec";
import { instanceId, slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { subjects } from "#core/subjects";
import { ClusterClient } from "#ctl/client/client";

const ann = userId("ann");

/** A master that knows one slave, which is away. */
const scene = () => {
  const broker = new MemoryBroker(new ManualClock());
  const master = broker.connect();
  const answer = (noun: string, ok: object) =>
    master.subscribe(subjects.query(ann, noun), (message) => master.respond(message, encodeJson({ ok })));
  answer("instances", { instances: [] });
  master.subscribe(subjects.masterCommand(ann, "slave", "list"), (message) => {
    const slave = { slave: "attic", name: "Attic", state: "active", by: "ann", at: 0 };
    master.respond(message, encodeJson({ ok: { slaves: [slave] } }));
  });
  return { broker, client: new ClusterClient(broker.connect(), ann) };
};

test("a slave that there is not is told from one that is away", async () => {
  const { client } = scene();
  await expect(client.slave(slaveId("atic"), "status", {})).rejects.toMatchObject({
    ...{ code: "bad-input", message: 'there is no slave "atic"; did you mean "attic"? there are attic' },
  });
  await expect(client.slave(slaveId("attic"), "status", {})).rejects.toMatchObject({
    ...{ code: "unavailable", message: expect.stringMatching(/^the slave attic is away/) },
  });
  const at = { slave: slaveId("atic"), instance: instanceId("north") };
  await expect(client.exchange(at, "save-read", { request: { op: "list" } })).rejects.toMatchObject({
    code: "bad-input",
  });
});

test("without a master nobody knows: it is away", async () => {
  const client = new ClusterClient(new MemoryBroker(new ManualClock()).connect(), ann);
  await expect(client.slave(slaveId("atic"), "status", {})).rejects.toMatchObject({ code: "unavailable" });
});
