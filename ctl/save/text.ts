import type { DescribeAnswer, SaveView } from "#core/events/saves";
import { sizeText } from "#core/terminal/size";
import type { Column } from "#core/terminal/table";
import { grouped } from "#ctl/audit/output";

/** Saves in words. */
const TICKS_A_SECOND = 60;
const RESOURCES_SHOWN = 12;

export const whenText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

export const SAVE_COLUMNS: readonly Column<SaveView>[] = [
  { head: "SAVE", of: ({ file }) => file.replace(/\.zip$/, "") },
  { head: "SIZE", of: ({ bytes }) => sizeText(bytes), align: "right" },
  { head: "WRITTEN (UTC)", of: ({ writtenAt }) => whenText(writtenAt) },
  { head: "WORLD", of: ({ world }) => (world === undefined || world === "" ? "-" : world) },
  { head: "TICK", of: ({ tick }) => (tick === undefined ? "-" : grouped(tick)), align: "right" },
  { head: "STATE", of: ({ opens, next }) => (opens ? (next === true ? "next" : "-") : "does not open") },
];

const amounts = (of: Readonly<Record<string, number>>): string => {
  const all = Object.entries(of).sort(([, a], [, b]) => b - a);
  const shown = all.slice(0, RESOURCES_SHOWN).map(([key, amount]) => `${grouped(amount)} ${key}`);
  if (all.length > RESOURCES_SHOWN) shown.push(`and of ${all.length - RESOURCES_SHOWN} more`);
  return shown.length === 0 ? "nothing" : shown.join(", ");
};

const agoText = (ticks: number): string => {
  const seconds = Math.floor(ticks / TICKS_A_SECOND);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.floor(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
};

/** What loading a save means for the cluster. */
export const meaningLines = (instance: string, about: DescribeAnswer): string[] => {
  const { kind, world, current, takenBack, comesAgain, ticksBack, file } = about;
  switch (kind) {
    case "rewind":
      if (takenBack === undefined || comesAgain === undefined)
        return [
          `a rewind of ${world}: what it exported since ${file} was written is taken back from storage (it is in its chests again), what it received since comes again`,
        ];
      return [
        `a rewind of ${world} by ${agoText(ticksBack ?? 0)} of game time, by its reports:`,
        `  taken back from storage, since it is in its chests again: ${amounts(takenBack)}`,
        `  comes again from the cluster: ${amounts(comesAgain)}`,
      ];
    case "earlier-world":
      return [
        `${world}, an earlier world of ${instance}${current === "" ? "" : ` (now it is ${current})`}: it goes on where it was; what it exported after this save is taken back`,
      ];
    case "adoption":
      return [
        `a save of another instance's world, ${world}: ${instance} adopts it as a world of its own, a fork. What lies in its chests is there twice then, in ${world} and here; nothing of it counts as exported`,
      ];
    case "unknown":
      return [
        "nobody saw it being written: if it holds this instance's world it is a rewind; of another instance, a fork; a map that never had the mod, a new world",
      ];
  }
};
