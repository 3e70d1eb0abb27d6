import { createHash } from "node:crypto";
import { refused, unavailable } from "#core/errors";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { encodeFrame, splitFrame } from "#core/transfer/frame";
import { readingAhead, relay, type Source, type Target, TRIES_MAX, WINDOW } from "#core/transfer/relay";

const PIECE = 10;
const bytesOf = (count: number) => Uint8Array.from({ length: count }, (_, at) => at % 251);
const sumOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A source and a target in memory; `fails` decides which pieces get lost on their way. */
const ends = (bytes: Uint8Array, fails: (offset: number) => Error | undefined = () => undefined) => {
  let have = new Uint8Array();
  const seen = { reading: 0, readingMax: 0, underWay: 0, underWayMax: 0, begins: 0, puts: 0 };
  const source: Source = {
    bytes: bytes.length,
    read: async (offset, length) => {
      expect([offset >= 0, length > 0, offset + length <= bytes.length]).toEqual([true, true, true]);
      seen.readingMax = Math.max(seen.readingMax, ++seen.reading);
      await Promise.resolve();
      seen.reading--;
      return bytes.subarray(offset, offset + length);
    },
  };
  const target: Target<string> = {
    begin: async () => {
      seen.begins++;
      return have.length;
    },
    put: async (offset, piece) => {
      seen.puts++;
      seen.underWayMax = Math.max(seen.underWayMax, ++seen.underWay);
      try {
        if (offset !== have.length) throw unavailable(`a piece at ${offset}, ${have.length} are here`);
        const problem = fails(offset);
        if (problem !== undefined) throw problem;
        have = Uint8Array.from([...have, ...piece]);
        await new Promise((resolve) => setImmediate(resolve));
      } finally {
        seen.underWay--;
      }
    },
    finish: async () => {
      if (sumOf(have) !== sumOf(bytes)) throw refused("another sum");
      return "whole";
    },
  };
  return { source, target, seen, have: () => have };
};

const run = async <T>(source: Source, target: Target<T>, more: { signal?: AbortSignal; done?: number[] } = {}) => {
  const clock = new ManualClock();
  const { signal = new AbortController().signal, done = [] } = more;
  const onProgress = (at: number) => void done.push(at);
  const ended = relay(readingAhead(source, PIECE), target, { clock, signal, pieceBytes: PIECE, onProgress });
  let over = false;
  const settled = ended.then(
    () => (over = true),
    () => (over = true),
  );
  while (!over) {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1_000);
  }
  await settled;
  return ended;
};

test("a file of any size comes whole, and no more than the window of it is in memory (TX1)", async () => {
  for (const size of [0, 1, PIECE, PIECE + 1, 1_003]) {
    const bytes = bytesOf(size);
    const { source, target, seen, have } = ends(bytes);
    const done: number[] = [];
    expect(await run(source, target, { done })).toBe("whole");
    expect(sumOf(have())).toBe(sumOf(bytes));
    expect(done.at(-1)).toBe(size);
    expect(seen.underWayMax).toBeLessThanOrEqual(WINDOW);
    expect(seen.readingMax).toBeLessThanOrEqual(WINDOW);
  }
});

test("lost pieces are sent again from where the target says, nothing twice (TX3)", async () => {
  const lost = new Set([0, 40, 500, 990]);
  const { source, target, seen, have } = ends(bytesOf(1_003), (offset) =>
    lost.delete(offset) ? unavailable("the line is dead") : undefined,
  );
  expect(await run(source, target)).toBe("whole");
  expect(sumOf(have())).toBe(sumOf(bytesOf(1_003)));
  expect(seen.begins).toBe(5);
});

test("without any progress it ends after a few tries; a refusal ends it at once (TX3)", async () => {
  const dead = ends(bytesOf(100), () => unavailable("the disk is full"));
  await expect(run(dead.source, dead.target)).rejects.toMatchObject({
    code: "unavailable",
    message: "the disk is full",
  });
  expect(dead.seen.begins).toBe(TRIES_MAX);
  const no = ends(bytesOf(100), () => refused("no"));
  await expect(run(no.source, no.target)).rejects.toMatchObject({ code: "refused" });
  expect(no.seen.begins).toBe(1);
  // And what was not yet on its way stays where it is.
  expect(no.seen.puts).toBeLessThanOrEqual(WINDOW);
});

test("whoever goes on elsewhere reads anew: nothing is kept of what was asked for ahead (TX1)", async () => {
  const read: number[] = [];
  const bytes = bytesOf(1_000);
  const source = readingAhead(
    {
      bytes: bytes.length,
      read: async (offset, length) => {
        read.push(offset);
        return bytes.subarray(offset, offset + length);
      },
    },
    PIECE,
  );
  for (const offset of [0, 500, 10])
    expect(await source.read(offset, PIECE)).toEqual(bytes.subarray(offset, offset + PIECE));
  expect(read).toEqual([0, 10, 20, 30, 500, 510, 520, 530, 10, 20, 30, 40]);
});

test("a target that never says where to go on is asked a few times (TX3)", async () => {
  const { source, target } = ends(bytesOf(100));
  let begins = 0;
  const begin = async () => {
    begins++;
    throw unavailable("nobody is there");
  };
  await expect(run(source, { ...target, begin })).rejects.toMatchObject({ message: "nobody is there" });
  expect(begins).toBe(TRIES_MAX);
});

test("interrupted it is, whatever the end of the connection made of it (TX4)", async () => {
  const stop = new AbortController();
  const { source, target } = ends(bytesOf(100), () => {
    stop.abort();
    return refused("the connection was closed");
  });
  await expect(run(source, target, { signal: stop.signal })).rejects.toThrow("goes on where this one ended");
});

test("interrupted it says so, and the next attempt goes on where it ended (TX4)", async () => {
  const stop = new AbortController();
  const bytes = bytesOf(1_003);
  const { source, target, have } = ends(bytes, (offset) => {
    if (offset === 300) stop.abort();
    return undefined;
  });
  await expect(run(source, target, { signal: stop.signal })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("goes on where this one ended"),
  });
  const kept = have().length;
  expect(kept).toBeGreaterThanOrEqual(300);
  expect(kept).toBeLessThan(500);
  const done: number[] = [];
  expect(await run(source, target, { done })).toBe("whole");
  expect(done[0]).toBe(kept);
});

test("bytes behind a line of JSON come back as they were, and JSON alone is JSON", () => {
  const body = Uint8Array.from([10, 0, 255, 10]);
  const { head, body: back } = splitFrame(encodeFrame({ text: "a\nb" }, body));
  expect(JSON.parse(new TextDecoder().decode(head))).toEqual({ text: "a\nb" });
  expect(back).toEqual(body);
  expect(splitFrame(encodeFrame({ ok: 1 })).body).toBeUndefined();
  expect(splitFrame(encodeFrame({ ok: 1 }, new Uint8Array())).body).toHaveLength(0);
});
