import { z } from "zod";
import { decodeFile } from "#core/events/codec";

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
