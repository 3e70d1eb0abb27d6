import { luaGames, luaGamesOf2_0 } from "#sim/cluster/lua-world";
import { worldContract } from "#sim/cluster/test/world-contract";

describe.each([
  ["2.1", luaGames],
  ["2.0", luaGamesOf2_0],
])("the real mod in game %s", (_, games) => worldContract(games));
