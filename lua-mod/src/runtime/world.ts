// What the mod reads of the game's world.
import type { LuaEntity, LuaInventory } from "factorio:runtime";

export interface Request {
  name: string;
  quality: string;
  count: number;
}

/** The slots of one of our chests; the entity must be valid. */
export function chestInventory(entity: LuaEntity): LuaInventory {
  return entity.get_inventory(defines.inventory.chest)!;
}

/**
 * What the chest's logistic sections ask for, as the game compiled it (switched-off sections left out, multipliers applied).
 * A request for "any quality" is met with normal ones; the engine allows no quality ranges in a request.
 */
export function chestRequests(entity: LuaEntity): Request[] {
  const requests: Request[] = [];
  const point = entity.get_logistic_point(defines.logistic_member_index.logistic_container);
  const filters = point?.filters;
  if (filters === undefined) return requests;
  for (const filter of filters) {
    const isItem = filter.type === undefined || filter.type === "item";
    const isExact = filter.comparator === undefined || filter.comparator === "=";
    if (isItem && isExact && filter.name !== undefined && filter.count > 0) {
      requests.push({ name: filter.name, quality: filter.quality ?? "normal", count: filter.count });
    }
  }
  return requests;
}

/** What the world's beginning is known by. */
export function mapSeed(): number {
  return game.get_surface("nauvis")?.map_gen_settings.seed ?? 0;
}
