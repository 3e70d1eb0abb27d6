import { AUTH, EXECUTE, encodeFrame, FrameReader } from "#sim/factorio/rcon-frames";

const frames = [
  { id: 1, type: AUTH, body: "secret" },
  { id: -7, type: EXECUTE, body: "/x äöü 🙂" },
  { id: 2147483647, type: EXECUTE, body: "" },
];

test("frames survive any cutting of the stream", () => {
  const bytes = Buffer.concat(frames.map(encodeFrame));
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new FrameReader();
    const read = [];
    for (let at = 0; at < bytes.length; at += size) read.push(...(reader.push(bytes.subarray(at, at + size)) ?? []));
    expect(read).toEqual(frames);
  }
});

test("a stream that is not RCON is told from one that is", () => {
  expect(new FrameReader().push(Buffer.from("GET / HTTP/1.1\r\n\r\n"))).toBeUndefined();
  expect(new FrameReader().push(Buffer.from([9, 0, 0, 0]))).toBeUndefined();
});
