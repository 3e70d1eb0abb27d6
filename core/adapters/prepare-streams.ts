import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsLink } from "#core/adapters/nats-connection";
import { isClusterioError, messageOf, unavailable } from "#core/errors";
import { type EnsuredStreams, ensureStreams } from "#core/streams";

/** Makes the streams that are missing. @throws ClusterioError `unavailable` when the broker is away, too old or refuses. */
export const prepareStreams = async (link: NatsLink): Promise<EnsuredStreams> => {
  try {
    return await ensureStreams(await jetstreamManager(link.nc));
  } catch (error) {
    if (isClusterioError(error)) throw error;
    throw unavailable(`the streams cannot be looked at: ${messageOf(error)}`, error);
  }
};
