import { resolve } from "node:path";
import { Command, Option } from "clipanion";
import { NatsBus } from "#core/adapters/nats-bus";
import type { NatsLink } from "#core/adapters/nats-connection";
import { nodeClock } from "#core/adapters/node-clock";
import { prepareStreams } from "#core/adapters/prepare-streams";
import { badInput, isClusterioError, messageOf, refused, unavailable } from "#core/errors";
import { noSuch } from "#core/terminal/near";
import { confirmed, yesOption } from "#ctl/ask/confirm";
import { clusterOf } from "#ctl/audit/connect";
import type { Output } from "#ctl/audit/output";
import { proofLines } from "#ctl/audit/proof-text";
import { verifyCluster } from "#ctl/audit/verify";
import { AS, BackupCommand, CATEGORY, proved, say } from "#ctl/backup/base";
import { lackText, type Manifest, PARTS } from "#ctl/backup/manifest";
import { type Decided, decideParts } from "#ctl/backup/plan";
import { plansOf } from "#ctl/backup/plans";
import { each, isLed, load, meaningNow } from "#ctl/backup/restore";
import { byIdOrName } from "#ctl/instance/named";
import type { Prints } from "#ctl/printed/all";
import { orInterrupted } from "#ctl/save/base";
import { meaningLines } from "#ctl/save/text";

export class BackupRestoreCommand extends BackupCommand {
  static override paths = [["backup", "restore"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description:
      "put a backup back: what the streams lack of ledger, rights, lists and players, and saves of instances",
    details: `
      The backup is verified first. What the streams lack goes back while no projector leads: the book of rights, the lists,
      who has played, and, if LEDGER is empty, the ledger message by message. Start a projector then, and repeat the command
      for the saves. What they hold stays: a book that went on from this one, newer words of lists, a LEDGER that holds
      something; what worlds and ledger know differently, sessions settle, and no item is lost or made.

      Of each instance it is told what loading its save means. Once the backup's name was typed, each save is brought to its
      instance, which is stopped, loaded from it, and started again if it ran. Ends in an audit of the ledger.
      ${AS}
      Exit codes: 0; 1 the ledger does not hold after it; 2 bad arguments, or no backup; 3 an instance could not be restored,
      the cluster does not run, or interrupted (repeat it); 4 refused, or not confirmed; 5 the backup is damaged: nothing was
      changed.
    `,
    examples: [
      ["What would become of it", "$0 backup restore /srv/backups/2026-11-27T03-00-00-000Z --dry-run"],
      ["One instance", "$0 backup restore /srv/backups/2026-11-27T03-00-00-000Z north"],
    ],
  });

  folder = Option.String({ name: "DIR" });
  instances = Option.Rest({ name: "instances" });
  dryRun = Option.Boolean("--dry-run", false, { description: "Say what it would mean, and load nothing." });
  yes = yesOption();

  override async execute(): Promise<number> {
    return this.work(() => async (output, own) => {
      const folder = resolve(this.folder);
      const of = await proved(folder, output);
      const wanted = this.#wanted(of);
      const core = await this.#reach(own);
      const lacks = lackText(of);
      if (lacks !== undefined) say(lacks);
      const decided = await orInterrupted(output, this.#decide(output, { of, folder, core }));
      if (decided.kind === "streams") return await this.#streams(output, { of, core, decided });
      for (const { says } of decided.later)
        say(`a projector leads, so this stays undone: ${says}. Stop every projector and repeat the command for it`);
      await this.#saves(output, { of, folder, wanted, core, own });
    });
  }

  /** Who follows "start it" with a whole cluster begins a ledger anew: then the backup's has no place any more. */
  async #reach(own: Parameters<BackupCommand["connect"]>[0]): Promise<NatsLink> {
    try {
      return await this.connect(own);
    } catch (error) {
      if (this.natsUrl !== undefined || !isClusterioError(error, "unavailable")) throw error;
      const alone = `clusterio up --broker-only --dir ${this.dir}`;
      throw unavailable(`${messageOf(error)}. If the broker lost its data, start it alone before: ${alone}`, error);
    }
  }

  /** Which of both is to be done: what the streams lack, or the saves. */
  async #decide(output: Output, at: { of: Manifest; folder: string; core: NatsLink }): Promise<Decided> {
    const { of, folder, core } = at;
    // A broker that lost its disk has no streams at all.
    if (PARTS.some((part) => of[part] !== null) && !this.dryRun) await prepareStreams(core);
    const plans = await plansOf(of, folder, core, output.signal);
    return decideParts(plans, () => isLed(new NatsBus(core), nodeClock, output.signal));
  }

  async #saves(
    output: Output,
    {
      of,
      folder,
      wanted,
      core,
      own,
    }: {
      of: Manifest;
      folder: string;
      wanted: Manifest["instances"];
      core: NatsLink;
      own: Parameters<BackupCommand["connect"]>[0];
    },
  ): Promise<void> {
    const saves = await this.saves(output, own);
    const worlds = await saves.client.worlds();
    for (const backed of wanted) {
      const about = meaningNow(backed, worlds);
      if (this.json) output.json({ instance: backed.instance, ...about } satisfies Prints<"backup restore">);
      else for (const line of [`${backed.instance}:`, ...meaningLines(backed.instance, about)]) output.line(line);
    }
    if (this.dryRun || wanted.length === 0) {
      if (!this.json) output.line("nothing was changed");
      return;
    }
    const does = `load ${wanted.map(({ instance }) => instance).join(", ")} from it`;
    await confirmed({ what: "the backup's name", name: of.name, does }, { yes: this.yes, signal: output.signal });
    const { done, failed } = await each(wanted, (backed) => load(saves, folder, of, backed));
    const proof = await verifyCluster({ link: core }, {}, output.signal);
    if (this.json)
      output.json({
        restored: done.length,
        failed,
        verified: proof.finding === undefined,
      } satisfies Prints<"backup restore">);
    else for (const line of proofLines(proof)) output.line(line);
    if (proof.finding !== undefined) throw new Error(`the ledger does not hold: ${proof.finding.message}`);
    if (failed.length > 0) throw unavailable(failed.join("\n"));
  }

  #wanted(of: Manifest): Manifest["instances"] {
    if (this.instances.length === 0) return of.instances;
    return this.instances.map((name) => {
      const found = byIdOrName(of.instances, name, (one) => one.name);
      if (found !== undefined) return found;
      throw badInput(noSuch("instance in that backup", name, { names: of.instances.map(({ instance }) => instance) }));
    });
  }

  /** What the streams lack goes back into them, each part at once and the ledger last. */
  async #streams(
    output: Output,
    { of, core, decided: { plans } }: { of: Manifest; core: NatsLink; decided: Decided & { kind: "streams" } },
  ): Promise<void> {
    const todo = plans.flatMap(({ part, write }) => (write === undefined ? [] : [{ part, write }]));
    const parts = plans.map(({ part, says, write }) => ({ part, says, restores: write !== undefined }));
    const ledger = todo.some(({ part }) => part === "ledger") ? of.ledger : null;
    if (!this.json) for (const { says } of plans) output.line(says);
    if (of.cluster !== "" && of.cluster !== (await clusterOf(this, process.cwd())))
      say("this backup is of a cluster with other keys: credentials of its users and slaves let nobody in here");
    if (this.dryRun) {
      if (this.json) output.json({ dryRun: true, ledger, parts } satisfies Prints<"backup restore">);
      else output.line("nothing was changed; for this every projector has to be stopped");
      return;
    }
    const does = `put its ${todo.map(({ part }) => part).join(", ")} back`;
    await confirmed({ what: "the backup's name", name: of.name, does }, { yes: this.yes, signal: output.signal });
    if (await isLed(new NatsBus(core), nodeClock, output.signal))
      throw refused(
        "a projector leads: stop every projector first, its streams are to be written (of clusterio up: stop it, then clusterio up --broker-only)",
      );
    for (const { write } of todo) await orInterrupted(output, write());
    if (this.json) output.json({ ledger, parts } satisfies Prints<"backup restore">);
    else output.line("done: start the projectors, then repeat this command for the saves");
  }
}
