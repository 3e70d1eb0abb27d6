import { NatsBus } from "#core/adapters/nats-bus";
import type { NatsLink } from "#core/adapters/nats-connection";
import type { LiveAnswers } from "#core/audit/live";
import { isClusterioError } from "#core/errors";
import { userId } from "#core/ids";
import { ClusterClient } from "#ctl/client/client";

/** A busy leader closes twenty rounds a second: the answers have to fall between two of them. */
const TRIES_MAX = 40;

/** What the leader says about one round, or why that is not known. */
export const askLive = async (link: NatsLink): Promise<LiveAnswers | { readonly reason: string }> => {
  const client = new ClusterClient(new NatsBus(link), userId("master"));
  try {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      // Asked at once, they are usually answered at one clean point; the rounds before and after prove it.
      const [before, worlds, stocks, after] = await Promise.all([
        client.cluster(),
        client.worlds(),
        client.storage(),
        client.cluster(),
      ]);
      if (before.round === after.round && before.leader === after.leader)
        return { round: before.round, worlds, stocks };
    }
  } catch (error) {
    if (isClusterioError(error, "unavailable")) return { reason: "no leader answers" };
    throw error;
  }
  return { reason: `the leader closed a round between its answers, ${TRIES_MAX} times` };
};
