import { ClusterLists } from "#bridge/people/cluster-lists";
import { decodeJson, encodeJson } from "#core/events/codec";
import { instanceId, slaveId } from "#core/ids";
import { EXCHANGED_MAX, keyOf, type ListEntry, type ListExchange, listExchange } from "#core/people/lists";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryDisk } from "#core/ports/memory/memory-disk";
import { subjects } from "#core/subjects";

const north = instanceId("north");
const home = slaveId("home");
const PATH = "/data/lists.json";
const ban = (player: string, on = true, at = 1): ListEntry => ({ list: "bans", player, on, at, by: "home/north" });
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A bridge's copy, and a master that answers when a test says so. */
const scene = async () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const disk = new MemoryDisk();
  const journal: string[] = [];
  const asked: ListExchange[] = [];
  const answers: (() => void)[] = [];
  const master = broker.connect();
  /** What the next answer says beside that nothing is new; an error's code instead. */
  const told: { next: Partial<Record<string, unknown>> | "error" } = { next: {} };
  let waits = false;
  master.subscribe(subjects.query(home, "list-exchange"), (message) => {
    asked.push(decodeJson(listExchange, message.data, "list-exchange"));
    const { next } = told;
    told.next = {};
    const ok = { of: "s", seq: 7, entries: [], refused: [], ...(next === "error" ? {} : next) };
    const value = next === "error" ? { error: { code: "unavailable", message: "no" } } : { ok };
    const answer = () => master.respond(message, encodeJson(value));
    if (waits) answers.push(answer);
    else answer();
  });
  const open = async () => {
    const ports = { disk, bus: broker.connect(), clock, journal: (_: string, text: string) => void journal.push(text) };
    const lists = new ClusterLists(ports, home, PATH);
    await lists.open();
    return lists;
  };
  const lists = await open();
  const tick = async (ms = 3_000, of = lists) => {
    await clock.advance(ms);
    of.tick();
    await settle();
  };
  const banned = (of = lists) => [...of.lists.values()].filter(({ on }) => on).map(({ player }) => player);
  return {
    ...{ lists, open, tick, banned, asked, told, journal, disk },
    hold: () => {
      waits = true;
    },
    release: async () => {
      waits = false;
      for (const answer of answers.splice(0)) answer();
      await settle();
    },
  };
};

test("CO2: until a master answered nothing is known; then what it said is, also after the bridge began anew", async () => {
  const { lists, open, tick, banned, told, asked } = await scene();
  expect(lists.known).toBe(false);
  told.next = { entries: [ban("eve"), ban("bob", false)] };
  await tick();
  expect([lists.known, banned()]).toEqual([true, ["eve"]]);
  await lists.close();
  const second = await open();
  expect([second.known, banned(second)]).toEqual([true, ["eve"]]);
  await tick(3_000, second);
  expect(asked.at(-1)).toMatchObject({ of: "s", since: 7 });
});

test("CO1: what a game did counts at once and is said until the master answered; one answer confirms what it was asked", async () => {
  const { lists, open, tick, banned, told, asked, hold, release, journal } = await scene();
  await tick();
  told.next = "error";
  lists.say(north, [ban("eve")]);
  expect(banned()).toEqual(["eve"]);
  await tick(0);
  // A bridge that dies before it is heard says it again.
  await lists.close();
  expect(banned(await open())).toEqual(["eve"]);
  hold();
  told.next = { entries: [ban("eve")], refused: ["no", "no"] };
  await tick();
  lists.say(north, [ban("zoe")]);
  await tick(0);
  expect(asked.slice(-2).map(({ changes }) => changes.map(({ entry }) => entry.player))).toEqual([["eve"], ["eve"]]);
  await release();
  expect(banned()).toEqual(["eve", "zoe"]);
  expect(journal).toEqual(["what was done in a game stays there: no"]);
  await tick(0);
  expect(asked.at(-1)?.changes.map(({ entry }) => entry.player)).toEqual(["zoe"]);
  await tick();
  expect(asked.at(-1)?.changes).toEqual([]);
});

test("what was refused is gone from the copy: the master's word takes its place", async () => {
  const { lists, tick, banned } = await scene();
  lists.say(north, [ban("eve")]);
  await tick();
  expect(banned()).toEqual([]);
});

test("a day of moderation waits at most, and goes in answers' worths", async () => {
  const { lists, tick, asked } = await scene();
  lists.say(
    north,
    Array.from({ length: 2_100 }, (_, n) => ban(`p${n}`)),
  );
  expect(lists.lists.size).toBe(2_000);
  expect(lists.lists.has(keyOf(ban("p0")))).toBe(false);
  for (let turn = 0; turn < 5; turn++) await tick();
  expect(asked.map(({ changes }) => changes.length)).toEqual([...Array.from({ length: 4 }, () => EXCHANGED_MAX), 0]);
});

test("more is asked for at once; another stream than was known begins anew", async () => {
  const { tick, banned, told, asked } = await scene();
  told.next = { entries: [ban("eve")], more: true };
  await tick();
  told.next = { entries: [ban("zoe")] };
  await tick(0);
  expect(banned()).toEqual(["eve", "zoe"]);
  await tick(2_999);
  expect(asked).toHaveLength(2);
  told.next = { of: "another", entries: [ban("bob")] };
  await tick(1);
  expect(banned()).toEqual(["bob"]);
});

test("an answer of another shape changes nothing and ends nothing; a copy that cannot be read is read anew", async () => {
  const { tick, banned, told, open, disk, journal } = await scene();
  told.next = { entries: [ban("eve")] };
  await tick();
  told.next = { of: 5 };
  await tick();
  told.next = { entries: [ban("zoe")] };
  await tick();
  expect(banned()).toEqual(["eve", "zoe"]);
  await disk.write(PATH, new TextEncoder().encode("{"));
  expect((await open()).known).toBe(false);
  expect(journal).toEqual([expect.stringContaining("the copy of the cluster's lists is read anew")]);
});
