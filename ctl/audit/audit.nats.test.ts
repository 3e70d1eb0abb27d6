import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import type { NatsLink } from "#core/adapters/nats-connection";
import { beginning } from "#core/audit/checkpoints";
import type { Proof } from "#core/audit/proof";
import { Refold } from "#core/audit/refold";
import { resealed, Scribe, stored } from "#core/audit/test/kit";
import { stockViewsOf, worldViewOf } from "#core/audit/view";
import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { encodeFact } from "#core/events/fact-encoder";
import type { LedgerMessage, LedgerMessages } from "#core/events/ledger";
import type { State } from "#core/fold/state";
import { Fold, PLATE } from "#core/fold/test/kit";
import { instanceId, parseWorldId, slaveId, userId } from "#core/ids";
import { parseQuerySubject, subjects } from "#core/subjects";
import { connectCore } from "#ctl/audit/connect";
import { Output } from "#ctl/audit/output";
import { replay } from "#ctl/audit/replay";
import { printStatement } from "#ctl/audit/resource";
import { verifyCluster } from "#ctl/audit/verify";
import { History } from "#ctl/history/history";
import { liveLedger } from "#ctl/history/open";
import { NATS_START_MS_MAX, TestNats } from "#test/kit/nats";
import { until } from "#test/kit/until";

/** The audit of a ledger in a real nats-server, read with the credentials of CORE. */
const signal = new AbortController().signal;
let nats: TestNats;
let link: NatsLink;
beforeEach(async () => {
  ({ nats, link } = await TestNats.withStreams());
}, NATS_START_MS_MAX);
afterEach(() => nats.close(), 30_000);

/** A trade of `rounds` rounds, with a checkpoint in the middle and at the end. */
const trade = (rounds: number): LedgerMessage[] => {
  const scribe = new Scribe();
  for (const id of ["a.1", "b.1", "c.1"]) scribe.fold.sync(id, {});
  for (let n = 1; n <= rounds; n++) {
    scribe.fold.report("a.1", { exported: { [PLATE]: n * 5 } });
    for (const id of ["b.1", "c.1"])
      scribe.fold.report(id, { wanted: { [PLATE]: 900 }, received: { [PLATE]: n * 2 - 2 } });
    scribe.round();
    if (n === Math.floor(rounds / 2)) scribe.checkpoint(300);
  }
  scribe.checkpoint();
  return scribe.messages;
};

const history = () => History.of([], liveLedger(link));

const write = async (messages: readonly LedgerMessage[]): Promise<void> => {
  const log = new JetStreamLog(link, "LEDGER");
  for (const { seq, subject, data } of stored(messages)) {
    expect(await log.append(subject, data, seq - 1)).toEqual({ kind: "stored", seq });
  }
};

const stateOf = (messages: readonly LedgerMessage[]): State => {
  const refold = new Refold(beginning());
  for (const message of stored(messages)) refold.take(message);
  return refold.state;
};

/** Answers like a leader that stands at this state. */
const answerAs = (state: State, change: (answer: object) => object = (answer) => answer): void => {
  const bus = new NatsBus(link);
  bus.subscribe(subjects.all.queries, (message) => {
    const noun = parseQuerySubject(message.subject)?.noun;
    const cluster = {
      leader: state.boot,
      round: state.round,
      closedAt: state.closedAt,
      facts: { applied: 0, ignored: {}, rejected: 0 },
      ledger: { bytes: 0, messages: state.round },
      granting: true,
      waiting: [],
    };
    const answers: Record<string, object> = {
      cluster,
      worlds: { worlds: [...state.worlds.values()].map(worldViewOf) },
      storage: change({ stocks: stockViewsOf(state) }),
    };
    bus.respond(message, encodeJson({ ok: answers[noun ?? ""] }));
  });
};

test("a ledger holds, from its beginning, from a checkpoint, and after its beginning was purged", async () => {
  const messages = trade(40);
  await write(messages);
  const whole = await verifyCluster({ link }, {}, signal);
  expect(whole).toMatchObject({ verdict: "holds", from: 1, to: messages.length, base: { kind: "beginning" } });
  expect(whole.tally.grants).toBeGreaterThan(70);
  expect(whole.tally.checkpoints).toBe(2);
  expect(whole.live).toEqual({ compared: false, reason: "no leader answers" });

  const tail = await verifyCluster({ link }, { from: messages.length - 3 }, signal);
  expect(tail).toMatchObject({ verdict: "holds", base: { kind: "checkpoint" }, stateHash: whole.stateHash });
  expect(tail.from).toBeGreaterThan(20);

  await new JetStreamLog(link, "LEDGER").purgeBelow(tail.base.seq - 8);
  const kept = await verifyCluster({ link }, {}, signal);
  expect(kept).toMatchObject({ verdict: "holds", base: tail.base, stateHash: whole.stateHash });
  await new JetStreamLog(link, "LEDGER").purgeBelow(messages.length - 3);
  await expect(verifyCluster({ link }, { to: messages.length - 2 }, signal)).rejects.toMatchObject({
    code: "bad-input",
  });
});

test("a forged grant is found at its sequence", async () => {
  const messages = trade(10);
  const forged = messages.findLastIndex(({ type }) => type === "round");
  const { data } = messages[forged] as LedgerMessages["round"];
  data.worlds!["b.1" as never]!.r![PLATE]![2]! -= 1;
  data.worlds!["c.1" as never]!.r![PLATE]![2]! += 1;
  await write(resealed(messages));
  const proof = await verifyCluster({ link }, {}, signal);
  expect(proof).toMatchObject({ verdict: "violated", finding: { rule: "grant", seq: forged + 1, resource: PLATE } });
});

test("the leader's answers are compared at the round of which it speaks", async () => {
  const messages = trade(10);
  await write(messages);
  answerAs(stateOf(messages.slice(0, -3)));
  expect((await verifyCluster({ link }, {}, signal)).live).toMatchObject({ compared: true, worlds: 3 });
});

test("a leader that says something else than the ledger is found", async () => {
  const messages = trade(10);
  await write(messages);
  answerAs(stateOf(messages), () => ({ stocks: [{ resource: PLATE, storage: 77, shortfall: 0, adjusted: 0 }] }));
  const { finding } = await verifyCluster({ link }, {}, signal);
  expect(finding).toMatchObject({ rule: "live", resource: PLATE });
  expect(finding?.found).toContain("77");
});

test("a leader that is ahead of a ledger which lost its tail is found", async () => {
  const messages = trade(10);
  await write(messages.slice(0, -4));
  answerAs(stateOf(messages));
  expect((await verifyCluster({ link }, {}, signal)).finding).toMatchObject({ rule: "live", seq: messages.length - 4 });
});

test("a state is replayed at a sequence, a round and a time; a statement ends where the accounts stand", async () => {
  const messages = trade(20);
  await write(messages);
  const at = 12;
  const there = stateOf(messages.slice(0, at));
  for (const until of [{ kind: "seq", seq: at } as const, { kind: "round", round: at } as const]) {
    const { seq, state } = await replay(await history(), until, signal);
    expect([seq, state.round, state.closedAt]).toEqual([at, there.round, there.closedAt]);
  }
  const { time } = (await new JetStreamLog(link, "LEDGER").get(messages.length))!;
  expect((await replay(await history(), { kind: "time", ms: time }, signal)).seq).toBe(messages.length);

  const lines: string[] = [];
  const output = Object.assign(new Output(signal), { line: (text: string) => void lines.push(text) });
  const printed = Object.assign(output, { json: (value: unknown) => void lines.push(JSON.stringify(value)) });
  await printStatement(await history(), { resource: PLATE, json: true, since: { kind: "seq", seq: at } }, printed);
  const sums = JSON.parse(lines.at(-1)!) as { opening: number; closing: number; sums: Record<string, number> };
  expect(Object.values(sums.sums).reduce((sum, n) => sum + n, sums.opening)).toBe(sums.closing);
  expect(lines.length).toBeGreaterThan(10);
});

test("who has other credentials, none, or no server is told so", async () => {
  const { path } = await nats.identity.masterCreds();
  const opened = await connectCore({ dir: ".", natsUrl: nats.url, coreCreds: path }, "/");
  await opened.close();
  const refused = { code: "bad-input" };
  await expect(connectCore({ dir: ".", natsUrl: nats.url }, "/")).rejects.toMatchObject(refused);
  await expect(connectCore({ dir: ".", natsUrl: nats.url, coreCreds: "/none" }, "/")).rejects.toMatchObject(refused);
  const edge = (await nats.identity.userCreds(userId("ann"))).path;
  await expect(connectCore({ dir: ".", natsUrl: nats.url, coreCreds: edge }, "/")).rejects.toMatchObject(refused);
  await expect(connectCore({ dir: nats.folder }, "/")).rejects.toMatchObject({ code: "unavailable" });
  await nats.stopServer();
  const gone = connectCore({ dir: ".", natsUrl: nats.url, coreCreds: path }, "/");
  await expect(gone).rejects.toMatchObject({ code: "unavailable" });
});

describe("what the worlds themselves last stated is compared with the ledger", () => {
  const from = { slave: slaveId("s1"), instance: instanceId("a"), boot: "00000000c-cccc" as Boot };

  /** A ledger that has read one fact of a.1: 30 plates. */
  const worldOf = async (said: number): Promise<Proof> => {
    const events = new JetStreamLog(link, "EVENTS");
    const token = "aaaaaaaaaaaa1";
    const vectors = { exported: { [PLATE]: said }, received: {}, wanted: {} };
    const world = parseWorldId("a.1").id;
    const data = { world, token, epoch: 1, seq: 1, tick: 60, ...vectors };
    const fact = encodeFact({ ...from, number: 1 }, Date.now(), { type: "world-reported", data });
    link.nc.publish(subjects.event(from.slave, from.instance, "world-reported"), fact);
    await link.nc.flush();
    await until(async () => (await events.info()).lastSeq === 1, { what: "the fact is captured" });
    const fold = new Fold();
    fold.assign("a");
    fold.sync("a.1", { token });
    fold.report("a.1", { exported: { [PLATE]: 30 } });
    fold.state.position = { created: (await events.info()).created, seq: 1, id: `${from.boot}-1` };
    fold.round();
    await write(fold.ledger.map(({ message }) => message));
    answerAs(fold.state);
    return verifyCluster({ link }, {}, signal);
  };

  test("and is the same", async () => {
    expect(await worldOf(30)).toMatchObject({
      verdict: "holds",
      worlds: { compared: true, worlds: 1, totals: 2, unknown: [], position: 1 },
    });
  });

  test("and a difference is found, though ledger and leader agree", async () => {
    expect(await worldOf(31)).toMatchObject({
      verdict: "violated",
      live: { compared: true },
      finding: { rule: "worlds", world: "a.1", resource: PLATE, expected: expect.stringContaining("exported 31") },
    });
  });
});
