import { nextBoot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import type { LogBatch } from "#core/events/log-shapes";
import { type InstanceId, instanceId, slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { SELF, subjects } from "#core/subjects";
import { ClusterClient } from "#ctl/client/client";
import type { ShownLine } from "#ctl/log/joined";
import { showLogs, type Wanted } from "#ctl/log/show";
import { logLines } from "#ctl/log/text";

const [north, south] = [instanceId("north"), instanceId("south")];
const home = slaveId("home");

const settle = async () => {
  for (let n = 0; n < 30; n++) await new Promise((resolve) => setImmediate(resolve));
};

const scene = () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const bus = broker.connect();
  const boot = nextBoot(clock.now(), "", new SeededRandom(1));
  const batch = (first: number, ...texts: string[]): LogBatch => ({
    boot,
    first,
    lines: texts.map((text, n) => ({ at: 1_000 * (first + n), from: "game", text })),
  });
  const outside = broker.connect();
  const say = (instance: InstanceId, said: LogBatch) => outside.publish(subjects.log(home, instance), encodeJson(said));
  const over = new AbortController();
  const asked = { client: new ClusterClient(bus, userId("ann")), bus, clock, signal: over.signal };
  const shown: ShownLine[] = [];
  const show = (wanted: Partial<Wanted> & Pick<Wanted, "instances">) =>
    showLogs(asked, { follow: false, grep: undefined, most: undefined, lines: 100, ...wanted }, (line) =>
      shown.push(line),
    );
  const texts = () => shown.map(({ instance, text }) => `${instance}: ${text}`);
  return { clock, outside, batch, say, over, shown, show, texts };
};

test("the past of two, in order of time, and then what comes; a line that both have is shown once", async () => {
  const { outside, batch, say, over, show, texts } = scene();
  let answer = () => {};
  outside.subscribe(subjects.all.logQueries, (message) => {
    const of = message.subject.endsWith("north") ? batch(0, "a", "b", "c") : batch(1, "x");
    const told = () => outside.respond(message, encodeJson({ ok: { batches: [{ ...of, slave: home }] } }));
    if (message.subject.endsWith("north")) answer = told;
    else told();
  });
  const showing = show({ instances: [north, south], follow: true });
  await settle();
  say(north, batch(2, "c", "d"));
  await settle();
  expect(texts()).toEqual([]);
  answer();
  await settle();
  say(north, batch(4, "e"));
  say(south, { ...batch(0, "?"), boot: "nonsense" } as LogBatch);
  await settle();
  expect(texts()).toEqual(["north: a", "north: b", "south: x", "north: c", "north: d", "north: e"]);
  over.abort();
  await showing;
});

test("while no master answers, the past is what the bridge has, and what comes is shown as ever", async () => {
  const { clock, outside, batch, say, over, show, texts } = scene();
  outside.subscribe(subjects.all.commandsTo(home), (message) => {
    expect(message.subject).toBe(subjects.command(userId("ann"), home, north, "log"));
    outside.respond(message, encodeJson({ ok: batch(7, "kept") }));
  });
  const showing = show({ instances: [north], follow: true });
  await settle();
  const boot = batch(0).boot;
  outside.publish(subjects.telemetry(home, SELF), encodeJson({ boot, version: "1", game: "g", instances: [north] }));
  await settle();
  await clock.advanceSettling(10_000, settle);
  say(north, batch(8, "comes"));
  await settle();
  expect(texts()).toEqual(["north: kept", "north: comes"]);
  over.abort();
  await showing;
});

test("of what fits, the last; pages follow each other", async () => {
  const { outside, batch, show, texts } = scene();
  const pages = [batch(0, "joined ann", "x", "joined bob"), batch(3, "joined eve", "y")];
  outside.subscribe(subjects.all.logQueries, (message) => {
    const { after } = JSON.parse(new TextDecoder().decode(message.data)) as { after?: number };
    const page = pages[after ?? 0];
    const next = (after ?? 0) + 1 < pages.length ? { next: (after ?? 0) + 1 } : {};
    outside.respond(message, encodeJson({ ok: { batches: [{ ...page, slave: home }], ...next } }));
  });
  await show({ instances: [north], since: 0, grep: /^joined/u, most: 2 });
  expect(texts()).toEqual(["north: joined bob", "north: joined eve"]);
});

test("a line says its time, who said it, and where it is from when that is not where the instance is", () => {
  const line: ShownLine = {
    instance: "north",
    slave: "home",
    boot: "b",
    number: 1,
    at: 0,
    from: "game",
    text: "a\u001bb",
  };
  const look = { colours: false, several: false, slaveOf: (): string | undefined => "home" };
  expect(logLines(line, look)).toEqual(["1970-01-01T00:00:00.000Z  a b"]);
  expect(logLines({ ...line, from: "bridge", dropped: 7 }, { ...look, several: true })).toEqual([
    "1970-01-01T00:00:00.000Z  north  … 7 lines were too many and are only in the file",
    "1970-01-01T00:00:00.000Z  north  bridge: a b",
  ]);
  expect(logLines({ ...line, slave: "evil" }, look)).toEqual(["1970-01-01T00:00:00.000Z  north (evil)  a b"]);
});
