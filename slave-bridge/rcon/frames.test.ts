import fc from "fast-check";
import { FRAME_BYTES_MAX } from "#bridge/rcon/client";
import { frameCutter } from "#bridge/rcon/frames";
import { frameOf } from "#bridge/rcon/test/hostile-server";

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const sent = fc.array(fc.tuple(int32, int32, fc.string({ unit: "grapheme", maxLength: 40 })), { maxLength: 8 });

test("however the stream is cut into chunks, the same frames come out", () => {
  fc.assert(
    fc.property(sent, fc.infiniteStream(fc.integer({ min: 1, max: 30 })), (packets, sizes) => {
      const bytes = Buffer.concat(packets.map(([id, type, text]) => frameOf(id, type, text)));
      const cutter = frameCutter();
      const frames = [];
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value;
        frames.push(...cutter.push(bytes.subarray(at, at + size)));
        at += size;
      }
      const texts = frames.map(({ id, type, bytes: frame }) => [
        id,
        type,
        frame.toString("utf8", 12, frame.length - 2),
      ]);
      expect(texts).toEqual(packets);
    }),
    { seed: 20261122, numRuns: 300 },
  );
});

test("a chunk that ends with a frame leaves nothing behind", () => {
  const cutter = frameCutter();
  expect(cutter.push(frameOf(7, 0, "one"))).toHaveLength(1);
  expect(cutter.push(frameOf(8, 0, "two"))).toHaveLength(1);
});

test.each([9, 0, -1, FRAME_BYTES_MAX + 1])("a length of %i is no RCON", (length) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(length);
  expect(() => frameCutter().push(bytes)).toThrow(RangeError);
});
