import { badInput } from "#core/errors";
import type { InstanceView } from "#core/events/query";
import { noSuch } from "#core/terminal/near";

/** Which instance a word means. Pure. */

/** Ids first: a name may be another one's id. */
export const byIdOrName = <T extends { readonly instance: string }>(
  all: readonly T[],
  word: string,
  nameOf: (one: T) => string,
): T | undefined => all.find(({ instance }) => instance === word) ?? all.find((one) => nameOf(one) === word);

/** @throws ClusterioError `bad-input` for what there is not, with what there is. */
export const namedAmong = <T extends { readonly instance: string }>(
  all: readonly T[],
  word: string,
  nameOf: (one: T) => string,
): T => {
  const found = byIdOrName(all, word, nameOf);
  if (found !== undefined) return found;
  const names = all.flatMap((one) => [...new Set([one.instance, nameOf(one)])]);
  throw badInput(noSuch("instance", word, { names, none: "clusterio instance create NAME" }));
};

/** The same, as the master has them. */
export const instanceNamed = (all: readonly InstanceView[], word: string): InstanceView =>
  namedAmong(all, word, ({ config }) => config.name);
