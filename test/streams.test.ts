import type { JetStreamManager } from "@nats-io/jetstream";
import { matches } from "#core/ports/memory/memory-bus";
import { refuseOldServer, STREAMS } from "#core/streams";
import { FACT_TYPES, subjects } from "#core/subjects";

const serverWith = (api: unknown) => ({ getAccountInfo: async () => ({ api }) }) as unknown as JetStreamManager;

test.each([
  ["2.10, which has no level", {}],
  ["2.11", { level: 1 }],
  ["2.12", { level: 2 }],
])("a server %s is refused", async (_, api) => {
  await expect(refuseOldServer(serverWith(api))).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("2.14"),
  });
});

test("a server 2.14 or newer is taken", async () => {
  expect(await refuseOldServer(serverWith({ level: 4 }))).toBe(4);
  expect(await refuseOldServer(serverWith({ level: 5 }))).toBe(5);
});

const allSubjects = STREAMS.flatMap(({ name, rules }) => rules.subjects.map((subject) => ({ name, subject })));

test("no stream stores a request: that would turn offline into a timeout", () => {
  for (const asked of ["clusterio.v1.command.admin.alpha.north.stop", "clusterio.v1.query.admin.storage"]) {
    expect(allSubjects.filter(({ subject }) => matches(subject, asked))).toEqual([]);
  }
});

test("what EDGE may say is stored without an acknowledgement", () => {
  for (const kind of ["event.a.b.world-reported", "log.a.b", "audit.a.b", "telemetry.a.b", "chat.a.b"]) {
    const stored = STREAMS.filter(({ rules }) =>
      rules.subjects.some((subject) => matches(subject, `clusterio.v1.${kind}`)),
    );
    expect(stored.map(({ rules }) => rules.no_ack)).toEqual([true]);
  }
});

test("every type of fact has its place in EVENTS, and the ledger in LEDGER", () => {
  const placeOf = (asked: string) =>
    allSubjects.filter(({ subject }) => matches(subject, asked)).map(({ name }) => name);
  for (const type of FACT_TYPES) expect(placeOf(`clusterio.v1.event.a.b.${type}`)).toEqual(["EVENTS"]);
  expect(placeOf(subjects.ledger("round"))).toEqual(["LEDGER"]);
  expect(placeOf(subjects.stateLeader())).toEqual(["STATE"]);
});

test("the streams together fit into what the server may use", () => {
  const total = STREAMS.reduce((sum, { limits }) => sum + limits.max_bytes, 0);
  expect(total).toBeLessThan(16 * 1024 ** 3);
});
