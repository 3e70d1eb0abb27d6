import { VERBS } from "#core/access/verbs";
import { CONFIG_LEAVES } from "#core/config-patch";
import { begins, below, commandIn } from "#core/terminal/complaint";
import { type CommandSpec, longName, type OptionSpec, valueName } from "#core/terminal/spec";

/** What can stand where somebody pressed Tab. Pure: names of living things are only asked for, by kind. */

/** Living things are asked for so long: a person notices more, and a broker on the LAN needs a tenth of it. */
export const LIVE_MS_MAX = 1_000;

/** What has names that only a cluster knows. */
export type Kind = "instance" | "slave" | "user" | "role" | "resource" | "world" | "context" | "save" | "player";

export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** Words to choose from, names that the cluster knows (`of`: the words before, which may name an instance), or files. */
export type Wanted =
  | { readonly kind: "words"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "live"; readonly names: Kind; readonly of: readonly string[] }
  | { readonly kind: "files" };

const NOTHING: Wanted = { kind: "words", candidates: [] };
const words = (candidates: readonly Candidate[]): Wanted => ({ kind: "words", candidates });
const plain = (names: readonly string[]): Wanted => words(names.map((word) => ({ word, about: "" })));

/** What an argument or an option's value is called, and what that is. */
const NAMES: Readonly<Record<string, Kind>> = {
  instance: "instance",
  instances: "instance",
  on: "instance",
  player: "player",
  slave: "slave",
  user: "user",
  role: "role",
  resource: "resource",
  from: "resource",
  to: "resource",
  pattern: "resource",
  world: "world",
  context: "context",
  save: "save",
};
const FILES = /^(?:FILE|DIR|PATH|ARCHIVE)$|FILE|DIR/;

/** Choices stand in the name itself: `table|json`. */
const choicesIn = (name: string): readonly string[] | undefined =>
  /^[a-z-]+(?:\|[a-z-]+)+$/.test(name) ? name.split("|") : undefined;

const wantedValue = (name: string, of: readonly string[]): Wanted => {
  const choices = choicesIn(name);
  if (choices !== undefined) return plain(choices);
  // `to-instance` is one, too.
  const kind = NAMES[name.toLowerCase()] ?? NAMES[name.toLowerCase().split("-").at(-1) ?? ""];
  if (name.toLowerCase().startsWith("new-")) return NOTHING;
  if (kind !== undefined) return { kind: "live", names: kind, of };
  if (name === "KEY") return plain([...CONFIG_LEAVES.keys()]);
  if (name.toLowerCase() === "grant") return plain(VERBS.map((verb) => verb.name));
  return FILES.test(name.toUpperCase()) ? { kind: "files" } : NOTHING;
};

/** The ends of a range: an argument of that name is a resource. */
const RANGES: ReadonlySet<string> = new Set(["--from", "--to"]);

/** `--slave ID` is a slave, whatever its value is called. */
const optionValue = ({ values }: CommandSpec, option: OptionSpec, of: readonly string[]): Wanted => {
  const flag = longName(option);
  if (flag === "--set") return plain([...CONFIG_LEAVES.keys()].map((key) => `${key}=`));
  const own = values[flag];
  const named = own === undefined && !RANGES.has(flag) ? NAMES[flag.replace(/^--/, "")] : undefined;
  return named === undefined ? wantedValue(own ?? valueName(flag, values), of) : { kind: "live", names: named, of };
};

interface Position {
  readonly given: ReadonlySet<OptionSpec>;
  readonly positionals: readonly string[];
  /** The option that waits for its value. */
  readonly open: OptionSpec | undefined;
  readonly onlyArguments: boolean;
}

const positionOf = ({ options }: CommandSpec, rest: readonly string[]): Position => {
  const given = new Set<OptionSpec>();
  const positionals: string[] = [];
  let open: OptionSpec | undefined;
  let onlyArguments = false;
  for (const word of rest) {
    if (open !== undefined) {
      open = undefined;
      continue;
    }
    if (onlyArguments || !word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    if (word === "--") {
      onlyArguments = true;
      continue;
    }
    const [flag = ""] = word.split("=", 1);
    const option = options.find(({ names }) => names.includes(flag));
    if (option === undefined) continue;
    given.add(option);
    if (option.takesValue && !word.includes("=")) open = option;
  }
  return { given, positionals, open, onlyArguments };
};

const optionCandidates = ({ options }: CommandSpec, given: ReadonlySet<OptionSpec>): Candidate[] => [
  ...options
    .filter((option) => !given.has(option) || /several times/.test(option.description))
    .map((option) => ({ word: longName(option), about: option.description })),
  { word: "--help", about: "Says more." },
];

const inCommand = (spec: CommandSpec, rest: readonly string[], current: string): Wanted => {
  const { given, positionals, open, onlyArguments } = positionOf(spec, rest);
  if (open !== undefined) return optionValue(spec, open, positionals);
  if (!onlyArguments && current.startsWith("-")) {
    const [, flag = "", value] = /^(--[a-z-]+)=(.*)$/.exec(current) ?? [];
    const option = spec.options.find(({ names }) => names.includes(flag));
    if (value === undefined || option === undefined) return words(optionCandidates(spec, given));
    const wanted = optionValue(spec, option, positionals);
    if (wanted.kind !== "words") return wanted;
    return words(wanted.candidates.map(({ word, about }) => ({ word: `${flag}=${word}`, about })));
  }
  const argument = spec.arguments[positionals.length] ?? spec.arguments.findLast(({ kind }) => kind === "rest");
  if (argument !== undefined) return wantedValue(argument.name, positionals);
  return words(optionCandidates(spec, given));
};

/** The next words of the groups that were begun. */
const nextWords = (specs: readonly CommandSpec[], before: readonly string[]): Candidate[] => {
  const next = new Map<string, string>();
  for (const { paths, description } of below(specs, before)) {
    for (const path of paths.filter((one) => begins(one, before) && one.length > before.length)) {
      const word = path[before.length]!;
      // A group of several commands has no description of its own.
      next.set(word, next.has(word) || path.length > before.length + 1 ? "" : description);
    }
  }
  return [...next].map(([word, about]) => ({ word, about }));
};

/** What may follow these words. */
export const wantedAfter = (specs: readonly CommandSpec[], before: readonly string[], current: string): Wanted => {
  const next = nextWords(specs, before);
  const found = commandIn(specs, before);
  if (found === undefined || found.depth === 0) return words(next);
  const { spec, depth } = found;
  const wanted = inCommand(spec, before.slice(depth), current);
  // `storage policy` could go on as a group and as a command.
  return depth === before.length && next.length > 0 && wanted.kind === "words"
    ? words([...next, ...wanted.candidates])
    : wanted;
};

/** Those that begin as what was typed does. */
export const fitting = (candidates: readonly Candidate[], current: string): Candidate[] =>
  candidates.filter(({ word }) => word.startsWith(current));
