import { type Grant, onMatches, verbMatches } from "#core/access/grant";
import { FOR_ALL, VERBS } from "#core/access/verbs";
import { refused } from "#core/errors";

/**
 * Grants as subjects, which the broker enforces.
 *
 * AC3 the same grants and instances come to the same lists, in the same order: the broker disconnects whose rights change.
 * AC4 a pattern names the instances that there are; a new one has to be compiled in.
 */
export interface Permissions {
  readonly pub: readonly string[];
  readonly sub: readonly string[];
}

/** Subjects of one user: the account's token holds them all, and the broker looks each publish up in its list. */
export const SUBJECTS_MAX = 2_000;

/** @throws ClusterioError `refused` when it comes to more subjects than a user may have. */
export const compile = (grants: readonly Grant[], instances: readonly string[]): Permissions => {
  const lists = { pub: new Set<string>(), sub: new Set<string>() };
  for (const { name, kind, scope, subjectsOf } of VERBS) {
    const on = grants.filter(({ verb }) => verbMatches(verb, name)).map((grant) => grant.on);
    if (FOR_ALL.some((free) => free === name)) on.push("*");
    const targets = on.includes("*") ? ["*"] : scope === "cluster" ? [] : expand(on, instances);
    for (const target of targets) for (const subject of subjectsOf(target)) lists[kind].add(subject);
  }
  const [pub, sub] = [[...lists.pub].sort(), [...lists.sub].sort()];
  if (pub.length + sub.length > SUBJECTS_MAX) {
    throw refused(
      `these rights come to ${pub.length + sub.length} subjects, a user may have ${SUBJECTS_MAX}: grant on * or on fewer instances`,
    );
  }
  return { pub, sub };
};

const expand = (on: readonly string[], instances: readonly string[]): string[] => [
  ...new Set(
    on.flatMap((pattern) =>
      pattern.endsWith("*") ? instances.filter((instance) => onMatches(pattern, instance)) : [pattern],
    ),
  ),
];
