import { compile } from "#core/access/compile";
import { parseGrant } from "#core/access/grant";
import { DEFAULT_ROLES } from "#core/access/roles";
import { bridgeCommands, slaveCommands } from "#core/events/command";
import { peopleCommands } from "#core/people/lists";
import { consoleLine, instancePlayerCommands, playerName, reason } from "#core/people/orders";
import { matches } from "#core/ports/memory/memory-bus";

const may = (role: string) => {
  const { pub } = compile((DEFAULT_ROLES[role] ?? []).map(parseGrant), ["north"]);
  return (...tokens: string[]) => {
    const subject = ["clusterio", "v1", "command", "{{name()}}", ...tokens].join(".");
    return pub.some((allowed) => matches(allowed, subject));
  };
};

test("a moderator kicks and bans, in a game and in the cluster; he makes no admins and installs nothing", () => {
  const moderator = may("moderator");
  for (const verb of ["players", "player-kick", "player-ban", "player-unban"])
    expect(moderator("s1", "north", verb)).toBe(true);
  for (const verb of ["ban", "unban"]) expect(moderator("master", "player", verb)).toBe(true);
  for (const verb of ["player-promote", "player-demote", "player-whitelist-add", "mod-write"])
    expect(moderator("s1", "north", verb)).toBe(false);
  for (const verb of ["promote", "demote", "whitelist-add"]) expect(moderator("master", "player", verb)).toBe(false);
  expect(moderator("s1", "_", "factorio-install")).toBe(false);
});

test("an operator does all of it, a viewer nothing", () => {
  for (const verb of Object.keys(instancePlayerCommands)) {
    expect(may("operator")("s1", "north", verb)).toBe(true);
    expect(may("viewer")("s1", "north", verb)).toBe(false);
  }
  for (const name of Object.keys(peopleCommands)) {
    expect(may("operator")("master", ...name.split("."))).toBe(true);
    expect(may("viewer")("master", ...name.split("."))).toBe(false);
  }
  expect(may("operator")("s1", "_", "factorio-install")).toBe(true);
});

test("who sees the cluster may ask bridges how they are: without that, no list of instances has a state", () => {
  for (const role of ["viewer", "moderator", "operator"]) expect(may(role)("s1", "_", "status")).toBe(true);
});

test("what a slave runs that is not the vendor's is a right of its own: an operator has it not, an admin has", () => {
  expect(may("operator")("s1", "_", "factorio-upload")).toBe(false);
  expect(may("admin")("s1", "_", "factorio-upload")).toBe(true);
});

test("AC1: no verb of the master about players is one of a bridge", () => {
  const verbs = Object.keys(peopleCommands).map((name) => name.split(".").at(-1) ?? "");
  expect(verbs.filter((verb) => Object.hasOwn(bridgeCommands, verb) || Object.hasOwn(slaveCommands, verb))).toEqual([]);
});

test("an order is one console command: no name or reason makes two of it", () => {
  expect(consoleLine("player-ban", { player: "eve", reason: "a b" })).toBe("/ban eve a b");
  expect(consoleLine("player-whitelist-add", { player: "eve" })).toBe("/whitelist add eve");
  for (const name of ["", "a b", "/c", "a\nb", "x".repeat(61)]) expect(playerName.safeParse(name).success).toBe(false);
  for (const why of ["a\nb", "a\u0000b", "x".repeat(201)]) expect(reason.safeParse(why).success).toBe(false);
});
