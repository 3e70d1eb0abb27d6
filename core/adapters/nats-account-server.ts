import { z } from "zod";
import type { NatsLink } from "#core/adapters/nats-connection";
import { messageOf, unavailable } from "#core/errors";
import type { AccountServer } from "#core/ports/account-server";

/** The broker answers from memory; a cluster of brokers, after its others. */
const ANSWER_MS_MAX = 3_000;

const updated = z.object({
  data: z.object({ code: z.number() }).optional(),
  error: z.object({ description: z.string().optional() }).optional(),
});

/** Over a connection of the system account (`$SYS.REQ.CLAIMS.UPDATE`). */
export const natsAccountServer = ({
  nc,
}: Pick<NatsLink, "nc">): AccountServer & {
  /** The server that this is a connection to reads its configuration and certificates again. @throws ClusterioError `unavailable` */
  reload(): Promise<void>;
} => {
  const ask = async (subject: string, text: string): Promise<string> => {
    try {
      return (await nc.request(subject, text, { timeout: ANSWER_MS_MAX })).string();
    } catch (error) {
      throw unavailable(`the broker does not take what is to be known of accounts: ${messageOf(error)}`, error);
    }
  };
  return {
    async reload() {
      const { server_id = "" } = nc.info ?? {};
      const answer = updated.safeParse(JSON.parse(await ask(`$SYS.REQ.SERVER.${server_id}.RELOAD`, "")));
      const { error } = answer.data ?? {};
      if (error !== undefined)
        throw unavailable(
          `the broker does not read its configuration again: ${error.description ?? "no reason given"}`,
        );
    },
    async push(jwt) {
      const answer = updated.safeParse(JSON.parse(await ask("$SYS.REQ.CLAIMS.UPDATE", jwt)));
      if (answer.data?.data?.code === 200) return;
      throw unavailable(
        `the broker refuses the account's token: ${answer.data?.error?.description ?? "no reason given"}`,
      );
    },
  };
};
