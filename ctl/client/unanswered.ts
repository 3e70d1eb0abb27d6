import { isClusterioError, refused, unavailable } from "#core/errors";
import type { RequestResult } from "#core/ports/bus";
import { parseMasterCommandSubject, parseQuerySubject, parseSlaveCommandSubject, SELF } from "#core/subjects";

/** What to say, and what to do next, when a request got no answer. */

interface Asked {
  readonly who: string;
  /** What an admin grants for it (core/access/verbs.ts). */
  readonly right: string;
  readonly what: string;
  readonly away: string;
}

const MASTER = {
  who: "the master",
  away: "no master of this cluster answers: start one (clusterio up, or clusterio-projector run), or ask clusterio doctor",
} as const;

const askedOf = (subject: string): Asked => {
  const query = parseQuerySubject(subject);
  if (query !== undefined) return { ...MASTER, right: "ask.all", what: query.noun };
  const master = parseMasterCommandSubject(subject);
  if (master !== undefined) {
    const verb = `${master.noun}.${master.verb}`;
    const on = "instance" in master && master.instance !== undefined ? ` on ${master.instance}` : "";
    return { ...MASTER, right: `${verb}${on}`, what: verb };
  }
  const slave = parseSlaveCommandSubject(subject);
  if (slave === undefined) return { who: subject, right: subject, what: subject, away: `nobody answers ${subject}` };
  const right = slave.instance === SELF ? `slave.${slave.verb}` : `instance.${slave.verb} on ${slave.instance}`;
  return {
    who: `the slave ${slave.slave}`,
    right,
    what: slave.verb,
    away: `the slave ${slave.slave} is away: start clusterio-bridge there, or look at its log; clusterio status shows who is there`,
  };
};

/** The answer's bytes. @throws ClusterioError `unavailable` that says who is away or silent. */
export const answered = (result: RequestResult, subject: string, timeoutMs: number): Uint8Array => {
  if (result.kind === "answer") return result.data;
  const { who, what, away } = askedOf(subject);
  if (result.kind === "nobody") throw unavailable(away);
  throw unavailable(
    `${who} gave no answer to ${what} within ${timeoutMs / 1_000} s: it is busy (--timeout waits longer), ` +
      "or the broker does not reach it (clusterio doctor looks)",
  );
};

/** What the broker refused before anybody heard it, in the words of roles. */
export const orRight = async <T>(asking: Promise<T>, subject: string): Promise<T> => {
  try {
    return await asking;
  } catch (error) {
    if (!isClusterioError(error, "refused")) throw error;
    throw refused(`you may not ${askedOf(subject).right}: ask an admin for a role with that (clusterio role list)`);
  }
};
