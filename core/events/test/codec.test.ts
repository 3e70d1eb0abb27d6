import { z } from "zod";
import { canonicalJson, decodeFile } from "#core/events/codec";

const schema = z.object({ v: z.literal(1), port: z.number() });
const read = (text: string) => decodeFile(schema, new TextEncoder().encode(text), "/x/up.json");

test("a file of ours is read", () => {
  expect(read('{"v":1,"port":4222}')).toEqual({ v: 1, port: 4222 });
});

test.each([
  ['{"v":2,"somethingNew":[]}', "/x/up.json was written by another version (v 2): use that version of clusterio"],
  ['{"v":1,"port":"?"}', /^\/x\/up.json is damaged: port /],
  ['{"port":4222}', /^\/x\/up.json is damaged: v /],
  ['{"v":1', "/x/up.json is damaged: it is not JSON"],
  ["", "/x/up.json is damaged: it is not JSON"],
])("one with %p says what it is", (text, message) => {
  expect(() => read(text)).toThrow(message);
});

/** What canonical text is, by the book: the replacer puts each object's keys in order. */
const byTheBook = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

test.each([
  ["the order of keys", { b: 1, a: { z: [], y: {} }, C: null, "": true, é: 1, ﬀ: 2, "😀": 3 }],
  ["whole numbers as keys", { b: 1, 10: 2, 9: 3, "01": 4, a: { 2: 1, 1: 2 } }],
  ["what JSON has no word for", { a: undefined, b: [undefined, Number.NaN, -0, 1e21, 5e-7], c: () => 1 }],
  ["texts that are escaped", { 'q"': '\u2028 \\ " \n \ud800', "item:a/b~[1]": "é" }],
  ["what says itself how it is written", { at: new Date(0), list: [{ toJSON: () => ({ b: 1, a: 2 }) }] }],
  ["another kind of object", Object.assign(Object.create({ inherited: 1 }), { own: 1, __proto__: { b: 1 } })],
  ["a name that every object inherits", JSON.parse('{"constructor":1,"__proto__":{"b":1,"a":2},"toJSON":3}')],
  ["a list", [3, "1", [{ b: 1, a: 2 }], null, false]],
  ["a number", 12.5],
])("canonical text: %s", (_what, value) => {
  expect(canonicalJson(value)).toBe(byTheBook(value));
});
