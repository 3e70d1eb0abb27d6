import { z } from "zod";
import { explanationOf } from "#core/audit/explanation";
import type { LedgerMessage } from "#core/events/ledger";
import { auditEntry } from "#core/events/telemetry";
import type { StoredMessage } from "#core/ports/log";
import { SUBJECT_PREFIX } from "#core/subjects";

/** Who did what: commands as their executors told them (AUDIT), and acts that the ledger holds. */
export interface Act {
  /** ms since 1970: the broker's for a command, the leader's for an act in the ledger. */
  readonly at: number;
  readonly source: "audit" | "ledger";
  /** In that stream. */
  readonly seq: number;
  readonly user: string;
  /** "master", or a slave. */
  readonly executor: string;
  readonly instance?: string;
  readonly what: string;
  readonly detail: string;
  /** "ok", an error's code, "asked" while nobody told how it ended. */
  readonly outcome: string;
}

const masterEntry = z.object({
  user: z.string(),
  command: z.string(),
  at: z.number(),
  step: z.enum(["asked", "done"]),
  arguments: z.unknown().optional(),
  outcome: z.union([z.string(), z.object({ code: z.string(), message: z.string() })]).optional(),
});

const entryOf = (text: string): Pick<Act, "user" | "what" | "detail" | "outcome"> | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const master = masterEntry.safeParse(value);
  if (master.success) {
    const { user, command, step, outcome } = master.data;
    if (step === "asked") {
      return { user, what: command, detail: JSON.stringify(master.data.arguments ?? {}), outcome: "asked" };
    }
    const ended = typeof outcome === "object" ? outcome : { code: outcome ?? "ok", message: "" };
    return { user, what: command, detail: ended.message, outcome: ended.code };
  }
  const slave = auditEntry.safeParse(value);
  if (!slave.success) return undefined;
  const { user, verb, outcome, message } = slave.data;
  return { user, what: verb, detail: message ?? "", outcome };
};

/** One message of the AUDIT stream; undefined for what is not one of ours. */
export const commandOf = (stored: StoredMessage): Act | undefined => {
  const [executor, instance] = stored.subject
    .slice(SUBJECT_PREFIX.length + 1)
    .split(".")
    .slice(1);
  const entry = entryOf(new TextDecoder().decode(stored.data));
  if (entry === undefined || executor === undefined) return undefined;
  const where = instance === undefined || instance === "_" ? {} : { instance };
  return { at: stored.time, source: "audit", seq: stored.seq, executor, ...where, ...entry };
};

/** Joins what was asked and how it ended to one act, in the order of asking. */
export const joinCommands = (told: readonly Act[]): Act[] => {
  const acts: Act[] = [];
  const open = new Map<string, number[]>();
  for (const act of told) {
    const key = [act.executor, act.instance ?? "", act.user, act.what].join(" ");
    const waiting = open.get(key) ?? [];
    open.set(key, waiting);
    const asked = act.outcome === "asked" ? undefined : waiting.shift();
    if (asked === undefined) {
      if (act.outcome === "asked") waiting.push(acts.length);
      acts.push(act);
      continue;
    }
    const { detail } = acts[asked]!;
    acts[asked] = {
      ...acts[asked]!,
      outcome: act.outcome,
      detail: [detail, act.detail].filter((text) => text !== "").join(" — "),
    };
  }
  return acts;
};

const LEADER = "the leader";

/** The act that a ledger message records, undefined for rounds and checkpoints. */
export const actOf = (seq: number, { type, data }: LedgerMessage): Act | undefined => {
  if (type === "round" || type === "checkpoint") return undefined;
  const { v: _v, round: _round, boot: _boot, closedAt: at, prev: _prev, ...rest } = data;
  const { user, instance, ...detail } = { user: LEADER, instance: undefined, ...rest };
  const where = instance === undefined ? {} : { instance: String(instance) };
  const said = explanationOf({ type, data } as LedgerMessage) ?? JSON.stringify(detail);
  return { at, source: "ledger", seq, user, executor: "master", ...where, what: type, detail: said, outcome: "ok" };
};
