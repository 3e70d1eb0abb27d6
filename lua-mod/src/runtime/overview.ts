// What a player or an administrator may ask: how this world stands with the cluster. Only read here, nothing is steered.
import type { LocalisedString } from "factorio:runtime";
import { overview_rows_max, ticks_per_second } from "./limits";
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
  return ["clusterio-overview.share", number(wanted(r)), iconOf(r), number(shownGot)];
}

export function overview(): LocalisedString[] {
  const ports: LocalisedString = [
    "clusterio-overview.ports",
    number(storage.exports.all.length),
    number(storage.imports.all.length),
  ];
  const lines = [link(), ports];
  rows(lines, "buffer", buffered);
  rows(lines, "waiting", waiting);
  return lines;
}
