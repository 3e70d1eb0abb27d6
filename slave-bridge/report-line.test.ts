import fc from "fast-check";
import { plainReport, reportLine } from "#bridge/report-line";
import { TOTAL_MAX } from "#core/resource";

const vector = fc.dictionary(fc.nat(600).map(String), fc.oneof(fc.nat(), fc.constant(TOTAL_MAX)), { maxKeys: 4 });
const opt = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** As a line of a file gives it: what is undefined is not there. */
const line = fc
  .record({
    ...{ token: fc.stringMatching(/^[0-9a-z]{10,32}$/), seq: fc.nat(), tick: fc.nat(), full: opt(fc.constant(true)) },
    ...{ names: opt(fc.dictionary(fc.nat(600).map(String), fc.string(), { maxKeys: 3 })) },
    ...{ exported: vector, received: vector, wanted: vector },
  })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const FIELDS = ["token", "seq", "tick", "full", "names", "exported", "received", "wanted", "untakeable", "more"];
const junk = fc.constantFrom<unknown>(null, "", -1, 0.5, 2 ** 53, {}, [], { "01": 1 }, { a: 1 }, { 1: -1 }, true);

test("what is read by hand is what the schema reads", () => {
  fc.assert(
    fc.property(line, fc.constantFrom(...FIELDS), fc.option(junk), (value, field, odd) => {
      const said = odd === null ? value : { ...value, [field]: odd };
      const plain = plainReport(said);
      if (odd === null) expect(plain).toBeDefined();
      if (plain !== undefined) expect(reportLine.parse(said)).toEqual(plain);
    }),
    { numRuns: 1_000 },
  );
});

test("a field that is missing or unknown is left to the schema", () => {
  const whole = { token: "abcdefghij", seq: 1, tick: 2, exported: {}, received: {}, wanted: {} };
  expect(plainReport(whole)).toEqual(whole);
  for (const field of Object.keys(whole)) expect(plainReport({ ...whole, [field]: undefined })).toBeUndefined();
  for (const odd of ["untakeable", "propertyIsEnumerable"])
    expect(plainReport({ ...whole, [odd]: "token" })).toBeUndefined();
});
