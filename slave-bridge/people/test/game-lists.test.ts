import { GameLists, listPaths } from "#bridge/people/game-lists";
import { membersIn } from "#bridge/people/list-files";
import { refused } from "#core/errors";
import { encodeJson } from "#core/events/codec";
import { instanceId } from "#core/ids";
import { keyOf, type ListEntry, type ListModes, type ListName, type Lists, merged } from "#core/people/lists";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { MemoryDisk } from "#core/ports/memory/memory-disk";

const FOLDER = "/data/north";
const BOTH: ListModes = { admins: "both", bans: "both", whitelist: "one-way" };

/** One game's lists, and a cluster that says what a test wants; the game does nothing by itself. */
const scene = (modes: ListModes = BOTH) => {
  const clock = new ManualClock();
  const disk = new MemoryDisk();
  const lines: string[] = [];
  const cluster = { known: true, lists: new Map() as Lists, said: [] as ListEntry[] };
  const word = (list: ListName, player: string, on: boolean) => {
    const at = Math.max(clock.now(), (cluster.lists.get(keyOf({ list, player }))?.at ?? 0) + 1);
    cluster.lists = merged(cluster.lists, { list, player, on, at, by: "ada" });
  };
  let isThere = true;
  const open = () =>
    new GameLists(
      { disk, clock },
      {
        get known() {
          return cluster.known;
        },
        get lists() {
          return cluster.lists;
        },
        say: (_: string, entries: readonly ListEntry[]) => void cluster.said.push(...entries),
      },
      {
        ...{ instance: instanceId("north"), slave: "home", folder: FOLDER, modes: () => modes },
        elsewhere: () => undefined,
        ask: async (line) => {
          if (!isThere) throw refused("the game is not there");
          lines.push(line);
          return "";
        },
      },
    );
  const game = open();
  const look = async (ms = 2_000, of = game) => {
    clock.advance(ms);
    of.tick();
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    return lines.splice(0);
  };
  const paths = listPaths(FOLDER);
  return {
    ...{ clock, disk, cluster, word, open, game, look },
    write: (list: ListName, value: unknown) => disk.write(paths[list], encodeJson(value)),
    file: async (list: ListName) => [...(membersIn(list, await disk.read(paths[list]))?.keys() ?? [])].sort(),
    has: async (path: string) => (await disk.read(path)) !== undefined,
    away: (gone: boolean) => {
      isThere = !gone;
    },
  };
};

test("CO2: a start without a known cluster leaves every list as it is, also one that only the cluster says", async () => {
  const { cluster, game, write, file } = scene();
  await write("whitelist", ["zoe"]);
  cluster.known = false;
  await game.prepare();
  expect(await file("whitelist")).toEqual(["zoe"]);
  cluster.known = true;
  await game.prepare();
  expect(await file("whitelist")).toEqual([]);
});

test("a list that takes no part is not written, and where none does nothing is looked at", async () => {
  const { game, has } = scene({ admins: "both", bans: "off", whitelist: "off" });
  await game.prepare();
  expect([await has(listPaths(FOLDER).admins), await has(listPaths(FOLDER).bans)]).toEqual([true, false]);
  const none = scene({ admins: "off", bans: "off", whitelist: "off" });
  await none.look();
  await none.game.prepare();
  expect(await none.has(`${FOLDER}/lists-seen.json`)).toBe(false);
});

test("GL1: what was ordered and shows only later is not taken for a player's doing when the cluster has another word by then", async () => {
  const { cluster, word, look, write } = scene();
  await look();
  word("bans", "eve", true);
  expect(await look()).toEqual(["/ban eve"]);
  word("bans", "eve", false);
  await write("bans", [{ username: "eve" }]);
  // And the opposite order does not wait.
  expect(await look()).toEqual(["/unban eve"]);
  expect(cluster.said).toEqual([]);
  // Long after it is somebody's doing.
  await write("bans", []);
  await look(20_000);
  await write("bans", [{ username: "eve" }]);
  await look();
  expect(cluster.said).toMatchObject([{ list: "bans", player: "eve", on: true, by: "home/north" }]);
});

test("an order that changed nothing is given again after a minute, and a game is told fifty things at once at most", async () => {
  const { word, look } = scene();
  for (let n = 0; n < 60; n++) word("whitelist", `p${n}`, true);
  expect([(await look()).length, (await look()).length, (await look()).length]).toEqual([50, 10, 0]);
  expect(await look(55_000)).toHaveLength(0);
  expect(await look(10_000)).toHaveLength(50);
});

test("a game that goes away in the middle is asked again when it is there", async () => {
  const { word, look, away } = scene();
  word("bans", "eve", true);
  away(true);
  expect(await look()).toEqual([]);
  away(false);
  word("bans", "bob", true);
  expect(await look()).toEqual(["/ban bob"]);
  expect(await look(61_000)).toContain("/ban eve");
});

test("GL2: what was done while no bridge looked is of when one looked last", async () => {
  const { clock, cluster, look, write, open } = scene();
  await look();
  const seenAt = clock.now();
  await write("bans", [{ username: "eve" }]);
  clock.advance(600_000);
  await look(2_000, open());
  expect(cluster.said).toMatchObject([{ player: "eve", at: seenAt }]);
});

test("a ban's reason is told as far as a word of the cluster has room for it", async () => {
  const { cluster, look, write } = scene();
  await look();
  await write("bans", [{ username: "eve", reason: "x".repeat(300) }]);
  await look();
  expect(cluster.said[0]?.reason).toBe("x".repeat(200));
});
