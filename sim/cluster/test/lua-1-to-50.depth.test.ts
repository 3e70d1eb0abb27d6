import { runHistory } from "#sim/cluster/history";
import { luaHistories } from "#sim/cluster/test/lua-histories";

luaHistories("lua", 1, 50);

test("the checker finds items from nowhere in real Lua too", async () => {
  const end = await runHistory({ seed: 7, steps: 30, only: new Set(), forged: 5, game: "lua" });
  expect([...end.problems.keys()]).toEqual(["conservation"]);
});
