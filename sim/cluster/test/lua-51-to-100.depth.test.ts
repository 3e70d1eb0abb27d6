import { runHistory } from "#sim/cluster/history";
import { luaHistories } from "#sim/cluster/test/lua-histories";

luaHistories(51, 100);

test("one seed is one history in real Lua too: twice the same, to the last line", async () => {
  const lines = async () => {
    const log: string[] = [];
    await runHistory({ seed: 7, steps: 60, game: "lua", log: (line) => void log.push(line) });
    return log;
  };
  const first = await lines();
  expect(first.length).toBeGreaterThan(20);
  expect(await lines()).toEqual(first);
});
