import { AS_USER } from "#ctl/client/user-command";
import type { Place } from "#ctl/cluster/place";

/** What commands about rights say of themselves. */
export const ACCESS_SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such user, role or slave; 3 the cluster does not run, or a file cannot be
      written; 4 refused: a name is taken, or you do not have the right.
`;

/** Of `newFile`, for commands that write one. */
export const ANOTHER_OUTPUT = "remove it, or name another with --output";

/** The address that others are told: given, or the one that was used here. */
export const addressFor = (place: Place, url: string | undefined) => ({
  url: url ?? place.url,
  ...(place.ca === undefined ? {} : { ca: place.ca }),
});
