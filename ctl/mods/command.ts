import { basename, resolve } from "node:path";
import { Command, Option } from "clipanion";
import { type ModView, modChanged } from "#core/events/mods";
import type { Column } from "#core/terminal/table";
import type { Prints } from "#ctl/printed/all";
import { FilesCommand, SAVE_SOURCE } from "#ctl/save/base";
import { localSource, openLocal } from "#ctl/save/local-file";

const CATEGORY = "Mods";
const NEXT = "takes effect at the next start";

const COLUMNS: readonly Column<ModView>[] = [
  { head: "MOD", of: ({ name }) => name },
  { head: "VERSION", of: ({ version = "-" }) => version },
  { head: "STATE", of: ({ enabled }) => (enabled ? "enabled" : "disabled") },
  { head: "FROM", of: ({ ours, builtIn }) => (ours ? "the cluster" : builtIn ? "the game" : "given") },
  { head: "PROBLEMS", of: ({ problems = [] }) => problems.join("; ") || "-" },
];

/** What is wrong is said where people look, and results stay results. */
const warn = ({ name, problems = [] }: ModView): void => {
  for (const problem of problems) process.stderr.write(`warning: ${name} ${problem}\n`);
};

export class ModListCommand extends FilesCommand {
  static override paths = [["instance", "mods", "list"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "the mods of an instance, and what keeps them from running together",
    details: SAVE_SOURCE,
    examples: [["", "$0 instance mods list north"]],
  });
  instance = Option.String({ name: "instance" });

  override async execute(): Promise<number> {
    return this.runFiles(() => async ({ channel, output }) => {
      const { mods } = await (await channel(this.instance)).mods();
      this.list(
        output,
        mods satisfies readonly Prints<"instance mods list">[],
        COLUMNS,
        "it has no mods yet: the cluster's is put in at its first start",
      );
    });
  }
}

export class ModAddCommand extends FilesCommand {
  static override paths = [["instance", "mods", "add"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "bring a mod from this machine to an instance, and enable it",
    details: `
      It has the name and version that its info.json says. It is looked through before it has its place: what would be written
      outside of its folder, or unpacks to far more than it should, is never put there. ${NEXT}.
      ${SAVE_SOURCE}`,
    examples: [["", "$0 instance mods add north ./flib_0.16.4.zip"]],
  });
  instance = Option.String({ name: "instance" });
  file = Option.String({ name: "FILE" });
  replace = Option.Boolean("--replace", false, { description: "Instead of a file of that name and version." });

  override async execute(): Promise<number> {
    return this.runFiles(() => async ({ channel, carry, output }) => {
      const file = await openLocal(resolve(this.file), output.signal);
      const found = await channel(this.instance);
      const path = basename(this.file);
      const target = found.modTarget({ path, bytes: file.bytes, sha256: file.sha256, replace: this.replace });
      const source = await localSource(file);
      const done = await carry(`uploading ${path}`, source, target).finally(() => source.close());
      warn(done.mod);
      this.show(
        output,
        { instance: found.address.instance, ...done } satisfies Prints<"instance mods add">,
        ({ instance, mod, running }) => [
          `${mod.name} ${mod.version ?? ""} is one of ${instance}'s mods${running ? `; ${NEXT}` : ""}`,
        ],
      );
    });
  }
}

abstract class ModChangeCommand extends FilesCommand {
  protected abstract readonly op: "enable" | "disable" | "remove";
  instance = Option.String({ name: "instance" });
  mod = Option.String({ name: "mod" });

  override async execute(): Promise<number> {
    return this.runFiles(() => async ({ channel, output }) => {
      const found = await channel(this.instance);
      const done = await found.ask("mod-write", { op: this.op, name: this.mod }, modChanged);
      warn(done.mod);
      this.show(
        output,
        { instance: found.address.instance, ...done } satisfies Prints<"instance mods remove">,
        ({ instance, mod, running }) => [`${mod.name} is ${this.op}d in ${instance}${running ? `; ${NEXT}` : ""}`],
      );
    });
  }
}

export class ModRemoveCommand extends ModChangeCommand {
  static override paths = [["instance", "mods", "remove"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "take a mod out of an instance",
    details: SAVE_SOURCE,
    examples: [["", "$0 instance mods remove north flib"]],
  });
  protected override readonly op = "remove";
}

export class ModEnableCommand extends ModChangeCommand {
  static override paths = [["instance", "mods", "enable"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "let a mod of an instance be loaded at its next start",
    details: SAVE_SOURCE,
    examples: [["", "$0 instance mods enable north quality"]],
  });
  protected override readonly op = "enable";
}

export class ModDisableCommand extends ModChangeCommand {
  static override paths = [["instance", "mods", "disable"]];
  static override usage = Command.Usage({
    category: CATEGORY,
    description: "leave a mod of an instance out at its next start",
    details: SAVE_SOURCE,
    examples: [["", "$0 instance mods disable north flib"]],
  });
  protected override readonly op = "disable";
}

export const MOD_COMMANDS = [
  ModListCommand,
  ModAddCommand,
  ModRemoveCommand,
  ModEnableCommand,
  ModDisableCommand,
] as const;
