import { nextBoot } from "#core/boot";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { type LogAnswer, type LogRequest, logQuery } from "#core/events/log";
import type { LogBatch } from "#core/events/log-shapes";
import { instanceId, slaveId, userId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryBroker } from "#core/ports/memory/memory-bus";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { SeededRandom } from "#core/ports/memory/seeded-random";
import { subjects } from "#core/subjects";
import { Logs } from "#projector/logs";
import { Requests } from "#projector/requests";

const north = instanceId("north");
const [home, attic] = [slaveId("home"), slaveId("attic")];
const ann = userId("ann");

const settle = async () => {
  for (let n = 0; n < 200; n++) await Promise.resolve();
};

const scene = () => {
  const clock = new ManualClock();
  const broker = new MemoryBroker(clock);
  const log = new MemoryLog(clock);
  broker.capture("clusterio.v1.log.>", log);
  const bus = broker.connect();
  const logs = new Logs({ bus: broker.connect(), clock, log });
  const boot = nextBoot(clock.now(), "", new SeededRandom(1));
  let first = 0;
  const say = (texts: readonly string[], slave = home, instance = north) => {
    const lines = texts.map((text) => ({ at: clock.now(), from: "game" as const, text }));
    const batch: LogBatch = { boot, first, lines };
    first += texts.length;
    bus.publish(subjects.log(slave, instance), encodeJson(batch));
  };
  const raw = async (data: Uint8Array, subject = subjects.logQuery(ann, north)) => {
    const asked = bus.request(subject, data, 60_000);
    await settle();
    const result = await asked;
    if (result.kind !== "answer") throw new Error(result.kind);
    return decodeJson(answer, result.data, "the answer");
  };
  const ask = async (request: LogRequest): Promise<LogAnswer> => {
    const said = await raw(encodeJson(request));
    return logQuery.answer.parse("ok" in said ? said.ok : said);
  };
  const texts = ({ batches }: LogAnswer) => batches.flatMap(({ lines }) => lines.map(({ text }) => text));
  return { clock, broker, bus, logs, say, ask, raw, texts };
};

const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`);

test("the last lines, however long ago they were printed, of this instance alone", async () => {
  const { clock, say, ask, texts } = scene();
  expect(await ask({ lines: 3 })).toEqual({ batches: [] });
  say(numbered(1, 4));
  say(["of another"], home, instanceId("south"));
  clock.advance(3 * 3_600_000);
  say(numbered(5, 6), attic);
  clock.advance(20_000);
  const told = await ask({ lines: 4 });
  expect(texts(told)).toEqual(numbered(3, 6));
  // A line keeps its number and the machine that it ran on.
  expect(told.batches.map(({ slave, first }) => [slave, first])).toEqual([
    ["home", 2],
    ["attic", 5],
  ]);
  expect(texts(await ask({ lines: 1_000 }))).toEqual(numbered(1, 6));
});

test("what was printed between two times, page by page", async () => {
  const { clock, say, ask, texts } = scene();
  const begun = clock.now();
  for (let n = 0; n < 1_300; n++) {
    say([`line ${n}`, "x".repeat(900)]);
    clock.advance(100);
  }
  const all: string[] = [];
  let pages = 0;
  let after: number | undefined;
  do {
    const page: LogAnswer = await ask(
      after === undefined ? { since: begun + 1_000, until: begun + 120_000 } : { after, until: begun + 120_000 },
    );
    all.push(...texts(page).filter((text) => text.startsWith("line")));
    after = page.next;
    expect(encodeJson(page).length).toBeLessThan(520_000);
    pages++;
  } while (after !== undefined);
  expect(pages).toBeGreaterThan(2);
  expect(all).toEqual(Array.from({ length: 1_191 }, (_, n) => `line ${n + 10}`));
});

test("what is no log line is passed over; a question that cannot be read is refused, and the ledger's master leaves it alone", async () => {
  const { bus, broker, say, ask, raw, texts, logs } = scene();
  const requests = new Requests(broker.connect(), () => {});
  for (let n = 0; n < 600; n++) bus.publish(subjects.log(home, north), encodeJson({ lines: "?" }));
  say(["whole"]);
  expect(texts(await ask({ lines: 5 }))).toEqual(["whole"]);
  expect(texts(await ask({ since: 0 }))).toEqual([]);
  expect(await raw(encodeJson({ lines: 0 }))).toMatchObject({ error: { code: "bad-input" } });
  expect(await raw(new TextEncoder().encode("{"))).toMatchObject({ error: { code: "bad-input" } });
  expect(requests.waiting).toBe(false);
  logs.close();
  requests.close();
});
