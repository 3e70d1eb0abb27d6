import { sizeText } from "#core/terminal/size";
import { shortName } from "#ctl/count/summary";
import type { ChannelLine, Flow, Level, Model, WorldLine } from "#ctl/watch/model";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Surroundings {
  /** What runs the worlds, said plainly. */
  readonly game: string;
  /** How to stop it, where the state is kept, what does not answer. */
  readonly foot: readonly string[];
  /** The last things that happened, the newest at the end. */
  readonly notes: readonly string[];
}

/** Not more than this of the screen is for what happened. */
const NOTES_MAX = 4;

/** The screen as lines, each at most `columns` wide and at most `rows` of them. Pure. */
export const render = (model: Model, around: Surroundings, { columns, rows }: Size): string[] => {
  const head = [headLine(model), `${around.game}   ${ledgerText(model)}`, ""];
  const alarms = model.worlds
    .filter(({ alarm }) => alarm !== "")
    .map(({ name, alarm }) => `! ${name}: ${alarm.split("\n")[0]}`);
  const notes = [...alarms, ...around.notes].slice(-NOTES_MAX);
  const foot = [...model.channels.map(channelText), "", ...notes, ...around.foot];
  const levels = [levelHead, ...model.levels.map(levelLine)];
  const room = rows - head.length - 1 - foot.length;
  const long = model.worlds.flatMap(worldLines);
  const worlds = levels.length + long.length <= room ? long : [worldHead, ...model.worlds.map(worldLine)];
  // The levels give way first: the largest cluster has the longest list of them.
  const shownLevels = shorten(levels, Math.max(2, room - worlds.length));
  return shorten([...head, ...shownLevels, "", ...worlds, ...foot], rows).map((line) => clip(line, columns));
};

/** Lines for something that is not a terminal: one a time. */
export const plainLine = (model: Model): string => {
  const levels = model.levels.map(
    ({ resource, storage, given, got }) => `${shortName(resource)} ${given} in ${got} out (${storage} stored)`,
  );
  const worlds = model.worlds.map((world) => `${world.name} ${condition(world)}`);
  return [
    `${model.upSeconds} s: round ${model.round} (${model.roundsPerSecond}/s), ${latency(model)}, ${ledgerText(model)}`,
    levels.length === 0 ? "nothing moved yet" : `moved a minute: ${levels.join(", ")}`,
    worlds.join(", "),
    ...model.channels.map(channelText),
  ].join("; ");
};

const headLine = (model: Model): string =>
  [
    "clusterio",
    `up ${clockTime(model.upSeconds)}`,
    `${model.worlds.filter(({ linked }) => linked).length}/${model.worlds.length} worlds linked`,
    `round ${model.round} (${model.roundsPerSecond}/s)`,
    latency(model),
    ...(model.granting ? [] : ["not granting yet"]),
  ].join("   ");

/** Days further off than this are no news. */
const DAYS_SHOWN_MAX = 100;

const ledgerText = ({ ledger: { bytes, bytesPerHour, daysLeft } }: Model): string => {
  const rate = bytesPerHour === null ? "" : ` +${sizeText(bytesPerHour)}/h`;
  const left = daysLeft === null || daysLeft > DAYS_SHOWN_MAX ? "" : `, ${daysLeft} days left`;
  return `ledger ${sizeText(bytes)}${rate}${left}`;
};

const latency = ({ p50, p99 }: Model): string =>
  p50 === null ? "no latency yet" : `latency ${Math.round(p50)}/${Math.round(p99 ?? p50)} ms`;

const levelHead = `${"IN STORAGE".padEnd(26)}${"level".padStart(9)}${"in/min".padStart(9)}${"out/min".padStart(9)}${"on the way".padStart(11)}${"missing".padStart(9)}${"owed".padStart(7)}`;

const levelLine = ({ resource, storage, given, got, inFlight, wanted, debt }: Level): string =>
  `${shortName(resource).slice(0, 25).padEnd(26)}${String(storage).padStart(9)}${orDash(given).padStart(9)}` +
  `${orDash(got).padStart(9)}${orDash(inFlight).padStart(11)}${orDash(wanted).padStart(9)}${orDash(debt).padStart(7)}`;

/** Where there is room: what a world gives, gets and waits for on lines of their own. */
const worldLines = (world: WorldLine): string[] => {
  const label = `${world.name.slice(0, 15).padEnd(16)}${condition(world).slice(0, 9).padEnd(10)}`;
  const [gives, gets] = [`gives/min ${flowText(world.gives)}`, `gets/min  ${flowText(world.gets)}`];
  const indent = " ".repeat(label.length);
  return [`${label}${gives}`, `${indent}${gets}`, `${indent}waits for ${flowText(world.waitsFor)}`];
};

const worldHead = `${"WORLD".padEnd(14)}${"state".padStart(8)}  ${"gives a minute".padEnd(19)}${"gets a minute".padEnd(19)}waits for`;

const worldLine = (world: WorldLine): string =>
  `${world.name.slice(0, 13).padEnd(14)}${condition(world).slice(0, 8).padStart(8)}  ` +
  `${cell(world.gives)}${cell(world.gets)}${flowText(world.waitsFor)}`;

/** UPS, or why there are none. */
const condition = ({ ups, state, linked }: WorldLine): string => {
  if (state !== "running" && state !== "unknown") return state;
  if (!linked) return "unlinked";
  return ups === null ? "linked" : `${Math.round(ups)} UPS`;
};

const cell = (flows: readonly Flow[]): string => flowText(flows).slice(0, 18).padEnd(19);

const flowText = (flows: readonly Flow[]): string =>
  flows.length === 0 ? "nothing" : flows.map(({ resource, amount }) => `${amount} ${shortName(resource)}`).join(", ");

/** Signals of a channel that a line has room for. */
const SIGNALS_SHOWN = 4;

const channelText = ({ channel, senders, signals }: ChannelLine): string => {
  const more = signals.length > SIGNALS_SHOWN ? ` and ${signals.length - SIGNALS_SHOWN} more` : "";
  return `signals on ${channel} from ${senders} worlds: ${flowText(signals.slice(0, SIGNALS_SHOWN))}${more}`;
};

const orDash = (n: number): string => (n === 0 ? "–" : String(n));

const clockTime = (seconds: number): string => {
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

const shorten = (lines: readonly string[], max: number): readonly string[] =>
  lines.length <= max ? lines : [...lines.slice(0, max - 1), `… ${lines.length - max + 1} more`];

/** Control characters of a name or message never reach the terminal. */
const clip = (line: string, columns: number): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
  const clean = line.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return clean.length <= columns ? clean : `${clean.slice(0, columns - 1)}…`;
};
