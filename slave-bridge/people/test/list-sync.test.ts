import fc from "fast-check";
import { fileWith, type Members, membersIn } from "#bridge/people/list-files";
import { atStart, doneInGame, type OneList, orders } from "#bridge/people/list-sync";
import {
  entryOf,
  keyOf,
  type ListEntry,
  type ListMode,
  type Lists,
  merged,
  mergedAll,
  outranks,
} from "#core/people/lists";

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const text = (file: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(file));
const members = (...names: string[]): Members => new Map(names.map((player) => [player.toLowerCase(), { player }]));
const word = (player: string, on: boolean, at: number): ListEntry => ({ list: "bans", player, on, at, by: "ada" });
const lists = (...entries: ListEntry[]): Lists => entries.reduce<Lists>(merged, new Map());
const one = (mode: ListMode, ...names: string[]): OneList => ({ list: "bans", mode, now: members(...names) });
const about = (cluster: Lists, at = 100) => ({ lists: cluster, at, by: "home/north", ours: () => false });

describe("the game's files", () => {
  test("names and bans are read and written; a ban keeps what else stood with it; what is no such file says nothing", () => {
    const before = bytes([{ username: "eve", reason: "rails", address: "10.0.0.9" }, { username: "old" }]);
    const eve = new Map([["eve", { player: "eve", reason: "new reason" }]]);
    expect(text(fileWith("bans", eve, before))).toEqual([{ username: "eve", reason: "rails", address: "10.0.0.9" }]);
    expect(membersIn("bans", before)?.get("eve")).toEqual({ player: "eve", reason: "rails" });
    expect(text(fileWith("admins", members("Bob", "ann"), undefined))).toEqual(["ann", "Bob"]);
    expect([...(membersIn("whitelist", bytes(["Ann"])) ?? [])]).toEqual([["ann", { player: "Ann" }]]);
    expect(membersIn("admins", undefined)?.size).toBe(0);
    for (const file of [bytes({}), bytes([1]), new TextEncoder().encode("[")])
      for (const list of ["admins", "bans"] as const) expect(membersIn(list, file)).toBeUndefined();
  });
});

describe("one list", () => {
  test("PL1: the later word counts, whoever hears them in which order; an operator's is always the last one", () => {
    const [ban, unban] = [word("eve", true, 5), word("Eve", false, 6)];
    expect(lists(ban, unban)).toEqual(lists(unban, ban));
    expect(mergedAll(new Map(), [unban, ban])).toEqual(lists(unban));
    expect(outranks(word("eve", true, 5), word("eve", false, 5))).toBe(
      !outranks(word("eve", false, 5), word("eve", true, 5)),
    );
    const next = entryOf("player.ban", { player: "eve" }, { user: "ada", now: 1, lists: lists(unban) });
    expect(next).toMatchObject({ on: true, at: 7 });
  });

  test("LY1, LY2: what we ordered comes back as nothing; what a player did is said once; one way says nothing", () => {
    const cluster = lists(word("eve", true, 5));
    expect(orders(one("both"), cluster)).toEqual([{ key: "bans eve", line: "/ban eve" }]);
    expect(doneInGame(one("both", "eve"), members(), about(cluster))).toEqual([]);
    expect(orders(one("both", "EVE"), cluster)).toEqual([]);
    const done = doneInGame(one("both", "bob"), members("eve"), about(cluster));
    expect(done.map(({ player, on }) => [player, on])).toEqual([
      ["bob", true],
      ["eve", false],
    ]);
    expect(doneInGame(one("one-way", "bob"), members("eve"), about(cluster))).toEqual([]);
    expect(orders(one("one-way", "bob"), cluster).map(({ line }) => line)).toEqual(["/ban eve", "/unban bob"]);
    expect(orders(one("off", "bob"), cluster)).toEqual([]);
    expect(doneInGame(one("both", "bob"), members("eve"), { ...about(cluster), ours: () => true })).toEqual([]);
  });

  test("LY3: who was there before anybody looked is taken over where nothing is known of him, and stays in the file", () => {
    const cluster = lists(word("eve", true, 5), word("bob", false, 5));
    expect(doneInGame(one("both", "bob", "zoe"), undefined, about(cluster)).map(({ player }) => player)).toEqual([
      "zoe",
    ]);
    expect([...atStart(one("both", "bob", "zoe"), cluster).keys()].sort()).toEqual(["eve", "zoe"]);
    expect([...atStart(one("one-way", "bob", "zoe"), cluster).keys()]).toEqual(["eve"]);
    expect([...atStart(one("off", "bob"), cluster).keys()]).toEqual(["bob"]);
  });
});

/** As many games as a test likes, and the cluster; each look is what a bridge does at one. */
class Network {
  cluster: Lists = new Map();
  readonly games = new Map<string, { mode: ListMode; now: Set<string>; seen: Members | undefined; copy: Lists }>();
  said = 0;
  ordered = 0;
  clock = 0;

  look(name: string): void {
    const game = this.games.get(name)!;
    this.clock++;
    // What the master has is heard first, as an answer comes before the next look.
    for (const entry of this.cluster.values()) game.copy = merged(game.copy, entry);
    const now = (): OneList => ({ list: "bans", mode: game.mode, now: members(...game.now) });
    for (const entry of doneInGame(now(), game.seen, { ...about(game.copy, this.clock), by: name })) {
      this.said++;
      game.copy = merged(game.copy, entry);
      this.cluster = merged(this.cluster, entry);
    }
    for (const { line } of orders(now(), game.copy)) {
      this.ordered++;
      const [verb, player = ""] = line.split(" ");
      if (verb === "/ban") game.now.add(player);
      else game.now.delete(player);
    }
    game.seen = members(...game.now);
  }
}

test("whatever is done in games and by operators, in any order of looks, it comes to rest, and all games have the last word", () => {
  const player = fc.constantFrom("ann", "bob", "eve");
  const game = fc.constantFrom("a", "b", "c", "d");
  const act = fc.oneof(
    fc.record({ kind: fc.constant("look" as const), game }),
    fc.record({ kind: fc.constant("play" as const), game, player, on: fc.boolean() }),
    fc.record({ kind: fc.constant("order" as const), player, on: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const net = new Network();
      for (const [name, mode] of [
        ["a", "both"],
        ["b", "both"],
        ["c", "one-way"],
        ["d", "off"],
      ] as const)
        net.games.set(name, { mode, now: new Set(), seen: undefined, copy: new Map() });
      let played = 0;
      for (const each of acts) {
        net.clock++;
        if (each.kind === "look") net.look(each.game);
        else if (each.kind === "order") {
          const command = each.on ? "player.ban" : "player.unban";
          const about = { user: "ada", now: net.clock, lists: net.cluster };
          net.cluster = merged(net.cluster, entryOf(command, { player: each.player }, about));
        } else {
          const { now } = net.games.get(each.game)!;
          if (now.has(each.player) === each.on) continue;
          played++;
          if (each.on) now.add(each.player);
          else now.delete(each.player);
        }
      }
      for (let round = 0; round < 3; round++) for (const name of net.games.keys()) net.look(name);
      // Nothing goes round in circles: no more was said than was done, and a look at rest says and orders nothing.
      expect(net.said).toBeLessThanOrEqual(played);
      const before = [net.said, net.ordered];
      for (const name of net.games.keys()) net.look(name);
      expect([net.said, net.ordered]).toEqual(before);
      const banned = [...net.cluster.values()]
        .filter(({ on }) => on)
        .map(({ player: name }) => name)
        .sort();
      for (const name of ["a", "b", "c"]) expect([...net.games.get(name)!.now].sort()).toEqual(banned);
      expect([...net.cluster.keys()].every((key) => key === keyOf(net.cluster.get(key)!))).toBe(true);
    }),
  );
});
