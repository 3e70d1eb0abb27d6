// What compat.ts is for 2.1, for 2.0.
import type { LogisticContainerPrototype } from "factorio:prototype";

/** Data stage: the graphics that a logistic chest shows while a robot reaches in. */
export function lidOf(chest: LogisticContainerPrototype): unknown {
  return chest.animation;
}
