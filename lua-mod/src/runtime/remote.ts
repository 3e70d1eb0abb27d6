// For other mods and for tests: copies, so that nobody outside holds a table of ours.
import type { LuaEntity } from "factorio:runtime";
import { import_tank } from "../prototypes/names";
import {
  type CircuitPort,
  channelIn,
  circuitPortOf,
  filtersOf,
  setChannel,
  setFilters,
  showsStorage,
} from "./circuit-settings";
import { cancel, exportToCluster, importFromCluster, ordersOf, take } from "./exchange";
import { send } from "./messages";
import { nameOf } from "./names";
import { link } from "./news";
import { importPortOf, setTankRequest } from "./registry";
import { messageIn, modIn, signalsIn, tableIn } from "./remote-parameters";
import type { FluidRequest, Totals } from "./state";
import { fluidRequest } from "./tank-request";
import { watch, watchedLevels } from "./watches";

type Named = LuaMap<string, number>;

function named(totals: Totals): Named {
  const copied: Named = new LuaMap();
  for (const [r, total] of totals) copied.set(nameOf(r), total);
  return copied;
}

/** Sets what an import tank holds; `request` nil sets it to nothing. Returns whether that was possible. */
function requestFluid(tank: LuaEntity, request: unknown): boolean {
  const port = tank.valid && tank.name === import_tank ? importPortOf(tank) : undefined;
  const read = fluidRequest(request);
  if (port === undefined || (request !== undefined && read === undefined)) return false;
  setTankRequest(port, read);
  return true;
}

function requestedFluid(tank: LuaEntity): FluidRequest | undefined {
  return tank.valid ? importPortOf(tank)?.fluid : undefined;
}

/** What came lately of each resource, beside what was wanted. */
function supplies(): LuaMap<string, { got: number; wanted: number }> {
  const copied = new LuaMap<string, { got: number; wanted: number }>();
  for (const [r] of storage.supply) {
    const { shownGot, shownWanted } = storage.supply.get(r)!;
    copied.set(nameOf(r), { got: shownGot, wanted: shownWanted });
  }
  return copied;
}

/** `reason`: why it was not sent, nil when it was. */
function sendMessage(parameter: unknown): { sent: boolean; reason?: string } {
  const { channel, to, data } = messageIn(tableIn(parameter));
  const reason = send(channel, to, data);
  return reason === undefined ? { sent: true } : { sent: false, reason };
}

function circuitOf(entity: LuaEntity): CircuitPort | undefined {
  return entity.valid ? circuitPortOf(entity) : undefined;
}

/** Sets a transmitter's or receiver's channel, nil or "" to none. Returns whether that was possible. */
function setChannelOf(entity: LuaEntity, channel: unknown): boolean {
  const port = circuitOf(entity);
  const read = channelIn(channel ?? "");
  if (port === undefined || read === undefined || showsStorage(port)) return false;
  setChannel(port, read);
  return true;
}

/** Sets the signals that an inventory combinator shows, nil to all. Returns whether it is one. */
function setSignalsOf(entity: LuaEntity, keys: unknown): boolean {
  const port = circuitOf(entity);
  if (port === undefined || !showsStorage(port)) return false;
  setFilters(port, keys);
  return true;
}

/** Returns which of the signals this game does not know. */
function watchLevels(parameter: unknown): { unknown: string[] } {
  const given = tableIn(parameter);
  const mod = modIn(given.mod);
  const { known, unknown } = signalsIn(given.signals);
  watch(mod, known);
  return { unknown };
}

function levels(parameter: unknown): { known: boolean; levels: Named } {
  const watched = watchedLevels(modIn(tableIn(parameter).mod));
  return { known: watched !== undefined, levels: watched ?? new LuaMap() };
}

export function registerRemote(): void {
  remote.add_interface("clusterio", {
    /** What came from the cluster and is in no chest, tank or accumulator yet. */
    buffer: () => named(storage.buffer),
    /** Fractions of units that wait to become whole ones; part of no total. */
    crumbs: () => named(storage.crumbs),
    totals: () => ({ exported: named(storage.exported), received: named(storage.received) }),
    supply: supplies,
    version: () => script.active_mods[script.mod_name],
    request_fluid: requestFluid,
    requested_fluid: requestedFluid,
    set_channel: setChannelOf,
    channel: (entity: LuaEntity) => circuitOf(entity)?.channel,
    set_signals: setSignalsOf,
    signals: (entity: LuaEntity) => {
      const port = circuitOf(entity);
      return port === undefined ? undefined : filtersOf(port);
    },
    export: exportToCluster,
    import: importFromCluster,
    take,
    cancel,
    orders: ordersOf,
    link,
    send: sendMessage,
    watch: watchLevels,
    levels,
  });
}
