import { type Aim, type Figure, isMet, type Measure, ratioOf } from "#bench/kit/figure";

/** How figures are shown: a table for people, one JSON line for programs. */

/** What they were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly natsServer: string;
}

export const jsonLine = (machine: Machine, figures: readonly Figure[]): string =>
  JSON.stringify({
    machine,
    figures: figures.map((figure) => {
      const met = isMet(figure);
      return { ...figure, ratio: rounded(ratioOf(figure)), ...(met === undefined ? {} : { met }) };
    }),
  });

/** Three digits say what such a measurement is worth; whole numbers keep all of theirs. */
export const rounded = (value: number): number =>
  Math.abs(value) >= 100 || !Number.isFinite(value) ? Math.round(value) : Number(value.toPrecision(3));

const quantity = (value: number, unit: string): string =>
  `${rounded(value).toLocaleString("en-US", { maximumSignificantDigits: 21 })} ${unit}`.trim();

const aimText = ({ sense, value }: Aim, unit: string): string => `${sense} ${quantity(value, unit)}`;

const verdict = (figure: Figure): string => {
  const met = isMet(figure);
  if (met === undefined) return "";
  return met ? "met" : "MISSED";
};

const referenceText = ({ what, value, unit }: Measure): string => `${quantity(value, unit)} (${what})`;

const cellsOf = (figure: Figure): string[] => {
  const aims = [
    ...(figure.aim === undefined ? [] : [aimText(figure.aim, figure.unit)]),
    ...(figure.ratioAim === undefined ? [] : [`${aimText(figure.ratioAim, "")} of it`]),
  ];
  return [
    figure.name,
    figure.what,
    quantity(figure.value, figure.unit),
    aims.join(", "),
    verdict(figure),
    referenceText(figure.reference),
    quantity(ratioOf(figure), ""),
  ];
};

const HEAD = ["name", "figure", "measured", "aim", "", "reference", "ratio"];
/** Numbers stand at the right. */
const RIGHT = new Set([2, 6]);

/** A table that is also Markdown. */
export const table = (figures: readonly Figure[]): string => {
  const rows = [HEAD, ...figures.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (RIGHT.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, i) => (RIGHT.has(i) ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [line(HEAD), rule, ...rows.slice(1).map(line)].join("\n");
};

export const machineLine = ({ cpu, cores, node, natsServer }: Machine): string =>
  `${cores} × ${cpu}, shared by everything measured; Node.js ${node}, nats-server ${natsServer}`;
