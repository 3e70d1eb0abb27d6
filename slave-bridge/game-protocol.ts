import { z } from "zod";
import type { Report, Totals, WholeState } from "#bridge/link/state";
import { list, plainReport, reportLine, vector } from "#bridge/report-line";
import * as shape from "#core/events/shapes";
import { isResourceKey } from "#core/resource";

/**
 * What the mod says (docs/game-protocol.md), decoded at the border: numbers become resource names here and nowhere else.
 */

const wholeReply = z.object({
  v: z.literal(1),
  mod: z.string(),
  game: z.string(),
  token: shape.token,
  instance: z.string(),
  world: z.string(),
  tick: shape.count,
  seed: shape.count,
  names: list(z.string()),
  exported: vector,
  received: vector,
  wanted: vector,
  atLoad: z.record(z.string(), shape.total),
  untakeable: list(z.string()),
  /** By a resource: what it is called in this save since a mod's migration. */
  renamed: z.record(z.string(), z.string()).default({}),
  /** What it is not to export; a mod of an earlier version has no such list. */
  capped: list(z.string()).optional(),
  file: z.string().regex(/^clusterio\/[0-9a-z]{10,32}-0\.jsonl$/),
});

const nextLine = z.object({ next: z.string().regex(/^clusterio\/[0-9a-z]{10,32}-[1-9][0-9]{0,8}\.jsonl$/) });
const errorReply = z.object({ error: z.string(), message: z.string().default("") });
/** A mod that does not count its players has none that would slow commands down. */
const leaseReply = z.object({
  tick: shape.count,
  players: shape.count.exactOptional(),
  /** A script holds the game's time. */
  paused: z.boolean().exactOptional(),
  /** More waits to be pulled. */
  more: z.boolean().exactOptional(),
});

export interface Complaint {
  readonly kind: "error";
  readonly code: string;
  readonly message: string;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Factorio answers an unknown command with words, and one that fails in Lua with nothing. */
const complaintIn = (value: unknown, text: string): Complaint => {
  const error = errorReply.safeParse(value);
  if (error.success) return { kind: "error", code: error.data.error, message: error.data.message };
  const said = text.trim() === "" ? "it answered nothing" : `it answered "${text.trim().slice(0, 200)}"`;
  return { kind: "error", code: "no-mod", message: `${said}: is the mod clusterio enabled in this save?` };
};

/** The numbers that a save gave its resources; they are never given anew within that save. */
export class Names {
  readonly #byNumber = new Map<number, string>();
  readonly #byName = new Map<string, number>();

  add(number: number, name: string): void {
    this.#byNumber.set(number, name);
    this.#byName.set(name, number);
  }

  numberOf(name: string): number | undefined {
    return this.#byName.get(name);
  }

  /** Undefined when a number is unknown. What no resource can be called is left out: no ledger would take it. */
  totals(numbered: Readonly<Record<string, number>>): Totals | undefined {
    const totals: Record<string, number> = {};
    for (const number in numbered) {
      const name = this.#byNumber.get(Number(number));
      if (name === undefined) return undefined;
      if (isResourceKey(name)) totals[name] = numbered[number]!;
    }
    return totals;
  }
}

export interface Begun {
  readonly kind: "whole";
  readonly whole: WholeState;
  readonly names: Names;
  /** What this save is not to export, undefined when its mod cannot be told. */
  readonly capped: readonly string[] | undefined;
  /** Its first report file, below script-output. */
  readonly file: string;
  readonly game: string;
  readonly mod: string;
  /** Old name → new name of what mods renamed in this save. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** The reply to `begin` and `adopt`. */
export const decodeWhole = (text: string): Begun | Complaint => {
  const value = parse(text);
  const decoded = wholeReply.safeParse(value);
  if (!decoded.success) {
    const complaint = complaintIn(value, text);
    const issue = decoded.error.issues[0];
    if (complaint.code !== "no-mod" || value === undefined) return complaint;
    return { ...complaint, code: "malformed", message: `${issue?.path.join(".")}: ${issue?.message}` };
  }
  const {
    names: spelled,
    exported,
    received,
    wanted,
    atLoad,
    untakeable,
    renamed,
    capped,
    file,
    game,
    mod,
    v: _,
    ...rest
  } = decoded.data;
  const names = new Names();
  for (const [index, name] of spelled.entries()) names.add(index, name);
  const vectors = [exported, received, wanted].map((numbered) => names.totals(numbered));
  const [E, R, W] = vectors;
  if (E === undefined || R === undefined || W === undefined) {
    return { kind: "error", code: "malformed", message: "a total has a number without a name" };
  }
  const known = (keys: readonly string[]) => keys.filter(isResourceKey);
  const whole: WholeState = {
    ...rest,
    exported: E,
    received: R,
    wanted: W,
    // Sent back as it came: the mod compares it with nothing, it subtracts.
    atLoad,
    untakeable: known(untakeable),
  };
  const pairs = Object.entries(renamed).filter((pair) => pair.every(isResourceKey));
  return {
    kind: "whole",
    whole,
    names,
    capped: capped?.filter(isResourceKey),
    file,
    game,
    mod,
    renamed: new Map(pairs),
  };
};

export type ReportDecoded =
  | { readonly kind: "report"; readonly report: Report; readonly untakeable: readonly string[] }
  /** It uses a number whose name stands in a report that has not been read yet (the other transport). */
  | { readonly kind: "unknown-number" }
  | Complaint;

/** A report, over either transport. Learns the names that it gives. */
export const decodeReport = (text: string, names: Names, token: string): ReportDecoded => {
  const value = parse(text);
  const plain = plainReport(value);
  const decoded = plain === undefined ? reportLine.safeParse(value) : { success: true as const, data: plain };
  if (!decoded.success) return complaintIn(value, text);
  const { names: given, exported, received, wanted, untakeable, full, ...rest } = decoded.data;
  if (rest.token !== token) return { kind: "error", code: "wrong-token", message: "a report of another session" };
  for (const [number, name] of Object.entries(given ?? {})) names.add(Number(number), name);
  const E = names.totals(exported);
  const R = names.totals(received);
  const W = names.totals(wanted);
  if (E === undefined || R === undefined || W === undefined) return { kind: "unknown-number" };
  const report = { ...rest, exported: E, received: R, wanted: W, ...(full === true ? { full } : {}) };
  return { kind: "report", report, untakeable: untakeable ?? [] };
};

/** The last line of a report file's part names the next one. */
export const nextFileIn = (line: string): string | undefined => {
  if (!line.startsWith('{"next"')) return undefined;
  const decoded = nextLine.safeParse(parse(line));
  return decoded.success ? decoded.data.next : undefined;
};

export interface LeaseDecoded {
  readonly kind: "tick";
  readonly tick: number;
  readonly players?: number;
  readonly paused?: boolean;
  readonly more?: boolean;
}

/** The reply to `/cl` and `/ct`, and to others that answer with the tick. */
export const decodeLease = (text: string): LeaseDecoded | Complaint => {
  const value = parse(text);
  const decoded = leaseReply.safeParse(value);
  return decoded.success ? { kind: "tick", ...decoded.data } : complaintIn(value, text);
};

export const tagOf = (token: string): string => token.slice(0, 4);
