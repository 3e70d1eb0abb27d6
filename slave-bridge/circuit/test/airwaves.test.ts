import { Airwaves, CHANNELS_HEARD_MAX } from "#bridge/circuit/airwaves";
import { SPEAK_MS_MIN, Speaker } from "#bridge/circuit/speaker";
import { nextBoot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { CHANNEL_RESTATE_MS, CHANNEL_SILENCE_MS } from "#core/events/signal";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { parseCircuitSubject, subjects } from "#core/subjects";

const north = instanceId("north");
const south = instanceId("south");
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const COAL = "item:coal";

/** Two bridges and a leader that hands on what they say. */
const scene = () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const leader = broker.connect();
  let relaying = true;
  const statements: string[] = [];
  leader.subscribe(subjects.all.circuits, ({ subject, data }) => {
    const from = parseCircuitSubject(subject)!;
    statements.push(`${from.channel} ${new TextDecoder().decode(data).replace(/.*"signals":/, "")}`);
    if (relaying) leader.publish(subjects.signal(from.channel, from.instance), data);
  });
  const random = new SeededRandom(3);
  const airOf = (slave: string) => {
    const boot = nextBoot(clock.now(), "", random);
    return new Airwaves({ clock, bus: broker.connect(), journal: () => {} }, slaveId(slave), boot);
  };
  const pass = (ms: number) => clock.advanceSettling(ms, settle);
  return { clock, leader, statements, home: airOf("home"), away: airOf("away"), pass, cut: () => (relaying = false) };
};

const read = (air: Airwaves, self = north) => Object.fromEntries(air.sum("main", self));

test("what others put on a channel is added up at 32 bits, each instance once, one's own never (CA3)", async () => {
  const { home, away, pass } = scene();
  home.listen("main", () => {});
  home.say(north, "main", { [COAL]: 1 });
  away.say(south, "main", { [COAL]: 2 ** 31 - 1, "item:stone": 4 });
  away.say(south, "other", { [COAL]: 1 });
  away.say(instanceId("west"), "main", { [COAL]: 1, "item:stone": -4 });
  await pass(0);
  expect(read(home)).toEqual({ [COAL]: -(2 ** 31) });
  expect(read(home, south)).toEqual({ [COAL]: 2, "item:stone": -4 });
});

test("CA1: a value that nobody restates any more ends after three periods, and listeners hear of it", async () => {
  const { home, away, pass, cut } = scene();
  const changes: number[] = [];
  home.listen("main", () => changes.push(read(home)[COAL] ?? 0));
  away.say(south, "main", { [COAL]: 5 });
  await pass(0);
  cut();
  await pass(CHANNEL_SILENCE_MS - 1);
  expect(read(home)).toEqual({ [COAL]: 5 });
  await pass(1_001);
  expect(read(home)).toEqual({});
  expect(changes).toEqual([5, 0]);
});

test("an instance that says that it is silent ends at once", async () => {
  const { home, away, pass } = scene();
  home.listen("main", () => {});
  away.say(south, "main", { [COAL]: 5 });
  await pass(0);
  away.say(south, "main", {});
  await pass(0);
  expect(read(home)).toEqual({});
});

test("CA2: an older statement never replaces a newer one, a later start of the bridge always does", async () => {
  const { clock, home, leader, pass } = scene();
  home.listen("main", () => {});
  const boots = [
    nextBoot(clock.now(), "", new SeededRandom(1)),
    nextBoot(clock.now() + 60_000, "", new SeededRandom(1)),
  ];
  const state = async (boot: number, seq: number, value: number) => {
    const body = { boot: boots[boot], seq, signals: { [COAL]: value } };
    leader.publish(subjects.signal("main", south), encodeJson(body));
    await pass(0);
    return read(home)[COAL];
  };
  expect(await state(0, 5, 1)).toBe(1);
  expect(await state(0, 4, 2)).toBe(1);
  expect(await state(0, 5, 3)).toBe(1);
  expect(await state(1, 1, 4)).toBe(4);
  expect(await state(0, 9, 5)).toBe(4);
});

test("what is malformed is nobody's value", async () => {
  const { home, leader, pass } = scene();
  home.listen("main", () => {});
  for (const body of [{}, { boot: "x", seq: 1, signals: {} }, { boot: "mab3c9xyz-k2f8", seq: 1, signals: { coal: 1 } }])
    leader.publish(subjects.signal("main", south), encodeJson(body));
  leader.publish(subjects.signal("main", south), new Uint8Array([1, 2, 3]));
  leader.publish(
    subjects.signal("main", south),
    encodeJson({ boot: "mab3c9xyz-k2f8", seq: 1, signals: { [COAL]: 2 ** 31 } }),
  );
  await pass(0);
  expect(read(home)).toEqual({});
});

test("only so many channels are heard; one that nobody listens to any more makes room", () => {
  const { home } = scene();
  const stops = Array.from({ length: CHANNELS_HEARD_MAX }, (_, n) => home.listen(`c${n}`, () => {}));
  expect(home.listen("one more", () => {})).toBe(false);
  const again = home.listen("c0", () => {});
  for (const stop of [stops[0], again]) if (typeof stop === "function") stop();
  expect(home.listen("one more", () => {})).not.toBe(false);
});

describe("CS1: a speaker", () => {
  const speaking = () => {
    const clock = new ManualClock();
    const said: string[] = [];
    const speaker = new Speaker(clock, (channel, signals) => said.push(`${channel} ${JSON.stringify(signals)}`));
    return { clock, said, speaker };
  };

  test("states changes whole, ten times a second at most, the last one always", () => {
    const { clock, said, speaker } = speaking();
    speaker.heard("main", { [COAL]: 1, "item:stone": 2 }, true);
    for (let n = 2; n < 40; n++) {
      speaker.heard("main", { [COAL]: n }, false);
      clock.advance(10);
    }
    clock.advance(SPEAK_MS_MIN);
    expect(said[0]).toBe('main {"item:coal":1,"item:stone":2}');
    expect(said.at(-1)).toBe('main {"item:coal":39,"item:stone":2}');
    expect(said.length).toBeLessThanOrEqual(6);
  });

  test("restates as long as it lives, and forgets a channel that has become silent", () => {
    const { clock, said, speaker } = speaking();
    speaker.heard("main", { [COAL]: 1 }, true);
    clock.advance(2 * CHANNEL_RESTATE_MS);
    expect(said).toEqual(Array.from({ length: 3 }, () => 'main {"item:coal":1}'));
    speaker.heard("main", { [COAL]: 0 }, false);
    clock.advance(2 * CHANNEL_RESTATE_MS);
    expect(said.slice(3)).toEqual(["main {}"]);
    expect(speaker.size).toBe(0);
  });

  test("says that it is silent when the game stops in order, and nothing when the game is just gone", () => {
    for (const silent of [true, false]) {
      const { clock, said, speaker } = speaking();
      speaker.heard("main", { [COAL]: 1 }, true);
      speaker.close(silent);
      clock.advance(4 * CHANNEL_RESTATE_MS);
      expect(said.slice(1)).toEqual(silent ? ["main {}"] : []);
    }
  });

  test("a whole statement forgets what it does not name", () => {
    const { clock, said, speaker } = speaking();
    speaker.heard("main", { [COAL]: 1 }, true);
    speaker.heard("main", { "item:stone": 1 }, true);
    clock.advance(SPEAK_MS_MIN);
    expect(said.at(-1)).toBe('main {"item:stone":1}');
  });
});
