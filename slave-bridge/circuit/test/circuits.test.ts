import { Airwaves } from "#bridge/circuit/airwaves";
import { Circuits } from "#bridge/circuit/circuits";
import { Levels } from "#bridge/circuit/levels";
import { decodeFeed } from "#bridge/circuit/payload";
import { Pipe } from "#bridge/rcon/pipe";
import { nextBoot } from "#core/boot";
import { decodeJson, encodeJson } from "#core/events/codec";
import { type Page, page } from "#core/events/query";
import { instanceId, slaveId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { resourceKey } from "#core/resource";
import { wrap32 } from "#core/signal";
import { subjects } from "#core/subjects";

const north = instanceId("north");
const south = instanceId("south");
const home = slaveId("home");
const TOKEN = "t0k3nt0k3nt0";
const settle = async () => {
  for (let n = 0; n < 5; n++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** One world behind a pipe, as far as circuits go: it takes what the mod takes and answers as the mod answers. */
class World {
  readonly commands: string[] = [];
  readonly names: string[] = [];
  readonly feeds = new Map<number, { counter: number; values: Map<number, number> }>();
  readonly unknown = new Set<string>();

  command(text: string): string {
    this.commands.push(text);
    const [verb, ...rest] = text.split(" ");
    if (verb === "/clusterio-signals") return this.#number(JSON.parse(rest.join(" ")).names);
    const told = decodeFeed(rest[1] ?? "");
    if (verb !== "/cs" || told === undefined || rest[0] !== TOKEN.slice(0, 4))
      return JSON.stringify({ error: "payload" });
    if (told.start) this.feeds.set(told.feed, { counter: told.counter, values: new Map() });
    const feed = this.feeds.get(told.feed);
    if (feed === undefined || (!told.start && told.counter !== feed.counter + 1))
      return JSON.stringify({ error: "order" });
    feed.counter = told.counter;
    for (const [number, difference] of told.changes) {
      const value = wrap32((feed.values.get(number) ?? 0) + difference);
      if (value === 0) feed.values.delete(number);
      else feed.values.set(number, value);
    }
    return JSON.stringify({ tick: 1 });
  }

  #number(names: string[]): string {
    const signals: Record<string, number> = {};
    for (const name of names) {
      if (this.unknown.has(name)) continue;
      if (!this.names.includes(name)) this.names.push(name);
      signals[name] = this.names.indexOf(name);
    }
    return JSON.stringify({ signals });
  }

  shown(feed: number): Record<string, number> {
    return Object.fromEntries([...(this.feeds.get(feed)?.values ?? [])].map(([n, value]) => [this.names[n]!, value]));
  }
}

const scene = (stocks: Record<string, number> = {}) => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const leader = broker.connect();
  const asked: string[] = [];
  leader.subscribe(subjects.all.queries, (message) => {
    const { after = "" }: Page = decodeJson(page, message.data, "page");
    asked.push(after);
    const keys = Object.keys(stocks)
      .sort()
      .filter((key) => key > after);
    const some = keys
      .slice(0, 2)
      .map((resource) => ({ resource, storage: stocks[resource]!, shortfall: 0, adjusted: 0 }));
    const next = keys.length > 2 ? { next: keys[1] } : {};
    leader.respond(message, encodeJson({ ok: { stocks: some, ...next } }));
  });
  const ports = { clock, bus: broker.connect(), journal: () => {} };
  const air = new Airwaves(ports, home, nextBoot(clock.now(), "", new SeededRandom(1)));
  const levels = new Levels(ports, home);
  const world = new World();
  const pipe = new Pipe(clock, async (command) => world.command(command));
  const complaints: string[] = [];
  const hands = {
    ...{ clock, air, levels, complain: (message: string) => void complaints.push(message) },
    ask: (...[rank, compose]: Parameters<Pipe["ask"]>) => pipe.ask(rank, compose),
  };
  const circuits = new Circuits(hands, north, TOKEN);
  const pass = (ms: number) => clock.advanceSettling(ms, settle);
  const hear = (feeds: object, names: object = {}) =>
    circuits.line(JSON.stringify({ circuit: TOKEN, hear: feeds, names }));
  let seq = 0;
  const elsewhere = (signals: Record<string, number>, channel = "main") =>
    leader.publish(
      subjects.signal(channel, south),
      encodeJson({ boot: nextBoot(clock.now(), "", new SeededRandom(2)), seq: ++seq, signals }),
    );
  const level = (resource: string, amount: number) => {
    stocks[resource] = amount;
    const body = { resource, level: amount, round: ++seq };
    leader.publish(subjects.storage(resourceKey(resource)), encodeJson(body));
  };
  return { clock, circuits, world, pipe, pass, hear, elsewhere, level, complaints, asked, stocks, air };
};

const MAIN = { 1: { channel: "main", epoch: 1 } };

test("a channel that a receiver shows is told: by name once, then in a few bytes", async () => {
  const { world, hear, elsewhere, pass } = scene();
  hear(MAIN);
  await pass(200);
  elsewhere({ "item:coal": 5 });
  await pass(500);
  expect(world.shown(1)).toEqual({ "item:coal": 5 });
  const before = world.commands.length;
  elsewhere({ "item:coal": 6 });
  await pass(500);
  expect(world.shown(1)).toEqual({ "item:coal": 6 });
  expect(world.commands.slice(before)).toHaveLength(1);
  expect(world.commands.at(-1)!.length).toBeLessThan(20);
});

test("CC1: nothing goes into a game that shows nothing, and nobody is asked for levels", async () => {
  const { world, elsewhere, level, pass, asked } = scene({ "item:coal": 5 });
  elsewhere({ "item:coal": 5 });
  level("item:coal", 7);
  await pass(5_000);
  expect(world.commands).toEqual([]);
  expect(asked).toEqual([]);
});

test("levels are asked for page by page, then heard; a fluid's temperatures are one signal, energy is one", async () => {
  const { world, hear, level, pass, asked } = scene({
    ...{
      "item:coal": 5,
      "item:stone": 3,
      "fluid:steam:165": 10,
      "fluid:steam:500": 20,
      energy: 7,
      "item:gear:rare": 2 ** 40,
    },
  });
  hear({ 0: { epoch: 1 } });
  await pass(2_500);
  expect(world.shown(0)).toEqual({
    ...{ "item:coal": 5, "item:stone": 3, "fluid:steam": 30, "virtual:signal-cluster-energy": 7 },
    "item:gear:rare": 2 ** 31 - 1,
  });
  expect(asked).toHaveLength(3);
  level("fluid:steam:165", 0);
  level("item:stone", 4);
  await pass(1_500);
  expect(world.shown(0)).toMatchObject({ "fluid:steam": 20, "item:stone": 4 });
});

test("CL2: a level whose change was lost is right again after the next question", async () => {
  const { world, hear, pass, stocks } = scene({ "item:coal": 5, "item:stone": 3 });
  hear({ 0: { epoch: 1 } });
  await pass(2_500);
  stocks["item:coal"] = 9;
  delete stocks["item:stone"];
  await pass(61_000);
  expect(world.shown(0)).toEqual({ "item:coal": 9 });
});

test("a filtered combinator costs only what it shows", async () => {
  const { world, hear, level, pass } = scene({ "item:coal": 5, "item:stone": 3 });
  hear({ 0: { epoch: 1, only: ["item:stone"] } });
  await pass(2_500);
  expect(world.shown(0)).toEqual({ "item:stone": 3 });
  const before = world.commands.length;
  level("item:coal", 6);
  await pass(5_000);
  expect(world.commands).toHaveLength(before);
});

test("CC2: what changes quickly is told ten times a second, and the last value always", async () => {
  const { world, hear, elsewhere, pass } = scene();
  hear(MAIN, { 0: "item:coal" });
  world.names.push("item:coal");
  await pass(200);
  const before = world.commands.length;
  for (let n = 1; n <= 100; n++) {
    elsewhere({ "item:coal": n });
    await pass(10);
  }
  await pass(200);
  expect(world.commands.length - before).toBeLessThanOrEqual(12);
  expect(world.shown(1)).toEqual({ "item:coal": 100 });
});

test("CC3: what the world has no prototype for is named once and never again", async () => {
  const { world, hear, elsewhere, pass } = scene();
  world.unknown.add("item:other-mods-thing");
  hear(MAIN);
  elsewhere({ "item:other-mods-thing": 1, "item:coal": 2 });
  await pass(500);
  elsewhere({ "item:other-mods-thing": 2, "item:coal": 3 });
  await pass(500);
  expect(world.shown(1)).toEqual({ "item:coal": 3 });
  expect(world.commands.filter((command) => command.startsWith("/clusterio-signals"))).toHaveLength(1);
});

test("FD1: a command out of order is refused, and the feed is told from the beginning", async () => {
  const { world, hear, elsewhere, pass } = scene();
  hear(MAIN);
  elsewhere({ "item:coal": 2 });
  await pass(500);
  world.feeds.get(1)!.counter = 77;
  elsewhere({ "item:coal": 3, "item:stone": 1 });
  await pass(1_000);
  expect(world.shown(1)).toEqual({ "item:coal": 3, "item:stone": 1 });
});

test("a feed that the mod forgot, or that nobody shows any more, is told anew or not at all", async () => {
  const { world, hear, elsewhere, pass } = scene();
  hear(MAIN);
  elsewhere({ "item:coal": 2 });
  await pass(500);
  world.feeds.clear();
  hear({ 1: { channel: "main", epoch: 2 } });
  await pass(500);
  expect(world.shown(1)).toEqual({ "item:coal": 2 });
  hear({});
  const before = world.commands.length;
  elsewhere({ "item:coal": 5 });
  await pass(500);
  expect(world.commands).toHaveLength(before);
});

test("what the world says goes on the air under its own name, and is not told to itself", async () => {
  const { world, circuits, hear, pass, air } = scene();
  hear(MAIN);
  circuits.line(JSON.stringify({ circuit: TOKEN, say: "main", whole: true, signals: { "item:coal": 3 } }));
  circuits.line(JSON.stringify({ circuit: "another0token", say: "main", signals: { "item:coal": 9 } }));
  await pass(500);
  expect(world.shown(1)).toEqual({});
  expect(Object.fromEntries(air.sum("main", south))).toEqual({});
});

test("a line that does not parse is told, and does no harm", async () => {
  const { circuits, complaints, pass } = scene();
  for (const text of ['{"circuit":', '{"circuit":"t0k3nt0k3nt0","say":"main","signals":{"coal":1}}', '{"circuit":7}'])
    circuits.line(text);
  await pass(100);
  expect(complaints).toHaveLength(3);
});
