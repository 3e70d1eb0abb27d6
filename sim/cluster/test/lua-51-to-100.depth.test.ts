import type { Cluster } from "#sim/cluster/cluster";
import { runHistory } from "#sim/cluster/history";
import { luaHistories } from "#sim/cluster/test/lua-histories";

/** Here worlds have a tank and an accumulator each way beside the chests. */
luaHistories("mixed", 51, 100);

test("one seed is one history in real Lua too: twice the same, to the last line; items, fluids and energy cross worlds in it", async () => {
  const crossed = new Set<string>();
  const inspect = async ({ leader }: Cluster) => {
    for (const { accounts } of leader?.state?.worlds.values() ?? [])
      for (const [key, { exported, received }] of accounts) if (exported > 0 && received > 0) crossed.add(key);
  };
  const lines = async () => {
    const log: string[] = [];
    const end = await runHistory({ seed: 7, steps: 60, game: "mixed", log: (line) => void log.push(line), inspect });
    expect([...end.problems]).toEqual([]);
    return log;
  };
  const first = await lines();
  expect(first.length).toBeGreaterThan(20);
  expect(await lines()).toEqual(first);
  expect([...crossed].sort()).toEqual(["energy", "fluid:brine:15", "item:ore"]);
});
