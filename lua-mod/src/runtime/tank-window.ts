// What players set an import tank with: a frame beside the tank's own window while that is open. The frame stands in
// `gui.left` and not at the tank's window, since the game's name for that window changes between versions.
import type { FrameGuiElement, LuaEntity, LuaPlayer, PlayerIndex } from "factorio:runtime";
import { tankCapacity } from "compat";
import { import_tank } from "../prototypes/names";
import { importPortOf, setTankRequest } from "./registry";
import type { FluidRequest, ImportPort } from "./state";
import { fluidRequest } from "./tank-request";

const window_name = "clusterio-tank";
const fluid_name = "clusterio-tank-fluid";
const temperature_name = "clusterio-tank-temperature";
const amount_name = "clusterio-tank-amount";

/** As much of the frame's elements as is used: the declarations of the two games differ in the rest. */
interface Choice {
  elem_value: string | undefined;
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

function choiceIn(frame: FrameGuiElement): Choice {
  return frame[fluid_name] as unknown as Choice;
}

function fieldIn(frame: FrameGuiElement, name: string): Field {
  return frame[name] as unknown as Field;
}

function number(value: number | undefined): string {
  return value === undefined ? "" : string.format("%.0f", value);
}

function show(frame: FrameGuiElement, request: FluidRequest | undefined): void {
  choiceIn(frame).elem_value = request?.name;
  fieldIn(frame, temperature_name).text = number(request?.temperature);
  fieldIn(frame, amount_name).text = number(request?.amount);
}

function addField(frame: FrameGuiElement, name: string, caption: string): void {
  frame.add({ type: "label", caption: [`clusterio-tank.${caption}`] });
  frame.add({ type: "textfield", name, numeric: true, allow_negative: true, lose_focus_on_confirm: true });
}

function open(player: LuaPlayer, tank: LuaEntity): void {
  frameOf(player)?.destroy();
  const port = importPortOf(tank);
  if (port === undefined) return;
  const frame = player.gui.left.add({
    type: "frame",
    name: window_name,
    direction: "vertical",
    caption: ["clusterio-tank.title"],
    tags: { unit: port.unit },
  });
  frame.add({ type: "label", caption: ["clusterio-tank.fluid"] });
  frame.add({ type: "choose-elem-button", name: fluid_name, elem_type: "fluid" });
  addField(frame, temperature_name, "temperature");
  addField(frame, amount_name, "amount");
  show(frame, port.fluid);
}

function portOf(frame: FrameGuiElement): ImportPort | undefined {
  const { unit } = frame.tags;
  const port = storage.ports.get(unit as number);
  return port !== undefined && port.kind === "import" && port.entity.valid ? port : undefined;
}

/** What the frame says; a field left empty means the fluid's own temperature, or a full tank. */
function requestIn(frame: FrameGuiElement, port: ImportPort): FluidRequest | undefined {
  return fluidRequest({
    name: choiceIn(frame).elem_value,
    temperature: tonumber(fieldIn(frame, temperature_name).text),
    amount: tonumber(fieldIn(frame, amount_name).text) ?? tankCapacity(port.entity),
  });
}

function apply(frame: FrameGuiElement): void {
  const port = portOf(frame);
  if (port === undefined) return;
  setTankRequest(port, requestIn(frame, port));
  show(frame, port.fluid);
}

function isOurs(element: Edited): boolean {
  return element.name === fluid_name || element.name === temperature_name || element.name === amount_name;
}

/** A choice, or Enter in a field. Half a number is never read: every temperature is a resource of its own. */
export function onTankEdited(player_index: PlayerIndex, element: Edited): void {
  if (!isOurs(element)) return;
  const frame = frameOf(game.get_player(player_index)!);
  if (frame === undefined) return;
  // Another fluid has another temperature.
  if (element.name === fluid_name) fieldIn(frame, temperature_name).text = "";
  apply(frame);
}

export function onWindowOpened(player_index: PlayerIndex, entity: LuaEntity | undefined): void {
  if (entity !== undefined && entity.name === import_tank) open(game.get_player(player_index)!, entity);
}

export function onWindowClosed(player_index: PlayerIndex): void {
  const frame = frameOf(game.get_player(player_index)!);
  if (frame === undefined) return;
  apply(frame);
  frame.destroy();
}
