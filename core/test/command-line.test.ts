import { Command, Option } from "clipanion";
import { CommandLine } from "#core/command-line";

class Run extends Command {
  static override paths = [["run"]];
  static override usage = Command.Usage({ description: "run it" });
  dir = Option.String("--dir", { description: "Folder." });
  natsUrl = Option.String("--nats-url", { required: true, description: "Server." });
  forSeconds = Option.String("--for", { description: "Time." });
  json = Option.Boolean("--json", false, { description: "As JSON." });
  override execute = async () => 0;
}

test("help and complaints name what an option takes", () => {
  const cli = new CommandLine({ binaryName: "it", enableColors: false });
  cli.register(Run);
  const help = cli.usage(cli.process(["run", "--nats-url", "x"]), { detailed: true });
  for (const part of ["--dir DIR", "--nats-url URL", "--for SECONDS", "--json"]) expect(help).toContain(part);
  // One column.
  const lines = help.split("\n").filter((line) => line.startsWith("  --"));
  expect(new Set(lines.map((line) => line.search(/[A-Z][a-z]/))).size).toBe(1);
  let complaint: unknown;
  try {
    cli.process(["run", "--what"]);
  } catch (error) {
    complaint = error;
  }
  const said = cli.error(complaint, { colored: false });
  expect(said).toContain("--dir DIR");
  expect(help + said).not.toContain("#0");
});
