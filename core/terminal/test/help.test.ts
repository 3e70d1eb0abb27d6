import { Command, Option } from "clipanion";
import { helpLines, wrapped } from "#core/terminal/help";
import { PLAIN } from "#core/terminal/look";
import { specOf } from "#core/terminal/spec";

class Kick extends Command {
  static override paths = [["player", "kick"]];
  static override usage = Command.Usage({
    category: "Players",
    description: "take a player out of a game",
    details: `
      He may come back at once: who shall stay away
      is banned.

      Exit codes: 0; 2 bad arguments.
    `,
    examples: [
      ["", "$0 player kick ada"],
      ["With a reason", '$0 player kick ada --reason "too fast"'],
    ],
  });
  format = Option.String("-o,--format", { description: "table or json." });
  dir = Option.String("--dir", { description: "Folder." });
  inContext = Option.String("--context", { description: "A context." });
  timeout = Option.String("--timeout", { description: "Seconds." });
  player = Option.String({ name: "player" });
  reason = Option.String("--reason", { description: "Said to him." });
  override execute = async () => 0;
}

test("help says what it does, how it is typed, its own options first, and examples", () => {
  expect(helpLines({ program: "it", spec: specOf(Kick), values: {} }, PLAIN)).toEqual([
    "Take a player out of a game.",
    "",
    "Usage: it player kick PLAYER [options]",
    "",
    "He may come back at once: who shall stay away is banned.",
    "",
    "Exit codes: 0; 2 bad arguments.",
    "",
    "Options:",
    "  --reason REASON  Said to him.",
    "",
    "Options of all such commands:",
    "  -o, --format table|json  table or json.",
    "  --dir DIR                Folder.",
    "  --context NAME           A context.",
    "  --timeout SECONDS        Seconds.",
    "",
    "Examples:",
    "  it player kick ada",
    "  # With a reason",
    '  it player kick ada --reason "too fast"',
  ]);
});

test("help says what a program would read, and of much the beginning", () => {
  const prints = (lines: number) =>
    helpLines(
      { program: "it", spec: specOf(Kick), values: {}, prints: Array.from({ length: lines }, (_, n) => `line ${n}`) },
      PLAIN,
    );
  expect(prints(2)).toEqual(expect.arrayContaining(["A line of -o json:", "  line 0", "  line 1", "", "Examples:"]));
  expect(prints(2).join()).not.toContain("json.md");
  const many = prints(50);
  expect(many.slice(many.indexOf("  line 39"), many.indexOf("Examples:") - 1)).toEqual([
    "  line 39",
    "  …",
    "  the rest of it: docs/json.md",
  ]);
});

test("lines fit, and no word is lost", () => {
  const text = "one two three four five sixteen-letters! six";
  expect(wrapped(text, 10)).toEqual(["one two", "three four", "five", "sixteen-letters!", "six"]);
  expect(wrapped(text, 10).join(" ")).toBe(text);
});
