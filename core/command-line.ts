import { Cli } from "clipanion";

/** The value of these is called something else than their last word. */
const VALUES: Readonly<Record<string, string>> = {
  "--factorio": "DIR",
  "--mod-dist": "DIR",
  "--extra-mods": "DIR",
  "--for": "SECONDS",
  "--worlds": "N",
  "--speed": "N",
  "--slave": "ID",
  "--core-creds": "FILE",
  "--edge-creds": "FILE",
  "--user-creds": "FILE",
  "--creds": "FILE",
  "--assignment-key": "FILE",
  "--access-keys": "FILE",
  "--config": "FILE",
  "--ca": "FILE",
  "--cert": "FILE",
  "--key": "FILE",
  "--output": "FILE",
  "--admin": "ID",
  "--context": "NAME",
  "--listen": "HOST:PORT",
  "--http": "PORT",
  "--checkpoint-every": "N",
};

/** A command line whose help names what an option takes (`--nats-url URL`): clipanion writes `--nats-url #0`. */
export class CommandLine extends Cli {
  /** `values`: what this program calls a value otherwise. */
  constructor(
    options: ConstructorParameters<typeof Cli>[0],
    private readonly values: Readonly<Record<string, string>> = {},
  ) {
    super(options);
  }

  /** Before the rows are padded to one width. */
  protected override getUsageByIndex(...args: Parameters<Cli["getUsageByIndex"]>) {
    const { usage, options } = super.getUsageByIndex(...args);
    const named = options.map((option) => ({ ...option, definition: this.#named(option.definition) }));
    return { usage: this.#named(usage), options: named };
  }

  /** Its complaints quote the usage as it was before. */
  override error(...args: Parameters<Cli["error"]>): string {
    return this.#named(super.error(...args));
  }

  #named(text: string): string {
    return text.replace(/(--[a-z-]+) #0/g, (_, flag: string) => {
      const word = flag.split("-").at(-1) ?? "";
      return `${flag} ${this.values[flag] ?? VALUES[flag] ?? word.toUpperCase()}`;
    });
  }
}
