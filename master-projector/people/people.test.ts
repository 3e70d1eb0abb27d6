import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import type { Answer } from "#core/events/command";
import { ANSWER_BYTES_MAX } from "#core/events/query";
import type { State } from "#core/fold/state";
import { instanceId, slaveId } from "#core/ids";
import { encodePlayerFact, type PlayerFact } from "#core/people/facts";
import type { ListEntry, ListExchanged } from "#core/people/lists";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { subjects } from "#core/subjects";
import { ListStore } from "#projector/people/list-store";
import { People } from "#projector/people/people";

const north = instanceId("north");
const home = slaveId("home");
const settle = async () => {
  for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const scene = () => {
  const clock = new ManualClock();
  const players = new MemoryLog(clock);
  const lists = new MemoryLog(clock);
  const audit: string[] = [];
  const alarms: string[] = [];
  const configs: Record<string, object> = { north: { lists: { bans: "both", admins: "one-way" } }, south: {} };
  const instances = new Map(
    Object.entries(configs).map(([id, config]) => [id, { id, slave: id === "north" ? "home" : "attic", config }]),
  );
  const state = () => ({ instances }) as unknown as State;
  const open = () =>
    new People(
      {
        ...{ players, lists, clock, alarm: (text) => void alarms.push(text) },
        audit: ({ user, verb, outcome }) => void audit.push(`${user} ${verb} ${outcome}`),
      },
      state,
    );
  const people = open();
  const asked = async (ask: (say: (answer: Answer) => void) => void): Promise<Answer> => {
    let said: Answer | undefined;
    ask((answer) => {
      said = answer;
    });
    await settle();
    return said ?? { error: { code: "none", message: "no answer" } };
  };
  const query = (caller: string, noun: string, value: object = {}, by = people) =>
    asked((say) => by.query({ caller, noun, value }, say));
  const command = (name: string, value: object, by = people) =>
    asked((say) => by.command({ user: "ada", name, value }, say));
  return { clock, players, lists, audit, alarms, open, people, query, command };
};

const exchanged = (answer: Answer): ListExchanged => ("ok" in answer ? (answer.ok as ListExchanged) : fail(answer));
const fail = (answer: Answer): never => {
  throw new Error(JSON.stringify(answer));
};

describe("players", () => {
  test("playtime is the sum of stays in PLAYERS, whoever leads; a malformed message and another's name count nothing", async () => {
    const { players, query, clock, open } = scene();
    const boot = "000000001-aaaa" as Boot;
    const tell = (fact: PlayerFact, number: number) => {
      const bytes = encodePlayerFact({ slave: home, instance: north, boot, number }, 0, fact);
      return players.append(subjects.playerEvent(home, north, fact.type), bytes);
    };
    await clock.advance(10_000);
    const left = { player: "ann", session: "b-1", since: 1_000, at: 5_000, how: "left" } as const;
    await tell({ type: "player-joined", data: { player: "ann", session: "b-1", at: 1_000 } }, 1);
    await tell({ type: "player-left", data: left }, 2);
    await tell({ type: "player-joined", data: { player: "ann", session: "b-2", at: 9_000 } }, 3);
    await players.append(subjects.playerEvent(home, north, "player-left"), new TextEncoder().encode("{"));
    const forged = encodePlayerFact({ slave: home, instance: north, boot, number: 4 }, 0, {
      type: "player-left",
      data: { ...left, session: "b-9" },
    });
    await players.append(subjects.playerEvent(slaveId("attic"), north, "player-left"), forged);
    const view = { player: "ann", stays: 2, firstSeen: 1_000, online: [{ instance: "north", since: 9_000 }] };
    const now = clock.now();
    const ann = { ...view, playtimeMs: 4_000 + (now - 9_000), lastSeen: now };
    expect(await query("ada", "players")).toEqual({ ok: { players: [ann] } });
    const next = open();
    await settle();
    expect(await query("ada", "players", { player: "ANN", online: true }, next)).toEqual({ ok: { players: [ann] } });
    expect(await query("ada", "players", { player: "bob" })).toEqual({ ok: { players: [] } });
    expect(await query("ada", "players", { limit: 0 })).toMatchObject({ error: { code: "bad-input" } });
  });
});

describe("what is asked", () => {
  /** Facts of one stay each. */
  const stays = (players: MemoryLog, count: number) => {
    const boot = "000000001-aaaa" as Boot;
    for (let n = 0; n < count; n++) {
      const data = { player: `p${String(n).padStart(3, "0")}`, session: `b-${n}`, at: 1 };
      const bytes = encodePlayerFact({ slave: home, instance: north, boot, number: n }, 0, {
        type: "player-joined",
        data,
      });
      players.store(subjects.playerEvent(home, north, "player-joined"), bytes);
    }
  };

  test("comes in pages, each behind the last one of the page before", async () => {
    const { players, query } = scene();
    stays(players, 5);
    await settle();
    const page = async (request: object) => {
      const { ok } = (await query("ada", "players", request)) as {
        ok: { players: { player: string }[]; next?: string };
      };
      return [...ok.players.map(({ player }) => player), ok.next];
    };
    expect(await page({ limit: 2 })).toEqual(["p000", "p001", "p001"]);
    expect(await page({ limit: 2, after: "p001" })).toEqual(["p002", "p003", "p003"]);
    expect(await page({ limit: 2, after: "p003" })).toEqual(["p004", undefined]);
  });

  test("is answered only when the past was read; a past that is gone is none", async () => {
    const { players, open } = scene();
    stays(players, 50);
    const soon = open();
    const answers: Answer[] = [];
    soon.query({ caller: "ada", noun: "players", value: {} }, (answer) => answers.push(answer));
    await settle();
    expect(answers).toMatchObject([{ error: { code: "unavailable" } }]);
    await players.purgeBelow(51);
    const late = open();
    await settle();
    late.query({ caller: "ada", noun: "players", value: {} }, (answer) => answers.push(answer));
    await settle();
    expect(answers[1]).toEqual({ ok: { players: [] } });
  });

  test("is refused beyond so many that wait, and those are answered", async () => {
    const { people } = scene();
    const answers: Answer[] = [];
    for (let n = 0; n < 501; n++)
      people.query({ caller: "ada", noun: "players", value: {} }, (answer) => answers.push(answer));
    expect(answers).toMatchObject([{ error: { message: "the master is busy: try again" } }]);
    await settle();
    expect(answers.filter((answer) => "ok" in answer)).toHaveLength(500);
  });
});

describe("the cluster's lists", () => {
  const entry = (player: string, more: Partial<ListEntry> = {}): ListEntry => ({
    ...{ list: "bans", player, on: true, at: 1, by: "ada" },
    ...more,
  });
  const stored = (lists: MemoryLog, one: ListEntry) =>
    lists.store(subjects.list(one.list, one.player.toLowerCase()), encodeJson(one));

  test("of a thousand words and more all are read, and told in parts, each behind the one before", async () => {
    const { lists, query } = scene();
    for (let n = 0; n < 1_001; n++) stored(lists, entry(`p${n}`, { reason: "€".repeat(200) }));
    const told: number[] = [];
    for (let [of, since, more] = ["", 0, true as boolean | undefined]; more === true; ) {
      const part = exchanged(await query("home", "list-exchange", { of, since, changes: [] }));
      told.push(part.entries.length);
      ({ of, seq: since, more } = part);
    }
    expect(told).toEqual([500, 500, 1]);
    const { ok } = (await query("ada", "lists", { limit: 1_000 })) as { ok: { entries: object[]; next: string } };
    expect(encodeJson(ok).length).toBeLessThanOrEqual(ANSWER_BYTES_MAX + 1_000);
    expect(ok.entries.length).toBeGreaterThan(500);
  });

  test("who is on one is told, not who was taken off or is on another; a message that is none is passed over and told", async () => {
    const { lists, query, alarms } = scene();
    stored(lists, entry("eve"));
    lists.store(subjects.list("bans", "odd"), new TextEncoder().encode("{"));
    stored(lists, entry("bob", { on: false }));
    stored(lists, entry("ann", { list: "admins" }));
    expect(await query("ada", "lists", { list: "bans" })).toEqual({ ok: { entries: [entry("eve")] } });
    expect(await query("ada", "lists")).toEqual({ ok: { entries: [entry("ann", { list: "admins" }), entry("eve")] } });
    expect(alarms).toEqual([expect.stringContaining("message 2 of LISTS is no entry of a list")]);
  });

  test("PL1: what a game did before the last word is not stored; a full stream is told", async () => {
    const { lists, query, command, clock } = scene();
    await command("player.ban", { player: "eve" });
    const before = (await lists.info()).lastSeq;
    const unban = entry("eve", { on: false, at: clock.now() - 1 });
    const said = await query("home", "list-exchange", {
      of: "",
      since: 0,
      changes: [{ instance: "north", entry: unban }],
    });
    expect(exchanged(said)).toMatchObject({ refused: [], entries: [{ player: "eve", on: true }] });
    expect((await lists.info()).lastSeq).toBe(before);
    lists.failNext("full");
    expect(await command("player.ban", { player: "zoe" })).toMatchObject({
      error: { code: "unavailable", message: "LISTS is full: raise its limit" },
    });
  });

  test("they hold so many names and no more; those that are there can be changed", async () => {
    const { lists } = scene();
    const store = new ListStore({ log: lists, alarm: () => {} }, 2);
    expect([await store.write(entry("eve")), await store.write(entry("bob"))]).toEqual([true, true]);
    await expect(store.write(entry("zoe"))).rejects.toMatchObject({ code: "refused" });
    expect(await store.write(entry("EVE", { on: false, at: 2 }))).toBe(true);
  });

  test("an order is stored, audited, and tells who follows it; the next leader and every bridge read it", async () => {
    const { query, command, audit, open } = scene();
    const set = await command("player.ban", { player: "Eve", reason: "rails" });
    expect(set).toMatchObject({
      ok: { entry: { list: "bans", player: "Eve", on: true, by: "ada" }, follow: ["north"], own: ["south"] },
    });
    expect(audit).toEqual(["ada player.ban asked", "ada player.ban ok"]);
    const next = open();
    expect(await query("ada", "lists", { list: "bans" }, next)).toMatchObject({ ok: { entries: [{ player: "Eve" }] } });
    const first = exchanged(await query("home", "list-exchange", { of: "", since: 0, changes: [] }, next));
    expect(first.entries.map(({ player, on }) => [player, on])).toEqual([["Eve", true]]);
    await command("player.unban", { player: "eve" }, next);
    const second = exchanged(
      await query("home", "list-exchange", { of: first.of, since: first.seq, changes: [] }, next),
    );
    expect(second.entries.map(({ player, on }) => [player, on])).toEqual([["eve", false]]);
    const third = exchanged(
      await query("home", "list-exchange", { of: second.of, since: second.seq, changes: [] }, next),
    );
    expect(third.entries).toEqual([]);
    // Another stream than the bridge knows: it is told all.
    expect(
      exchanged(await query("home", "list-exchange", { of: "another", since: 99, changes: [] }, next)).entries,
    ).toHaveLength(1);
    // LT1: the leader that wrote before reads again, and its word is still the last one.
    expect(await command("player.ban", { player: "EVE" })).toMatchObject({ ok: { entry: { on: true } } });
    expect(await command("player.ban", { player: "two words" })).toMatchObject({ error: { code: "bad-input" } });
  });

  test("PM2: a slave speaks for its own instances whose list goes both ways, in its own name, and not of the future", async () => {
    const { query, clock, people } = scene();
    await clock.advance(1_000);
    const entry: ListEntry = { list: "bans", player: "eve", on: true, at: 9_999_999_999_999, by: "ada" };
    const change = (instance: string, list: ListEntry["list"] = "bans") => ({ instance, entry: { ...entry, list } });
    const say = (slave: string, ...changes: object[]) => query(slave, "list-exchange", { of: "", since: 0, changes });
    const mine = exchanged(await say("home", change("north"), change("north", "admins"), change("south")));
    expect(mine.entries).toEqual([{ ...entry, at: clock.now(), by: "home/north" }]);
    expect(mine.refused).toEqual(["north's list of admins does not go both ways", "south is not home's"]);
    expect(exchanged(await say("attic", change("north"))).refused).toEqual(["north is not attic's"]);
    expect(exchanged(await say("ada", change("north"))).refused).toEqual(["north is not ada's"]);
    await people.close();
    expect(await say("home")).toMatchObject({ error: { code: "unavailable" } });
  });
});
