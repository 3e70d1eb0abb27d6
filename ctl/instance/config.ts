import { Command, Option } from "clipanion";
import { CONFIG_LEAVES } from "#core/config-patch";
import { badInput, isClusterioError, messageOf, refused } from "#core/errors";
import type { Configured } from "#core/events/command";
import type { ConfigPatch, InstanceConfig } from "#core/instance-config";
import type { Output } from "#ctl/audit/output";
import type { ClusterClient } from "#ctl/client/client";
import { CATEGORY, InstanceCommand, SOURCE } from "#ctl/instance/base";
import { differenceOf, entriesBelow, entriesOf, patchFrom, unsetting } from "#ctl/instance/config-text";
import { editText } from "#ctl/instance/editor";
import { theseInstances } from "#ctl/instance/find";
import type { Prints } from "#ctl/printed/all";
import type { Asked } from "#ctl/save/where";

const KEYS = `
      Keys are written with dots: ports.game, settings.max_players, restart.policy; \`config list NAME --all\` shows all of them, and
      docs/instances.md what each takes.
`;

const EFFECTS = {
  now: "now, also in a running game",
  "next-start": "with the next start",
  "first-save": "when the first save is made",
} as const;

/** @throws ClusterioError `unavailable` while no master answers: a configuration is the master's. */
const configOf = async (asked: Asked, name: string): Promise<{ instance: string; config: InstanceConfig }> => {
  const [found] = await theseInstances(asked, [name]);
  if (found?.view === undefined)
    throw refused("no master answers, and a configuration is the master's: try again later");
  return { instance: found.instance, config: found.view.config };
};

const configure = async (client: ClusterClient, instance: string, config: ConfigPatch): Promise<Configured> =>
  (await client.master("instance.configure", { instance, config })) as Configured;

const told = ({ changed, effects, notes }: Configured, instance: string): string[] => {
  if (!changed) return [`${instance}: it was so before`];
  const lines = Object.entries(effects).map(([key, effect]) => `${instance}: ${key} takes effect ${EFFECTS[effect]}`);
  return [...lines, ...notes.map((note) => `note: ${note}`)];
};

abstract class ConfigCommand extends InstanceCommand {
  protected showDone(output: Output, instance: string, done: Configured): void {
    this.show(output, { instance, ...done } satisfies Prints<"instance config set">, () => told(done, instance));
  }
}

export class InstanceConfigListCommand extends ConfigCommand {
  static override paths = [["instance", "config", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "what an instance is configured with",
    details: SOURCE,
    examples: [
      ["", "$0 instance config list north"],
      ["Every key that there is", "$0 instance config list north --all"],
    ],
  });
  instance = Option.String({ name: "instance" });
  all = Option.Boolean("--all", false, { description: "Also the keys that are not set." });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const { instance, config } = await configOf(asked, this.instance);
      if (this.json) return output.json({ instance, config } satisfies Prints<"instance config list">);
      const set = new Map(entriesOf(config));
      const keys = this.all ? [...CONFIG_LEAVES.keys()] : [...set.keys()];
      const rows = keys.map((key) => ({ key, value: set.get(key) ?? "-" }));
      const columns = [
        { head: "KEY", of: ({ key }: { key: string }) => key },
        { head: "VALUE", of: ({ value }: { value: string }) => value },
      ];
      this.list(output, rows, columns, "nothing is set");
    });
  }
}

export class InstanceConfigGetCommand extends ConfigCommand {
  static override paths = [["instance", "config", "get"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "one key of an instance's configuration, or all below it",
    details: `${KEYS}${SOURCE}`,
    examples: [["", "$0 instance config get north settings.max_players"]],
  });
  instance = Option.String({ name: "instance" });
  key = Option.String({ name: "KEY" });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const { instance, config } = await configOf(asked, this.instance);
      const entries = entriesBelow(config, this.key);
      if (this.json)
        return output.json({
          instance,
          key: this.key,
          values: Object.fromEntries(entries),
        } satisfies Prints<"instance config get">);
      if (entries.length === 0) throw badInput(`${instance} has no ${this.key}: the default counts`);
      const alone = entries.length === 1 && entries[0]?.[0] === this.key;
      for (const [key, value] of entries) output.line(alone ? value : `${key} = ${value}`);
    });
  }
}

export class InstanceConfigSetCommand extends ConfigCommand {
  static override paths = [["instance", "config", "set"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "change an instance's configuration, all of it or nothing",
    details: `
      Says of each key when it takes effect. A value is a text, a number, true or false, or JSON; a list is written with commas.
      ${KEYS}${SOURCE}`,
    examples: [
      ["", "$0 instance config set north settings.max_players=20 settings.tags=clusterio,fun"],
      ["A fixed port", "$0 instance config set north ports.game=34197"],
      ["Which Factorio", "$0 instance config set north game=2.0.76"],
    ],
  });
  instance = Option.String({ name: "instance" });
  assignments = Option.Rest({ name: "KEY", required: 1 });

  override async execute(): Promise<number> {
    return this.ask(() => {
      const [first = "", second, ...rest] = this.assignments;
      const apart = second !== undefined && rest.length === 0 && !first.includes("=");
      const patch = patchFrom(apart ? [`${first}=${second}`] : this.assignments);
      return async (asked, output) => {
        const { instance } = await configOf(asked, this.instance);
        this.showDone(output, instance, await configure(asked.client, instance, patch));
      };
    });
  }
}

export class InstanceConfigUnsetCommand extends ConfigCommand {
  static override paths = [["instance", "config", "unset"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "take keys away: their defaults count again",
    details: `${KEYS}${SOURCE}`,
    examples: [["", "$0 instance config unset north ports.game"]],
  });
  instance = Option.String({ name: "instance" });
  keys = Option.Rest({ name: "KEY", required: 1 });

  override async execute(): Promise<number> {
    return this.ask(() => {
      const patch = unsetting(this.keys);
      return async (asked, output) => {
        const { instance } = await configOf(asked, this.instance);
        this.showDone(output, instance, await configure(asked.client, instance, patch));
      };
    });
  }
}

const parsed = (text: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badInput(`this is not JSON: ${messageOf(error)}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badInput("this is no JSON object: { … }");
};

export class InstanceConfigEditCommand extends ConfigCommand {
  static override paths = [["instance", "config", "edit"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "edit an instance's configuration as JSON with $VISUAL or $EDITOR",
    details: `
      What was changed is sent when the editor ends, and nothing else: another's change meanwhile stays. What is refused is offered
      for another edit; left as it is, or emptied, nothing happens.
      ${SOURCE}`,
    examples: [["", "$0 instance config edit north"]],
  });
  instance = Option.String({ name: "instance" });

  override async execute(): Promise<number> {
    return this.ask(() => async (asked, output) => {
      const { instance, config } = await configOf(asked, this.instance);
      const { name: _, ...before } = config;
      let text = `${JSON.stringify(before, undefined, 2)}\n`;
      for (;;) {
        const edited = await editText(text, `${instance}.json`);
        if (edited.trim() === "" || edited === text) {
          process.stderr.write("nothing was changed\n");
          return;
        }
        try {
          const patch = differenceOf(before, parsed(edited));
          return this.showDone(output, instance, await configure(asked.client, instance, patch));
        } catch (error) {
          const again = isClusterioError(error, "bad-input") || isClusterioError(error, "refused");
          if (!again || process.stdin.isTTY !== true) throw error;
          process.stderr.write(`${messageOf(error)}\nthe editor opens again; leave the text as it is to give up\n`);
          text = edited;
        }
      }
    });
  }
}

export const CONFIG_COMMANDS = [
  InstanceConfigListCommand,
  InstanceConfigGetCommand,
  InstanceConfigSetCommand,
  InstanceConfigUnsetCommand,
  InstanceConfigEditCommand,
] as const;
