import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Console } from "#sim/factorio/console";
import { Lists } from "#sim/factorio/lists";

let folder: string;
let said: string[];
let online: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "factorio-lists-"));
  said = [];
  online = ["ann", "bob"];
});
afterEach(() => rmSync(folder, { recursive: true }));

const lists = (useWhitelist = false) => {
  const nothing = () => {};
  const console: Console = {
    ...{ line: nothing, info: nothing, error: nothing, bare: nothing },
    event: (tag, text) => void said.push(`[${tag}] ${text}`),
  };
  const files = {
    admins: join(folder, "admins.json"),
    bans: join(folder, "bans.json"),
    whitelist: join(folder, "white.json"),
    useWhitelist,
  };
  const leave = (name: string) => {
    online = online.filter((one) => one !== name);
  };
  return new Lists(files, console, { online: () => online, leave });
};
const file = (name: string): unknown => {
  try {
    return JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  } catch {
    return undefined;
  }
};

test("LS1: a ban is in its file, in the log and takes the player out; it goes by an unban; letters' size does not matter", () => {
  const game = lists();
  expect(game.command("/ban bob stole rails")).toBe("bob was banned by <server>. Reason: stole rails.\n");
  expect(online).toEqual(["ann"]);
  expect(file("bans")).toEqual([{ username: "bob", reason: "stole rails" }]);
  game.command("/ban eve");
  expect(game.command("/bans")).toBe("bob stole rails\neve\n");
  expect(game.command("/unban BOB")).toBe("BOB was unbanned by <server>.\n");
  expect(game.command("/unban bob")).toBe("bob is not banned.\n");
  expect(file("bans")).toEqual([{ username: "eve", reason: "" }]);
  expect(said).toEqual([
    "[BAN] bob was banned by <server>. Reason: stole rails.",
    "[BAN] eve was banned by <server>. Reason: unspecified.",
    "[UNBANNED] BOB was unbanned by <server>.",
  ]);
});

test("admins are names in a file; a kick takes out who is there, and nobody else", () => {
  writeFileSync(join(folder, "admins.json"), '["ann"]');
  const game = lists();
  expect(game.command("/admins")).toBe("ann\n");
  expect(game.command("/promote eve")).toBe("eve was promoted to admin by <server>.\n");
  expect(game.command("/demote ann")).toBe("ann was demoted from admin by <server>.\n");
  expect(file("admins")).toEqual(["eve"]);
  expect(game.command("/kick nobody")).toBe("Player nobody doesn't exist.\n");
  expect(game.command("/kick ann be nice")).toBe("ann was kicked by <server>. Reason: be nice.\n");
  expect(online).toEqual(["bob"]);
  expect(game.command("/promote")).toBe("A player name is needed.\n");
});

test("LS1: the whitelist's file is written only while the whitelist is on", () => {
  const game = lists();
  expect(game.command("/whitelist add ann")).toBe("ann has been added to the whitelist.\n");
  expect(file("white")).toBeUndefined();
  game.command("/whitelist enable");
  expect(file("white")).toEqual(["ann"]);
  game.command("/whitelist add eve");
  expect(game.command("/whitelist remove ann")).toBe("ann has been removed from the whitelist.\n");
  expect(file("white")).toEqual(["eve"]);
  expect(lists(true).command("/whitelist get")).toBe("eve\n");
});

test("any other line is not theirs", () => {
  expect(lists().command("/players")).toBeUndefined();
  expect(lists().command("hello")).toBeUndefined();
});
