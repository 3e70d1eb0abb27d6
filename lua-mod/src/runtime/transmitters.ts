// What circuit wires carry, put on channels: a few transmitters per tick, those where something moved lately first. What did not
// change costs a look and nothing more.
import type { Signal } from "factorio:runtime";
import type { Feed, Transmitter } from "./circuit-state";
import { addOwn, feedOf, prune } from "./feeds";
import { channel_signals_max } from "./limits";
import { barred } from "./permission";
import { calm, stir, visitSome } from "./ring";
import { keyOfSignal, numberOfSignal, wrap32 } from "./signal-names";
import { no_status, type Status, showStatus } from "./status";

/** What was read: signals and their counts, in the game's order. */
interface Reading {
  signals: number[];
  counts: number[];
  isCut: boolean;
}

function nothing(): Reading {
  return { signals: [], counts: [], isCut: false };
}

function read(transmitter: Transmitter): Reading {
  const { circuit_red, circuit_green } = defines.wire_connector_id;
  const carried = transmitter.entity.get_signals(circuit_red, circuit_green) as Signal[] | undefined;
  const reading = nothing();
  if (carried === undefined) return reading;
  for (const { signal, count } of carried) {
    const key = keyOfSignal(signal);
    if (key !== undefined && reading.signals.length >= channel_signals_max) {
      reading.isCut = true;
    } else if (key !== undefined) {
      reading.signals.push(numberOfSignal(key));
      reading.counts.push(count);
    }
  }
  return reading;
}

/** The channel gets the difference to what was read before. */
function put(feed: Feed, transmitter: Transmitter, { signals, counts }: Reading): boolean {
  const before = new LuaMap<number, number>();
  for (const i of $range(0, transmitter.signals.length - 1)) before.set(transmitter.signals[i], transmitter.counts[i]);
  let changed = false;
  for (const i of $range(0, signals.length - 1)) {
    const s = signals[i];
    const by = wrap32(counts[i] - (before.get(s) ?? 0));
    before.delete(s);
    if (by !== 0) {
      addOwn(feed, s, by);
      changed = true;
    }
  }
  for (const i of $range(0, transmitter.signals.length - 1)) {
    const s = transmitter.signals[i];
    const gone = before.get(s);
    if (gone !== undefined) {
      addOwn(feed, s, wrap32(-gone));
      changed = true;
    }
  }
  if (changed) {
    transmitter.signals = signals;
    transmitter.counts = counts;
  }
  return changed;
}

function statusOf(transmitter: Transmitter, bar: string, isCut: boolean): Status {
  if (transmitter.channel === "") return { key: "no-channel", gaps: [] };
  if (bar !== "") return { key: bar, gaps: [] };
  return isCut ? { key: "too-many-signals", gaps: [] } : no_status;
}

function visit(transmitter: Transmitter): void {
  if (!transmitter.entity.valid) return; // on_object_destroyed is on its way
  const bar = barred(transmitter);
  const reading = transmitter.channel === "" || bar !== "" ? nothing() : read(transmitter);
  const isIdle = reading.signals.length === 0 && transmitter.signals.length === 0;
  const changed = !isIdle && put(feedOf(transmitter.channel), transmitter, reading);
  showStatus(transmitter, statusOf(transmitter, bar, reading.isCut));
  if (changed) stir(storage.circuits.transmitters, transmitter);
  else calm(storage.circuits.transmitters, transmitter);
}

export function listenToWires(): void {
  const { transmitters } = storage.circuits;
  if (transmitters.all.length === 0) return;
  visitSome(transmitters, settings.global["clusterio-transmitters-per-tick"].value as number, visit);
}

/** Its part leaves the channel (MC1). */
export function leaveChannel(transmitter: Transmitter): void {
  if (transmitter.channel === "") return;
  const feed = feedOf(transmitter.channel);
  put(feed, transmitter, nothing());
  feed.transmitters -= 1;
  transmitter.channel = "";
  prune(feed);
}

export function joinChannel(transmitter: Transmitter, channel: string): void {
  if (channel === transmitter.channel) return;
  leaveChannel(transmitter);
  transmitter.channel = channel;
  if (channel !== "") feedOf(channel).transmitters += 1;
  stir(storage.circuits.transmitters, transmitter);
}
