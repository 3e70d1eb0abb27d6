// What compat.ts is for 2.1, for 2.0.
import type { LogisticContainerPrototype } from "factorio:prototype";
import type { Fluid, LuaEntity } from "factorio:runtime";

/** Data stage: the graphics that a logistic chest shows while a robot reaches in. */
export function lidOf(chest: LogisticContainerPrototype): unknown {
  return chest.animation;
}

export function tankFluid(tank: LuaEntity): Fluid | undefined {
  return tank.get_fluid(1);
}

export function tankCapacity(tank: LuaEntity): number {
  return tank.fluidbox.get_capacity(1);
}

export function takeFluid(tank: LuaEntity, name: string, amount: number): number {
  return tank.remove_fluid({ name, amount });
}

export function addFluid(tank: LuaEntity, fluid: Fluid): number {
  return tank.insert_fluid(fluid);
}
