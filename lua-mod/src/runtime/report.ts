// What the outside is told. Totals are absolute and growing, so a report that is repeated, lost or overtaken does no harm.
//
// MR1  `seq` rises by one per report of a session, over both transports.
// MR2  A report has what differs from `stated`; `stated` changes only together with a report or a whole state.
// MR4  In a session that is pulled nothing goes into a file: lines wait in the outbox, in order, and are handed out once. It is
//      bounded: what there is no room for waits where it is, or is refused.
// MR5  Since the bridge's last word no more is written than `unheard_bytes_max` and the line that passes it, however long it is away:
//      what changes meanwhile waits in the counters, and is said when it says something, or by the next session's whole state.
// MR3  Every key of `wanted` stands in `received` of the same report, and a `received` that changed restates a `wanted` above zero.

import { field, jsonNumber, jsonObject, jsonString } from "./json";
import {
  full_report_ticks,
  outbox_bytes_max,
  pull_bytes_max,
  report_file_bytes_max,
  unheard_bytes_max,
} from "./limits";
import { amount, set, wanted } from "./totals";

/** The vectors of one report, as `"number":total` pairs. */
interface Lines {
  names: string[];
  exported: string[];
  received: string[];
  wanted: string[];
}

function entry(r: number, total: number): string {
  return `"${jsonNumber(r)}":${jsonNumber(total)}`;
}

function stateOne(r: number, isWhole: boolean, lines: Lines): void {
  const { stated } = storage;
  const exported = amount(storage.exported, r);
  const received = amount(storage.received, r);
  const missing = wanted(r);
  if (isWhole || exported !== amount(stated.exported, r)) lines.exported.push(entry(r, exported));
  const receivedChanged = received !== amount(stated.received, r);
  const wantedChanged = missing !== amount(stated.wanted, r);
  if (isWhole || receivedChanged || wantedChanged) lines.received.push(entry(r, received));
  if (isWhole || wantedChanged || (receivedChanged && missing > 0)) lines.wanted.push(entry(r, missing));
  set(stated.exported, r, exported);
  set(stated.received, r, received);
  set(stated.wanted, r, missing);
}

function stateNames(isWhole: boolean, lines: Lines): void {
  const { names, stated } = storage;
  for (const r of $range(isWhole ? 0 : stated.names, names.length - 1)) {
    lines.names.push(`"${jsonNumber(r)}":${jsonString(names[r])}`);
  }
  stated.names = names.length;
}

/** Everything has just been told in another form. */
export function clearDirty(): void {
  storage.dirty = [];
  storage.isDirty = new LuaMap();
}

function collectLines(isWhole: boolean): Lines {
  const lines: Lines = { names: [], exported: [], received: [], wanted: [] };
  stateNames(isWhole, lines);
  if (isWhole) {
    for (const r of $range(0, storage.names.length - 1)) stateOne(r, true, lines);
  } else {
    for (const r of storage.dirty) stateOne(r, false, lines);
  }
  clearDirty();
  return lines;
}

function isEmpty(lines: Lines): boolean {
  return (
    lines.names.length === 0 && lines.exported.length === 0 && lines.received.length === 0 && lines.wanted.length === 0
  );
}

function render(lines: Lines, isWhole: boolean, extra: string[]): string {
  const { session } = storage;
  session.seq += 1;
  session.reportedAt = game.tick;
  if (isWhole) session.fullAt = game.tick;
  const fields = [
    field("token", jsonString(session.token)),
    field("seq", jsonNumber(session.seq)),
    field("tick", jsonNumber(game.tick)),
  ];
  if (isWhole) fields.push(field("full", "true"));
  fields.push(field("names", jsonObject(lines.names)));
  fields.push(field("exported", jsonObject(lines.exported)));
  fields.push(field("received", jsonObject(lines.received)));
  fields.push(field("wanted", jsonObject(lines.wanted)));
  for (const each of extra) fields.push(each);
  return jsonObject(fields);
}

/** A report as a command's reply: also when nothing changed. `extra` are further fields. */
export function replyReport(isWhole: boolean, extra: string[]): string {
  return render(collectLines(isWhole), isWhole, extra);
}

export function reportFile(): string {
  const { token, part } = storage.session;
  return `clusterio/${token}-${jsonNumber(part)}.jsonl`;
}

/** MR4, MR5. Every peer comes to the same answer: it rests on the save and on commands alone. */
export function hasRoom(): boolean {
  const { outbox, outboxBytes, unheardBytes } = storage.session;
  return outbox === undefined ? unheardBytes < unheard_bytes_max : outboxBytes < outbox_bytes_max;
}

/** The bridge of this session said something, so it reads. MR5 */
export function heardBridge(): void {
  storage.session.unheardBytes = 0;
}

/** Only the server's disk gets it; what is counted is the same on every peer. */
export function append(line: string): void {
  const { session } = storage;
  if (session.outbox !== undefined) {
    session.outbox.push(line);
    session.outboxBytes += line.length + 1;
    return;
  }
  write(reportFile(), line);
  if (session.partBytes <= report_file_bytes_max) return;
  const full = reportFile();
  session.part += 1;
  write(full, jsonObject([field("next", jsonString(reportFile()))]));
  session.partBytes = 0;
}

function write(file: string, line: string): void {
  const { session } = storage;
  helpers.write_file(file, `${line}\n`, true, 0);
  session.partBytes += line.length + 1;
  session.unheardBytes += line.length + 1;
}

function hasNews(): boolean {
  return storage.dirty.length > 0 || storage.stated.names !== storage.names.length;
}

/** What a bridge that follows no file is told when it asks: what changed, and the lines that wait; true when there are more. */
export function takeLines(lines: string[]): boolean {
  const { session } = storage;
  if (!session.open) return false;
  if (hasNews()) {
    const changed = collectLines(false);
    if (!isEmpty(changed)) lines.push(render(changed, false, []));
  }
  const outbox = session.outbox ?? [];
  let count = 0;
  let bytes = 0;
  while (count < outbox.length && bytes < pull_bytes_max) {
    lines.push(outbox[count]);
    bytes += outbox[count].length + 1;
    count += 1;
  }
  const rest: string[] = [];
  for (const i of $range(count, outbox.length - 1)) rest.push(outbox[i]);
  if (session.outbox !== undefined) session.outbox = rest;
  session.outboxBytes -= bytes;
  return rest.length > 0;
}

/** The end of the mod's tick: write what changed, no more often than every `flush ticks`, and everything from time to time. */
export function flush(): void {
  const { session } = storage;
  if (!session.open || session.outbox !== undefined || !hasRoom()) return;
  if (game.tick - session.fullAt >= full_report_ticks) {
    append(render(collectLines(true), true, []));
    return;
  }
  const flush_ticks = settings.global["clusterio-flush-ticks"].value as number;
  if (!hasNews()) return;
  if (game.tick - session.reportedAt < flush_ticks) return;
  const lines = collectLines(false);
  if (!isEmpty(lines)) append(render(lines, false, []));
}

/** The whole state stands in a reply that is being written: what follows are differences to it. */
export function allIsStated(): void {
  const { stated, session } = storage;
  for (const r of $range(0, storage.names.length - 1)) {
    set(stated.exported, r, amount(storage.exported, r));
    set(stated.received, r, amount(storage.received, r));
    set(stated.wanted, r, wanted(r));
  }
  stated.names = storage.names.length;
  clearDirty();
  session.reportedAt = game.tick;
  session.fullAt = game.tick;
}
