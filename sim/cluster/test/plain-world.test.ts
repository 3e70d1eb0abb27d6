import { plainGames } from "#sim/cluster/plain-world";
import { worldContract } from "#sim/cluster/test/world-contract";

worldContract(plainGames);
