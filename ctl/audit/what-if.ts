import { z } from "zod";
import { nodeDisk } from "#core/adapters/node-disk";
import { Refold } from "#core/audit/refold";
import { WhatIf, type WhatIfStock } from "#core/audit/what-if";
import { badInput, messageOf } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { type Policies, policies } from "#core/events/command";
import { batches, goodBaseBefore } from "#ctl/audit/ledger";
import { grouped, Progress, signed, timeText } from "#ctl/audit/output";
import { isBefore, isUntil, type Point, seqNotAfter } from "#ctl/audit/point";
import type { LedgerReader } from "#ctl/history/reader";

export const WHAT_IF_HELP =
  "rule=proportional (also policy=…), weights.iron=3, tiers.iron=1, resources.item:coal.reserve=100, or a file with such " +
  "policies as JSON";

/** Policies with some entries put otherwise. */
export type Change = (policies: Policies) => Policies;

const overrides = policies.omit({ creditPerSecond: true }).partial().strict();

const number = (text: string, typed: string): number => {
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw badInput(`--what-if ${typed}: "${text}" is not a whole number`);
};

/** One `name=value`. */
const overrideOf = (typed: string): object => {
  const at = typed.indexOf("=");
  const [name, value] = [typed.slice(0, at), typed.slice(at + 1)];
  if (name === "rule" || name === "policy") return { rule: value };
  const [, table, instance] = /^(weights|tiers)\.([^.]+)$/.exec(name) ?? [];
  if (table !== undefined && instance !== undefined) return { [table]: { [instance]: number(value, typed) } };
  const resource = /^resources\.(.+)\.reserve$/.exec(name)?.[1];
  if (resource !== undefined) return { resources: { [resource]: { reserve: number(value, typed) } } };
  throw badInput(`--what-if ${typed}: write ${WHAT_IF_HELP}`);
};

const readFile = async (path: string): Promise<object> => {
  const bytes = await nodeDisk.read(path).catch((error: unknown) => {
    throw badInput(`--what-if: cannot read ${path}: ${messageOf(error)}`, error);
  });
  if (bytes === undefined) throw badInput(`--what-if ${path}: there is no such file; or write ${WHAT_IF_HELP}`);
  return decodeJson(z.looseObject({}), bytes, `--what-if ${path}`);
};

/**
 * What was typed, later entries over earlier ones.
 * @throws ClusterioError `bad-input` for what is no policy, or one that changes no grants.
 */
export const parseChanges = async (typed: readonly string[]): Promise<Change> => {
  const parts: object[] = [];
  for (const text of typed) {
    const found = text.includes("=") ? overrideOf(text) : await readFile(text);
    const checked = overrides.safeParse(found);
    if (checked.success) {
      // As it was written: what the schema adds by default was not asked for.
      parts.push(found);
      continue;
    }
    const issue = checked.error.issues[0];
    throw badInput(`--what-if ${text}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "is no policy"}`);
  }
  return (held) => parts.reduce<Policies>(merged, held);
};

const merged = (held: Policies, part: Partial<Policies>): Policies => ({
  ...held,
  ...part,
  weights: { ...held.weights, ...part.weights },
  tiers: { ...held.tiers, ...part.tiers },
  resources: { ...held.resources, ...part.resources },
});

export interface Compared {
  /** Messages after the first and up to the second. */
  readonly from: number;
  readonly to: number;
  readonly time: { readonly from: number; readonly to: number };
  readonly stocks: readonly WhatIfStock[];
}

/** Recomputes the grants between two points under other policies, in memory: nothing is published. */
export const compareWhatIf = async (
  ledger: LedgerReader,
  { since, until, change }: { since: Point | undefined; until: Point; change: Change },
  signal: AbortSignal,
): Promise<Compared> => {
  const { lastSeq } = await ledger.range();
  const before = since === undefined ? undefined : await seqNotAfter(ledger, since);
  const refold = new Refold(await goodBaseBefore(ledger, before));
  const first = refold.seq + 1;
  const progress = new Progress("recomputing", lastSeq - refold.seq);
  let begun: { readonly what: WhatIf; readonly from: number; readonly at: number } | undefined;
  const begin = () => {
    begun ??= { what: new WhatIf(refold.state, change), from: refold.seq, at: refold.state.closedAt };
    return begun;
  };
  try {
    read: for await (const batch of batches(ledger, { from: first, to: lastSeq }, signal)) {
      for (const stored of batch) {
        if (!isUntil(until, stored, refold.state)) break read;
        if (since === undefined || !isBefore(since, stored, refold.state)) begin();
        const step = refold.take(stored);
        if (step !== undefined) begun?.what.take(refold.state, step);
      }
      progress.update(refold.seq - first);
    }
  } finally {
    progress.end();
  }
  const { what, from, at } = begin();
  const { closedAt } = refold.state;
  return { from, to: refold.seq, time: { from: at, to: closedAt }, stocks: what.finish(refold.state) };
};

const SECOND_MS = 1_000;
const wait = (ms: number | null): string => (ms === null ? "-" : `${(ms / SECOND_MS).toFixed(1)} s`);

const cells = (texts: readonly string[]): string =>
  texts.map((text, at) => (at < 2 ? text.padEnd([28, 16][at]!) : text.padStart(12))).join("");

/** The comparison for a person: only where something would be granted. */
export const whatIfLines = ({ from, to, time, stocks }: Compared): string[] => [
  `messages ${grouped(from + 1)} to ${grouped(to)}, ${timeText(time.from)} to ${timeText(time.to)}`,
  "",
  cells(["resource", "world", "granted", "would be", "difference", "waited", "would wait", "unmet", "would be"]),
  ...stocks.flatMap(({ resource, worlds, storage, wouldBeStorage }) => [
    ...worlds.map((row) =>
      cells([
        resource,
        row.world,
        grouped(row.granted),
        grouped(row.wouldBeGranted),
        signed(row.wouldBeGranted - row.granted),
        wait(row.waitedMs),
        wait(row.wouldWaitMs),
        grouped(row.unmet),
        grouped(row.wouldBeUnmet),
      ]),
    ),
    ...(storage === wouldBeStorage
      ? []
      : [cells([resource, "in storage", grouped(storage), grouped(wouldBeStorage), signed(wouldBeStorage - storage)])]),
  ]),
];
