import fc from "fast-check";
import { comingIn, onlineIn } from "#bridge/people/player-line";
import {
  decodeRoster,
  EMPTY_ROSTER,
  encodeRoster,
  joined,
  left,
  lostSight,
  ONLINE_MAX,
  type Roster,
  reconciled,
  seenAt,
  stopped,
  taken,
  WAITING_MAX,
} from "#bridge/people/roster";
import { instanceId } from "#core/ids";
import type { PlayerFact } from "#core/people/facts";
import { evolvePlayers, type PlayerBook, playtimeAt } from "#core/people/players";

const north = instanceId("north");
const told = ({ waiting }: Roster) => waiting.map(({ type, data }) => [type, data.player, data.at]);

describe("lines of the game", () => {
  test("who comes and goes stands in dated lines; what imitates them in chat does not count", () => {
    const day = "2026-08-02 02:16:35";
    expect(comingIn(`${day} [JOIN] ann joined the game`)).toEqual({ kind: "joined", player: "ann" });
    expect(comingIn(`${day} [LEAVE] ann b left the game`)).toEqual({ kind: "left", player: "ann b" });
    for (const line of [
      `${day} [CHAT] eve: ${day} [JOIN] ann joined the game`,
      `${day} [JOIN] ann left the game`,
      `${day} [KICK] ann was kicked by <server>. Reason: unspecified.`,
      "   0.567 [JOIN] ann joined the game",
      `${day} [JOIN] ${"x".repeat(101)} joined the game`,
    ])
      expect(comingIn(line)).toBeUndefined();
  });

  test("the reply to /players online is a list of names, anything else is none", () => {
    expect(onlineIn("Online players (2):\n  ann (online)\n  bob (online)\n")).toEqual(["ann", "bob"]);
    expect(onlineIn("Online players (0):\n")).toEqual([]);
    expect(onlineIn('Unknown command "players".')).toBeUndefined();
    expect(onlineIn("")).toBeUndefined();
  });
});

describe("a roster", () => {
  test("PR1: a stay is told as one joined and one left, with the times at which they were seen", () => {
    let roster = joined(EMPTY_ROSTER, "ann", { session: "s-1", now: 100 });
    roster = joined(roster, "ann", { session: "s-2", now: 110 });
    roster = left(left(roster, "ann", 400), "ann", 500);
    expect(told(roster)).toEqual([
      ["player-joined", "ann", 100],
      ["player-left", "ann", 400],
    ]);
    expect(roster.waiting[1]?.data).toMatchObject({ session: "s-1", since: 100, how: "left" });
    expect(told(taken(roster, 1))).toEqual([["player-left", "ann", 400]]);
  });

  test("PR2: who left while nobody looked left when he was seen last; who came since the question was asked stays", () => {
    let roster = seenAt(joined(EMPTY_ROSTER, "ann", { session: "s-1", now: 100 }), 250);
    roster = joined(roster, "bob", { session: "s-2", now: 900 });
    const after = reconciled(roster, ["eve"], { asked: 800, now: 1_000, session: () => "s-3" });
    expect([...after.online.keys()]).toEqual(["bob", "eve"]);
    expect(after.waiting.slice(2).map(({ data }) => data)).toMatchObject([
      { player: "ann", at: 250, how: "unseen" },
      { player: "eve", at: 1_000, session: "s-3" },
    ]);
    expect(told(lostSight(roster)).slice(2)).toEqual([
      ["player-left", "ann", 250],
      ["player-left", "bob", 900],
    ]);
    expect(told(stopped(roster, 2_000)).slice(2)).toEqual([
      ["player-left", "ann", 2_000],
      ["player-left", "bob", 2_000],
    ]);
  });

  test("PR1: whatever the clock does no stay ends before it began, and nobody was seen last before he was seen", () => {
    const roster = joined(EMPTY_ROSTER, "ann", { session: "s-1", now: 100 });
    expect(told(left(roster, "ann", 50)).at(-1)).toEqual(["player-left", "ann", 100]);
    expect(told(lostSight(seenAt(seenAt(roster, 300), 200))).at(-1)).toEqual(["player-left", "ann", 300]);
    const online = new Map(
      Array.from({ length: ONLINE_MAX }, (_, n) => [`p${n}`, { session: "s", since: 1, seen: 1 }]),
    );
    const full = { ...EMPTY_ROSTER, online };
    expect(joined(full, "ann", { session: "s-2", now: 1 })).toBe(full);
  });

  test("PR3: what waits is bounded: a flood pushes out its own oldest, and that is counted", () => {
    let roster = EMPTY_ROSTER;
    for (let n = 0; n <= WAITING_MAX; n++) roster = joined(roster, `p${n}`, { session: `s-${n}`, now: n });
    expect(roster.waiting).toHaveLength(WAITING_MAX);
    expect(roster.lost).toBe(1);
    expect(roster.waiting[0]?.data.player).toBe("p1");
  });

  test("it is the same after it was written and read", () => {
    const roster = left(
      joined(joined(EMPTY_ROSTER, "ann", { session: "s-1", now: 1 }), "bob", { session: "s-2", now: 2 }),
      "bob",
      9,
    );
    expect(decodeRoster(encodeRoster(roster), "x")).toEqual(roster);
    expect(() => decodeRoster(new TextEncoder().encode("{}"), "x")).toThrow("x");
  });
});

describe("playtime", () => {
  const fold = (facts: readonly (readonly [number, PlayerFact])[]): PlayerBook => {
    const book: PlayerBook = new Map();
    for (const [time, fact] of facts) evolvePlayers(book, { instance: north, time }, fact);
    return book;
  };
  const came = (player: string, session: string, at: number): PlayerFact => ({
    type: "player-joined",
    data: { player, session, at },
  });
  const went = (player: string, session: string, [since, at]: [number, number]): PlayerFact => ({
    type: "player-left",
    data: { player, session, since, at, how: "left" },
  });

  test("PB1, PB2: the sum of stays that ended, each once; a lost joined or a lost left costs no more than itself", () => {
    const end = went("ann", "b-1", [100, 400]);
    const book = fold([
      [110, came("ann", "b-1", 100)],
      [410, end],
      [420, end],
      [900, went("ann", "b-2", [700, 900])],
      [950, came("ann", "b-3", 940)],
      [990, came("ann", "b-4", 980)],
    ]);
    const ann = book.get("ann")!;
    expect(ann).toMatchObject({ playtimeMs: 500, stays: 2, firstSeen: 100, lastSeen: 980 });
    expect([...ann.online]).toEqual([["north", { session: "b-4", since: 980 }]]);
    expect(playtimeAt(ann, 1_080)).toBe(600);
    // The end of a stay that a newer one has replaced counts its own time, and leaves the newer one.
    evolvePlayers(book, { instance: north, time: 1_100 }, went("ann", "b-3", [940, 970]));
    expect(book.get("ann")).toMatchObject({ playtimeMs: 530 });
    expect(book.get("ann")?.online.size).toBe(1);
    // A repeated beginning of a stay that ended begins nothing.
    evolvePlayers(book, { instance: north, time: 1_200 }, came("ann", "b-2", 700));
    expect(book.get("ann")?.online.get(north)?.session).toBe("b-4");
  });

  test("PB3: no stay ends after the broker heard of it", () => {
    const book = fold([[500, went("ann", "b-1", [100, 10_000_000])]]);
    expect(book.get("ann")).toMatchObject({ playtimeMs: 400, lastSeen: 500 });
  });

  test("whatever is lost or repeated, playtime is that of the ends which arrived", () => {
    const stay = fc.record({ since: fc.nat(1_000), length: fc.nat(1_000), joined: fc.boolean(), left: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(stay, { maxLength: 20 }), (stays) => {
        const facts = stays.flatMap(({ since, length, joined: j, left: l }, n): [number, PlayerFact][] => [
          ...(j ? [[5_000, came("ann", `b-${n}`, since)] as [number, PlayerFact]] : []),
          ...Array.from({ length: l }, (): [number, PlayerFact] => [
            5_000,
            went("ann", `b-${n}`, [since, since + length]),
          ]),
        ]);
        const sum = stays.reduce((all, { length, left: l }) => all + (l > 0 ? length : 0), 0);
        expect(fold(facts).get("ann")?.playtimeMs ?? 0).toBe(sum);
      }),
    );
  });
});
