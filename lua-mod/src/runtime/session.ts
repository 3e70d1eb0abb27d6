// A session joins this run of the save with one run of the bridge (docs/game-protocol.md).
//
// MS1  Only the token tells runs apart: one that the save already holds is refused.
// MS2  Collecting and imports need an open session: the save's world belongs to the instance that began.
// MS3  `begin` and `adopt` leave everything in the chests and in the buffer where it is.
import { atLoadJson } from "./at-load";
import { cappedNames } from "./capped";
import { field, jsonArray, jsonNumber, jsonObject, jsonString, type Parsed } from "./json";
import { id_bytes_max } from "./limits";
import { untakeable } from "./names";
import { allIsStated, reportFile } from "./report";
import type { Totals } from "./state";
import { amount, isTotal, wanted } from "./totals";
import { mapSeed } from "./world";

/** A refusal of a command: nothing changed. */
export interface Refused {
  error: string;
  message: string;
}

function refuse(error: string, message: string): Refused {
  return { error, message };
}

export function mayCollect(): boolean {
  return storage.session.open && game.tick <= storage.leaseUntil;
}

function isToken(value: unknown): value is string {
  if (typeof value !== "string" || value.length < 10 || value.length > 32) return false;
  const [match] = string.match(value, "^[0-9a-z]+$");
  return match !== undefined;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= id_bytes_max;
}

function copy(totals: Totals): Totals {
  const copied: Totals = new LuaMap();
  for (const [r, total] of totals) copied.set(r, total);
  return copied;
}

export function begin(parameter: Parsed): Refused | undefined {
  const { v, token, instance } = parameter;
  if (v !== 1) return refuse("version", "this mod speaks version 1 of the protocol; update the older side");
  if (!isToken(token)) return refuse("token", "a token is 10 to 32 of 0-9 and a-z");
  if (!isId(instance)) return refuse("parameter", "the instance is missing");
  if (token === storage.session.token) return refuse("token-used", "this save holds that token: draw a fresh one");
  storage.session = {
    token,
    instance,
    open: storage.world !== "" && storage.instance === instance,
    seq: 0,
    part: 0,
    partBytes: 0,
    reportedAt: game.tick,
    fullAt: game.tick,
    begunAt: game.tick,
    lookedAt: "",
    cappedAt: 0,
    outbox: parameter.pull === true ? [] : undefined,
    outboxBytes: 0,
    unheardBytes: 0,
    sent: 0,
    heard: 0,
  };
  storage.base = copy(storage.received);
  storage.figures.n = 0;
  return undefined;
}

/** The totals of this world alone: its parent's, less what they were when the save was loaded. undefined when they don't fit. */
function childTotals(atLoad: Parsed): Totals | undefined {
  for (const [resource] of pairs(atLoad)) if (!storage.numbers.has(resource as string)) return undefined;
  const child: Totals = new LuaMap();
  for (const r of $range(0, storage.names.length - 1)) {
    const before = atLoad[storage.names[r]] ?? 0;
    const left = isTotal(before) ? amount(storage.exported, r) - before : -1;
    if (left < 0) return undefined;
    if (left > 0) child.set(r, left);
  }
  return child;
}

export function adopt(parameter: Parsed): Refused | undefined {
  const { token, world, instance, atLoad } = parameter;
  const { session } = storage;
  if (token !== session.token || session.token === "") return wrongToken();
  if (!isId(world) || !isId(instance)) return refuse("parameter", "the world or the instance is missing");
  if (instance !== session.instance) return refuse("instance", "this session was begun for another instance");
  if (world === storage.world && instance === storage.instance) return undefined;
  if (instance === storage.instance) return refuse("world", `this save is already ${storage.world} of that instance`);
  if (storage.world !== "") {
    const child = typeof atLoad === "object" ? childTotals(atLoad as Parsed) : undefined;
    if (child === undefined) return refuse("at-load", "atLoad must be what begin's reply said");
    storage.exported = child;
    storage.received = new LuaMap();
    storage.base = new LuaMap();
  }
  storage.world = world;
  storage.instance = instance;
  session.open = true;
  return undefined;
}

export function extendLease(ticks: number): void {
  storage.leaseUntil = game.tick + ticks;
  storage.heardAt = game.tick;
}

export function wrongToken(): Refused {
  return refuse("wrong-token", "another session is open: begin a new one");
}

export function isTag(tag: unknown): boolean {
  const { token } = storage.session;
  return token !== "" && tag === string.sub(token, 1, 4);
}

function vector(totalOf: (r: number) => number): string {
  const entries: string[] = [];
  for (const r of $range(0, storage.names.length - 1)) {
    const value = totalOf(r);
    if (value !== 0) entries.push(field(jsonNumber(r), jsonNumber(value)));
  }
  return jsonObject(entries);
}

function strings(values: string[]): string {
  const written: string[] = [];
  for (const value of values) written.push(jsonString(value));
  return jsonArray(written);
}

/** What got another name in this save, in the order in which it met those things; nothing when nothing did. */
function renamed(): string[] {
  const entries: string[] = [];
  for (const name of storage.names) {
    const now = storage.renamed.get(name);
    if (now !== undefined) entries.push(field(name, jsonString(now)));
  }
  return entries.length === 0 ? [] : [field("renamed", jsonObject(entries))];
}

/** The reply of `begin` and `adopt`; what follows are differences to it (MR2). */
export function wholeState(): string {
  allIsStated();
  const { session } = storage;
  const fields = [
    field("v", "1"),
    field("mod", jsonString(script.active_mods[script.mod_name] ?? "")),
    field("game", jsonString(helpers.game_version)),
    field("token", jsonString(session.token)),
    field("instance", jsonString(storage.instance)),
    field("world", jsonString(storage.world)),
    field("tick", jsonNumber(game.tick)),
    field("seed", jsonNumber(mapSeed())),
    field("names", strings(storage.names)),
    field(
      "exported",
      vector((r) => amount(storage.exported, r)),
    ),
    field(
      "received",
      vector((r) => amount(storage.received, r)),
    ),
    field("wanted", vector(wanted)),
    field("atLoad", atLoadJson()),
    field("untakeable", strings(untakeable())),
    field("capped", strings(cappedNames())),
    field("file", jsonString(reportFile())),
  ];
  for (const each of renamed()) fields.push(each);
  return jsonObject(fields);
}
