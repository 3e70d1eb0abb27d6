import { luaGames } from "#sim/cluster/lua-world";
import { worldContract } from "#sim/cluster/test/world-contract";

worldContract(luaGames);
