import { allocation } from "#bench/figures/allocation";
import { audit } from "#bench/figures/audit";
import { auditSize } from "#bench/figures/audit-size";
import { chest } from "#bench/figures/chest";
import { cluster } from "#bench/figures/cluster";
import { demo } from "#bench/figures/demo";
import { fold } from "#bench/figures/fold";
import { instances } from "#bench/figures/instances";
import { levelBytes } from "#bench/figures/level-bytes";
import { rconBytes } from "#bench/figures/rcon-bytes";
import { start } from "#bench/figures/start";
import { ticks } from "#bench/figures/ticks";
import type { Figure } from "#bench/kit/figure";

export interface Scenario {
  /** Names of the figures that come out of it. */
  readonly names: readonly string[];
  readonly run: () => Figure[] | Promise<Figure[]>;
  /** It takes minutes: measured only when it is named. */
  readonly onRequest?: true;
}

/** In the order in which they run: what needs a quiet machine has nothing beside it. */
export const SCENARIOS: readonly Scenario[] = [
  { names: ["fold"], run: () => fold() },
  { names: ["audit"], run: () => audit() },
  { names: ["audit-size"], run: () => auditSize(), onRequest: true },
  { names: ["start"], run: () => start() },
  { names: ["live", "latency", "memory"], run: cluster },
  { names: ["chest"], run: chest },
  { names: ["instances"], run: () => instances() },
  { names: ["allocation"], run: allocation },
  { names: ["rcon"], run: () => [...rconBytes(), ...levelBytes()] },
  { names: ["ticks"], run: ticks },
  { names: ["ledger", "memory"], run: demo },
];

export const FIGURE_NAMES: readonly string[] = [...new Set(SCENARIOS.flatMap(({ names }) => names))];
export const ON_REQUEST = SCENARIOS.filter(({ onRequest }) => onRequest === true).flatMap(({ names }) => names);
