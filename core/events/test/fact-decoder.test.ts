import fc from "fast-check";
import { encodeJson } from "#core/events/codec";
import { decodeFact } from "#core/events/fact-decoder";
import { encodeFact } from "#core/events/fact-encoder";
import { type FactBody, factEnvelope } from "#core/events/facts";
import { FACT_BYTES_MAX } from "#core/events/shapes";
import { instanceId, slaveId } from "#core/ids";
import { TOTAL_MAX } from "#core/resource";
import { FACT_TYPES, type FactType, subjects } from "#core/subjects";

/** The hand-written decoder accepts exactly what the schemas accept. */
const SLAVE = slaveId("s1");
const INSTANCE = instanceId("a");

const key = fc.constantFrom("item:iron-plate", "item:coal:rare", "fluid:water:15", "energy");
const total = fc.oneof(fc.nat(), fc.constant(TOTAL_MAX));
const totals = fc.dictionary(key, total, { maxKeys: 3 });
const token = fc.stringMatching(/^[0-9a-z]{10,32}$/);
const boot = fc.stringMatching(/^[0-9a-z]{9}-[0-9a-z]{4}$/);
const session = {
  world: fc.constantFrom("a.1", "a.2.0a1b2c3d"),
  token,
  epoch: fc.nat(),
  tick: fc.nat(),
  exported: totals,
  received: totals,
};
const opt = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const data: Record<FactType, fc.Arbitrary<object>> = {
  "world-synced": fc
    .record({
      ...session,
      prev: fc.oneof(fc.constant(""), token, fc.constant("~00000000a-aaaa.3")),
      owner: boot,
      assignment: opt(fc.string({ maxLength: 50 })),
      seed: fc.nat(),
      wanted: totals,
      untakeable: fc.array(key, { maxLength: 3 }),
      heard: fc.oneof(boot, fc.constant("")),
    })
    .chain((sync) =>
      fc.option(
        fc
          .integer({ min: 2, max: 50 })
          .chain((parts) => fc.integer({ min: 1, max: parts }).map((part) => ({ ...sync, part, parts }))),
        { nil: sync },
      ),
    ),
  "world-reported": fc.record({
    ...session,
    seq: fc.nat(),
    wanted: totals,
    full: opt(fc.constant(true)),
    heard: opt(boot),
  }),
  "world-left": fc.record(session),
  "world-adopted": fc.record({ ...session, parent: fc.constantFrom("b.1", "c.3.0a1b2c3d") }),
};
const time = "2026-11-22T12:00:00.000Z";
const envelope = (type: FactType) =>
  data[type].map((body) => ({
    specversion: "1.0",
    id: "00000000a-aaaa-1",
    type,
    v: 1,
    time,
    source: "s1/a",
    data: body,
  }));

/** Something that does not belong where it is put. */
const junk = fc.constantFrom<unknown>(
  null,
  "",
  "x",
  -1,
  0.5,
  2 ** 53,
  1e300,
  {},
  [],
  { "item:x:normal": 1 },
  { "item:a": -1 },
  { "item:a": 0.5 },
  { __proto__x: 1 },
  true,
  "a.1",
  "1".repeat(64),
);

/** Replaces, adds or removes one thing at a random place. */
const damage = (whole: object, path: number, value: unknown, remove: boolean): object => {
  const copy = JSON.parse(JSON.stringify(whole)) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: Record<string, unknown>) => {
    for (const k of Object.keys(node)) {
      places.push([node, k]);
      if (typeof node[k] === "object" && node[k] !== null) visit(node[k] as Record<string, unknown>);
    }
  };
  visit(copy);
  const [node, k] = places[path % places.length]!;
  if (remove) delete node[k];
  else node[k] = value;
  return copy;
};

const schemaAccepts = (type: FactType, value: unknown): boolean => {
  const bytes = encodeJson(value);
  return factEnvelope[type].safeParse(JSON.parse(new TextDecoder().decode(bytes))).success;
};

for (const type of FACT_TYPES) {
  test(`${type}: whole and damaged messages are judged as the schema judges them`, () => {
    fc.assert(
      fc.property(envelope(type), fc.nat(), junk, fc.boolean(), fc.boolean(), (whole, path, value, remove, intact) => {
        const message = intact ? whole : damage(whole, path, value, remove);
        const decoded = decodeFact(subjects.event(SLAVE, INSTANCE, type), encodeJson(message));
        const type_ = (message as { type?: unknown }).type;
        const v = (message as { v?: unknown }).v;
        // Another type or a newer version is unknown, not malformed; identity is the decoder's own addition.
        if (decoded.kind === "unknown") return expect(type_ !== type || (typeof v === "number" && v > 1)).toBe(true);
        const source = (message as { source?: unknown }).source;
        const world = (message as { data?: { world?: unknown } }).data?.world;
        const own = source === "s1/a" && typeof world === "string" && world.startsWith("a.");
        expect({ accepted: decoded.kind === "fact", message }).toEqual({
          accepted: own && schemaAccepts(type, message),
          message,
        });
      }),
      { seed: 7, numRuns: 1_500 },
    );
  });

  test(`${type}: what the encoder writes is read back`, () => {
    fc.assert(
      fc.property(data[type], (body) => {
        const fact = { type, data: JSON.parse(JSON.stringify(body)) } as FactBody;
        const from = { slave: SLAVE, instance: INSTANCE, boot: "00000000a-aaaa" as never, number: 7 };
        const decoded = decodeFact(subjects.event(SLAVE, INSTANCE, type), encodeFact(from, 1_700_000_000_000, fact));
        expect(decoded).toEqual({
          kind: "fact",
          fact: { ...fact, id: "00000000a-aaaa-7", slave: SLAVE, instance: INSTANCE },
        });
      }),
      { seed: 8, numRuns: 200 },
    );
  });
}

test("another identity in the envelope or the body, a long message, bytes that are not text: rejected with the reason", () => {
  const good = {
    specversion: "1.0",
    id: "x-1",
    type: "world-left",
    v: 1,
    time,
    source: "s1/a",
    data: { world: "a.1", token: "aaaaaaaaaaaa1", epoch: 0, tick: 0, exported: {}, received: {} },
  };
  const judge = (value: unknown) => decodeFact("clusterio.v1.event.s1.a.world-left", encodeJson(value));
  expect(judge(good).kind).toBe("fact");
  expect(judge({ ...good, source: "s2/a" })).toMatchObject({
    kind: "rejected",
    reason: expect.stringContaining("source"),
  });
  expect(judge({ ...good, data: { ...good.data, world: "b.1" } })).toMatchObject({
    kind: "rejected",
    reason: expect.stringContaining("another instance"),
  });
  expect(judge({ ...good, type: "world-reported" })).toMatchObject({
    kind: "rejected",
    reason: expect.stringContaining("type"),
  });
  expect(judge({ ...good, padding: "x".repeat(FACT_BYTES_MAX) })).toMatchObject({
    kind: "rejected",
    reason: expect.stringContaining("longer"),
  });
  expect(decodeFact("clusterio.v1.event.s1.a.world-left", new Uint8Array([0xff, 0xfe]))).toMatchObject({
    kind: "rejected",
  });
  expect(judge({ ...good, type: "world-danced" })).toEqual({ kind: "unknown" });
  expect(judge({ ...good, v: 2 })).toEqual({ kind: "unknown" });
  expect(decodeFact("clusterio.v1.event.master.a.world-left", encodeJson(good))).toMatchObject({ kind: "rejected" });
});

test("a part that there cannot be, and half of a numbering, are rejected", () => {
  const vectors = { exported: {}, received: {}, wanted: {}, untakeable: [] };
  const sync = {
    world: "a.1",
    token: "aaaaaaaaaaaa1",
    prev: "",
    owner: "00000000b-bbbb",
    epoch: 0,
    seed: 1,
    tick: 0,
    heard: "",
    ...vectors,
  };
  const judge = (parts: object) => {
    const envelope = {
      specversion: "1.0",
      id: "x-1",
      type: "world-synced",
      v: 1,
      time,
      source: "s1/a",
      data: { ...sync, ...parts },
    };
    expect(factEnvelope["world-synced"].safeParse(envelope).success).toBe(
      decodeFact("clusterio.v1.event.s1.a.world-synced", encodeJson(envelope)).kind === "fact",
    );
    return decodeFact("clusterio.v1.event.s1.a.world-synced", encodeJson(envelope)).kind;
  };
  expect(judge({ part: 2, parts: 2 })).toBe("fact");
  for (const bad of [{ parts: 2 }, { part: 1 }, { part: 3, parts: 2 }]) expect(judge(bad)).toBe("rejected");
});
