// `/clusterio`: opens or closes a window with the overview, kept up to date once a second while it is open; whoever
// asks over RCON gets the same as text.
import type { CustomCommandData, LocalisedString, LuaPlayer, PlayerIndex } from "factorio:runtime";
import { overview } from "./overview";

const window_name = "clusterio-overview";

function frameOf(player: LuaPlayer) {
  return player.gui.left[window_name];
}

function forget(player_index: PlayerIndex): void {
  const kept: PlayerIndex[] = [];
  for (const other of storage.overviews) if (other !== player_index) kept.push(other);
  storage.overviews = kept;
}

function fill(player: LuaPlayer, lines: LocalisedString[]): void {
  const frame = frameOf(player);
  if (frame === undefined) {
    forget(player.index); // another mod cleared the place
    return;
  }
  frame.clear();
  for (const caption of lines) frame.add({ type: "label", caption });
}

function toggle(player: LuaPlayer): void {
  const frame = frameOf(player);
  forget(player.index);
  if (frame !== undefined) {
    frame.destroy();
    return;
  }
  player.gui.left.add({
    type: "frame",
    name: window_name,
    direction: "vertical",
    caption: ["clusterio-overview.title"],
  });
  storage.overviews.push(player.index);
  fill(player, overview());
}

/** Once a second; nothing at all while nobody looks. */
export function refreshOverviews(): void {
  if (storage.overviews.length === 0) return;
  const lines = overview();
  for (const player_index of storage.overviews) {
    const player = game.get_player(player_index);
    if (player === undefined) forget(player_index);
    else if (player.connected) fill(player, lines);
  }
}

export function registerOverview(): void {
  commands.add_command("clusterio", ["clusterio-overview.help"], (event: CustomCommandData) => {
    const player = event.player_index === undefined ? undefined : game.get_player(event.player_index);
    if (player !== undefined) {
      toggle(player);
      return;
    }
    for (const line of overview()) rcon.print(line);
  });
}
