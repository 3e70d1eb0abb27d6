import { badInput } from "#core/errors";
import type { WorldView } from "#core/events/query";
import type { WorldId } from "#core/ids";
import { noSuch } from "#core/terminal/near";
import { AS_USER } from "#ctl/client/user-command";

export const CATEGORY = "Worlds";
export const SOURCE = `${AS_USER}
      Exit codes: 0; 2 bad arguments, or there is no such world; 3 the cluster does not run; 4 refused.
`;

/** @throws ClusterioError `bad-input` that names what there is. */
export const worldIn = (worlds: readonly WorldView[], id: WorldId): WorldView => {
  const found = worlds.find(({ world }) => world === id);
  if (found !== undefined) return found;
  throw badInput(noSuch("world", id, { names: worlds.map(({ world }) => world) }));
};
