// An import chest: vanilla logistic requests say what it wants, its slots what fits.
import type { LuaInventory } from "factorio:runtime";
import { itemResource, numberOf } from "./names";
import { refusal } from "./rules";
import type { ImportPort, Want } from "./state";
import { takeFromBuffer } from "./totals";
import { setMissing } from "./waiting";
import { chestInventory, chestRequests } from "./world";

/** How far the chest is below its request now, whether or not there is room. */
function shortage(want: Want, inventory: LuaInventory): number {
  return math.max(0, want.count - inventory.get_item_count({ name: want.name, quality: want.quality }));
}

/** What does not fit is not missed: it would only pile up in the buffer. Nor is anything by a chest that robots are emptying. */
export function itemsMissing(want: Want, inventory: LuaInventory): number {
  if (want.port.entity.to_be_deconstructed()) return 0;
  const short = shortage(want, inventory);
  if (short === 0) return 0;
  return math.min(short, inventory.get_insertable_count({ name: want.name, quality: want.quality }));
}

/** Requests are few and seldom change, so they are read as a whole and the wants made anew. */
export function readChestRequests(port: ImportPort): void {
  const byResource = new LuaMap<number, Want>();
  for (const { name, quality, count } of chestRequests(port.entity)) {
    if (refusal(name, quality) !== undefined) {
      port.refused = "not-requestable";
    } else {
      const r = numberOf(itemResource(name, quality));
      const same = byResource.get(r);
      if (same !== undefined) {
        same.count += count;
      } else {
        const want: Want = { port, r, name, quality, temperature: 0, count, missing: 0, since: 0, queuedAt: -1 };
        byResource.set(r, want);
        port.wants.push(want);
      }
    }
  }
}

/** At most `share` items from the buffer into the chest. */
export function handItems(want: Want, share: number): void {
  const inventory = chestInventory(want.port.entity);
  const count = math.min(shortage(want, inventory), share);
  const inserted = count > 0 ? inventory.insert({ name: want.name, quality: want.quality, count }) : 0;
  if (inserted > 0) takeFromBuffer(want.r, inserted);
  // A chest that took less than offered is full: it misses nothing until a visit finds room in it.
  setMissing(want, inserted < count ? 0 : itemsMissing(want, inventory));
}
