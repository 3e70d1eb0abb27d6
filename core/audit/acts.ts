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

const entryOf = (text: string): Pick<Act, "user" | "what" | "detail" | "outcome"> | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const entry = auditEntry.safeParse(value);
  if (!entry.success) return undefined;
  const { user, verb, outcome, message } = entry.data;
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
    // A leader carries out one after the other: what came before its last question, an earlier one left without a word.
    const next = () => (act.executor === "master" ? waiting.pop() : waiting.shift());
    const asked = act.outcome === "asked" ? undefined : next();
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

export const LEADER = "the leader";

/** The instance that a ledger message is about, by name or by one of its worlds. */
export const instanceIn = (data: object): string | undefined => {
  if ("instance" in data && typeof data.instance === "string") return data.instance;
  if ("world" in data && typeof data.world === "string") return data.world.split(".")[0];
  return undefined;
};

/** What every message has, and the token of the session that it ends: no part of what was done. */
const SEALED = new Set(["v", "round", "boot", "closedAt", "prev", "sum", "void"]);

/** The act that a ledger message records, undefined for rounds and checkpoints. */
export const actOf = (seq: number, { type, data }: LedgerMessage): Act | undefined => {
  if (type === "round" || type === "checkpoint") return undefined;
  const { user = LEADER, instance: _instance, ...rest } = { user: undefined, instance: undefined, ...data };
  const detail = Object.fromEntries(Object.entries(rest).filter(([name]) => !SEALED.has(name)));
  const instance = instanceIn(data);
  const where = instance === undefined ? {} : { instance };
  const said = explanationOf({ type, data } as LedgerMessage) ?? JSON.stringify(detail);
  return {
    at: data.closedAt,
    source: "ledger",
    seq,
    user,
    executor: "master",
    ...where,
    what: type,
    detail: said,
    outcome: "ok",
  };
};

/** Which acts somebody asks for. */
export interface ActFilter {
  readonly user?: string | undefined;
  readonly instance?: string | undefined;
  /** A command or a ledger type: "start", "instance.create", "policy-set". */
  readonly what?: string | undefined;
  /** "ok", "asked", an error's code, or "failed" for every one of those. */
  readonly outcome?: string | undefined;
  /** ms since 1970, the first included, the second not. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

const namesInstance = ({ instance, detail }: Act, wanted: string): boolean =>
  instance === wanted || (instance === undefined && detail.includes(`"instance":"${wanted}"`));

export const matches = (act: Act, { user, instance, what, outcome, since, until }: ActFilter): boolean => {
  if (user !== undefined && act.user !== user) return false;
  if (instance !== undefined && !namesInstance(act, instance)) return false;
  if (what !== undefined && act.what !== what) return false;
  if (since !== undefined && act.at < since) return false;
  if (until !== undefined && act.at >= until) return false;
  if (outcome === undefined) return true;
  return outcome === "failed" ? !["ok", "asked"].includes(act.outcome) : act.outcome === outcome;
};
