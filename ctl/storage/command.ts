import { Command, Option } from "clipanion";
import * as t from "typanion";
import { z } from "zod";
import { nodeClock } from "#core/adapters/node-clock";
import { badInput } from "#core/errors";
import type { CapRule } from "#core/events/command";
import { pause } from "#core/ports/clock";
import { resourceKey, TOTAL_MAX } from "#core/resource";
import { didYouMean } from "#core/terminal/near";
import { signed } from "#ctl/audit/output";
import type { ClusterClient } from "#ctl/client/client";
import { UserCommand } from "#ctl/client/user-command";
import type { Prints } from "#ctl/printed/all";
import { CATEGORY, PATTERN_HELP, patternMatcher, patternOf, SOURCE } from "#ctl/storage/base";
import { type StockFlow, withClaimFlows, withFlows } from "#ctl/storage/flow";
import { ruleLines, ruleViews, stockLines, stockPage } from "#ctl/storage/text";
import { StorageWatchCommand } from "#ctl/storage/watch";

const renamed = z.object({ moved: z.number() });
const amount = () => t.cascade(t.isNumber(), [t.isInteger(), t.isInInclusiveRange(0, TOTAL_MAX)]);

const FLOW_S_MAX = 600;
const flowOption = () =>
  Option.String("--flow", {
    description: "Also what flows a minute, measured over so many seconds, 1 to 600 (`storage watch` goes on with it).",
    validator: t.cascade(t.isNumber(), [t.isInInclusiveRange(1, FLOW_S_MAX)]),
  });

/** How long it really was (ms). */
const waited = async (seconds: number, signal: AbortSignal): Promise<number> => {
  const begun = nodeClock.now();
  await pause(nodeClock, seconds * 1_000, signal);
  return nodeClock.now() - begun;
};

export class StorageListCommand extends UserCommand {
  static override paths = [["storage", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "what storage has, who waits for it, and what is full",
    details: `
      LEVEL is what may be granted, or what the cluster is short of. WANTED is what open worlds still want beyond all that was
      granted to them. CAP: from there on worlds are told to stop exporting.

      ${PATTERN_HELP}${SOURCE}`,
    examples: [
      ["All of it", "$0 storage list"],
      ["What worlds wait for", "$0 storage list --waiting"],
      ["Fluids that are full, for a program", "$0 storage list 'fluid:*' --full --json"],
    ],
  });

  pattern = Option.String({ name: "PATTERN", required: false });
  waiting = Option.Boolean("--waiting", false, { description: "Only what a world waits for." });
  full = Option.Boolean("--full", false, { description: "Only what worlds are told to stop exporting." });
  flow = flowOption();

  override async execute(): Promise<number> {
    return this.run(() => {
      const shows = patternMatcher(this.pattern);
      return async (client, output) => {
        const stocks = (await this.#stocks(client, output.signal)).filter(
          ({ resource, waiting = 0, capped }) =>
            shows(resource) && (!this.waiting || waiting > 0) && (!this.full || capped === true),
        );
        if (this.json) for (const stock of stocks) output.json(stock satisfies Prints<"storage list">);
        else if (stocks.length === 0) output.line("nothing of that is in storage");
        else for (const line of stockLines(stocks)) output.line(line);
      };
    });
  }

  async #stocks(client: ClusterClient, signal: AbortSignal): Promise<readonly StockFlow[]> {
    if (this.flow === undefined) return client.storage();
    const before = await client.worlds();
    const ms = await waited(this.flow, signal);
    const [stocks, after] = await Promise.all([client.storage(), client.worlds()]);
    return withFlows(stocks, { before, after, ms });
  }
}

export class StorageShowCommand extends UserCommand {
  static override paths = [["storage", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one resource: its level, its cap, and each world's account of it",
    details: `
      For a world that waits: what it wants beyond all that was granted to it, its weight, its share of the next units under the
      rule that holds, and its carry (what whole units could not express so far; above zero it comes sooner).

      ${SOURCE}`,
    examples: [
      ["Who waits for iron, and why", "$0 storage show item:iron-plate"],
      ["And what flows, over ten seconds", "$0 storage show item:iron-plate --flow 10"],
    ],
  });

  resource = Option.String({ name: "RESOURCE" });
  flow = flowOption();

  override async execute(): Promise<number> {
    return this.run(() => {
      const resource = resourceKey(this.resource);
      const { flow } = this;
      return async (client, output) => {
        const before = await client.stock(resource);
        if (before.worlds.length === 0 && before.storage === 0) await this.#hint(client);
        if (flow === undefined) return this.show(output, before satisfies Prints<"storage show">, stockPage);
        const ms = await waited(flow, output.signal);
        this.show(
          output,
          withClaimFlows(before, await client.stock(resource), ms) satisfies Prints<"storage show">,
          stockPage,
        );
      };
    });
  }

  /** A resource that nobody has is none that there is not: it may only be written otherwise. */
  async #hint(client: ClusterClient): Promise<void> {
    const names = (await client.storage()).map(({ resource }) => resource);
    const meant = names.some((name) => name === this.resource) ? "" : didYouMean(this.resource, names);
    if (meant !== "") process.stderr.write(`nobody has any ${this.resource}${meant}\n`);
  }
}

export class StoragePolicySetCommand extends UserCommand {
  static override paths = [["storage", "policy", "set"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "from which level on worlds stop exporting a resource",
    details: `
      At the cap export chests, tanks and accumulators of that resource stop, and say so; at --resume they go on. The cap is soft:
      what was on its way is credited and nothing is ever refused, so a level may stand above it (docs/operations.md). Of several
      rules the most specific one counts: \`--cap none\` takes a resource out of a wider one.
      ${PATTERN_HELP}${SOURCE}`,
    examples: [
      ["No more than 100,000 of any item", "$0 storage policy set 'item:*' --cap 100000"],
      ["But of iron plates as many as there are", "$0 storage policy set item:iron-plate --cap none"],
      ["Steam of every temperature", "$0 storage policy set 'fluid:steam:*' --cap 500000 --resume 300000"],
    ],
  });

  pattern = Option.String({ name: "PATTERN" });
  cap = Option.String("--cap", { required: true, description: "Units, or none." });
  resume = Option.String("--resume", {
    description: "Exports go on at this level (default nine tenths of the cap).",
    validator: amount(),
  });

  override async execute(): Promise<number> {
    return this.run(() => {
      const resources = patternOf(this.pattern);
      const rule = this.#rule();
      return async (client, output) => {
        await client.master("storage.policy", { resources, rule });
        if (this.json) output.json({ resources, rule } satisfies Prints<"storage policy set">);
        else output.line(`${resources}: ${rule.cap === undefined ? "no cap" : `exports stop at ${rule.cap}`}`);
      };
    });
  }

  /** @throws ClusterioError `bad-input` */
  #rule(): CapRule {
    const { resume } = this;
    if (this.cap === "none") {
      if (resume !== undefined) throw badInput("--resume goes with a cap: without one exports never stop");
      return {};
    }
    const cap = /^\d{1,16}$/.test(this.cap) ? Number(this.cap) : Number.NaN;
    if (!(cap <= TOTAL_MAX)) throw badInput(`--cap: "${this.cap}" is neither a whole number of units nor none`);
    if (resume !== undefined && resume > cap) throw badInput(`--resume ${resume} is above the cap of ${cap}`);
    return { cap, ...(resume === undefined ? {} : { resume }) };
  }
}

export class StoragePolicyShowCommand extends UserCommand {
  static override paths = [["storage", "policy", "show"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the caps, and what each decides about",
    details: `
      ${SOURCE}`,
    examples: [["", "$0 storage policy show"]],
  });

  override async execute(): Promise<number> {
    return this.run(() => async (client, output) => {
      const rules = ruleViews({ policies: await client.policies(), stocks: await client.storage() });
      if (this.json) for (const rule of rules) output.json(rule satisfies Prints<"storage policy show">);
      else for (const line of ruleLines(rules)) output.line(line);
    });
  }
}

export class StoragePolicyUnsetCommand extends UserCommand {
  static override paths = [["storage", "policy", "unset"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "take a cap away",
    details: `
      A wider rule that held for these resources before holds again.
      ${SOURCE}`,
    examples: [["", "$0 storage policy unset 'item:*'"]],
  });

  pattern = Option.String({ name: "PATTERN" });

  override async execute(): Promise<number> {
    return this.run(() => {
      const resources = patternOf(this.pattern);
      return async (client, output) => {
        await client.master("storage.policy", { resources });
        if (this.json) output.json({ resources } satisfies Prints<"storage policy unset">);
        else output.line(`${resources}: the rule is gone`);
      };
    });
  }
}

export class StorageAdjustCommand extends UserCommand {
  static override paths = [["storage", "adjust"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "add to storage or take from it, with a reason",
    details: `
      The ledger holds who did it and why. Of what is to be taken no more goes than storage has.
      ${SOURCE}`,
    examples: [
      ["A gift", '$0 storage adjust item:iron-plate --add 500 --reason "the winner\'s prize"'],
      ["What a bug made", '$0 storage adjust fluid:steam:165 --take 20000 --reason "issue 12"'],
    ],
  });

  resource = Option.String({ name: "RESOURCE" });
  add = Option.String("--add", { description: "Units to add.", validator: amount() });
  take = Option.String("--take", { description: "Units to take away.", validator: amount() });
  reason = Option.String("--reason", { required: true, description: "Why: up to 500 characters." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const resource = resourceKey(this.resource);
      if ((this.add === undefined) === (this.take === undefined)) throw badInput("say one of --add N and --take N");
      const by = this.add ?? 0 - (this.take ?? 0);
      return async (client, output) => {
        await client.master("storage.adjust", { resource, amount: by, reason: this.reason });
        if (this.json) output.json({ resource, amount: by, reason: this.reason } satisfies Prints<"storage adjust">);
        else output.line(`${resource}: adjusted by ${signed(by)}`);
      };
    });
  }
}

export class StorageRenameCommand extends UserCommand {
  static override paths = [["storage", "rename"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "give what storage has of a resource another name, after a mod renamed it",
    details: `
      A mod's migration renames things in the worlds that load it; what the cluster stores keeps the old name until somebody says
      so here, since other worlds may still use it. The log of a bridge names what was renamed. What comes under the old name later
      can be renamed again.
      ${SOURCE}`,
    examples: [["", '$0 storage rename item:old-plate item:new-plate --reason "the mod\'s version 2 is everywhere"']],
  });

  from = Option.String({ name: "FROM" });
  to = Option.String({ name: "TO" });
  reason = Option.String("--reason", { required: true, description: "Why: up to 500 characters." });

  override async execute(): Promise<number> {
    return this.run(() => {
      const [from, to] = [resourceKey(this.from), resourceKey(this.to)];
      return async (client, output) => {
        const { moved } = renamed.parse(await client.master("storage.rename", { from, to, reason: this.reason }));
        if (this.json) output.json({ from, to, moved, reason: this.reason } satisfies Prints<"storage rename">);
        else if (moved === 0) output.line(`storage has nothing of ${from}`);
        else output.line(`${moved} of ${from} are ${to} now`);
      };
    });
  }
}

export const STORAGE_COMMANDS = [
  StorageListCommand,
  StorageShowCommand,
  StorageWatchCommand,
  StoragePolicySetCommand,
  StoragePolicyShowCommand,
  StoragePolicyUnsetCommand,
  StorageAdjustCommand,
  StorageRenameCommand,
] as const;
