import { NOUNS, VERBS } from "#core/access/verbs";
import { badInput } from "#core/errors";
import { ID_PATTERN } from "#core/ids";
import { didYouMean } from "#core/terminal/near";

/**
 * A grant: a verb, on instances. Pure; subjects are made from it in compile.ts.
 *
 * AC2 `covers` is exact for these patterns: who has a grant has every one that it covers, and no other.
 */
export interface Grant {
  /** "instance.start", "instance.*" or "*". */
  readonly verb: string;
  /** An instance's id, the beginning of ids ("eu-*") or "*": all, and the cluster itself. */
  readonly on: string;
}

const PATTERN = /^(?:\*|[a-z0-9][a-z0-9-]{0,30}\*|[a-z0-9][a-z0-9-]{0,31})$/;

/** "instance.start on eu-*"; without "on", everywhere. @throws ClusterioError `bad-input` that says what there is. */
export const parseGrant = (text: string): Grant => {
  const [, verb = "", on = "*"] = /^\s*(\S+)(?:\s+on\s+(\S+))?\s*$/.exec(text) ?? [];
  if (verb === "") throw badInput(`"${text.slice(0, 80)}" is not a grant: write "instance.start on eu-*"`);
  if (!PATTERN.test(on))
    throw badInput(`"${on.slice(0, 80)}" names no instances: use an id, the beginning of ids like eu-*, or *`);
  const meant = VERBS.filter(({ name }) => verbMatches(verb, name));
  if (meant.length === 0) {
    const noun = verb.split(".")[0] ?? "";
    const there = NOUNS.includes(noun)
      ? [...new Set(VERBS.filter(({ name }) => name.startsWith(`${noun}.`)).map(({ name }) => name))]
      : NOUNS.map((name) => `${name}.*`);
    const meant = didYouMean(
      verb,
      VERBS.map(({ name }) => name),
    );
    const said = `there is no verb "${verb.slice(0, 80)}"`;
    throw badInput(meant === "" ? `${said}; there are ${there.join(", ")}` : `${said}${meant}`);
  }
  if (on !== "*" && meant.every(({ scope }) => scope === "cluster"))
    throw badInput(`${verb} is for the whole cluster: leave "on ${on}" out`);
  return { verb, on };
};

export const grantText = ({ verb, on }: Grant): string => (on === "*" ? verb : `${verb} on ${on}`);

/** Whether a grant's verb means this one. */
export const verbMatches = (pattern: string, verb: string): boolean =>
  pattern === "*" || pattern === verb || (pattern.endsWith(".*") && verb.startsWith(pattern.slice(0, -1)));

/** Whether every instance that `inner` names is one that `outer` names. */
const patternCovers = (outer: string, inner: string): boolean => {
  if (outer === "*") return true;
  if (!outer.endsWith("*")) return outer === inner;
  return inner.startsWith(outer.slice(0, -1));
};

/** Every part of what is wanted is had: nobody grants more than he has. Verbs that a wildcard does not know yet count, too. */
export const covers = (have: readonly Grant[], wanted: readonly Grant[]): boolean =>
  wanted.every((one) => isCovered(have, one));

const isCovered = (have: readonly Grant[], { verb, on }: Grant): boolean =>
  have.some((grant) => patternCovers(grant.on, on) && verbCovers(grant.verb, verb)) ||
  // A wildcard may be had verb by verb, but "*" is every verb that ever comes.
  (verb.endsWith(".*") &&
    VERBS.filter(({ name }) => verbMatches(verb, name)).every(({ name }) =>
      have.some((grant) => patternCovers(grant.on, on) && verbMatches(grant.verb, name)),
    ));

const verbCovers = (outer: string, inner: string): boolean =>
  outer === inner || outer === "*" || (outer.endsWith(".*") && inner.startsWith(outer.slice(0, -1)));

/** An instance's id is one of those that the pattern names. */
export const onMatches = (on: string, instance: string): boolean =>
  ID_PATTERN.test(instance) && patternCovers(on, instance);
