import { Command, type CommandClass } from "clipanion";

/** What a command says of itself, as plain data: help, completion, the page of all commands and the tests read this. */
export interface CommandSpec {
  readonly command: CommandClass;
  /** The words that name it; [] is what a program does without any. */
  readonly paths: readonly (readonly string[])[];
  /** Not for people: left out of lists and pages. */
  readonly hidden: boolean;
  readonly category: string;
  readonly description: string;
  /** Paragraphs. */
  readonly details: readonly string[];
  readonly examples: readonly (readonly [string, string])[];
  readonly options: readonly OptionSpec[];
  /** What this command calls the values of its options, where others mean something else by them (`static values`). */
  readonly values: Values;
  readonly arguments: readonly ArgumentSpec[];
}

export interface OptionSpec {
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly required: boolean;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly kind: "required" | "optional" | "rest";
}

/** What clipanion tells of each option to whoever builds its parser. */
interface Definition {
  names?: string[];
  description?: string;
  arity?: number;
  required?: boolean;
  hidden?: boolean;
}

/** A text in the indented form of `Command.Usage` as paragraphs of one line each. */
const paragraphs = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((part) => part.replace(/\s+/g, " ").trim())
    .filter((part) => part !== "");

const ownPaths = (command: CommandClass): readonly (readonly string[])[] => command.paths ?? [[]];

export const specOf = (command: CommandClass): CommandSpec => {
  const options: OptionSpec[] = [];
  const positionals: ArgumentSpec[] = [];
  const builder = {
    addOption: ({ names = [], description = "", arity = 0, required = false, hidden = false }: Definition) => {
      if (!hidden) options.push({ names, description, takesValue: arity > 0, required });
    },
    addPositional: ({ name = "arg", required = true }: { name?: string; required?: boolean }) => {
      positionals.push({ name, kind: required ? "required" : "optional" });
    },
    addRest: ({ name = "arg", required = 0 }: { name?: string; required?: number }) => {
      for (let n = 0; n < required; n++) positionals.push({ name, kind: "required" });
      positionals.push({ name, kind: "rest" });
    },
    addProxy: () => positionals.push({ name: "arg", kind: "rest" }),
    setArity: () => {},
  };
  for (const [key, value] of Object.entries(new command())) {
    if (typeof value !== "object" || value === null || !Reflect.has(value, Command.isOption)) continue;
    // The one place that looks at an option as clipanion's own registration does.
    (value as { definition: (to: object, key: string) => void }).definition(builder, key);
  }
  const { usage } = command;
  return {
    command,
    paths: ownPaths(command),
    hidden: usage === undefined,
    category: usage?.category?.trim() ?? "",
    description: usage?.description?.trim().replace(/\s+/g, " ") ?? "",
    details: paragraphs(usage?.details ?? ""),
    examples: usage?.examples ?? [],
    options,
    values: (command as { readonly values?: Values }).values ?? {},
    arguments: positionals,
  };
};

/** What an option's value is called, where that is not its last word. */
const VALUES: Readonly<Record<string, string>> = {
  "--factorio": "DIR",
  "--mod-dist": "DIR",
  "--extra-mods": "DIR",
  "--map-gen-settings": "FILE",
  "--map-settings": "FILE",
  "--for": "SECONDS",
  "--timeout": "SECONDS",
  "--interval": "SECONDS",
  "--worlds": "N",
  "--speed": "N",
  "--lines": "N",
  "--times": "N",
  "--from": "SEQUENCE",
  "--to": "SEQUENCE",
  "--flow": "SECONDS",
  "--countdown": "SECONDS",
  "--keep": "N",
  "--on": "INSTANCE",
  "--set": "KEY=VALUE",
  "--action": "save|backup|restart",
  "--units": "N",
  "--add": "N",
  "--take": "N",
  "--days": "N",
  "--minutes": "N",
  "--seed": "N",
  "--cap": "UNITS",
  "--resume": "UNITS",
  "--since": "TIME",
  "--until": "TIME",
  "--grep": "REGEX",
  "--as": "NAME",
  "--slave": "ID",
  "--core-creds": "FILE",
  "--edge-creds": "FILE",
  "--user-creds": "FILE",
  "--creds": "FILE",
  "--assignment-key": "FILE",
  "--access-keys": "FILE",
  "--config": "FILE",
  "--ca": "FILE",
  "--cert": "FILE",
  "--key": "FILE",
  "--output": "FILE",
  "--format": "table|json",
  "--sort": "ups|latency|traffic|waits|name",
  "--admin": "ID",
  "--context": "NAME",
  "--listen": "HOST:PORT",
  "--http": "PORT",
  "--checkpoint-every": "N",
  "--flood-messages": "N",
  "--grace": "DAYS",
  "--websocket": "PORT",
};

/** What the program itself calls some values. */
export type Values = Readonly<Record<string, string>>;

/** The longest of an option's names: what it is called in messages. */
export const longName = ({ names }: Pick<OptionSpec, "names">): string =>
  names.reduce((long, name) => (name.length > long.length ? name : long), "");

export const valueName = (flag: string, values: Values = {}): string =>
  values[flag] ?? VALUES[flag] ?? (flag.split("-").at(-1) ?? "").toUpperCase();

export const optionText = (option: OptionSpec, values: Values): string =>
  `${option.names.join(", ")}${option.takesValue ? ` ${valueName(longName(option), values)}` : ""}`;

const argumentText = ({ name, kind }: ArgumentSpec): string => {
  const shown = name.toUpperCase();
  return kind === "required" ? shown : kind === "optional" ? `[${shown}]` : `[${shown}...]`;
};

/** `storage policy set PATTERN --cap CAP [options]`, without the program's name. */
export const usageText = (spec: CommandSpec, program: Values): string => {
  const values = { ...program, ...spec.values };
  const required = spec.options.filter((option) => option.required);
  return [
    ...(spec.paths[0] ?? []),
    ...spec.arguments.map(argumentText),
    ...required.map((option) => `${longName(option)} ${valueName(longName(option), values)}`),
    ...(spec.options.length > required.length ? ["[options]"] : []),
  ].join(" ");
};
