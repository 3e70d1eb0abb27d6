import fc from "fast-check";
import { lookOf, PLAIN, painted } from "#core/terminal/look";
import { type Column, tableLines } from "#core/terminal/table";

interface Row {
  readonly name: string;
  readonly n: number;
  readonly note: string;
}
const COLUMNS: readonly Column<Row>[] = [
  { head: "NAME", of: ({ name }) => name },
  { head: "N", align: "right", of: ({ n }) => String(n), tone: ({ n }) => (n > 9 ? "bad" : undefined) },
  { head: "NOTE", of: ({ note }) => note },
];
const ROWS = [
  { name: "north", n: 7, note: "" },
  { name: "a-very-long-name-of-an-instance", n: 1_000, note: "is full: exports stop until somebody takes" },
];

test("columns stand below their heads, numbers on the right, and nothing trails", () => {
  expect(tableLines(ROWS, COLUMNS, PLAIN)).toEqual([
    "NAME                                N  NOTE",
    "north                               7",
    "a-very-long-name-of-an-instance  1000  is full: exports stop until somebody takes",
  ]);
});

test("a terminal is not overrun: the widest column gives way, and says so", () => {
  const lines = tableLines(ROWS, COLUMNS, { columns: 44, colours: false });
  expect(Math.max(...lines.map((line) => line.length))).toBe(44);
  expect(lines.at(-1)).toMatch(/^a-very-\S*… {2}1000 {2}is full.*…$/);
});

test("colours are for terminals whose reader did not refuse them", () => {
  const tty = { isTTY: true, columns: 80 };
  expect(lookOf(tty, {})).toEqual({ columns: 80, colours: true });
  expect(lookOf(tty, { NO_COLOR: "1" }).colours).toBe(false);
  expect(lookOf(tty, { NO_COLOR: "" }).colours).toBe(true);
  expect(lookOf(tty, { TERM: "dumb" }).colours).toBe(false);
  expect(lookOf({ columns: 80 }, {})).toEqual(PLAIN);
  expect(painted("x", "bad", { colours: true })).toBe("\u001b[31mx\u001b[39m");
  expect(tableLines(ROWS, COLUMNS, PLAIN).join("")).not.toContain("\u001b");
});

test("whatever a name holds, a line is one line, and as wide as the terminal at most", () => {
  const row = fc.record({ name: fc.string({ unit: "binary" }), n: fc.nat(), note: fc.string({ unit: "binary" }) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 40, max: 200 }), (rows, columns) => {
      const lines = tableLines(rows, COLUMNS, { columns, colours: false });
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) {
        expect([...line].length).toBeLessThanOrEqual(columns);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }
    }),
  );
});
