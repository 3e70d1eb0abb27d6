import { commandOf, joinCommands } from "#core/audit/acts";
import { masterCommands } from "#core/events/command";
import type { Log, StoredMessage } from "#core/ports/log";
import { type Adjusting, type ToldCommand, unmatched } from "#core/repair/adjustments";
import { batches } from "#ctl/audit/ledger";
import { seqAtTime } from "#ctl/audit/point";
import type { LedgerReader } from "#ctl/history/reader";
import { adjustingIn, type Doubtful, type OldLedger } from "#ctl/repair/old";

/** Longer than an operator's command waits for its answer, and than its two entries in AUDIT lie apart. */
const COMMAND_MS_MAX = 60_000;

/** What AUDIT says of adjustments that the readable part of the old ledger does not hold. */
export interface Told {
  readonly commands: readonly ToldCommand[];
  /** Acts that stand in LEDGER behind its good part and that AUDIT does not know: anybody may have written them. */
  readonly doubtful: readonly Doubtful[];
  /** Times (ms) between which nothing tells what operators adjusted; `from` left out: since ever. */
  readonly gap?: { readonly from?: number; readonly until: number };
}

/** The body that a leader wrote for a command, from its arguments as AUDIT has them. */
const bodyOf = (user: string, what: string, text: string): Adjusting | undefined => {
  const schema = what === "storage.adjust" || what === "storage.rename" ? masterCommands[what] : undefined;
  if (schema === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) return undefined;
  return {
    type: what === "storage.adjust" ? "adjusted" : "resource-renamed",
    data: { user, ...parsed.data },
  } as Adjusting;
};

interface Asked extends ToldCommand {
  /** False when nobody told how it ended: its leader died. */
  readonly ended: boolean;
}

/** Commands that a leader carried out, or may have, asked at `since` (broker time, ms) or later. */
const commandsSince = async (audit: Log, since: number, signal: AbortSignal): Promise<Asked[]> => {
  const info = await audit.info();
  const from = await seqAtTime(audit, info, since);
  const told = [];
  for await (const batch of batches(audit, { from, to: info.lastSeq }, signal))
    told.push(...batch.flatMap((stored) => commandOf(stored) ?? []));
  return joinCommands(told).flatMap(({ at, seq, user, executor, what, detail, outcome }): Asked[] => {
    const may = executor === "master" && (outcome === "ok" || outcome === "asked");
    const body = may ? bodyOf(user, what, detail) : undefined;
    return body === undefined ? [] : [{ at, seq, body, ended: outcome === "ok" }];
  });
};

/** What the end of the good part holds already. */
const heldSince = async (reader: LedgerReader, since: number, to: number, signal: AbortSignal): Promise<Doubtful[]> => {
  const held: Doubtful[] = [];
  for await (const batch of batches(reader, { from: await reader.seqAtTime(since), to }, signal))
    held.push(...batch.flatMap(adjustingIn));
  return held;
};

/** Since when AUDIT has what happened: its oldest message once some aged out, else its creation. */
const auditSince = async (audit: Log): Promise<number> => {
  const { created, firstSeq } = await audit.info();
  const oldest: StoredMessage | undefined = firstSeq > 1 ? (await audit.read(firstSeq, 1))[0] : undefined;
  return oldest?.time ?? Date.parse(created);
};

const gapOf = async (audit: Log, log: Log, { goodAt }: OldLedger): Promise<Pick<Told, "gap">> => {
  const until = await auditSince(audit);
  const from = goodAt === 0 ? Date.parse((await log.info()).created) + COMMAND_MS_MAX : goodAt;
  if (until <= from) return {};
  return { gap: { ...(goodAt === 0 ? {} : { from: goodAt }), until } };
};

/** Reads what AUDIT has of the time behind the ledger's good part. */
export const readTold = async (
  { audit, ledger, reader }: { readonly audit: Log; readonly ledger: Log; readonly reader: LedgerReader },
  old: OldLedger,
  signal: AbortSignal,
): Promise<Told> => {
  if (old.problem === undefined) return { commands: [], doubtful: [] };
  const since = Math.max(0, old.goodAt - COMMAND_MS_MAX);
  const held = await heldSince(reader, since - COMMAND_MS_MAX, old.goodSeq, signal);
  const asked = unmatched(await commandsSince(audit, since, signal), held).first;
  const ended = asked.filter((command) => command.ended);
  const open = asked.filter((command) => !command.ended);
  // Whose end nobody told was carried out if LEDGER has a message that says the same.
  const { first: unwritten, second: doubtful } = unmatched(open, unmatched(ended, old.doubtful).second);
  const commands = asked
    .filter((command) => !unwritten.includes(command))
    .map(({ at, seq, body }): ToldCommand => ({ at, seq, body }));
  return { commands, doubtful, ...(await gapOf(audit, ledger, old)) };
};
