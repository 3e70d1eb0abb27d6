import fc from "fast-check";
import {
  decodeImport,
  encodeImport,
  firstImport,
  IMPORT_COMMAND_BYTES_MIN,
  type ImportPair,
  importCommand,
} from "#bridge/import-payload";

const settings = { seed: 20261122, numRuns: 300 };
const natural = fc.oneof(
  fc.nat(70),
  fc.integer({ min: 1000, max: 1100 }),
  fc.maxSafeNat(),
  fc.constantFrom(31, 32, 1023, 1024, Number.MAX_SAFE_INTEGER),
);
const pairs = fc
  .uniqueArray(fc.tuple(natural, natural), { selector: ([number]) => number, maxLength: 40 })
  .map((some): ImportPair[] => some.sort(([a], [b]) => a - b));

/** All commands that it takes. */
const commandsFor = (some: readonly ImportPair[], commandBytesMax: number): string[] => {
  if (some.length === 0) return [];
  const { command, count } = firstImport("a1b2", some, commandBytesMax);
  return [command, ...commandsFor(some.slice(count), commandBytesMax)];
};

test("what the protocol's page gives as an example comes out so", () => {
  expect(encodeImport([[0, 5]])).toBe("AF");
  expect(
    encodeImport([
      [0, 5],
      [3, 40],
    ]),
  ).toBe("AFCoB");
  expect(
    importCommand("abcd", [
      [0, 5],
      [3, 40],
    ]),
  ).toBe("/ci abcd AFCoB");
});

test("a payload says what was put in, up to the largest totals", () => {
  fc.assert(
    fc.property(pairs, (some) => {
      expect(decodeImport(encodeImport(some))).toEqual(some);
    }),
    settings,
  );
});

test("a payload stays far below the same in JSON: a hundred resources in 300 bytes", () => {
  const hundred = Array.from({ length: 100 }, (_, index): ImportPair => [index * 2, 100 + index]);
  expect(encodeImport(hundred).length).toBeLessThanOrEqual(300);
});

test("split into commands within the bytes allowed, each complete in itself, nothing is lost or said twice", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: IMPORT_COMMAND_BYTES_MIN, max: 120 }), (some, commandBytesMax) => {
      const commands = commandsFor(some, commandBytesMax);
      for (const command of commands) expect(Buffer.byteLength(command)).toBeLessThanOrEqual(commandBytesMax);
      const payloads = commands.map((command) => /^\/ci a1b2 (\S+)$/.exec(command)?.[1] ?? "");
      expect(payloads.flatMap((payload) => decodeImport(payload))).toEqual(some);
    }),
    settings,
  );
});

test("no command ends while the next resource would still fit", () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: IMPORT_COMMAND_BYTES_MIN, max: 120 }), (some, commandBytesMax) => {
      const told = commandsFor(some, commandBytesMax).map((command) => decodeImport(command.slice(9)) ?? []);
      for (const [index, here] of told.slice(0, -1).entries()) {
        const more = importCommand("a1b2", [...here, told[index + 1]![0]!]);
        expect(more.length).toBeGreaterThan(commandBytesMax);
      }
    }),
    settings,
  );
});

test("the least number of bytes is what the longest pair takes", () => {
  const longest: ImportPair[] = [[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]];
  expect(importCommand("abcd", longest)).toHaveLength(IMPORT_COMMAND_BYTES_MIN);
  expect(() => firstImport("abcd", longest, IMPORT_COMMAND_BYTES_MIN - 1)).toThrow(RangeError);
  expect(() => firstImport("abcd", longest, Number.NaN)).toThrow(RangeError);
});

test.each([
  ["a character of neither alphabet", "A!"],
  ["a blank", "A F"],
  ["a number without its last digit", "AFo"],
  ["a resource without an amount", "AFC"],
  ["an amount beyond what is exact", `A${"_".repeat(10)}f`],
  ["more digits than any number has", `A${"g".repeat(11)}A`],
  ["a resource's number beyond what is exact", `${"_".repeat(10)}HA${"_".repeat(10)}HA`],
])("%s is no payload", (_, payload) => {
  expect(decodeImport(payload)).toBeUndefined();
});

test.each<[string, ImportPair[]]>([
  [
    "a falling order",
    [
      [3, 1],
      [0, 1],
    ],
  ],
  [
    "one resource twice",
    [
      [3, 1],
      [3, 2],
    ],
  ],
  ["a negative amount", [[3, -1]]],
  ["a fraction", [[3, 0.5]]],
  ["a negative number", [[-1, 1]]],
  ["a number that is none", [[Number.NaN, 1]]],
])("%s is a bug and crashes", (_, wrong) => {
  expect(() => encodeImport(wrong)).toThrow(RangeError);
  expect(() => firstImport("abcd", wrong, 100)).toThrow(RangeError);
});

test("a wrong order is named", () => {
  const falling: ImportPair[] = [
    [3, 1],
    [0, 1],
  ];
  expect(() => encodeImport(falling)).toThrow("resource 0 stands after resource 3");
  expect(() =>
    encodeImport([
      [3, 1],
      [3, 2],
    ]),
  ).toThrow("resource 3 stands after resource 3");
});

test.each(["", "abc", "abcde", "ab d", "ABCD"])('"%s" is no tag', (tag) => {
  expect(() => importCommand(tag, [[0, 1]])).toThrow(RangeError);
});
