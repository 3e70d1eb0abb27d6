import fc from "fast-check";
import { fullAllowance, MESSAGES_AT_ONCE, MESSAGES_PER_SECOND, spend } from "#bridge/messages/allowance";
import { type Incoming, Mailbox, WAITING_MAX } from "#bridge/messages/mailbox";
import { decodeMessageLine, isMessageLine } from "#bridge/messages/message-line";
import { Post } from "#bridge/messages/post";
import type { BridgeContext } from "#bridge/ports";
import { nextBoot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { type InstanceId, instanceId, slaveId, worldId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { subjects } from "#core/subjects";

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

describe("an instance's allowance", () => {
  const says = (gaps: readonly number[]): number => {
    let [allowance, now, went] = [fullAllowance(0), 0, 0];
    for (const gap of gaps) {
      now += gap;
      const left = spend(allowance, now);
      if (left === undefined) continue;
      allowance = left;
      went++;
    }
    return went;
  };

  test("so many at once and so many a second go out, whatever is tried (MP3)", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 400 }), (gaps) => {
        const ms = gaps.reduce((a, b) => a + b, 0);
        const most = MESSAGES_AT_ONCE + (ms / 1_000) * MESSAGES_PER_SECOND;
        expect(says(gaps)).toBeLessThanOrEqual(most);
      }),
    );
    expect(says(Array(400).fill(0))).toBe(MESSAGES_AT_ONCE);
    expect(says(Array(400).fill(10))).toBe(MESSAGES_AT_ONCE + 39);
  });

  test("who talks less is never refused", () => {
    expect(says(Array(1_000).fill(100))).toBe(1_000);
  });

  test("a clock that was set back gives nothing", () => {
    expect(spend({ left: 5, at: 100_000 }, 0)).toEqual({ left: 4, at: 0 });
  });
});

describe("a line of the mod", () => {
  const line = { token: "toke00000001", n: 3, channel: "my-mod", to: "north", data: "über 火" };
  test("is a message, or nothing", () => {
    expect(decodeMessageLine(JSON.stringify({ message: line }))).toEqual(line);
    const { to: _, ...all } = line;
    expect(decodeMessageLine(JSON.stringify({ message: all }))).toEqual(all);
    expect(isMessageLine(JSON.stringify({ message: line }))).toBe(true);
    expect(isMessageLine('{"token":"toke00000001"}')).toBe(false);
    const wrong = [{ channel: "a.b" }, { to: "_" }, { to: "A" }, { data: "ü".repeat(501) }, { n: -1 }, { token: "" }];
    for (const each of wrong)
      expect(decodeMessageLine(JSON.stringify({ message: { ...line, ...each } }))).toBeUndefined();
    expect(decodeMessageLine('{"message":')).toBeUndefined();
  });
});

describe("a mailbox", () => {
  const message = (data: string): Incoming => ({ slave: "home", from: "b", channel: "c", data, direct: false });
  const scene = () => {
    const asked: string[] = [];
    const told = { dropped: 0, complaints: [] as string[] };
    let answer: ((reply: string | undefined) => void) | undefined;
    const box = new Mailbox({
      ask: (command) => {
        asked.push(command);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
      complain: ({ code }) => void told.complaints.push(code),
      dropped: () => void told.dropped++,
    });
    const reply = async (text: string | undefined) => {
      answer?.(text);
      await settle();
    };
    return { box, asked, told, reply };
  };

  test("hands over one message at a time, in order, each with a number of its own (MB1, MB2)", async () => {
    const { box, asked, reply, told } = scene();
    box.open("toke00000001");
    for (const data of ["one", "two", "three"]) box.receive(message(data));
    expect(asked).toEqual(['/cm toke {"n":1,"slave":"home","from":"b","channel":"c","data":"one"}']);
    await reply('{"tick":5}\n');
    await reply(undefined); // nobody knows whether it was heard: it is not said again
    await reply('{"tick":6}\n');
    expect(asked.map((command) => /"n":(\d+).*"data":"(\w+)"/.exec(command)?.slice(1))).toEqual([
      ["1", "one"],
      ["2", "two"],
      ["3", "three"],
    ]);
    expect(told).toEqual({ dropped: 0, complaints: [] });
  });

  test("a message to one instance says so", () => {
    const { box, asked } = scene();
    box.open("toke00000001");
    box.receive({ ...message("x"), direct: true });
    expect(asked[0]).toContain('"direct":true');
  });

  test("keeps a bounded number waiting, and drops what comes then (MB3)", async () => {
    const { box, asked, told, reply } = scene();
    box.open("toke00000001");
    for (let n = 0; n < WAITING_MAX + 10; n++) box.receive(message(`m${n}`));
    expect(told.dropped).toBe(9); // one is under way
    for (let n = 0; n < WAITING_MAX + 10; n++) await reply('{"tick":1}');
    expect(asked).toHaveLength(WAITING_MAX + 1);
    expect(asked.at(-1)).toContain(`"m${WAITING_MAX}"`);
  });

  test("what waits ends with its session; the next one begins with number one", async () => {
    const { box, asked, reply } = scene();
    box.receive(message("before any session"));
    box.open("toke00000001");
    for (const data of ["one", "two"]) box.receive(message(data));
    box.close();
    box.receive(message("in between"));
    box.open("next00000002");
    box.receive(message("three"));
    box.open("next00000002"); // it was adopted
    box.receive(message("four"));
    await reply('{"tick":5}');
    expect(asked.map((command) => /^\/cm (\w+) \{"n":(\d).*"(\w+)"\}$/.exec(command)?.slice(1))).toEqual([
      ["toke", "1", "one"],
      ["next", "1", "three"],
      ["next", "2", "four"],
    ]);
  });

  test("a late answer to a session that ended is nobody's", async () => {
    const waiting: ((reply: string) => void)[] = [];
    const asked: string[] = [];
    const complaints: string[] = [];
    const box = new Mailbox({
      ask: (command) => {
        asked.push(command);
        return new Promise((resolve) => void waiting.push(resolve));
      },
      complain: ({ code }) => void complaints.push(code),
      dropped: () => {},
    });
    box.open("toke00000001");
    box.receive(message("one"));
    box.close();
    box.open("next00000002");
    box.receive(message("two"));
    box.receive(message("three"));
    waiting[0]?.('{"error":"wrong-token","message":""}');
    await settle();
    expect(complaints).toEqual([]);
    expect(asked).toHaveLength(2);
    waiting[1]?.('{"tick":1}');
    await settle();
    expect(asked).toHaveLength(3);
  });

  test("a game that holds another session is left; one that takes no more, or knows no messages, loses them", async () => {
    const { box, told, reply } = scene();
    box.open("toke00000001");
    for (let n = 0; n < 3; n++) box.receive(message("x"));
    await reply('{"error":"full","message":""}');
    await reply("Unknown command: cm\n");
    await reply('{"error":"wrong-token","message":""}');
    expect(told).toEqual({ dropped: 2, complaints: ["wrong-token"] });
  });
});

describe("the post", () => {
  const clock = new ManualClock();
  const scene = () => {
    const broker = new MemoryBroker(clock);
    const log: string[] = [];
    const open = (slave: string, instances: readonly string[]) => {
      const heard: Record<string, Incoming[]> = {};
      const receivers = new Map<InstanceId, { message(message: Incoming): void }>();
      for (const name of instances) {
        heard[name] = [];
        receivers.set(instanceId(name), { message: (message) => void heard[name]?.push(message) });
      }
      const ports = { clock, bus: broker.connect(), journal: (_: string, line: string) => void log.push(line) };
      const boot = nextBoot(clock.now(), "", new SeededRandom(1));
      const context = { settings: { slave: slaveId(slave) }, boot, ports } as unknown as BridgeContext;
      const post = new Post(context, receivers);
      const subscription = post.listen();
      return { post, heard, subscription };
    };
    return { broker, log, home: open("home", ["north", "south"]), away: open("away", ["east"]) };
  };
  const said = (data: string, to?: string) => ({
    ...{ token: "toke00000001", n: 1, channel: "my_mod", data },
    ...(to === undefined ? {} : { to }),
  });
  const north = instanceId("north");
  const world = worldId({ instance: north, generation: 1 });

  test("a message to all reaches every other instance on every slave, one to an instance that one, and nobody hears itself (MP2)", async () => {
    const { home, away } = scene();
    home.post.send(north, world, said("to all"));
    home.post.send(north, world, said("to south", "south"));
    home.post.send(north, world, said("to east", "east"));
    home.post.send(north, world, said("to nobody", "west"));
    home.post.send(north, world, said("to myself", "north"));
    await settle();
    const from = { slave: "home", from: "north", channel: "my_mod" };
    expect(home.heard).toEqual({
      north: [],
      south: [
        { ...from, data: "to all", direct: false },
        { ...from, data: "to south", direct: true },
      ],
    });
    expect(away.heard).toEqual({
      east: [
        { ...from, data: "to all", direct: false },
        { ...from, data: "to east", direct: true },
      ],
    });
    away.subscription.stop();
    home.post.send(north, world, said("later"));
    await settle();
    expect(away.heard.east).toHaveLength(2);
  });

  test("what is no message is told and passed over", async () => {
    const { broker, log, away } = scene();
    const bus = broker.connect();
    bus.publish(subjects.message(slaveId("home"), north, undefined, "c"), encodeJson({ data: "x" }));
    bus.publish("clusterio.v1.message.home.north._", encodeJson({}));
    bus.publish("clusterio.v1.message.home.north.North.c", encodeJson({}));
    await settle();
    expect(away.heard.east).toEqual([]);
    // By each of the two bridges.
    expect(log).toEqual(Array(2).fill(expect.stringContaining("message.home.north._.c")));
  });

  test("more than its allowance is dropped, and told once a minute", async () => {
    const { home, away, log } = scene();
    for (let n = 0; n < MESSAGES_AT_ONCE + 20; n++) home.post.send(north, world, said(`m${n}`));
    home.post.send(instanceId("south"), world, said("another's allowance"));
    await settle();
    expect(away.heard.east).toHaveLength(MESSAGES_AT_ONCE + 1);
    expect(log).toHaveLength(1);
    clock.advance(60_000);
    for (let n = 0; n < MESSAGES_AT_ONCE + 1; n++) home.post.send(north, world, said(`m${n}`));
    expect(log[1]).toMatch(/^20 messages/);
  });
});
