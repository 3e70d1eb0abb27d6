import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type Book, emptyBook } from "#core/access/book";
import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import { instanceId, slaveId } from "#core/ids";
import { decodePlayerFact, encodePlayerFact, type PlayerFact } from "#core/people/facts";
import { type ListEntry, listEntry } from "#core/people/lists";
import { evolvePlayers, type PlayerBook } from "#core/people/players";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryLog } from "#core/ports/memory/memory-log";
import { parseEventSubject, subjects } from "#core/subjects";
import { keepLists, planLists, verifyLists } from "#ctl/backup/lists";
import { decideParts, type Plan } from "#ctl/backup/plan";
import { keepPlayers, planPlayers, verifyPlayers } from "#ctl/backup/players";
import { keepRights, planRights, verifyRights } from "#ctl/backup/rights";

const [home, north] = [slaveId("home"), instanceId("north")];
const { signal } = new AbortController();
let dir: string;
let clock: ManualClock;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-people-"));
  clock = new ManualClock(0);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const where = { path: (file: string) => join(dir, file) };
const stream = (name: string): MemoryLog => new MemoryLog(clock, { stream: name });
/** The file without its last line, as good a gzip as before. */
const shorten = async (path: string): Promise<void> => {
  const lines = gunzipSync(await readFile(path))
    .toString()
    .trimEnd()
    .split("\n");
  await writeFile(path, gzipSync(`${lines.slice(0, -1).join("\n")}\n`));
};

describe("rights", () => {
  const of = (revision: number, users: string[] = []): Book => ({
    ...emptyBook(0),
    revision,
    users: Object.fromEntries(
      users.map((user) => [user, { roles: ["viewer"], state: "active" as const, generation: 1, by: "ada", at: 1 }]),
    ),
  });
  const append = (log: MemoryLog, book: Book) => log.append(subjects.access(), encodeJson(book));
  const last = async (log: MemoryLog): Promise<Book> =>
    JSON.parse(new TextDecoder().decode((await log.last(subjects.access()))?.data));

  test("the book of a lost stream comes back as it was, and once", async () => {
    const log = stream("ACCESS");
    await append(log, of(1));
    await append(log, of(2, ["bob"]));
    const kept = (await keepRights(log, where))!;
    expect(kept).toMatchObject({ revision: 2, users: 1 });
    const path = where.path(kept.file.path);
    await verifyRights(kept, path);
    await expect(verifyRights({ ...kept, revision: 3 }, path)).rejects.toMatchObject({ code: "corrupt" });
    expect((await planRights(kept, path, { log, signal })).write).toBeUndefined();
    const empty = stream("ACCESS");
    await (await planRights(kept, path, { log: empty, signal })).write?.();
    expect(await last(empty)).toEqual(of(2, ["bob"]));
    expect((await planRights(kept, path, { log: empty, signal })).write).toBeUndefined();
    // It went on since, and bob was forgotten on purpose.
    await append(empty, of(3));
    expect((await planRights(kept, path, { log: empty, signal })).write).toBeUndefined();
  });

  test("a book that was written meanwhile is not overwritten; no book is no part of a backup", async () => {
    const log = stream("ACCESS");
    expect(await keepRights(log, where)).toBeNull();
    await append(log, of(2, ["bob"]));
    const kept = (await keepRights(log, where))!;
    const other = stream("ACCESS");
    const plan = await planRights(kept, where.path(kept.file.path), { log: other, signal });
    await append(other, of(1));
    await expect(plan.write?.()).rejects.toMatchObject({ code: "refused" });
  });
});

describe("lists", () => {
  const word = (player: string, at: number, on = true): ListEntry => ({ list: "bans", player, on, at, by: "ada" });
  const say = (log: MemoryLog, entry: ListEntry) =>
    log.append(subjects.list(entry.list, entry.player.toLowerCase()), encodeJson(entry));
  const words = async (log: MemoryLog) =>
    new Map(
      (await log.read(1, 99)).map(({ data }) => JSON.parse(new TextDecoder().decode(data))).map((e) => [e.player, e]),
    );

  test("older words come back, newer ones stay, and what was taken off since stays off", async () => {
    const log = stream("LISTS");
    for (const entry of [word("eve", 5), word("mallory", 5), word("trent", 5, false)]) await say(log, entry);
    await log.append(subjects.list("bans", "x"), new Uint8Array([1]));
    const kept = (await keepLists(log, where, signal))!;
    expect(kept.entries).toBe(3);
    const path = where.path(kept.file.path);
    await verifyLists(kept, path);
    const now = stream("LISTS");
    await say(now, word("eve", 9, false));
    const plan = await planLists(path, { log: now, signal });
    expect(plan.says).toMatch(/^2 words .* newer ones that LISTS holds stay$/);
    await plan.write?.();
    const told = await words(now);
    expect([...told.values()].map(({ player, on }) => [player, on])).toEqual([
      ["eve", false],
      ["mallory", true],
      ["trent", false],
    ]);
    expect((await planLists(path, { log: now, signal })).write).toBeUndefined();
    expect(listEntry.parse(told.get("mallory"))).toEqual(word("mallory", 5));
    await shorten(path);
    await expect(verifyLists(kept, path)).rejects.toMatchObject({ code: "corrupt" });
  });
});

describe("players", () => {
  const boot = "000000001-aaaa" as Boot;
  const tell = (log: MemoryLog, fact: PlayerFact, number: number) =>
    log.append(
      subjects.playerEvent(home, north, fact.type),
      encodePlayerFact({ slave: home, instance: north, boot, number }, 0, fact),
    );
  const stay = (player: string, number: number, [since, at]: [number, number]): [PlayerFact, number] => [
    { type: "player-left", data: { player, session: `b-${number}`, since, at, how: "left" } },
    number,
  ];
  const playtimes = async (log: MemoryLog) => {
    const book: PlayerBook = new Map();
    for (const { subject, data, time } of await log.read(1, 999)) {
      const from = parseEventSubject(subject)!;
      const fact = decodePlayerFact(from, data);
      if (fact !== undefined) evolvePlayers(book, { instance: north, time }, fact);
    }
    return Object.fromEntries(
      [...book.values()].map(({ name, playtimeMs, online }) => [name, [playtimeMs, online.size]]),
    );
  };

  test("playtime comes back behind what the stream holds already, counts once, and ends when the broker heard of it", async () => {
    const log = stream("PLAYERS");
    await clock.advance(10_000);
    await tell(log, { type: "player-joined", data: { player: "ann", session: "b-1", at: 1_000 } }, 1);
    await tell(log, ...stay("ann", 1, [1_000, 5_000]));
    // A bridge that lies about the future counts up to the broker's time, then as well as after a restore.
    await tell(log, ...stay("liar", 2, [9_000, 99_000]));
    await tell(log, { type: "player-joined", data: { player: "bob", session: "b-3", at: 9_500 } }, 3);
    await log.append(subjects.playerEvent(home, north, "player-left"), new Uint8Array([123]));
    const before = await playtimes(log);
    expect(before).toEqual({ ann: [4_000, 0], liar: [1_000, 0], bob: [0, 1] });
    const kept = (await keepPlayers(log, where, signal))!;
    expect(kept).toMatchObject({ facts: 4, stays: 2, to: 4 });
    const path = where.path(kept.file.path);
    await verifyPlayers(kept, path);
    const now = stream("PLAYERS");
    const bus = {
      publish: (subject: string, data: Uint8Array) => void now.store(subject, data),
      flush: async () => {},
    };
    const ports = (of: MemoryLog) => ({ log: of, bus, clock, signal });
    expect((await planPlayers(kept, path, ports(log))).write).toBeUndefined();
    await clock.advance(50_000);
    // Bridges went on: one of the stays was told again already.
    await tell(now, ...stay("ann", 1, [1_000, 5_000]));
    await tell(now, ...stay("ann", 7, [50_000, 51_000]));
    const plan = await planPlayers(kept, path, ports(now));
    expect(plan.says).toMatch(/^1 stays of players/);
    await plan.write?.();
    expect(await playtimes(now)).toEqual({ ann: [5_000, 0], liar: [1_000, 0] });
    expect((await planPlayers(kept, path, ports(now))).write).toBeUndefined();
    await shorten(path);
    await expect(verifyPlayers(kept, path)).rejects.toMatchObject({ code: "corrupt" });
    await writeFile(path, "no gzip");
    await expect(verifyPlayers(kept, path)).rejects.toMatchObject({ code: "corrupt" });
  });
});

test("a cluster without its ledger is put back first; one that is led goes on to the saves, and says what waits", async () => {
  const write = async () => {};
  const lacks: Plan[] = [
    { part: "rights", says: "x", write },
    { part: "ledger", says: "y" },
  ];
  const led = (is: boolean) => async () => is;
  expect(await decideParts([{ part: "ledger", says: "y" }], led(true))).toEqual({ kind: "saves", later: [] });
  expect(await decideParts(lacks, led(true))).toMatchObject({ kind: "saves", later: [{ part: "rights" }] });
  expect(await decideParts(lacks, led(false))).toMatchObject({ kind: "streams" });
  expect(await decideParts([{ part: "ledger", says: "y", write }], led(true))).toMatchObject({ kind: "streams" });
});
