// Whatever differs between game versions stands here and nowhere else: this file for 2.1, compat_2_0.ts for 2.0, the same
// functions in both. Which of them "compat" is says the project file of the build.
import type { LogisticContainerPrototype } from "factorio:prototype";

/** Data stage: the graphics that a logistic chest shows while a robot reaches in. */
export function lidOf(chest: LogisticContainerPrototype): unknown {
  return chest.robot_door;
}
