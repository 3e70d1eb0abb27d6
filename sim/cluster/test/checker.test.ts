import { Checker, hashOf } from "#sim/cluster/checker";

/** A ledger of one term, told to a checker at times of the test's own. */
const watched = ({ promptLeaders = false } = {}) => {
  let now = 0;
  let prev = "";
  const checker = new Checker({
    now: () => now,
    onBroken: () => {},
    promptLeaders,
    watchfulLeaders: true,
    steadyClocks: true,
  });
  const at = (ms: number) => {
    now = ms;
  };
  const round = (data: object) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ prev, boot: "b1", ...data }));
    prev = hashOf(bytes);
    checker.ledgerMessage("round", bytes);
    checker.ledgerFilled(960, 1_000);
  };
  round({});
  return { checker, at, round };
};

const SESSION = { owner: "x", open: true };
const GRANT = { storage: { "item:ore": 1 }, worlds: { "a.1": { r: { "item:ore": [0, 0, 5, 0, 5] } } } };
const POSITION = { position: { created: "c", seq: 1, id: "i" } };

test("C22: a grant into a ledger that has been nearly full for long is one too many", () => {
  const { checker, at, round } = watched();
  at(4_000);
  round({ ...POSITION, storage: GRANT.storage, worlds: { "a.1": { ...GRANT.worlds["a.1"], session: SESSION } } });
  expect(checker.problems.get("C22")).toMatch(/has been full for 4000 ms/);
});

test("C22: a grant that was decided before that was known, and that the ledger refused meanwhile, is written in the end", () => {
  const { checker, at, round } = watched();
  at(1_000);
  checker.ledgerRefused();
  at(2_000);
  checker.ledgerRefused();
  at(4_000);
  round({ ...POSITION, storage: GRANT.storage, worlds: { "a.1": { ...GRANT.worlds["a.1"], session: SESSION } } });
  expect(checker.problems.get("C22")).toBeUndefined();
});

test("C22: of a round in parts the first says when it was decided, and of the next round its own", () => {
  const { checker, at, round } = watched();
  at(1_000);
  round(GRANT);
  at(4_000);
  checker.ledgerRefused();
  at(6_000);
  round({ ...POSITION, worlds: { "a.1": { token: "t", session: SESSION } } });
  at(8_000);
  round({ storage: { "item:ore": 2 }, worlds: { "a.1": { r: { "item:ore": [2, 0, 5, 0, 5] } } } });
  round({ ...POSITION, worlds: { "a.1": { seq: 1 } } });
  expect(checker.problems.get("C22")).toBeUndefined();
  at(9_000);
  round({ ...POSITION, storage: { "item:ore": 0 }, worlds: { "a.1": { r: { "item:ore": [2, 0, 9, 0, 9] } } } });
  expect(checker.problems.get("C22")).toMatch(/has been full for 9000 ms/);
});

/** Sessions, as the ledger has them and as their bridges restate to its leader. */
const spoken = () => {
  const { checker, at, round } = watched({ promptLeaders: true });
  const restates = (world: string, token: string, heard: string) => {
    const data = { world, token, epoch: 1, exported: {}, received: {}, wanted: { "item:ore": 5 }, heard };
    checker.fact(new TextEncoder().encode(JSON.stringify({ type: "world-synced", source: "s/a", data })));
  };
  const granted = (world: string, token: string) =>
    round({
      ...POSITION,
      storage: GRANT.storage,
      worlds: { [world]: { token, ...GRANT.worlds["a.1"], session: SESSION } },
    });
  return { checker, at, round, restates, granted };
};

test("C17: a grant before an open session has restated to a new leader is found", () => {
  const { checker, at, restates, granted } = spoken();
  restates("a.1", "t1", "b0");
  at(1_000);
  granted("a.1", "t1");
  expect(checker.problems.get("C17")).toMatch(/b1 grants after 1000 ms, and a.1 has not restated to it/);
});

test("C17: who may grant grants to a session too that begins then with a sync to the leader before", () => {
  const { checker, at, round, restates, granted } = spoken();
  round({ ...POSITION, worlds: { "b.1": { token: "t2", session: SESSION } } });
  restates("b.1", "t2", "b1");
  restates("a.1", "t1", "b0");
  at(1_000);
  granted("a.1", "t1");
  expect(checker.problems.get("C17")).toBeUndefined();
});
