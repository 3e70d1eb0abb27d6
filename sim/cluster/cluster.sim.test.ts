import { runHistory } from "#sim/cluster/history";

/** A few histories by hand; sim/soak has the many. */
test("one seed is one history: twice the same, to the last line", async () => {
  const lines = async () => {
    const log: string[] = [];
    await runHistory({ seed: 7, steps: 100, log: (line) => void log.push(line) });
    return log;
  };
  const first = await lines();
  expect(first.length).toBeGreaterThan(20);
  expect(await lines()).toEqual(first);
});

test("the checker finds a world whose items came from nowhere", async () => {
  const end = await runHistory({ seed: 7, steps: 30, only: new Set(), forged: 5 });
  expect([...end.problems.keys()]).toEqual(["conservation"]);
});
