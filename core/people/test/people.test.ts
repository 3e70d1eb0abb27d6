import type { Boot } from "#core/boot";
import { decodeText, encodeText } from "#core/events/codec";
import { instanceId, slaveId } from "#core/ids";
import { decodePlayerFact, encodePlayerFact, PLAYER_FACT_BYTES_MAX } from "#core/people/facts";
import { entryOf, modesOf, type PeopleCommand, peopleCommands } from "#core/people/lists";
import { consoleLine, reason } from "#core/people/orders";
import { evolvePlayers, PLAYERS_MAX, type PlayerBook, playtimeAt } from "#core/people/players";

const north = instanceId("north");
const home = slaveId("home");

test("each order is the game's own command of that meaning, and each word of the cluster puts on or takes off its list", () => {
  const lines = ["kick", "ban", "unban", "promote", "demote", "whitelist-add", "whitelist-remove"] as const;
  expect(lines.map((order) => consoleLine(`player-${order}`, { player: "eve" }))).toEqual([
    ...["/kick eve", "/ban eve", "/unban eve", "/promote eve", "/demote eve"],
    ...["/whitelist add eve", "/whitelist remove eve"],
  ]);
  const about = { user: "ada", now: 5, lists: new Map() };
  const words = (Object.keys(peopleCommands) as PeopleCommand[]).map((command) => {
    const { list, on } = entryOf(command, { player: "eve" }, about);
    return [command, list, on];
  });
  expect(words).toEqual([
    ["player.ban", "bans", true],
    ["player.unban", "bans", false],
    ["player.promote", "admins", true],
    ["player.demote", "admins", false],
    ["player.whitelist-add", "whitelist", true],
    ["player.whitelist-remove", "whitelist", false],
  ]);
});

test("a reason is one line without blanks around it; a list that nobody configured takes no part", () => {
  expect(reason.parse("  be nice ")).toBe("be nice");
  expect(peopleCommands["player.ban"].safeParse({ player: "eve", reason: "a\nb" }).success).toBe(false);
  expect(modesOf(undefined)).toEqual({ admins: "off", bans: "off", whitelist: "off" });
  expect(modesOf({ lists: { bans: "both" } })).toEqual({ admins: "off", bans: "both", whitelist: "off" });
});

test("a fact about a player is read from its own slave and instance, and not when it is larger than any is", () => {
  const fact = { type: "player-joined", data: { player: "eve", session: "b-1", at: 5 } } as const;
  const bytes = encodePlayerFact({ slave: home, instance: north, boot: "000000001-aaaa" as Boot, number: 1 }, 9, fact);
  const from = { type: "player-joined", slave: home, instance: north };
  expect(decodePlayerFact(from, bytes)).toEqual(fact);
  expect(decodePlayerFact({ ...from, slave: slaveId("attic") }, bytes)).toBeUndefined();
  expect(decodePlayerFact({ ...from, type: "player-left" }, bytes)).toBeUndefined();
  const padded = encodeText(decodeText(bytes).padEnd(PLAYER_FACT_BYTES_MAX + 1));
  expect(decodePlayerFact(from, padded)).toBeUndefined();
});

test("whatever clocks say no stay is shorter than nothing, and who left was there when he came", () => {
  const book: PlayerBook = new Map();
  const data = { player: "eve", session: "b-1", since: 900, at: 500, how: "left" } as const;
  evolvePlayers(book, { instance: north, time: 1_000 }, { type: "player-left", data });
  expect(book.get("eve")).toMatchObject({ playtimeMs: 0, firstSeen: 500, lastSeen: 500 });
  evolvePlayers(
    book,
    { instance: north, time: 1_000 },
    { type: "player-left", data: { ...data, session: "b-2", since: 100 } },
  );
  expect(book.get("eve")).toMatchObject({ playtimeMs: 400, firstSeen: 100 });
  evolvePlayers(
    book,
    { instance: north, time: 1_000 },
    { type: "player-joined", data: { player: "eve", session: "b-3", at: 1_000 } },
  );
  expect(playtimeAt(book.get("eve")!, 900)).toBe(400);
});

test("a flood of made-up names ends at a bound, and those who are known are followed on", () => {
  const book: PlayerBook = new Map();
  const came = (player: string, at: number) =>
    evolvePlayers(book, { instance: north, time: at }, { type: "player-joined", data: { player, session: "b-1", at } });
  came("eve", 1);
  const eve = book.get("eve")!;
  for (let n = 1; n < PLAYERS_MAX; n++) book.set(`p${n}`, eve);
  came("zoe", 2);
  expect([book.size, book.has("zoe")]).toEqual([PLAYERS_MAX, false]);
  came("eve", 3);
  expect(book.get("eve")?.lastSeen).toBe(3);
});
