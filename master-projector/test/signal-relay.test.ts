import { encodeJson } from "#core/events/codec";
import { FACT_BYTES_MAX } from "#core/events/shapes";
import { type InstanceId, instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { subjects } from "#core/subjects";
import { RELAYED_PER_SECOND_MAX, SignalRelay } from "#projector/signal-relay";

const alpha = slaveId("alpha");
const beta = slaveId("beta");
const north = instanceId("north");
const assigned = new Map([
  [north, alpha],
  [instanceId("south"), beta],
]);
const state = encodeJson({ boot: "mab3c9xyz-k2f8", seq: 1, signals: { "item:coal": 5 } });

/** All that was published has been handed over, and what came of it. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const relaying = () => {
  const bus = new MemoryBroker(new ManualClock()).connect();
  const heard: { subject: string; text: string }[] = [];
  bus.subscribe(subjects.all.signals, ({ subject, data }) => {
    heard.push({ subject, text: new TextDecoder().decode(data) });
  });
  const relay = new SignalRelay(bus, (instance: InstanceId) => assigned.get(instance));
  return { bus, heard, relay };
};

test("what a slave says of its own instance goes to everybody, byte for byte", async () => {
  const { bus, heard } = relaying();
  bus.publish(subjects.circuit(alpha, north, "Züge"), state);
  await settled();
  expect(heard).toEqual([{ subject: "clusterio.v1.signal.Z_C3_BCge.north", text: new TextDecoder().decode(state) }]);
});

test("SR1: nobody speaks for an instance that is another slave's, or nobody's", async () => {
  const { bus, heard } = relaying();
  bus.publish(subjects.circuit(beta, north, "main"), state);
  bus.publish(subjects.circuit(alpha, instanceId("nowhere"), "main"), state);
  bus.publish(subjects.circuit(alpha, north, "x".repeat(41)), state);
  bus.publish(subjects.circuit(alpha, north, "main"), new Uint8Array(FACT_BYTES_MAX + 1));
  bus.publish(`${subjects.circuit(alpha, north, "main")}.more`, state);
  await settled();
  expect(heard).toEqual([]);
});

test("SR2: a flood of one slave is cut off for the rest of the second, and nobody else's", async () => {
  const { bus, heard, relay } = relaying();
  for (let n = 0; n < RELAYED_PER_SECOND_MAX + 50; n++) bus.publish(subjects.circuit(alpha, north, "main"), state);
  bus.publish(subjects.circuit(beta, instanceId("south"), "main"), state);
  await settled();
  expect(heard).toHaveLength(RELAYED_PER_SECOND_MAX + 1);
  relay.newWindow();
  bus.publish(subjects.circuit(alpha, north, "main"), state);
  await settled();
  expect(heard).toHaveLength(RELAYED_PER_SECOND_MAX + 2);
});

test("a leader that has left hands on nothing", async () => {
  const { bus, heard, relay } = relaying();
  relay.close();
  bus.publish(subjects.circuit(alpha, north, "main"), state);
  await settled();
  expect(heard).toEqual([]);
});
