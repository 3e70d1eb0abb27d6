import { resolve } from "node:path";
import { nodeDisk } from "#core/adapters/node-disk";
import { messageOf, refused, unavailable } from "#core/errors";
import { AS_USER } from "#ctl/client/user-command";
import type { Place } from "#ctl/cluster/place";

/** What commands about rights say of themselves. */
export const ACCESS_SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such user, role or slave; 3 the cluster does not run, or a file cannot be
      written; 4 refused: a name is taken, or you do not have the right.
`;

/** @throws ClusterioError `refused` when it is there already, before anybody is asked for secrets that would then be lost. */
export const newFile = async (path: string): Promise<string> => {
  const full = resolve(path);
  const there = await nodeDisk.read(full).catch((error: unknown) => {
    throw unavailable(`${full} cannot be used: ${messageOf(error)}`, error);
  });
  if (there !== undefined) throw refused(`${full} is there already: remove it, or name another with --output`);
  return full;
};

/** The address that others are told: given, or the one that was used here. */
export const addressFor = (place: Place, url: string | undefined) => ({
  url: url ?? place.url,
  ...(place.ca === undefined ? {} : { ca: place.ca }),
});
