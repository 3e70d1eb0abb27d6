// What leaves an export chest: everything that the item rules take, stack by stack where stacks may differ.
import type { LuaEntity, LuaInventory } from "factorio:runtime";
import { anyCapped, cappedNumber } from "./capped";
import type { Haul } from "./collect";
import { itemResource, numberOf } from "./names";
import { ruleOf, stackRefusal } from "./rules";
import { raiseExported } from "./totals";
import { chestInventory } from "./world";

function credit(haul: Haul, name: string, quality: string, count: number): void {
  const resource = itemResource(name, quality);
  raiseExported(numberOf(resource), count);
  haul.took = true;
  haul.tally?.set(resource, (haul.tally.get(resource) ?? 0) + count);
}

/** Notes what is to stay; `full`: something is. */
function stays(haul: Haul, full: boolean, name: string, quality: string): boolean {
  const r = full ? cappedNumber(itemResource(name, quality)) : undefined;
  if (r === undefined) return false;
  haul.capped = r;
  return true;
}

/** The stacks of which each may differ. All but the partly used last unit of a stack can go. */
function takeStacks(inventory: LuaInventory, haul: Haul, full: boolean): void {
  for (const slot of $range(0, inventory.length - 1)) {
    const stack = inventory[slot];
    if (stack.valid_for_read && ruleOf(stack.name, stack.quality.name) === "stacks") {
      const refused = stackRefusal(stack);
      const { name, count } = stack;
      const quality = stack.quality.name;
      if (refused !== undefined) haul.refused = refused;
      if (stays(haul, full, name, quality)) {
        // As it is, whole or not.
      } else if (refused === undefined) {
        stack.clear();
        credit(haul, name, quality, count);
      } else if (refused === "partial" && count > 1) {
        stack.count = 1;
        credit(haul, name, quality, count - 1);
      }
    }
  }
}

export function collectItems(chest: LuaEntity): Haul {
  const haul: Haul = { took: false, refused: undefined };
  collectInventory(chestInventory(chest), haul);
  return haul;
}

/** All that may leave a chest leaves this inventory. */
export function collectInventory(inventory: LuaInventory, haul: Haul): void {
  if (inventory.is_empty()) return;
  let hasStacks = false;
  const full = anyCapped();
  for (const { name, quality, count } of inventory.get_contents()) {
    const rule = ruleOf(name, quality);
    if (rule === "stacks") {
      hasStacks = true;
    } else if (rule === "bulk") {
      const removed = stays(haul, full, name, quality) ? 0 : inventory.remove({ name, quality, count });
      if (removed > 0) credit(haul, name, quality, removed);
    } else {
      haul.refused = rule;
    }
  }
  if (hasStacks) takeStacks(inventory, haul, full);
}
