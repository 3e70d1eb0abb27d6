import { resolve } from "node:path";
import { Command } from "clipanion";
import { connectNats } from "#core/adapters/nats-connection";
import { isClusterioError, messageOf } from "#core/errors";
import type { DaemonContext } from "#core/lifecycle";
import type { ClusterClient } from "#ctl/client/client";
import { connectUser } from "#ctl/client/connect";
import { AS_USER, UserCommand } from "#ctl/client/user-command";
import { placeInFolder, serverOf } from "#ctl/cluster/place";
import { type Finding, findingLines, wrong } from "#ctl/doctor/finding";
import {
  brokerFindings,
  certificateFindings,
  credentialsFinding,
  diskFindings,
  masterFindings,
  replacedFindings,
  rightsFindings,
  slaveFindings,
  streamFindings,
} from "#ctl/doctor/look";
import type { Prints } from "#ctl/printed/all";

type Own = DaemonContext["own"];

/** Something was found: exit code 1, each told in its own line. */
class NotWell extends Error {
  constructor(count: number) {
    super(`${count} ${count === 1 ? "thing is" : "things are"} wrong`);
    delete this.stack;
  }
}

export class DoctorCommand extends UserCommand {
  static override paths = [["doctor"]];
  static override usage = Command.Usage({
    category: "Cluster",
    description: "look at everything that can be wrong with a cluster, and say what to do",
    details: `
      Broker and its settings, rights by trying what must not work, certificates, credentials, clocks, disk, streams, the ledger's days
      left, whether a master leads, whether each slave answers. Streams, disk and certificates are looked at on the machine with the
      cluster's folder (--dir). Nothing is changed.
      ${AS_USER}
      Exit codes: 0 nothing is wrong (there may be something to look at); 1 something is; 2 bad arguments; 3 another machine's cluster
      does not answer.
    `,
    examples: [["", "$0 doctor"]],
  });

  override async execute(): Promise<number> {
    return this.work(() => async (output, own) => {
      const found: Finding[] = [];
      const take = (more: readonly Finding[]): void => {
        found.push(...more);
        for (const finding of more) this.show(output, finding satisfies Prints<"doctor">, findingLines);
      };
      await this.#everything(take, own);
      const bad = found.filter(({ state }) => state === "wrong").length;
      if (bad > 0) throw new NotWell(bad);
    });
  }

  async #everything(take: (more: readonly Finding[]) => void, own: Own): Promise<void> {
    const dir = resolve(this.dir);
    const here = this.natsUrl === undefined && this.inContext === undefined && (await serverOf(dir)) !== undefined;
    if (here) take([...(await certificateFindings(dir, Date.now())), ...(await diskFindings(dir))]);
    let user: Awaited<ReturnType<typeof connectUser>>;
    try {
      user = await connectUser(this, process.cwd());
    } catch (error) {
      if (!isClusterioError(error) || !here) throw error;
      return take([wrong("broker", messageOf(error), "start the cluster, or look at the log of nats-server")]);
    }
    const { link, client, place } = user;
    own(link, (opened) => opened.close());
    take([...brokerFindings(link, place), credentialsFinding(place, Date.now())]);
    take(await rightsFindings(link));
    take(await masterFindings(client));
    take(await slaveFindings(client, link));
    if (here) take([...(await this.#replaced(dir, client)), ...(await this.#streams(dir, own))]);
  }

  async #replaced(dir: string, client: ClusterClient): Promise<Finding[]> {
    try {
      return await replacedFindings(dir, client, Date.now());
    } catch (error) {
      // A master that does not answer, or a list that is not one's to read, is told already.
      if (!isClusterioError(error)) throw error;
      return [];
    }
  }

  async #streams(dir: string, own: Own): Promise<Finding[]> {
    const core = await placeInFolder(dir, "master-master.creds");
    const link = await connectNats({ servers: core.url, creds: core.creds, name: "master", ca: core.ca });
    own(link, (opened) => opened.close());
    return streamFindings(link);
  }
}
