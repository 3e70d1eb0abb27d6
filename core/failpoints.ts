import { badInput } from "#core/errors";

/**
 * Named places in the protocol at which a test can make a process die, stop, stall or lose something (docs/chaos.md). Inert
 * unless armed (core/adapters/node-failpoints.ts): then `failpoint` is one comparison with undefined.
 *
 * A global hook and no port that is handed down: a point is in the middle of what it is about, also in pure adapters, and
 * it must be impossible to forget to pass it on (ADR 0025).
 */

type Extra = "drop" | "error";
interface Point {
  readonly what: string;
  /** What the code at this place can do besides ending, stopping and stalling. */
  readonly also?: readonly Extra[];
}

const POINTS = {
  "fact.publishing": { what: "a bridge is about to publish a fact", also: ["drop"] },
  "fact.published": { what: "a fact was handed to the connection" },
  "session.beginning": { what: "a session is about to begin in the game" },
  "session.begun": { what: "the game has begun a session, its bridge has not acted on that" },
  "session.adopting": { what: "the game is about to be told which world it is" },
  "session.adopted": { what: "the game knows its world, its bridge has not acted on that" },
  "import.sending": { what: "an import is about to go to the game", also: ["drop"] },
  "import.sent": { what: "an import is on its way, the game's word is not there" },
  "import.replied": { what: "the game has taken an import in, its bridge has not read that", also: ["drop"] },
  "server.spawning": { what: "a game is about to be started, its record names no process" },
  "server.spawned": { what: "a game runs, its record names no process yet" },
  "record.writing": { what: "an instance's record is about to be written beside the old one", also: ["error"] },
  "record.renaming": { what: "an instance's new record is about to take the old one's place" },
  "record.renamed": { what: "an instance's record is in its place, its folder is not flushed" },
  "term.beginning": { what: "a projector is about to lead: nothing of its term is written" },
  "term.begun": { what: "the first message of a term is written, nobody was told" },
  "ledger.appending": { what: "a ledger message is about to be sent" },
  "ledger.sent": { what: "a ledger message is on its way, no acknowledgement is there" },
  "ledger.stored": { what: "the stream has answered, the projector has not read that", also: ["drop"] },
  "ledger.folded": { what: "a ledger message is stored and folded, nobody was told" },
  "delivery.publishing": { what: "a delivery is about to be published", also: ["drop"] },
  "delivery.published": { what: "a delivery was handed to the connection" },
  "command.written": { what: "what an operator ordered is in the ledger, the answer is not sent" },
  "checkpoint.writing": { what: "a checkpoint is about to be written" },
  "checkpoint.written": { what: "a checkpoint is whole in the ledger, no snapshot of it exists" },
  "snapshot.writing": { what: "a snapshot is about to be written beside the old one", also: ["error"] },
  "snapshot.renaming": { what: "a new snapshot is about to take the old one's place" },
  "snapshot.renamed": { what: "a snapshot is in its place, its folder is not flushed" },
  "save.writing": { what: "the stand-in has written half of a save beside the old one", also: ["error"] },
  "save.renaming": { what: "the stand-in's new save is about to get its name" },
  "save.renamed": { what: "the stand-in's new save has its name" },
} as const satisfies Readonly<Record<string, Point>>;

export type Failpoint = keyof typeof POINTS;
export const FAILPOINTS = Object.keys(POINTS) as readonly Failpoint[];
const isFailpoint = (text: string): text is Failpoint => Object.hasOwn(POINTS, text);
export const meaningOf = (point: Failpoint): string => POINTS[point].what;

/** kill, stop: SIGKILL and SIGSTOP to itself. delay: the whole process stands still. error: the disk is full. */
export type FailpointAction =
  | { readonly kind: "kill" | "stop" | "exit" | Extra }
  | { readonly kind: "delay"; readonly ms: number };

/** The n-th time that a process comes by, and with `on` each time after that. */
export interface Arming {
  readonly action: FailpointAction;
  readonly nth: number;
  readonly on: boolean;
}

/** Longer than any timeout that a stall is to outlast. */
const DELAY_MS_MAX = 600_000;
const ARMING = /^(kill|stop|exit|drop|error|delay:(\d{1,6}))(?:@(\d{1,6})(\+?))?$/;

/** `kill`, `stop@2`, `delay:500@3+`. @throws ClusterioError `bad-input` */
export const parseArming = (point: Failpoint, text: string): Arming => {
  const match = ARMING.exec(text);
  const allowed: readonly string[] = ["kill", "stop", "exit", "delay:MS", ...extrasOf(point)];
  if (match === null)
    throw badInput(`failpoint ${point}: "${text}" is none of ${allowed.join(", ")}, with @N or @N+ behind`);
  const [, word = "", ms, nth = "1", on] = match;
  if (nth === "0") throw badInput(`failpoint ${point}: "${text}" counts from @1`);
  if (Number(ms ?? 0) > DELAY_MS_MAX) throw badInput(`failpoint ${point}: a delay has at most ${DELAY_MS_MAX} ms`);
  const kind = word.split(":")[0] ?? "";
  if ((kind === "drop" || kind === "error") && !extrasOf(point).includes(kind))
    throw badInput(`failpoint ${point} knows no "${kind}": it is one of ${allowed.join(", ")}`);
  // The pattern lists exactly the kinds.
  const action = ms === undefined ? { kind } : { kind, ms: Number(ms) };
  return { action: action as FailpointAction, nth: Number(nth), on: on === "+" };
};

const extrasOf = (point: Failpoint): readonly Extra[] => {
  const { also = [] }: Point = POINTS[point];
  return also;
};

/** @throws ClusterioError `bad-input` that lists the known ones. */
export const requireFailpoint = (name: string): Failpoint => {
  if (isFailpoint(name)) return name;
  throw badInput(`there is no failpoint "${name}". Known are:\n  ${FAILPOINTS.join("\n  ")}`);
};

/** `ledger.stored=kill@3,fact.publishing=drop@2+` @throws ClusterioError `bad-input` */
export const parseFailpoints = (text: string): ReadonlyMap<Failpoint, Arming> => {
  const armed = new Map<Failpoint, Arming>();
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const at = part.indexOf("=");
    if (at < 0) throw badInput(`failpoints: "${part}" is not name=action`);
    const point = requireFailpoint(part.slice(0, at));
    if (armed.has(point)) throw badInput(`failpoints: ${point} is named twice`);
    armed.set(point, parseArming(point, part.slice(at + 1)));
  }
  return armed;
};

/** True when the arming fires at this visit, counted from 1. */
export const firesAt = ({ nth, on }: Arming, visit: number): boolean => visit === nth || (on && visit > nth);

type Hook = (point: Failpoint) => "drop" | undefined;
let hook: Hook | undefined;

/** Only the adapter, and tests of it, set this. */
export const setFailpointHook = (next: Hook | undefined): void => {
  hook = next;
};

/** The process comes by this place. "drop": the caller is to act as if what it did, or was about to do, were lost. */
export const failpoint = (point: Failpoint): "drop" | undefined => hook?.(point);
