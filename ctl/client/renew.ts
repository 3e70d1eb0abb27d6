import { tokenIn } from "#core/adapters/nats-creds";
import { nodeClock } from "#core/adapters/node-clock";
import { isClusterioError, messageOf } from "#core/errors";
import { credentialsAnswer } from "#core/events/access";
import { OwnKey } from "#core/identity/own-key";
import { renewalDue } from "#core/identity/renewal-due";
import type { ClusterClient } from "#ctl/client/client";
import type { Place } from "#ctl/cluster/place";

/** One's own credentials, with a new key: the content of a creds file. @throws ClusterioError with the master's code */
export const renewedCreds = async (client: ClusterClient): Promise<string> => {
  const key = new OwnKey();
  const { jwt } = await client.access("user.renew", { publicKey: key.publicKey }, credentialsAnswer);
  return key.creds(jwt);
};

/**
 * Credentials of a context that come to their end are renewed by the first command that uses them then. Whatever is in the way of
 * that is told, and stops no command: the old ones are good still.
 */
export const renewWhenDue = async (client: ClusterClient, place: Place, say: (line: string) => void): Promise<void> => {
  const due = renewalDue(tokenIn(place.creds, place.credsPath));
  if (place.replace === undefined || due === undefined || nodeClock.now() < due) return;
  try {
    const creds = new TextEncoder().encode(await renewedCreds(client));
    await place.replace(creds);
    const { expires } = tokenIn(creds, place.credsPath);
    if (expires !== undefined) say(`your credentials are renewed, until ${new Date(expires).toISOString()}`);
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    say(`your credentials end soon, and were not renewed: ${messageOf(error)}`);
  }
};
