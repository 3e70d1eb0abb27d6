import { LostTail } from "#sim/cluster/lost-tail";

const part = (data: object) => new TextEncoder().encode(JSON.stringify(data));

/** Two checkpoints, of messages 101 to 110 and 113 to 119 with rounds between their parts. */
const ledger = () => {
  const tail = new LostTail();
  tail.stored("checkpoint", part({ part: 1 }), 101);
  tail.stored("checkpoint", part({ part: 2, begin: 101, parts: 2 }), 110);
  tail.stored("round", part({ part: 1, parts: 2 }), 112);
  tail.stored("checkpoint", part({ part: 1 }), 113);
  tail.stored("checkpoint", part({ part: 2, begin: 113, parts: 2 }), 119);
  return tail;
};

test("a ledger that was purged keeps the older of its two checkpoints, however often it loses its end", () => {
  const tail = ledger();
  tail.purged();
  expect(tail.after(115)).toBe(115);
  expect(tail.after(109)).toBe(110);
  tail.cut(110);
  expect(tail.after(105)).toBe(110);
});

test("one that still has its beginning can lose all of them, and one that was made anew has nothing to keep", () => {
  const tail = ledger();
  expect(tail.after(109)).toBe(109);
  tail.purged();
  tail.cut(0);
  expect(tail.after(3)).toBe(3);
});

test("what was lost before it was purged is none of its checkpoints", () => {
  const tail = ledger();
  tail.cut(112);
  tail.purged();
  expect(tail.after(3)).toBe(3);
});
