// Who looks at what waits, and how that stands in the whole cluster. While nobody looks nothing is written, asked or sent.
//
// LV1  The bridge is told what is looked at when that is another list than it was told in this session; an empty one ends it.
// LV2  Figures come whole and numbered: those that are not newer than the last of this session are dropped. They are shown for a
//      while and steer nothing.
import type { LuaEntity, PlayerIndex } from "factorio:runtime";
import { readNumbers } from "./compact";
import { field, jsonArray, jsonObject, jsonString } from "./json";
import { figures_age_ticks_max, looked_at_max, overview_rows_max } from "./limits";
import { append, hasRoom } from "./report";
import type { Figures, ImportPort } from "./state";
import { wanted } from "./totals";

function isHere(player_index: PlayerIndex): boolean {
  return game.get_player(player_index)?.connected === true;
}

export function lookEnded(player_index: PlayerIndex): void {
  const kept = [];
  for (const looker of storage.lookers) if (looker.player !== player_index) kept.push(looker);
  storage.lookers = kept;
}

export function lookBegan(player_index: PlayerIndex, entity: LuaEntity | undefined): void {
  lookEnded(player_index);
  const unit = entity?.unit_number;
  if (unit === undefined || storage.ports.get(unit)?.kind !== "import") return;
  storage.lookers.push({ player: player_index, unit });
}

/** The importing entities that somebody here has open. */
export function lookedInto(): ImportPort[] {
  const ports: ImportPort[] = [];
  for (const { player, unit } of storage.lookers) {
    const port = isHere(player) ? storage.ports.get(unit) : undefined;
    if (port?.kind === "import" && port.entity.valid) ports.push(port);
  }
  return ports;
}

function add(names: string[], seen: LuaSet<number>, r: number): void {
  if (names.length === looked_at_max || seen.has(r)) return;
  seen.add(r);
  names.push(storage.names[r]);
}

/** What an open overview lists as wanted, and what open entities miss. */
function lookedAt(): string[] {
  const names: string[] = [];
  const seen = new LuaSet<number>();
  for (const port of lookedInto()) for (const want of port.wants) if (want.missing > 0) add(names, seen, want.r);
  let listed = false;
  for (const player of storage.overviews) if (isHere(player)) listed = true;
  if (!listed) return names;
  let rows = 0;
  for (const r of $range(0, storage.names.length - 1)) {
    if (rows === overview_rows_max) break;
    if (wanted(r) > 0) {
      rows += 1;
      add(names, seen, r);
    }
  }
  return names;
}

/** Once a second. LV1 */
export function tellLooks(): void {
  const { session, overviews, lookers } = storage;
  if (overviews.length === 0 && lookers.length === 0 && session.lookedAt === "") return;
  if (!session.open || !hasRoom()) return;
  const names = lookedAt();
  const text = table.concat(names, ",");
  if (text === session.lookedAt) return;
  session.lookedAt = text;
  const written: string[] = [];
  for (const name of names) written.push(jsonString(name));
  const look = [field("token", jsonString(session.token)), field("resources", jsonArray(written))];
  append(jsonObject([field("look", jsonObject(look))]));
}

/** Six numbers for each resource; false when they do not parse and nothing changed. LV2 */
export function takeFigures(n: number, payload: string): boolean {
  const numbers = readNumbers(payload);
  if (numbers === undefined || numbers.length % 6 !== 0) return false;
  const of = new LuaMap<number, Figures>();
  let r = -1;
  for (const group of $range(0, numbers.length / 6 - 1)) {
    const at = group * 6;
    r += numbers[at] + 1;
    if (r >= storage.names.length) return false;
    of.set(r, {
      onTheWay: numbers[at + 1],
      storage: numbers[at + 2],
      demand: numbers[at + 3],
      worlds: numbers[at + 4],
      share: numbers[at + 5],
    });
  }
  if (n > storage.figures.n) storage.figures = { n, at: game.tick, of };
  return true;
}

/** undefined when nobody said, or long ago. */
export function figuresOf(r: number): Figures | undefined {
  const { at, of } = storage.figures;
  return game.tick - at <= figures_age_ticks_max ? of.get(r) : undefined;
}
