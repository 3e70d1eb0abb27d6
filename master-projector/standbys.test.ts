import { encodeJson } from "#core/events/codec";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { subjects } from "#core/subjects";
import { HEARD_MS, SAID_MS, Standbys } from "#projector/standbys";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const scene = () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const of = (name: string | undefined) => new Standbys(broker.connect(), clock, name);
  return { clock, broker, leader: of("lead"), other: of("other"), nameless: of(undefined) };
};

test("a leader knows who stands by, and forgets who is silent", async () => {
  const { clock, leader, other, nameless } = scene();
  other.say("standby");
  nameless.say("standby");
  leader.say("standby");
  await settled();
  expect(leader.now()).toEqual([{ name: "other", role: "standby" }]);
  await clock.advance(SAID_MS);
  other.say("halted");
  await settled();
  expect(leader.now()).toEqual([{ name: "other", role: "halted" }]);
  await clock.advance(HEARD_MS + 1);
  expect(leader.now()).toEqual([]);
});

test("it is said once a second, however often one says it, and what is no such message is left alone", async () => {
  const { broker, leader, other } = scene();
  let heard = 0;
  const bus = broker.connect();
  bus.subscribe(subjects.stateStandby(), () => {
    heard += 1;
  });
  for (let n = 0; n < 5; n++) other.say("standby");
  await settled();
  expect(heard).toBe(1);
  bus.publish(subjects.stateStandby(), encodeJson({ name: "", role: "king" }));
  bus.publish(subjects.stateStandby(), new Uint8Array([1, 2]));
  await settled();
  expect(leader.now()).toEqual([{ name: "other", role: "standby" }]);
});
