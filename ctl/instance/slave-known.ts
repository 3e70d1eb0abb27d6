import { z } from "zod";
import { badInput, isClusterioError } from "#core/errors";
import { type SlaveView, slaveView } from "#core/events/access";
import type { SlaveId } from "#core/ids";
import { noSuch } from "#core/terminal/near";
import type { Asked } from "#ctl/save/where";
import { ask } from "#ctl/status/gather";

/**
 * Whether an instance may be given to a slave of that name. An assignment waits for a slave that is away; for one that there never was
 * it would wait for ever, so a slip of the pen is refused, unless somebody says that the slave is yet to come.
 */
export interface SlaveSeen {
  readonly slave: string;
  readonly is: "present" | "away" | "silent";
  /** What the master has in its book; undefined where it may not be asked. */
  readonly listed: readonly Pick<SlaveView, "slave" | "state">[] | undefined;
}

export type Judged =
  | { readonly kind: "there" }
  /** It is taken, and this is worth a word. */
  | { readonly kind: "waits"; readonly says: string }
  | { readonly kind: "unknown"; readonly says: string };

const LATER = "--yet-unknown assigns it all the same, for a slave that joins later";

export const judgeSlave = ({ slave, is, listed }: SlaveSeen): Judged => {
  if (is === "present") return { kind: "there" };
  const how = is === "away" ? "is not there now" : "does not answer";
  const waits = `the slave ${slave} ${how}: it takes the instance up when it comes (clusterio slave list)`;
  if (is === "silent" || listed === undefined) return { kind: "waits", says: waits };
  const found = listed.find((one) => one.slave === slave);
  if (found?.state === "revoked")
    return {
      kind: "unknown",
      says: `the slave "${slave}" is revoked (clusterio slave create-config brings it back); ${LATER}`,
    };
  if (found !== undefined) return { kind: "waits", says: waits };
  const names = listed.filter(({ state }) => state !== "revoked").map((one) => one.slave);
  return { kind: "unknown", says: `${noSuch("slave", slave, { names, none: "clusterio slave token" })}; ${LATER}` };
};

/** To be called before anything is changed. @throws ClusterioError `bad-input` for a slave that there is not. */
export const proveSlave = async (
  { client, bus, clock, signal }: Asked,
  slave: SlaveId,
  { yetUnknown }: { readonly yetUnknown: boolean },
): Promise<void> => {
  const { present } = await ask({ client, bus, clock, signal }, [slave]);
  const is = present[slave]?.is ?? "silent";
  const judged = judgeSlave({ slave, is, listed: is === "away" ? await listedSlaves(client) : undefined });
  if (judged.kind === "there") return;
  if (judged.kind === "unknown" && !yetUnknown) throw badInput(judged.says);
  const says = judged.kind === "waits" ? judged.says : `the slave ${slave} is not known yet: its instances wait for it`;
  process.stderr.write(`${says}\n`);
};

const listedSlaves = async (client: Asked["client"]): Promise<SlaveSeen["listed"]> => {
  try {
    return (await client.access("slave.list", {}, z.object({ slaves: z.array(slaveView) }))).slaves;
  } catch (error) {
    if (!isClusterioError(error)) throw error;
    return undefined;
  }
};
