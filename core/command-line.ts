import { Cli } from "clipanion";
import { type Values, valueName } from "#core/terminal/spec";

/** A command line whose help names what an option takes (`--nats-url URL`): clipanion writes `--nats-url #0`. */
export class CommandLine extends Cli {
  /** `values`: what this program calls a value otherwise. */
  constructor(
    options: ConstructorParameters<typeof Cli>[0],
    private readonly values: Values = {},
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
    return text.replace(/(--[a-z-]+) #0/g, (_, flag: string) => `${flag} ${valueName(flag, this.values)}`);
  }
}
