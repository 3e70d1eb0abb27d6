import { JetStreamLog } from "#core/adapters/jetstream-log";
import type { NatsLink } from "#core/adapters/nats-connection";
import { stored } from "#core/audit/test/kit";
import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { encodeFact } from "#core/events/fact-encoder";
import type { FactBody } from "#core/events/facts";
import { Fold, PLATE } from "#core/fold/test/kit";
import { instanceId, parseWorldId, slaveId } from "#core/ids";
import { subjects } from "#core/subjects";
import { printCommands } from "#ctl/audit/commands";
import { type EventsOptions, printEvents } from "#ctl/audit/events";
import { Output } from "#ctl/audit/output";
import { parseTraceId, type Trace, trace } from "#ctl/audit/trace";
import { traceLines } from "#ctl/audit/trace-text";
import { compareWhatIf, parseChanges, whatIfLines } from "#ctl/audit/what-if";
import { History } from "#ctl/history/history";
import { liveLedger } from "#ctl/history/open";
import { NATS_START_MS_MAX, TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** What is read from EVENTS, LEDGER and AUDIT of a real nats-server, each with facts behind it. */
const signal = new AbortController().signal;
const BOOT = "0mwrya70h-aad2" as Boot;
let nats: TestNats;
let link: NatsLink;
beforeEach(async () => {
  ({ nats, link } = await TestNats.withStreams());
}, NATS_START_MS_MAX);
afterEach(() => nats.close(), 30_000);

/** A cluster by hand: facts in EVENTS, and the rounds that they make in LEDGER. */
class Hand {
  readonly fold = new Fold();
  readonly events = new JetStreamLog(link, "EVENTS");
  readonly ledger = new JetStreamLog(link, "LEDGER");
  #facts = 0;
  #written = 0;

  async fact(instance: string, body: FactBody): Promise<number> {
    const from = { slave: slaveId("s1"), instance: instanceId(instance), boot: BOOT, number: ++this.#facts };
    link.nc.publish(subjects.event(from.slave, from.instance, body.type), encodeFact(from, Date.now(), body));
    await link.nc.flush();
    await until(async () => (await this.events.info()).lastSeq === this.#facts, { what: "the fact is captured" });
    return this.#facts;
  }

  /** One report: published, folded, and written as a round. */
  async report(id: string, said: { exported?: object; received?: object; wanted?: object }): Promise<void> {
    const { id: world, instance } = parseWorldId(id);
    const { token } = this.fold.state.worlds.get(world)!;
    const base = {
      world,
      token,
      epoch: 1,
      seq: this.#facts,
      tick: 60 * this.#facts,
      exported: {},
      received: {},
      wanted: {},
    };
    const seq = await this.fact(instance, { type: "world-reported", data: { ...base, ...said } as never });
    this.fold.report(id, { ...said, seq } as never);
    this.fold.state.position = { created: (await this.events.info()).created, seq, id: `${BOOT}-${seq}` };
    await this.round();
  }

  async round(): Promise<void> {
    this.fold.round();
    await this.write();
  }

  async write(): Promise<void> {
    const messages = stored(this.fold.ledger.map(({ message }) => message));
    for (const { subject, data, seq } of messages.slice(this.#written)) {
      expect(await this.ledger.append(subject, data, seq - 1)).toEqual({ kind: "stored", seq });
    }
    this.#written = messages.length;
  }
}

/** a exports 30, then 20; b wants 40 and takes them in. */
const trade = async (): Promise<Hand> => {
  const hand = new Hand();
  for (const id of ["a", "b"]) hand.fold.assign(id);
  for (const id of ["a.1", "b.1"]) hand.fold.sync(id, {});
  await hand.round();
  await hand.report("a.1", { exported: { [PLATE]: 30 } });
  await hand.report("a.1", { exported: { [PLATE]: 50 } });
  await hand.report("b.1", { wanted: { [PLATE]: 40 }, received: { [PLATE]: 0 } });
  await hand.report("b.1", { received: { [PLATE]: 40 } });
  return hand;
};
const followed = async (id: string): Promise<Trace[]> => {
  const ledger = await History.of([], liveLedger(link));
  return trace({ ledger, events: new JetStreamLog(link, "EVENTS") }, parseTraceId(id), { signal });
};

test("a fact is traced by its id or its place to the grant that it fed and to the fact that told of its arrival", async () => {
  await trade();
  const [byId] = await followed(`${BOOT}-2`);
  expect(byId).toMatchObject({
    kind: "export",
    amount: 20,
    inStorage: 10,
    units: { from: 30, to: 50 },
    fact: { id: `${BOOT}-2`, seq: 2, world: "a.1", tick: 60 },
    ways: [{ amount: 10, sink: { kind: "grant", world: "b.1" }, receivedBy: { id: `${BOOT}-4`, tick: 180 } }],
  });
  expect(await followed("event:2")).toEqual([byId]);
  expect(traceLines(byId!).join("\n")).toContain(`fact ${BOOT}-4, tick 180`);
});

test("a grant is traced back to the facts that exported it, by the entry that a statement shows", async () => {
  const hand = await trade();
  const [granted] = await followed(`${hand.fold.ledger.length - 1}/b.1/${PLATE}`);
  expect(granted).toMatchObject({
    kind: "grant",
    amount: 40,
    ways: [
      { amount: 30, exportedBy: { id: `${BOOT}-1` }, receivedBy: { id: `${BOOT}-4` } },
      { amount: 10, exportedBy: { id: `${BOOT}-2` }, receivedBy: { id: `${BOOT}-4` } },
    ],
  });
  expect(traceLines(granted!).join("\n")).toContain("wanted 40");
});

test("what is not there, or exported nothing, is said so", async () => {
  await trade();
  for (const id of [`${BOOT}-9`, "event:99", `${BOOT}-4`, `1/a.1/${PLATE}`, `99/a.1/${PLATE}`]) {
    await expect(followed(id)).rejects.toMatchObject({ code: "bad-input" });
  }
  for (const id of ["", "x", "1/2/3", "event:", `3/a.1/iron`])
    expect(() => parseTraceId(id)).toThrow("is not a fact's id");
});

test("a what-if publishes nothing: no stream grows, and nobody hears a word", async () => {
  await trade();
  const names = ["EVENTS", "LEDGER", "LEVELS", "STATE", "AUDIT", "REJECTED"];
  const ends = () => Promise.all(names.map(async (name) => (await new JetStreamLog(link, name).info()).lastSeq));
  const before = await ends();
  const heard: string[] = [];
  const listener = await nats.master();
  const subscription = listener.nc.subscribe("clusterio.>", {
    callback: (_, message) => void heard.push(message.subject),
  });
  await listener.nc.flush();
  const change = await parseChanges(["policy=proportional", `resources.${PLATE}.reserve=20`]);
  const until_ = { kind: "seq", seq: 999 } as const;
  const ledger = await History.of([], liveLedger(link));
  const compared = await compareWhatIf(ledger, { since: undefined, until: until_, change }, signal);
  expect(compared.stocks).toMatchObject([
    { resource: PLATE, storage: 10, wouldBeStorage: 20, worlds: [{ world: "b.1", granted: 40, wouldBeGranted: 30 }] },
  ]);
  expect(whatIfLines(compared).join("\n")).toContain("-10");
  await link.nc.flush();
  await listener.nc.flush();
  subscription.unsubscribe();
  expect([await ends(), heard]).toEqual([before, []]);
});

/** Runs a printing command and gives its lines. */
const terminal = new Output(signal);
const printing = () => {
  const lines: string[] = [];
  const stop = new AbortController();
  const line = (text: string) => void lines.push(text);
  const json = (value: unknown) => line(JSON.stringify(value));
  // One listener on standard output for all of them.
  const output: Output = Object.assign(Object.create(terminal), { signal: stop.signal, line, json });
  return { lines, stop, output };
};
const DAY = { kind: "time", ms: 0 } as const;
const options = (more: Partial<EventsOptions>): EventsOptions => ({ follow: false, json: false, since: DAY, ...more });

test("facts of worlds and of the leader stand in one list in order of time; type, instance and moment choose", async () => {
  const hand = await trade();
  hand.fold.write({ type: "session-lapsed", data: { world: parseWorldId("b.1").id, silentMs: 46_000, void: "~l.1" } });
  await hand.write();
  const all = async (more: Partial<EventsOptions>): Promise<string[]> => {
    const { lines, output } = printing();
    await printEvents(link, options(more), output);
    return lines;
  };
  const lines = await all({});
  expect(lines.filter((line) => line.includes("world-reported"))).toHaveLength(4);
  expect(lines.at(-1)).toContain("b.1: nothing heard");
  expect([...lines].sort()).toEqual(lines);
  expect(await all({ type: "session-lapsed" })).toHaveLength(1);
  expect(await all({ type: "world-reported", instance: instanceId("a") })).toHaveLength(2);
  expect(await all({ instance: instanceId("b"), type: "instance-created" })).toHaveLength(1);
  expect(await all({ since: { kind: "seq", seq: 3 } })).toHaveLength(2);
  expect((await all({ json: true })).map((line) => (JSON.parse(line) as { stream: string }).stream)).toContain(
    "LEDGER",
  );
});

test("following goes on after the broker was away, and each fact is shown once", async () => {
  const hand = await trade();
  const { lines, stop, output } = printing();
  const following = printEvents(link, options({ follow: true, type: "world-reported" }), output);
  await until(() => lines.length === 4, { what: "what is there is shown" });
  await nats.restart({ keepData: true });
  await until(() => link.connected(), { what: "the connection is back" });
  await hand.report("a.1", { exported: { [PLATE]: 70 } });
  await until(() => lines.length >= 5, { what: "what comes is shown" });
  stop.abort();
  await following;
  expect(lines.map((line) => line.split(/\s+/)[2])).toEqual([1, 2, 3, 4, 5].map((n) => `${BOOT}-${n}`));
}, 60_000);

test("who did what is chosen by user, instance, act, outcome and time, from AUDIT and LEDGER", async () => {
  await trade();
  const entry = (user: string, verb: string, outcome: string, message = "") =>
    encodeJson({ user, verb, outcome, time: "2026-11-22T14:00:00.000Z", ...(message === "" ? {} : { message }) });
  const audit = new JetStreamLog(link, "AUDIT");
  for (const [subject, data] of [
    ["s1.a", entry("ann", "stop", "asked")],
    ["s1.a", entry("ann", "stop", "refused", "it is saving")],
    ["s1.b", entry("bob", "start", "asked")],
    ["s1.b", entry("bob", "start", "ok")],
    ["master._", entry("ann", "world.new", "asked", '{"instance":"b"}')],
  ] as const) {
    link.nc.publish(`clusterio.v1.audit.${subject}`, data);
  }
  await link.nc.flush();
  await until(async () => (await audit.info()).lastSeq === 5, { what: "the commands are captured" });
  const said = async (filter: object): Promise<string[]> => {
    const { lines, output } = printing();
    const ledger = await History.of([], liveLedger(link));
    await printCommands({ ledger, link }, { json: true, ...filter }, output);
    return lines.map((line) => (JSON.parse(line) as { what: string }).what);
  };
  expect(await said({ user: "ann" })).toEqual(["stop", "world.new"]);
  expect(await said({ outcome: "failed" })).toEqual(["stop"]);
  expect(await said({ outcome: "asked" })).toEqual(["world.new"]);
  expect((await said({ instance: "b" })).sort()).toEqual([
    "instance-assigned",
    "instance-created",
    "start",
    "world.new",
  ]);
  expect(await said({ what: "instance-created" })).toHaveLength(2);
  expect(await said({ since: Date.now() + 60_000 })).toEqual([]);
  expect(await said({ user: "ann", until: 1 })).toEqual([]);
});
