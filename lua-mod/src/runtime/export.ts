// Export: a few chests per tick are emptied into `exported` (M1), within the lease only.
import type { LuaInventory } from "factorio:runtime";
import { itemResource, numberOf } from "./names";
import { calm, stir, visitSome } from "./ring";
import { type Refusal, ruleOf, stackRefusal } from "./rules";
import { mayCollect } from "./session";
import type { ExportChest } from "./state";
import { showStatus } from "./status";
import { raiseExported } from "./totals";
import { chestInventory } from "./world";

/** What a look into one chest found. */
interface Haul {
  took: boolean;
  refused: Refusal | undefined;
}

function credit(haul: Haul, name: string, quality: string, count: number): void {
  raiseExported(numberOf(itemResource(name, quality)), count);
  haul.took = true;
}

/** The stacks of which each may differ. All but the partly used last unit of a stack can go. */
function takeStacks(inventory: LuaInventory, haul: Haul): void {
  for (const slot of $range(0, inventory.length - 1)) {
    const stack = inventory[slot];
    if (stack.valid_for_read && ruleOf(stack.name, stack.quality.name) === "stacks") {
      const refused = stackRefusal(stack);
      const { name, count } = stack;
      const quality = stack.quality.name;
      if (refused !== undefined) haul.refused = refused;
      if (refused === undefined) {
        stack.clear();
        credit(haul, name, quality, count);
      } else if (refused === "partial" && count > 1) {
        stack.count = 1;
        credit(haul, name, quality, count - 1);
      }
    }
  }
}

function empty(inventory: LuaInventory): Haul {
  const haul: Haul = { took: false, refused: undefined };
  let hasStacks = false;
  for (const { name, quality, count } of inventory.get_contents()) {
    const rule = ruleOf(name, quality);
    if (rule === "stacks") {
      hasStacks = true;
    } else if (rule === "bulk") {
      const removed = inventory.remove({ name, quality, count });
      if (removed > 0) credit(haul, name, quality, removed);
    } else {
      haul.refused = rule;
    }
  }
  if (hasStacks) takeStacks(inventory, haul);
  return haul;
}

function visit(chest: ExportChest): void {
  if (!chest.entity.valid) return; // on_object_destroyed is on its way
  if (!mayCollect()) {
    showStatus(chest, "no-link");
    return;
  }
  const inventory = chestInventory(chest.entity);
  if (inventory.is_empty()) {
    showStatus(chest, "");
    calm(storage.exports, chest);
    return;
  }
  const haul = empty(inventory);
  showStatus(chest, haul.refused === undefined ? "" : `refused-${haul.refused}`);
  if (haul.took) stir(storage.exports, chest);
  else calm(storage.exports, chest);
}

export function collect(): void {
  visitSome(storage.exports, settings.global["clusterio-export-chests-per-tick"].value as number, visit);
}
