import { join, resolve } from "node:path";
import { Command, Option } from "clipanion";
import * as t from "typanion";
import { JetStreamLog } from "#core/adapters/jetstream-log";
import { NatsBus } from "#core/adapters/nats-bus";
import { nodeClock } from "#core/adapters/node-clock";
import { nodeRandom } from "#core/adapters/node-random";
import { badInput } from "#core/errors";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { ClusterCommand, SOURCE } from "#ctl/audit/base-command";
import { clusterOf } from "#ctl/audit/connect";
import { connectUser } from "#ctl/client/connect";
import { liveLedger } from "#ctl/history/open";
import type { Prints } from "#ctl/printed/all";
import { type Prepared, prepareRepair, refusePrepared, repair } from "#ctl/repair/repair";
import { planLines } from "#ctl/repair/text";

/** Enough of the cluster's key to be this one's and no other's, and few enough to type. */
const NAME_CHARACTERS = 8;

const shownOf = ({ leads, old, plan, said, told }: Prepared) => {
  const { resources, worlds, silent, adjustments } = plan;
  const lost = { doubtful: told.doubtful, ...(told.gap === undefined ? {} : { gap: told.gap }) };
  return { leads, problem: old.problem ?? null, resources, worlds, silent, mute: said.mute, adjustments, lost };
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

export class RepairCommand extends ClusterCommand {
  static override paths = [["repair"]];
  static values = { "--keep": "FILE" };
  static override usage = Command.Usage({
    category: "Ledger",
    description: "begin the ledger anew from what the worlds hold",
    details: `
      For a LEDGER that no projector can lead on any more: damaged, forged, restored wrong. Asks every bridge for the totals in
      its world's running save, and computes the ledger that follows: of each resource what all worlds exported less what they
      received. Policies, instances, assignments and what operators adjusted are carried over as far as the old ledger can be
      read; of what follows, AUDIT tells the adjustments. What nobody can tell is named.

      Without --write or --yes nothing is changed: it shows what would become of each resource, which worlds speak, and for
      which ones nobody does. With them the old ledger is first kept in a file, then the new one begins behind it with who
      repaired it, every session begins anew, and the old messages are purged. Stop all projectors before.
      ${SOURCE}
      The bridges are asked as the operator of that cluster, or with --creds.

      Exit codes: 0 done, or shown; 1 somebody else wrote to LEDGER meanwhile: nothing was changed; 2 bad arguments; 3 the cluster
      does not run, the file cannot be written, or LEDGER is full; 4 refused: a projector leads, no world speaks, a file of that
      name is there, or it was not confirmed; 5 the file does not hold what was written to it: nothing was changed.
    `,
    examples: [
      ["What would become of it", "$0 repair --from-worlds"],
      ["Do it, after a question", "$0 repair --from-worlds --write"],
    ],
  });

  fromWorlds = Option.Boolean("--from-worlds", false, { description: "From the saves; the one way there is." });
  write = Option.Boolean("--write", false, { description: "Do it, once the cluster's name was typed." });
  yes = yesOption();
  keep = Option.String("--keep", {
    description: "File for the old ledger (default: repairs/ below --dir).",
  });
  listen = Option.String("--listen", {
    description: "Seconds to listen for bridges (default 11: each says every five what it runs). Longer on a bad line.",
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(1, 600)]),
  });
  creds = Option.String("--creds", { description: "With --nats-url: file with credentials of a user." });

  override async execute(): Promise<number> {
    return this.work(() => {
      if (!this.fromWorlds) throw badInput("say what from: `clusterio repair --from-worlds`");
      return async (output, own) => {
        const name = (await clusterOf(this, process.cwd())).slice(-NAME_CHARACTERS);
        const core = await this.connect(own);
        const { link, client } = await connectUser(this, process.cwd());
        own(link, (opened) => opened.close());
        const ledger = new JetStreamLog(core, "LEDGER");
        const ports = {
          ...{ ledger, events: new JetStreamLog(core, "EVENTS"), audit: new JetStreamLog(core, "AUDIT") },
          ...{
            reader: liveLedger(core),
            client,
            say,
            ...(this.listen === undefined ? {} : { listenMs: this.listen * 1_000 }),
            core: new NatsBus(core),
            edge: new NatsBus(link),
            clock: nodeClock,
            random: nodeRandom,
          },
        };
        const prepared = await prepareRepair(ports, output.signal);
        const { leads } = prepared;
        if (this.json) output.json({ cluster: name, ...shownOf(prepared) } satisfies Prints<"repair">);
        else for (const line of planLines(prepared)) output.line(line);
        if (!this.write && !this.yes) {
          const first = leads ? "stop every projector, then " : "";
          if (!this.json) output.line(`\nnothing was changed: ${first}--write does it, after a question`);
          return;
        }
        refusePrepared(prepared);
        const question = { what: "the cluster's name", name, does: "begin its ledger anew" };
        const otherwise = "say --yes instead of --write";
        await confirmed(question, { yes: this.yes, signal: output.signal, otherwise });
        const file = this.#file();
        const { first, last, kept } = await repair(ports, prepared, { user: client.user, file, signal: output.signal });
        if (this.json) output.json({ repaired: { first, last, kept, file } } satisfies Prints<"repair">);
        else {
          output.line(`\nLEDGER begins anew with message ${first}, repaired by ${client.user}; start the projectors`);
          output.line(`the ${kept} messages of the old one are in ${file}`);
        }
      };
    });
  }

  #file(): string {
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    return resolve(this.keep ?? join(this.dir, "repairs", `LEDGER-${time}.jsonl.gz`));
  }
}

export const REPAIR_COMMANDS = [RepairCommand] as const;
