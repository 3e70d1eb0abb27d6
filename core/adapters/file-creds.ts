import { readFileSync } from "node:fs";
import { type CredsSource, tokenIn } from "#core/adapters/nats-creds";
import { isClusterioError } from "#core/errors";

/**
 * What a creds file holds whenever a connection is made: a replaced key's credentials are written again under the same name, and
 * whoever is connected all the time comes back with them. While it cannot be read, or is somebody else's, what it held before counts.
 */
export const fileCreds = (path: string, first: Uint8Array): CredsSource => {
  const { name } = tokenIn(first, path);
  let last = first;
  return () => {
    try {
      const now = new Uint8Array(readFileSync(path));
      if (tokenIn(now, path).name === name) last = now;
    } catch (error) {
      if (!isClusterioError(error) && Reflect.get(error as object, "code") === undefined) throw error;
    }
    return last;
  };
};
