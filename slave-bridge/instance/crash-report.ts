import type { Paths } from "#bridge/instance/folder";
import type { Ports } from "#bridge/ports";

/** What a dead game printed last, kept beyond the next start, which begins its output anew. */

const REPORT_LINES = 200;
/** A game that dies again and again fills no disk. */
const REPORTS_MAX = 10;

/** `clean` takes secrets out of a line. */
export const keepReport = async (
  { clock, disk, game }: Pick<Ports, "clock" | "disk" | "game">,
  paths: Paths,
  clean: (line: string) => string,
): Promise<void> => {
  const lines = await game.lastLines(paths.console, REPORT_LINES);
  const name = `${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(":", "-")}.txt`;
  await disk.write(`${paths.crashes}/${name}`, new TextEncoder().encode(`${lines.map(clean).join("\n")}\n`));
  const all = (await disk.list(paths.crashes)).filter((other) => other.endsWith(".txt"));
  for (const old of all.slice(0, -REPORTS_MAX)) await disk.remove(`${paths.crashes}/${old}`);
};
