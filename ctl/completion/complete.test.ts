import { commandsFor } from "#core/cli";
import { type CommandSpec, specOf } from "#core/terminal/spec";
import { fitting, type Wanted, wantedAfter } from "#ctl/completion/complete";
import { SCRIPTS, SHELLS } from "#ctl/completion/scripts";
import { forBash, typingOf } from "#ctl/completion/words";
import { CLUSTERIO } from "#ctl/program";

let specs: CommandSpec[];
beforeAll(async () => {
  specs = (await commandsFor(CLUSTERIO, undefined)).map(specOf);
});
const after = (line: string): Wanted => {
  const { before, current } = typingOf(`clusterio ${line}`);
  return wantedAfter(specs, before, current);
};
const words = (line: string): string[] => {
  const wanted = after(line);
  const { current } = typingOf(`clusterio ${line}`);
  return wanted.kind === "words" ? fitting(wanted.candidates, current).map(({ word }) => word) : [];
};

test.each([
  ["sto", ["storage"]],
  ["storage p", ["policy"]],
  ["storage policy ", ["set", "show", "unset"]],
  ["storage list --wai", ["--waiting"]],
  ["storage list --waiting --wai", []],
  ["storage list -o ", ["table", "json"]],
  ["storage list --format=j", ["--format=json"]],
  ["world decide north ", ["new", "same"]],
  ["top --sort t", ["traffic"]],
  ["completion f", ["fish"]],
  ["role create keeper instance.st", ["instance.start", "instance.stop", "instance.state"]],
  ["storage show item:coal --fo", ["--format"]],
  ["instance config get north settings.max_p", ["settings.max_players"]],
  ["instance create x --set ports.g", ["ports.game="]],
  ["instance wait north --for r", ["running"]],
  ["no-such ", []],
])("%s → %j", (line, expected) => {
  expect(words(line)).toEqual(expect.arrayContaining(expected));
  expect(words(line).length).toBeGreaterThanOrEqual(expected.length);
  if (expected.length === 0) expect(words(line)).toEqual([]);
});

test.each([
  ["instance start ", "instance"],
  ["instance start --dir x no", "instance"],
  ["instance create north --slave ", "slave"],
  ["world show ", "world"],
  ["storage show item:", "resource"],
  ["storage list ", "resource"],
  ["user create ada --role ", "role"],
  ["user set-roles ada viewer ", "role"],
  ["storage list --context ", "context"],
  ["slave show ", "slave"],
  ["save delete north ", "save"],
  ["player kick ", "player"],
  ["player kick ada --on ", "instance"],
  ["instance move north --to ", "slave"],
  ["instance logs north ", "instance"],
])("%s asks for a living %s", (line, names) => {
  expect(after(line)).toMatchObject({ kind: "live", names });
});

test("a save is asked of the instance that was named before", () => {
  expect(after("save delete north ")).toMatchObject({ of: ["north"] });
});

test.each(["save download north x --to ", "storage list --ca ", "context add x --file ", "identity restore "])(
  "%s: a file",
  (line) => {
    expect(after(line)).toEqual({ kind: "files" });
  },
);

test("whoever is behind the last argument is shown the options, and an option that was said is not said again", () => {
  expect(words("storage show item:coal ")).toEqual(expect.arrayContaining(["--format", "--dir", "--help"]));
  expect(words("storage show item:coal --json ")).not.toContain("--json");
  expect(words("user create ada --role a --ro")).toEqual(["--role"]);
});

test.each([
  ["clusterio a b", { before: ["a"], current: "b" }],
  ["clusterio a ", { before: ["a"], current: "" }],
  ['clusterio start "my ser', { before: ["start"], current: "my ser", quote: '"' }],
  ["clusterio start 'my server' x", { before: ["start", "my server"], current: "x" }],
  ["clusterio start my\\ ser", { before: ["start"], current: "my ser" }],
  ["  clusterio", { before: [], current: "clusterio" }],
])("%j is typed", (line, typing) => {
  expect(typingOf(line)).toMatchObject(typing);
});

test.each([
  ["item:iron-plate", "item:ir", "", "iron-plate"],
  ["fluid:steam:165", "fluid:steam:", "", "165"],
  ["--format=json", "--format=j", "", "json"],
  ["my save", "", "", "my\\ save"],
  ["my save", "my", '"', "my save"],
  ["north", "no", "", "north"],
])("bash is given %j after %j%s as %j", (candidate, current, quote, given) => {
  expect(forBash(candidate, { current, quote })).toBe(given);
});

test("each shell has a script that asks the program that was typed", () => {
  for (const shell of SHELLS) expect(SCRIPTS[shell]).toContain(`__complete ${shell}`);
});
