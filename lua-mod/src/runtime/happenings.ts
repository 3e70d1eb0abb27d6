// What players did here, for a bridge that reads no log: it has only RCON. Where it follows files the game's own log says it, and
// nothing is written.
//
// MH1  Told in sessions that are pulled, in order, each once; what there is no room for is not told (MR4): the bridge asks who is
//      there whenever their number does not fit, and totals are worth more than words.
import type { PlayerIndex } from "factorio:runtime";
import { field, jsonObject, jsonString } from "./json";
import { happening_bytes_max } from "./limits";
import { append, hasRoom } from "./report";
import { isUtf8 } from "./utf8";

type What = "joined" | "left" | "said" | "kicked" | "banned" | "unbanned" | "promoted" | "demoted";

/** Its beginning, in whole characters. */
function cut(text: string): string {
  if (text.length <= happening_bytes_max) return text;
  let end = happening_bytes_max;
  while (end > 0 && !isUtf8(string.sub(text, 1, end))) end -= 1;
  return string.sub(text, 1, end);
}

function nameOf(player: PlayerIndex | undefined): string | undefined {
  return player === undefined ? undefined : game.get_player(player)?.name;
}

interface Happening {
  what: What;
  player: string | undefined;
  by?: PlayerIndex | undefined;
  text?: string | undefined;
}

export function happened({ what, player, by, text }: Happening): void {
  const { session } = storage;
  if (!session.open || session.outbox === undefined || !hasRoom()) return;
  const fields = [field("token", jsonString(session.token)), field("what", jsonString(what))];
  if (player !== undefined) fields.push(field("player", jsonString(player)));
  const doer = nameOf(by);
  if (doer !== undefined) fields.push(field("by", jsonString(doer)));
  if (text !== undefined && text !== "") fields.push(field("text", jsonString(cut(text))));
  append(jsonObject([field("happened", jsonObject(fields))]));
}

interface AboutPlayer {
  readonly player_index?: PlayerIndex | undefined;
  readonly player_name?: string | undefined;
  readonly by_player?: PlayerIndex | undefined;
  /** Words; of one who left, a number. */
  readonly reason?: string | number | undefined;
  readonly message?: string | undefined;
}

/** A listener for one of the game's events. */
export function telling(what: What): (event: AboutPlayer) => void {
  return ({ player_index, player_name, by_player, reason, message }) => {
    const why = typeof reason === "string" ? reason : undefined;
    happened({ what, player: player_name ?? nameOf(player_index), by: by_player, text: message ?? why });
  };
}
