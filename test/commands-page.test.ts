import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commandsPageNow } from "#test/kit/commands-page";

test("docs/commands.md is of the commands as they are: `npm run docs:commands` brings it up to date", async () => {
  const page = readFileSync(join(__dirname, "../docs/commands.md"), "utf8").split("\n");
  const wanted = (await commandsPageNow()).split("\n");
  // The first difference says enough; a page of a thousand lines would not.
  const at = wanted.findIndex((line, index) => line !== page[index]);
  expect({ line: at, is: page[at] ?? "", of: page.length }).toEqual({ line: -1, is: "", of: wanted.length });
});
