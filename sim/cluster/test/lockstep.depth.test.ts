import { lockstepHistories } from "#sim/cluster/test/lua-histories";

lockstepHistories(10, 60);
