import { Command, Option } from "clipanion";
import { CONFIG_FILE, entriesOf, entryOf, readConfig, withEntry, writeConfig } from "#bridge/config/file";
import type { Prints } from "#bridge/printed";
import { runDaemon } from "#core/lifecycle";
import { ShowingCommand } from "#core/terminal/results";

const EXITS = `
      Exit codes: 0; 2 bad arguments, or the file is not a bridge's configuration; 3 it cannot be read or written.
`;

const textOf = (value: unknown): string =>
  value === null ? "" : typeof value === "string" ? value : Array.isArray(value) ? value.join(",") : String(value);

abstract class ConfigCommand extends ShowingCommand {
  config = Option.String("--config", `./${CONFIG_FILE}`, {
    description: `The configuration (default ./${CONFIG_FILE}).`,
  });

  protected line(key: string, value: unknown): void {
    process.stdout.write(
      this.json
        ? `${JSON.stringify({ key, value } satisfies Prints<"config list">)}\n`
        : `${key.padEnd(20)}${textOf(value)}\n`,
    );
  }
}

export class ConfigListCommand extends ConfigCommand {
  static override paths = [["config", "list"]];
  static override usage = Command.Usage({
    category: "Configuration",
    description: "all settings of this bridge; never its credentials",
    details: EXITS,
    examples: [["", "$0 config list"]],
  });
  override async execute(): Promise<number> {
    return runDaemon(async () => {
      this.checkFormat();
      for (const [key, value] of entriesOf(await readConfig(this.config))) this.line(key, value);
    });
  }
}

export class ConfigShowCommand extends ConfigCommand {
  static override paths = [["config", "show"]];
  static override usage = Command.Usage({
    category: "Configuration",
    description: "one setting",
    details: EXITS,
    examples: [["", "$0 config show factorio"]],
  });
  key = Option.String({ name: "key" });
  override async execute(): Promise<number> {
    return runDaemon(async () => {
      this.checkFormat();
      const value = entryOf(await readConfig(this.config), this.key);
      if (this.json) this.line(this.key, value);
      else process.stdout.write(`${textOf(value)}\n`);
    });
  }
}

export class ConfigSetCommand extends ConfigCommand {
  static override paths = [["config", "set"]];
  static override usage = Command.Usage({
    category: "Configuration",
    description: "change one setting; takes effect at the next start",
    details: `An empty value takes the setting away.
      ${EXITS}`,
    examples: [["With Factorio", "$0 config set factorio /opt/factorio"]],
  });
  key = Option.String({ name: "key" });
  value = Option.String({ name: "value" });
  override async execute(): Promise<number> {
    return runDaemon(async () => {
      this.checkFormat();
      const next = withEntry(await readConfig(this.config), this.key, this.value);
      await writeConfig(this.config, next);
      this.line(this.key, entryOf(next, this.key));
    });
  }
}
