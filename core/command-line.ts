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
};

/** `--nats-url #0` → `--nats-url URL`: clipanion has no word for the value of an option. */
export const nameValues = (help: string): string =>
  help.replace(/(--[a-z-]+) #0/g, (_, flag: string) => {
    const word = flag.split("-").at(-1) ?? "";
    return `${flag} ${VALUES[flag] ?? word.toUpperCase()}`;
  });

/** A command line whose help names what an option takes. */
export class CommandLine extends Cli {
  override usage(...args: Parameters<Cli["usage"]>): string {
    return nameValues(super.usage(...args));
  }

  override error(...args: Parameters<Cli["error"]>): string {
    return nameValues(super.error(...args));
  }
}
