import { type Printed, shapeText } from "#core/terminal/printed";

/** The page of what commands print with -o json, docs/json.md. */
export interface JsonProgram {
  readonly name: string;
  readonly printed: Printed;
}

const HEAD = [
  "# What commands print with -o json",
  "",
  "One JSON object a line, on standard output; nothing else stands there. A list without entries has no lines. The shapes are those to which the compiler",
  "holds each command, and by which tests read what it printed ([ADR 0092](adr/0092-what-is-printed-for-programs-has-a-shape.md)). This page is made of",
  "them by `npm run docs:json`, and a test holds that it is current and has every command.",
  "",
  "Fields keep their names and meaning within a major version; new ones may come, so a reader takes no notice of those that it does not know. `?` marks a field",
  "that may be missing. Numbers are whole units, and times are milliseconds since 1970 where they are numbers, ISO 8601 where they are text, unless a field's",
  "name says otherwise (`…Seconds`, `…Ms`, `ticks`). Several shapes in a row: each line has one of them. Where `[key]` stands for a resource, it is written as in",
  "[the protocol](game-protocol.md): `item:iron-plate`, `fluid:steam:165`. What a command does, and its exit codes: [commands.md](commands.md).",
];

export const jsonPage = (programs: readonly JsonProgram[]): string =>
  `${[...HEAD, ...programs.flatMap(sections)].join("\n")}\n`;

const sections = ({ name, printed }: JsonProgram): string[] => [
  "",
  `## ${name}`,
  ...Object.keys(printed)
    .sort()
    .flatMap((words) => ["", `### ${name} ${words}`, "", "```ts", shapeText(printed[words]!), "```"]),
];
