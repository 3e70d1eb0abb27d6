import { Traffic } from "#sim/cluster/traffic";

const counting = () => {
  const counts: Record<string, number> = {};
  const traffic = new Traffic((what) => {
    counts[what] = (counts[what] ?? 0) + 1;
  });
  return { traffic, counts };
};

test("a fact that overtakes an earlier one counts once for its own instance and once for another; a lost one is overtaken by nobody", () => {
  const { traffic, counts } = counting();
  const [a1, b1] = [
    traffic.departs({ instance: "a", arrivals: [900] }),
    traffic.departs({ instance: "b", arrivals: [5] }),
  ];
  traffic.departs({ instance: "a", arrivals: [] });
  const a2 = traffic.departs({ instance: "a", arrivals: [7, 8] });
  traffic.arrives(b1);
  expect(counts).toEqual({ "reordered: facts of two instances": 1 });
  traffic.arrives(a2);
  traffic.arrives(a2);
  expect(counts).toEqual({ "reordered: facts of one instance": 1, "reordered: facts of two instances": 1 });
  expect(traffic.busy).toBe(true);
  traffic.arrives(a1);
  expect(traffic.busy).toBe(false);
  expect(Object.values(counts)).toEqual([1, 1]);
});

test("parts of a sync that come late, twice or never are counted, and one that a new session cuts off in the middle", () => {
  const { traffic, counts } = counting();
  const part = (token: string, number: number, arrivals: number[]) =>
    traffic.departs({ instance: "a", sync: { token, part: number, parts: 3 }, arrivals });
  traffic.arrives(part("t1", 1, [0]));
  part("t1", 2, []);
  part("t1", 3, [40, 50]);
  expect(counts).toEqual({
    "sync in parts": 1,
    "sync in parts: a part lost": 1,
    "sync in parts: a part late": 1,
    "sync in parts: a part twice": 1,
  });
  traffic.departs({ instance: "a", sync: { token: "t2" }, arrivals: [0] });
  expect(counts["sync in parts: cut off by a new session"]).toBe(1);
  for (const number of [1, 2, 3]) traffic.arrives(part("t3", number, [0]));
  part("t4", 1, [0]);
  expect(counts["sync in parts: cut off by a new session"]).toBe(1);
});

test("a round in parts counts once, and is cut off when another leader writes before its end", () => {
  const { traffic, counts } = counting();
  const part = { boot: "b1", storage: { "item:ore": 1 }, worlds: { "a.1": {} } };
  const last = { boot: "b1", position: {}, worlds: { "a.1": { seq: 2 } } };
  expect([traffic.written("b1", part), traffic.written("b1", part), traffic.written("b1", last)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(counts).toEqual({ "round in parts": 1 });
  traffic.written("b1", part);
  traffic.written("b2", { boot: "b2" });
  expect(counts).toEqual({ "round in parts": 2, "round in parts: cut off by another leader": 1 });
});
