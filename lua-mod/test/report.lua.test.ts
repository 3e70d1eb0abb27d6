import * as fc from "fast-check";
import { act } from "./act";
import { action } from "./actions";
import { Depot } from "./partners";
import { withoutZeros } from "./protocol";
import { World } from "./world";

let world: World;
beforeEach(() => {
  world = World.create();
});
afterEach(() => world.close());

test("nothing is written while nothing changes", () => {
  world.open();
  world.place("export", 0);
  world.placeMany("import", 1, 5);
  world.request(1, 1, "coal", 5);
  world.tick(2000); // the requests are read again meanwhile
  expect(world.reports()).toMatchObject([{ wanted: { 0: 5 } }]);
});

test("a change is reported in its tick when the last report is old enough, else as soon as it is", () => {
  world.open();
  world.place("export", 0);
  world.tick(10);
  const ticks: number[] = [];
  for (let i = 0; i < 20; i++) {
    world.put(0, "iron-plate", 1);
    world.tick(1);
    ticks.push(world.now());
  }
  const first = ticks[0] ?? 0;
  expect(world.reports().map((report) => report.tick)).toEqual([first, first + 5, first + 10, first + 15]);
  expect(world.reports().map((report) => report.exported)).toEqual([{ 0: 1 }, { 0: 6 }, { 0: 11 }, { 0: 16 }]);
});

test("the flush ticks are a setting", () => {
  world.open();
  world.setting("clusterio-flush-ticks", 20);
  world.place("export", 0);
  world.tick(20);
  for (let i = 0; i < 40; i++) {
    world.put(0, "iron-plate", 1);
    world.tick(1);
  }
  expect(world.reports()).toHaveLength(2);
});

test("a report has only what changed, and new names once", () => {
  world.open();
  world.place("export", 0);
  world.put(0, "iron-plate", 1);
  world.tick(5);
  world.put(0, "coal", 2);
  world.tick(5);
  world.put(0, "coal", 2);
  world.tick(5);
  world.place("import", 1);
  world.request(1, 1, "coal", 7);
  world.tick(5);
  expect(world.reports()).toEqual([
    expect.objectContaining({ seq: 1, names: { 0: "item:iron-plate" }, exported: { 0: 1 }, received: {}, wanted: {} }),
    expect.objectContaining({ seq: 2, names: { 1: "item:coal" }, exported: { 1: 2 }, received: {}, wanted: {} }),
    expect.objectContaining({ seq: 3, names: {}, exported: { 1: 4 }, received: {}, wanted: {} }),
    expect.objectContaining({ seq: 4, names: {}, exported: {}, received: { 1: 0 }, wanted: { 1: 7 } }),
  ]);
});

test("wanted stands with received, also when an import and a new request leave it the same", () => {
  world.open();
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10);
  world.tick(6);
  world.request(0, 1, "iron-plate", 14);
  const reply = world.ci({ "item:iron-plate": 4 }); // still 10 - 4: the new request is read at the next visit
  expect(reply).toMatchObject({ received: { 0: 4 }, wanted: { 0: 6 } });
  world.tick(6);
  expect(world.reports().at(-1)).toMatchObject({ received: { 0: 4 }, wanted: { 0: 10 } });
  world.tick(6);
  world.take(0, "iron-plate", 4);
  world.setting("clusterio-import-chests-per-tick", 1);
  expect(world.ci({ "item:iron-plate": 8 })).toMatchObject({ received: { 0: 8 }, wanted: { 0: 10 } });
});

test("a reply counts as a report: seq rises over both transports and nothing is said twice", () => {
  world.open();
  world.place("export", 0);
  world.put(0, "iron-plate", 3);
  world.tick(1);
  expect(world.send("cr", world.tag)).toMatchObject({ seq: 1, exported: { 0: 3 } });
  expect(world.send("cr", world.tag)).toMatchObject({ seq: 2, exported: {} });
  world.tick(20);
  expect(world.reports()).toEqual([]);
  world.put(0, "iron-plate", 3);
  world.tick(1);
  expect(world.reports()).toMatchObject([{ seq: 3, exported: { 0: 6 } }]);
});

test("a full report has every number with its name, zeros too", () => {
  world.open();
  world.place("import", 0);
  world.request(0, 1, "iron-plate", 10);
  world.place("export", 1);
  world.put(1, "coal", 4);
  world.tick(6);
  world.mine(0);
  world.tick(6);
  const names = world.namesByNumber();
  const report = world.send("cr", `${world.tag} full`);
  expect(report).toMatchObject({ full: true, names });
  for (const vector of [report.exported, report.received, report.wanted])
    expect(Object.keys(vector)).toEqual(["0", "1"]);
  expect(Object.values(report.wanted)).toEqual([0, 0]);
});

test("every five minutes of game time the whole is written", () => {
  world.open();
  world.place("export", 0);
  world.put(0, "iron-plate", 1);
  world.tick(18000 - 1);
  expect(world.reports().filter((report) => report.full)).toEqual([]);
  world.tick(1);
  expect(world.reports().filter((report) => report.full)).toHaveLength(1);
  world.tick(18000);
  expect(world.reports().filter((report) => report.full)).toHaveLength(2);
});

test("a file that passed 256 KiB ends with the name of the next", () => {
  world.open();
  world.setting("clusterio-flush-ticks", 1);
  world.place("export", 0);
  const first = `clusterio/${world.token}-0.jsonl`;
  const second = `clusterio/${world.token}-1.jsonl`;
  const reports_max = 5000; // a line has a hundred bytes or so
  for (let i = 0; i < reports_max && world.file(second) === undefined; i++) {
    world.lua(`at(0).insert{ name = "iron-plate", count = 1 }`);
    world.tick(1);
  }
  const bytes = world.file(first) ?? "";
  expect(bytes.endsWith(`\n{"next":"${second}"}\n`)).toBe(true);
  const withoutPointer = bytes.length - `{"next":"${second}"}\n`.length;
  expect(withoutPointer).toBeGreaterThan(256 * 1024);
  expect(withoutPointer).toBeLessThan(256 * 1024 + 200);
  const seqs = world.reports().map((report) => report.seq);
  expect(seqs).toEqual(seqs.map((_, index) => index + 1));
});

test("a bridge that is away for days finds no more than 4 MiB, and is then told what it missed (MR5)", () => {
  world.close();
  world = World.create({ depot: true });
  const depot = new Depot(world);
  world.open({ lease: 216_000 });
  world.place("import", 1);
  world.request(1, 1, "coal", 5);
  const written = () => world.reportLines(world.token).reduce((bytes, line) => bytes + line.length + 1, 0);
  // Almost as much as it may, without a word of its bridge; then messages of other mods, as long as the lease lasts.
  world.lua(`test.storage("clusterio").session.unheardBytes = (4 * 1024 - 64) * 1024`);
  const data = "x".repeat(1_000);
  world.tick(30);
  for (let n = 0; n < 100; n++) {
    depot.say(data);
    world.tick(30);
  }
  const line = 1_200;
  expect(written()).toBeGreaterThanOrEqual(64 * 1024);
  expect(written()).toBeLessThan(64 * 1024 + line);
  expect(depot.say(data)).toEqual({ sent: false, reason: "rate" });
  // What is wanted changes, wholes fall due, and nothing is written.
  const before = written();
  for (let time = 1; time <= 3; time++) {
    world.request(1, 1, "coal", 5 + time);
    world.tick(20_000);
  }
  expect(written()).toBe(before);
  expect(withoutZeros(world.mirror().wanted)).toEqual({ "item:coal": 5 });
  // The same session: its bridge was held up, and goes on reading where it was.
  world.lease(600);
  world.tick(10);
  expect(written()).toBeGreaterThan(before);
  expect(withoutZeros(world.mirror().wanted)).toEqual({ "item:coal": 8 });
  const seqs = world.reports();
  expect(seqs.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1));
  // Another one: its whole state has it all.
  world.request(1, 1, "coal", 9);
  world.tick(10);
  expect(world.begin().wanted).toEqual({ 0: 9 });
});

test("peers agree on when there is no room, whichever of them writes the files (MR5)", () => {
  world.open({ lease: 216_000 });
  world.lua(`test.storage("clusterio").session.unheardBytes = 4 * 1024 * 1024 - 100`);
  const client = world.join({});
  world.place("export", 0);
  client.place("export", 0);
  for (let n = 0; n < 4; n++) {
    for (const peer of [world, client]) {
      peer.put(0, "iron-plate", 1);
      peer.tick(10);
    }
    expect(client.state()).toBe(world.state());
  }
  expect(world.reports().map(({ exported }) => exported)).toEqual([{ 0: 1 }]);
  for (const peer of [world, client]) {
    peer.raw("cl", `${peer.tag} 600`);
    peer.tick(10);
  }
  expect(client.state()).toBe(world.state());
  expect(world.reports().map(({ exported }) => exported)).toEqual([{ 0: 1 }, { 0: 4 }]);
  client.close();
});

test("a new session writes to a new file and starts at seq 1", () => {
  world.open();
  world.place("export", 0);
  world.put(0, "iron-plate", 1);
  world.tick(6);
  world.begin();
  world.put(0, "iron-plate", 1);
  world.tick(6);
  expect(world.reports()).toMatchObject([{ seq: 1, exported: { 0: 2 } }]);
});

test("numbers are written in full, however large", () => {
  world.open();
  const total = 2 ** 53 - 2 ** 32 - 1;
  world.importNamed({ "item:coal": total });
  expect(world.raw("cr", `${world.tag} full`)).toContain(`"received":{"0":${total}}`);
});

test("a reader of the whole state and of every report knows what the mod knows, after any history", () => {
  fc.assert(
    fc.property(fc.array(action, { minLength: 10, maxLength: 40, size: "max" }), (actions) => {
      const other = World.create();
      try {
        other.open();
        for (const each of actions) act(other, each, {});
        other.tick(6); // the last flush
        const mirror = other.mirror();
        expect(mirror.totals()).toEqual(other.totals());
        expect(withoutZeros(mirror.wanted)).toEqual(other.wantedNow());
      } finally {
        other.close();
      }
    }),
    { numRuns: 25, seed: 4 },
  );
});
