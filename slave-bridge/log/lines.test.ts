import fc from "fast-check";
import { type Lines, last, newLines, type Said, send, take } from "#bridge/log/lines";
import { LOG_LINES_MAX, LOG_TEXT_MAX } from "#core/events/log-shapes";

const sendAll = (from: Lines): [Lines, Said[]] => {
  const said: Said[] = [];
  let lines = from;
  for (;;) {
    const [next, one] = send(lines);
    lines = next;
    if (one === undefined) return [lines, said];
    said.push(one);
  }
};

test("every line that was let through is said once, in order, with its number, whenever messages are sent (LG2)", () => {
  const step = fc.oneof(
    fc.record({ text: fc.string({ maxLength: 300 }), times: fc.integer({ min: 1, max: 400 }) }),
    fc.record({ ms: fc.integer({ min: 1, max: 4_000 }) }),
    fc.constant({ send: true as const }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let lines = newLines(0);
      let now = 0;
      let given = 0;
      const said: Said[] = [];
      for (const one of steps) {
        if ("ms" in one) now += one.ms;
        else if ("text" in one) {
          given += one.times;
          for (let n = 0; n < one.times; n++) lines = take(lines, "game", one.text, now);
        } else {
          const [next, more] = sendAll(lines);
          lines = next;
          said.push(...more);
        }
        expect(lines.kept.length).toBeLessThanOrEqual(Math.max(LOG_LINES_MAX, lines.waiting));
      }
      said.push(...sendAll(lines)[1]);
      let next = 0;
      for (const { first, lines: some } of said) {
        expect(first).toBe(next);
        next += some.length;
      }
      const dropped = said.reduce((sum, one) => sum + (one.dropped ?? 0), 0);
      expect(next + dropped).toBe(given);
      // LG1: a thousand at once, 120 a second after that.
      expect(next).toBeLessThanOrEqual(1_000 + (now / 1_000) * 120 + 1);
    }),
  );
});

test("what was too much is counted in the next message, and a quiet second has room again (LG1)", () => {
  let lines = newLines(0);
  for (let n = 0; n < 1_500; n++) lines = take(lines, "game", "tick", 0);
  const [after, said] = sendAll(lines);
  expect(said.map(({ lines: some, dropped }) => [some.length, dropped])).toEqual([[1_000, 500]]);
  const [, later] = sendAll(take(after, "bridge", "is running", 1_000));
  expect(later).toEqual([{ first: 1_000, lines: [{ at: 1_000, from: "bridge", text: "is running" }] }]);
});

test("long lines are cut, and a message holds no more than its bytes", () => {
  let lines = newLines(0);
  for (let n = 0; n < 200; n++) lines = take(lines, "game", "x".repeat(5_000), 0);
  const [, said] = sendAll(lines);
  expect(said.length).toBeGreaterThan(2);
  expect(said[0]?.lines[0]?.text).toHaveLength(LOG_TEXT_MAX);
  for (const one of said) expect(JSON.stringify(one).length).toBeLessThan(150_000);
});

test("the last ones are there for who asks, also when they were sent; a terminal's control characters are not (LG3)", () => {
  let lines = newLines(0);
  for (let n = 0; n < 900; n++) lines = take(lines, "game", `line ${n}`, n * 20);
  [lines] = sendAll(lines);
  lines = take(lines, "game", "a\u001b[31mb\tc", 20_000);
  expect(last(lines, 2)).toEqual({
    first: 899,
    lines: [
      { at: 899 * 20, from: "game", text: "line 899" },
      { at: 20_000, from: "game", text: "a�[31mb c" },
    ],
  });
  expect(last(newLines(0), 5)).toEqual({ first: 0, lines: [] });
});
