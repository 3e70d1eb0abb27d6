import { Command, type CommandClass, Option } from "clipanion";
import { complaint } from "#core/terminal/complaint";
import { overviewLines } from "#core/terminal/overview";
import { specOf } from "#core/terminal/spec";

const command = (path: string[], usage = `do ${path.at(-1)}`): CommandClass =>
  class extends Command {
    static override paths = [path];
    static override usage = Command.Usage({ category: "Games", description: usage });
    instance = Option.String({ name: "instance" });
    since = Option.String("--since", { description: "When." });
    reason = path[1] === "kick" ? Option.String("--reason", { required: true, description: "Why." }) : undefined;
    follow = Option.Boolean("-f,--follow", false, { description: "Go on." });
    override execute = async () => 0;
  };
const specs = [
  ["instance", "start"],
  ["instance", "stop"],
  ["instance", "config", "set"],
  ["player", "kick"],
  ["up"],
].map((path) => specOf(command(path)));
const said = (...argv: string[]) => complaint({ program: "it", argv, specs, values: {} }, "something");

test.each([
  [["instanc"], 'it: there is no command "instanc"; did you mean "instance"?'],
  [["start", "north"], 'it: there is no command "start"; did you mean "instance start"?'],
  [["instance", "strat"], 'it instance: there is no command "instance strat"; did you mean "instance start"?'],
  [
    ["instance", "config", "sett"],
    'it instance config: there is no command "instance config sett"; did you mean "instance config set"?',
  ],
  [["instance", "start"], "it instance start: INSTANCE is missing"],
  [
    ["instance", "start", "a", "b"],
    'it instance start: "b" is one argument too many: put a name with spaces into quotes',
  ],
  [
    ["instance", "start", "a", "--sinc", "1"],
    'it instance start: there is no option "--sinc"; did you mean "--since"?',
  ],
  [["instance", "start", "a", "--since"], "it instance start: --since needs a value: --since TIME"],
  [["instance", "start", "a", "--since", "--follow"], "it instance start: --since needs a value: --since TIME"],
  [["instance", "start", "a", "--follow=yes"], 'it instance start: --follow takes no value: leave "=yes" out'],
  [["player", "kick", "ada"], "it player kick: say --reason REASON"],
  [["instance", "start", "a", "-f"], "it instance start: something"],
  [["--bogus"], 'it: there is no option "--bogus" without a command'],
])("%j", (argv, first) => {
  expect(said(...argv).split("\n")[0]).toBe(first);
});

test("an unknown command is told with those of its group, and of no other", () => {
  const lines = said("instance", "fly");
  expect(lines).toContain("  it instance start       do start");
  expect(lines).not.toContain("player");
  expect(said("fly").split("\n")[1]).toBe("commands: instance, player, up");
});

test("of a large group only the words are told, on one line", () => {
  const many = Array.from({ length: 20 }, (_, n) => specOf(command(["save", `do-${n}`])));
  const lines = complaint({ program: "it", argv: ["save", "x"], specs: many, values: {} }, "").split("\n");
  expect(lines).toEqual([
    'it save: there is no command "save x"',
    expect.stringMatching(/^commands: do-0, do-1, .*, do-19$/),
    "`it save --help` says what each does",
  ]);
});

test("a command's mistake is told with how it is used, and where more stands", () => {
  expect(said("player", "kick").split("\n").slice(1)).toEqual([
    "usage: it player kick INSTANCE --reason REASON [options]",
    "`it player kick --help` says what each is",
  ]);
});

test("an overview is a line a command, by category; of a group only its own", () => {
  const of = { name: "it", label: "It", version: "1.2.3" };
  const look = { columns: undefined, colours: false };
  expect(overviewLines(of, { specs, words: [], look }).slice(0, 4)).toEqual([
    "It 1.2.3",
    "",
    "Games",
    "  it instance start       do start",
  ]);
  expect(overviewLines(of, { specs, words: ["player"], look })).toEqual([
    "Games",
    "  it player kick  do kick",
    "",
    "it player ... --help says more about each.",
  ]);
});
