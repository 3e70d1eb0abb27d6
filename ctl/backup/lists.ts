import { corrupt, isClusterioError, refused, unavailable } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { keyOf, type ListEntry, listEntry, outranks } from "#core/people/lists";
import type { Log } from "#core/ports/log";
import { subjects } from "#core/subjects";
import { type Held, heldBy, readLines, writeLines } from "#ctl/backup/lines";
import type { Manifest } from "#ctl/backup/manifest";
import type { Plan, Where } from "#ctl/backup/plan";

/**
 * Admins, bans and the whitelist in a backup, and back into LISTS: last words, so that a newer one in the cluster is never
 * overwritten, and what was taken off since stays off (PL1, PL2).
 */
const FILE = "lists.jsonl.gz";

/** What is no entry is passed over, as the leader does (LT2). */
async function* entriesIn(log: Held, signal: AbortSignal): AsyncGenerator<ListEntry> {
  for await (const { data, seq } of heldBy(log, signal)) {
    try {
      yield decodeJson(listEntry, data, `message ${seq} of LISTS`);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
    }
  }
}

export const keepLists = async (log: Held, { path }: Where, signal: AbortSignal): Promise<Manifest["lists"]> => {
  let entries = 0;
  const counted = async function* () {
    for await (const entry of entriesIn(log, signal)) {
      entries++;
      yield entry;
    }
  };
  return { file: await writeLines(counted(), { path: path(FILE), file: FILE }), entries };
};

export const verifyLists = async (of: NonNullable<Manifest["lists"]>, path: string): Promise<void> => {
  let entries = 0;
  for await (const _ of readLines(path, listEntry)) entries++;
  if (entries !== of.entries) throw corrupt(`${path} has ${entries} entries, not ${of.entries}`);
};

export const planLists = async (
  path: string,
  { log, signal }: { readonly log: Held & Pick<Log, "append">; readonly signal: AbortSignal },
): Promise<Plan> => {
  const { lastSeq } = await log.info();
  const now = new Map<string, ListEntry>();
  for await (const entry of entriesIn(log, signal)) now.set(keyOf(entry), entry);
  const lacking: ListEntry[] = [];
  for await (const entry of readLines(path, listEntry)) if (outranks(entry, now.get(keyOf(entry)))) lacking.push(entry);
  // An entry that is the very same outranks nothing, and is not lacking.
  if (lacking.length === 0) return { part: "lists", says: `LISTS holds all of its words, or newer ones: they stay` };
  const newer = now.size === 0 ? "" : "; newer ones that LISTS holds stay";
  return {
    part: "lists",
    says: `${lacking.length} words about admins, bans and the whitelist go back into LISTS${newer}`,
    write: async () => {
      let last = lastSeq;
      for (const entry of lacking) {
        signal.throwIfAborted();
        const subject = subjects.list(entry.list, entry.player.toLowerCase());
        const written = await log.append(subject, encodeJson(entry).slice(), last);
        if (written.kind === "conflict") throw refused("LISTS was written meanwhile: stop every projector first");
        if (written.kind !== "stored")
          throw unavailable(`LISTS does not take a word (${written.kind}): repeat the command, it goes on`);
        last = written.seq;
      }
    },
  };
};
