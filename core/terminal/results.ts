import { Command, Option } from "clipanion";
import * as t from "typanion";
import { badInput } from "#core/errors";

const FORMATS = ["table", "json"] as const;

/** What every command that shows something has: for a person, or for a program as one JSON object a line. */
export abstract class ShowingCommand extends Command {
  format = Option.String("-o,--format", {
    description: "table (the default) for people, json for programs: one object a line.",
    validator: t.isEnum(FORMATS),
  });
  jsonShort = Option.Boolean("--json", false, { description: "The same as -o json." });

  /** True when a program reads it. */
  get json(): boolean {
    return this.jsonShort || this.format === "json";
  }

  /** @throws ClusterioError `bad-input` when both were said, and differ. */
  protected checkFormat(): void {
    if (this.jsonShort && this.format === "table") throw badInput("say one of --json and -o table");
  }
}
