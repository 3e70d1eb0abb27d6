import { Command, Option } from "clipanion";
import { nodeClock } from "#core/adapters/node-clock";
import { type Look, ownLook, painted } from "#core/terminal/look";
import { type Column, tableLines } from "#core/terminal/table";
import { grouped } from "#ctl/audit/output";
import { UserCommand } from "#ctl/client/user-command";
import type { Prints } from "#ctl/printed/all";
import { CATEGORY, PATTERN_HELP, patternMatcher, SOURCE } from "#ctl/storage/base";
import { runLive } from "#ctl/top/live";
import { intervalOption, timesOption } from "#ctl/top/options";
import { topHead } from "#ctl/top/view";
import type { Level, Model } from "#ctl/watch/model";
import type { Size } from "#ctl/watch/render";
import { Watcher } from "#ctl/watch/watcher";

const perMinute = (n: number): string => (n === 0 ? "-" : grouped(n));

export const LEVEL_COLUMNS: readonly Column<Level>[] = [
  { head: "RESOURCE", of: ({ resource }) => resource, least: 16 },
  { head: "LEVEL", align: "right", of: ({ storage }) => grouped(storage) },
  { head: "IN/MIN", align: "right", of: ({ given }) => perMinute(given) },
  { head: "OUT/MIN", align: "right", of: ({ got }) => perMinute(got) },
  { head: "ON THE WAY", align: "right", of: ({ inFlight }) => perMinute(inFlight) },
  {
    head: "MISSING",
    align: "right",
    of: ({ wanted }) => perMinute(wanted),
    tone: ({ wanted }) => (wanted > 0 ? "warn" : undefined),
  },
  {
    head: "OWED",
    align: "right",
    of: ({ debt }) => perMinute(debt),
    tone: ({ debt }) => (debt > 0 ? "bad" : undefined),
  },
];

/** What flows most is looked at most. */
export const inOrder = (levels: readonly Level[]): Level[] =>
  [...levels].sort((a, b) => b.given + b.got - (a.given + a.got) || (a.resource < b.resource ? -1 : 1));

export const levelScreen = (
  { head, levels }: { readonly head: string; readonly levels: readonly Level[] },
  look: Look,
  { columns, rows }: Size,
): string[] => {
  const cut = (line: string): string => (line.length > columns ? `${line.slice(0, columns - 1)}…` : line);
  const lines = tableLines(inOrder(levels), LEVEL_COLUMNS, { ...look, columns });
  const room = Math.max(1, rows - 4);
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more`];
  return [cut(head), "", ...shown, "", painted("q ends", "dim", look)];
};

export class StorageWatchCommand extends UserCommand {
  static override paths = [["storage", "watch"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "levels and flows, live",
    details: `
      What worlds give and get a minute, over the last ten looks; what is on its way, what they miss and what is owed. q ends. Without a
      terminal the table is printed again and again, with -o json an object for each resource.

      ${PATTERN_HELP}${SOURCE}`,
    examples: [
      ["All of it", "$0 storage watch"],
      ["The fluids, once, for a program", "$0 storage watch 'fluid:*' --times 1 --json"],
    ],
  });

  pattern = Option.String({ name: "PATTERN", required: false });
  interval = intervalOption();
  times = timesOption();

  override async execute(): Promise<number> {
    return this.run(() => {
      const shows = patternMatcher(this.pattern);
      return async (client, output, _place, bus) => {
        const watcher = new Watcher(client, bus, nodeClock);
        const look = ownLook();
        const levelsOf = (model: Model | undefined) => (model?.levels ?? []).filter(({ resource }) => shows(resource));
        const head = (model: Model | undefined) => topHead(model, watcher.problem);
        const view = {
          screen: (model: Model | undefined, size: Size) =>
            levelScreen({ head: head(model), levels: levelsOf(model) }, look, size),
          plain: (model: Model | undefined) => [
            head(model),
            ...tableLines(inOrder(levelsOf(model)), LEVEL_COLUMNS, look),
            "",
          ],
          values: (model: Model) => levelsOf(model) satisfies readonly Prints<"storage watch">[],
        };
        const { json, times } = this;
        await runLive(view, { watcher, output, json, times, intervalMs: this.interval * 1_000 });
        watcher.stop();
      };
    });
  }
}
