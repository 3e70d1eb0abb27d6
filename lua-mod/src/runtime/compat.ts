// Whatever differs between game versions stands here and nowhere else: this file for 2.1, compat_2_0.ts for 2.0, the same
// functions in both. Which of them "compat" is says the project file of the build.
import type { LogisticContainerPrototype } from "factorio:prototype";
import type { Fluid, LuaEntity } from "factorio:runtime";

/** Data stage: the graphics that a logistic chest shows while a robot reaches in. */
export function lidOf(chest: LogisticContainerPrototype): unknown {
  return chest.robot_door;
}

/** What is in one of our tanks. */
export function tankFluid(tank: LuaEntity): Fluid | undefined {
  return tank.get_fluid(1);
}

export function tankCapacity(tank: LuaEntity): number {
  return tank.get_fluid_capacity(1);
}

/** Takes up to `amount` of the fluid in there out and returns how much that was. */
export function takeFluid(tank: LuaEntity, _name: string, amount: number): number {
  return tank.remove_fluid(1, amount)?.amount ?? 0;
}

/** Puts it in as far as there is room, and returns how much that was. */
export function addFluid(tank: LuaEntity, fluid: Fluid): number {
  return tank.add_fluid(1, fluid);
}
