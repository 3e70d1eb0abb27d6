// What a player or an administrator may ask: how this world stands with the cluster. Only read here, nothing is steered.
import type { LocalisedString } from "factorio:runtime";
import { anyCapped, isCapped } from "./capped";
import { overview_rows_max, ticks_per_second } from "./limits";
import { figuresOf } from "./looks";
import { mayCollect } from "./session";
import { iconOf } from "./status";
import { supplyOf } from "./supply";
import { amount, wanted } from "./totals";

function number(value: number): string {
  return string.format("%.0f", value);
}

function link(): LocalisedString {
  const { world, session, heardAt } = storage;
  if (world === "") return ["clusterio-overview.never-linked"];
  if (!session.open || !mayCollect()) return ["clusterio-overview.no-link", world];
  return ["clusterio-overview.linked", world, number((game.tick - heardAt) / ticks_per_second)];
}

/** One line for each resource that `line` has something to say of, in the order in which this save met them. */
function rows(lines: LocalisedString[], heading: string, line: (r: number) => LocalisedString | undefined): void {
  let shown = 0;
  for (const r of $range(0, storage.names.length - 1)) {
    if (shown === overview_rows_max) break;
    const text = line(r);
    if (text !== undefined) {
      if (shown === 0) lines.push([`clusterio-overview.${heading}`]);
      lines.push(text);
      shown += 1;
    }
  }
}

function buffered(r: number): LocalisedString | undefined {
  const held = amount(storage.buffer, r);
  return held > 0 ? ["clusterio-overview.amount", number(held), iconOf(r)] : undefined;
}

function waiting(r: number): LocalisedString | undefined {
  if (wanted(r) === 0) return undefined;
  const { shownGot } = supplyOf(r);
  const figures = figuresOf(r);
  const [want, icon, got] = [number(wanted(r)), iconOf(r), number(shownGot)];
  if (figures === undefined) return ["clusterio-overview.share", want, icon, got];
  const { share, storage: stored, demand, worlds } = figures;
  const [percent, there, all, by] = [string.format("%.1f", share / 10), number(stored), number(demand), number(worlds)];
  return ["clusterio-overview.share-of", want, icon, got, percent, there, all, by];
}

function onTheWay(r: number): LocalisedString | undefined {
  const figures = figuresOf(r);
  if (figures === undefined || figures.onTheWay === 0) return undefined;
  return ["clusterio-overview.amount", number(figures.onTheWay), iconOf(r)];
}

function full(r: number): LocalisedString | undefined {
  return isCapped(r) ? ["clusterio-overview.full-of", iconOf(r)] : undefined;
}

/** When this session with the bridge began, and when it was last told anything. */
function sync(): LocalisedString {
  const { begunAt, reportedAt } = storage.session;
  const seconds = (since: number) => number((game.tick - since) / ticks_per_second);
  return ["clusterio-overview.sync", seconds(begunAt), seconds(reportedAt)];
}

export function overview(): LocalisedString[] {
  const ports: LocalisedString = [
    "clusterio-overview.ports",
    number(storage.exports.all.length),
    number(storage.imports.all.length),
  ];
  const lines = [link(), ports];
  if (storage.session.open) lines.push(sync());
  rows(lines, "buffer", buffered);
  rows(lines, "on-the-way", onTheWay);
  rows(lines, "waiting", waiting);
  if (anyCapped()) rows(lines, "full", full);
  return lines;
}
