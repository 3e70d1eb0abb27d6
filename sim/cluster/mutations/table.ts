import type { Mutation } from "#sim/cluster/mutations/mutation";
import { BRIDGE } from "#sim/cluster/mutations/of-the-bridge";
import { FOLD } from "#sim/cluster/mutations/of-the-fold";
import { PROJECTOR } from "#sim/cluster/mutations/of-the-projector";
import { WORLD } from "#sim/cluster/mutations/of-the-world";

/** All deliberate defects. */
export const MUTATIONS: readonly Mutation[] = [...FOLD, ...PROJECTOR, ...BRIDGE, ...WORLD];
