// What players set combinators with: a frame beside the combinator's own window while that is open. A channel's name, or the
// signals that an inventory combinator is limited to. As with tanks, the frame stands in `gui.left`.
import type { FrameGuiElement, LuaEntity, LuaPlayer, PlayerIndex } from "factorio:runtime";
import {
  type CircuitPort,
  channelIn,
  circuitPortOf,
  filtersOf,
  setChannel,
  setFilters,
  showsStorage,
} from "./circuit-settings";
import { filters_max } from "./limits";
import { rewrite } from "./showers";
import { keyOfSignal, signalIn } from "./signal-names";

const window_name = "clusterio-circuit";
const channel_name = "clusterio-circuit-channel";
const table_name = "clusterio-circuit-filters";
const filter_name = "clusterio-circuit-filter-";
const filter_columns = 5;

/** As much of the frame's elements as is used: the declarations of the two games differ in the rest. */
interface Choice {
  name: string;
  elem_value: { type?: unknown; name?: unknown; quality?: unknown } | undefined;
}
interface Field {
  text: string;
}
interface Edited {
  readonly name: string;
}

function frameOf(player: LuaPlayer): FrameGuiElement | undefined {
  return player.gui.left[window_name] as FrameGuiElement | undefined;
}

function fieldIn(frame: FrameGuiElement): Field | undefined {
  return frame[channel_name] as unknown as Field | undefined;
}

function choicesIn(frame: FrameGuiElement): Choice[] {
  const table = frame[table_name];
  return table === undefined ? [] : (table.children as unknown as Choice[]);
}

function addChannel(frame: FrameGuiElement, port: CircuitPort): void {
  frame.add({ type: "label", caption: ["clusterio-circuit.channel"] });
  frame.add({ type: "textfield", name: channel_name, text: port.channel, lose_focus_on_confirm: true });
}

/** What is set, and a free place behind it. */
function addFilters(frame: FrameGuiElement, port: CircuitPort): void {
  frame.add({ type: "label", caption: ["clusterio-circuit.filters"] });
  const table = frame.add({ type: "table", name: table_name, column_count: filter_columns });
  const keys = filtersOf(port);
  for (const i of $range(0, math.min(keys.length, filters_max - 1))) {
    const name = `${filter_name}${i}`;
    const button = table.add({ type: "choose-elem-button", name, elem_type: "signal" }) as unknown as Choice;
    const signal = i < keys.length ? signalIn(keys[i]) : undefined;
    if (signal !== undefined) button.elem_value = { type: signal.type, name: signal.name, quality: signal.quality };
  }
}

function open(player: LuaPlayer, entity: LuaEntity): void {
  frameOf(player)?.destroy();
  const port = circuitPortOf(entity);
  if (port === undefined) return;
  const frame = player.gui.left.add({
    type: "frame",
    name: window_name,
    direction: "vertical",
    caption: ["clusterio-circuit.title"],
    tags: { unit: port.unit },
  });
  if (showsStorage(port)) addFilters(frame, port);
  else addChannel(frame, port);
}

function portOf(frame: FrameGuiElement): CircuitPort | undefined {
  const { unit } = frame.tags;
  const port = storage.ports.get(unit as number);
  return port?.entity.valid === true ? circuitPortOf(port.entity) : undefined;
}

function chosen(frame: FrameGuiElement): string[] {
  const keys: string[] = [];
  for (const { elem_value } of choicesIn(frame)) {
    const key = keyOfSignal(elem_value);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

function apply(frame: FrameGuiElement): void {
  const port = portOf(frame);
  if (port === undefined) return;
  const field = fieldIn(frame);
  if (field !== undefined) {
    const channel = channelIn(field.text);
    if (channel !== undefined) setChannel(port, channel);
    field.text = port.channel;
  } else if (table.concat(chosen(frame), " ") !== table.concat(filtersOf(port), " ")) {
    setFilters(port, chosen(frame));
  }
}

/** A choice, or Enter in the field. */
export function onCircuitEdited(player_index: PlayerIndex, element: Edited): void {
  const isFilter = string.sub(element.name, 1, filter_name.length) === filter_name;
  if (!isFilter && element.name !== channel_name) return;
  const player = game.get_player(player_index)!;
  const frame = frameOf(player);
  if (frame === undefined) return;
  apply(frame);
  const port = portOf(frame);
  if (isFilter && port !== undefined) open(player, port.entity);
}

export function onCircuitOpened(player_index: PlayerIndex, entity: LuaEntity | undefined): void {
  if (entity !== undefined && circuitPortOf(entity) !== undefined) open(game.get_player(player_index)!, entity);
}

export function onCircuitClosed(player_index: PlayerIndex, entity: LuaEntity | undefined): void {
  const frame = frameOf(game.get_player(player_index)!);
  if (frame !== undefined) {
    apply(frame);
    frame.destroy();
  }
  // What the player set in the combinator's own window is written over.
  const port = entity === undefined ? undefined : circuitPortOf(entity);
  if (port !== undefined && port.kind === "shower") rewrite(port);
}
