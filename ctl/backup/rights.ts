import { type Book, book } from "#core/access/book";
import { bookToRestore } from "#core/access/merge";
import { corrupt, isClusterioError, refused, unavailable } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import type { Log } from "#core/ports/log";
import { subjects } from "#core/subjects";
import { type Held, heldBy, onlyLine, writeLines } from "#ctl/backup/lines";
import type { Manifest } from "#ctl/backup/manifest";
import type { Plan, Where } from "#ctl/backup/plan";

/** The book of users, roles and slaves in a backup, and back into ACCESS. It has no secret: keys are in `clusterio identity backup`. */
const FILE = "rights.jsonl.gz";

const count = (of: object): number => Object.keys(of).length;

/** null: there is no book yet. */
export const keepRights = async (log: Pick<Log, "last">, { path }: Where): Promise<Manifest["rights"]> => {
  const last = await log.last(subjects.access());
  if (last === undefined) return null;
  const kept = decodeJson(book, last.data, `message ${last.seq} of ACCESS`);
  const file = await writeLines(one(kept), { path: path(FILE), file: FILE });
  const { revision, users, roles, slaves } = kept;
  return { file, revision, users: count(users), roles: count(roles), slaves: count(slaves) };
};

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

export const verifyRights = async (of: NonNullable<Manifest["rights"]>, path: string): Promise<void> => {
  const kept = await onlyLine(path, book);
  if (kept.revision !== of.revision) throw corrupt(`${path} has revision ${kept.revision}, not ${of.revision}`);
};

/** What ACCESS still holds: the last hundred changes; what another version wrote is passed over. */
const booksIn = async (log: Held, signal: AbortSignal): Promise<Book[]> => {
  const held: Book[] = [];
  for await (const { data, seq } of heldBy(log, signal)) {
    try {
      held.push(decodeJson(book, data, `message ${seq} of ACCESS`));
    } catch (error) {
      if (!isClusterioError(error)) throw error;
    }
  }
  return held;
};

export const planRights = async (
  of: NonNullable<Manifest["rights"]>,
  path: string,
  { log, signal }: { readonly log: Held & Pick<Log, "append">; readonly signal: AbortSignal },
): Promise<Plan> => {
  const kept = await onlyLine(path, book);
  const { firstSeq, lastSeq } = await log.info();
  const decided = bookToRestore(await booksIn(log, signal), kept, { cut: firstSeq > 1 });
  const what = `revision ${of.revision} of who may do what (${of.users} users, ${of.roles} roles, ${of.slaves} slaves)`;
  if (decided.kind === "stays") return { part: "rights", says: `ACCESS holds ${decided.reason}: it stays` };
  const how = decided.merged
    ? "ACCESS has another history: both are put together, and what either revoked stays revoked"
    : "ACCESS is empty";
  return {
    part: "rights",
    says: `${how}: ${what} goes back into it`,
    write: async () => {
      const written = await log.append(subjects.access(), encodeJson(decided.book).slice(), lastSeq);
      if (written.kind === "stored") return;
      if (written.kind === "conflict") throw refused("ACCESS was written meanwhile: stop every projector first");
      throw unavailable(`ACCESS does not take the book (${written.kind}): repeat the command`);
    },
  };
};
