import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { realGameFiles } from "#bridge/game/adapters/game-files";
import { realVault } from "#bridge/game/adapters/vault";
import type { Game, ProcessExit, ProcessId, SpawnOrder } from "#bridge/game/port";
import { pathsOf } from "#bridge/instance/folder";
import { findRunning } from "#bridge/instance/leftovers";
import { newRecord } from "#bridge/instance/record";
import type { BridgeContext } from "#bridge/ports";
import { type Keeper, SaveDesk } from "#bridge/saves/desk";
import { settingsIn } from "#bridge/saves/exchange-answer";
import { SaveNotes } from "#bridge/saves/notes";
import { nodeDisk } from "#core/adapters/node-disk";
import { saveWrite } from "#core/events/saves";
import { instanceId } from "#core/ids";
import { ManualClock } from "#core/ports/memory/manual-clock";
import { CHOSEN_2_1_14, PLAIN_2_1_9 } from "#core/saves/test/exchange-strings";

const north = instanceId("north");
const failure = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });
const argOf = ({ args }: SpawnOrder, flag: string) => args[args.indexOf(flag) + 1] ?? "";
const jsonAt = async (path: string) => JSON.parse(await readFile(path, "utf8"));

const ANSWER = { map_gen_settings: { seed: 123456, width: 64 }, map_settings: { pollution: { enabled: true } } };
const SAVE = zipSync({
  "x/level-init.dat": Uint8Array.from([2, 0, 1, 0, 9, 0, 0, 0]),
  "x/level.dat0": new Uint8Array(9),
});

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "clusterio-asking-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** What a game does that is asked; what it does with `--create` afterwards is always the same. */
type Asked = (folder: string) => Promise<ProcessExit | "goes on">;
const answering =
  (answer: object | string): Asked =>
  async (folder) => {
    await mkdir(`${folder}/script-output/clusterio-asking`, { recursive: true });
    const text = typeof answer === "string" ? answer : JSON.stringify(answer);
    await writeFile(`${folder}/script-output/clusterio-asking/answer.json`, text);
    return { code: 0 };
  };

const scene = async (asked: Asked) => {
  const clock = new ManualClock();
  const paths = pathsOf(join(dir, "north"));
  await mkdir(paths.mods, { recursive: true });
  await writeFile(`${paths.mods}/planets_1.0.0.zip`, "a mod");
  const orders: SpawnOrder[] = [];
  const seen: unknown[] = [];
  const signals: string[] = [];
  let exit: Promise<ProcessExit>;
  let kill: (exit: ProcessExit) => void = () => {};
  const spawn = async (order: SpawnOrder): Promise<ProcessId> => {
    orders.push(order);
    const killed = new Promise<ProcessExit>((resolve) => {
      kill = resolve;
    });
    const perform = async (): Promise<ProcessExit> => {
      if (orders.length === 1) {
        const mods = (await readdir(argOf(order, "--mod-directory"))).sort();
        seen.push({ mods, list: await jsonAt(`${order.cwd}/mods/mod-list.json`) });
        const said = await asked(order.cwd);
        return said === "goes on" ? killed : said;
      }
      seen.push(await jsonAt(argOf(order, "--map-gen-settings")), await jsonAt(argOf(order, "--map-settings")));
      await writeFile(argOf(order, "--create"), SAVE);
      return { code: 0 };
    };
    exit = perform();
    return { pid: orders.length, started: "now" };
  };
  const game = {
    ...realGameFiles,
    spawn,
    watch: (_id: ProcessId, onExit: (exit: ProcessExit) => void) => {
      void exit.then(onExit);
      return () => {};
    },
    signal: (_id: ProcessId, signal: string) => {
      signals.push(signal);
      kill({ signal });
    },
  } as unknown as Game;
  const keeper: Keeper = {
    instance: north,
    paths,
    record: newRecord(north, { name: "North", seed: 5, autosaveSeconds: 0 }),
    phase: "stopped",
    attached: undefined,
    saveElsewhere: async (name) => `${name}.zip`,
    notes: new SaveNotes(nodeDisk, paths.folder, () => realVault.files(paths.saves)),
    command: async () => "",
    whileStopped: (_what, work) => work(),
  };
  const install = {
    name: "Factorio 2.1.9",
    command: "factorio",
    args: [],
    readData: "/data",
    version: "2.1.9",
    line: "2.1",
  };
  const context = {
    settings: { dir, install, mods: [] },
    ports: { clock, disk: nodeDisk, vault: realVault, game, journal: () => {} },
  } as unknown as BridgeContext;
  const desk = new SaveDesk(context, keeper);
  const create = async (map: object) =>
    (await desk.write(saveWrite.parse({ op: "create", name: "shared", map }), undefined)).ok;
  const left = async () => ({
    incoming: (await readdir(`${paths.folder}/incoming`).catch(() => [])).filter((name) => /asking|zip/.test(name)),
    saves: await readdir(paths.saves).catch(() => []),
    mods: (await readdir(paths.mods)).sort(),
  });
  return { clock, context, paths, orders, seen, signals, create, left };
};

test("a map is made of what the instance's own game reads in the string, with its mods, and nothing else is left (EX1, EX2)", async () => {
  const { create, orders, seen, left, paths } = await scene(answering(ANSWER));
  expect(await create({ exchangeString: `\n${PLAIN_2_1_9}\n` })).toMatchObject({ file: "shared.zip", made: "map" });
  const [asked, made] = orders;
  expect(asked?.args).toEqual(expect.arrayContaining(["--config", `${paths.folder}/incoming/asking/config.ini`]));
  expect(seen).toEqual([
    {
      mods: ["clusterio-asking_1.0.0", "mod-list.json", "planets_1.0.0.zip"],
      list: { mods: ["base", "clusterio-asking"].map((name) => ({ name, enabled: true })) },
    },
    ANSWER.map_gen_settings,
    ANSWER.map_settings,
  ]);
  // The seed is the string's own, and not the one that the instance is configured with.
  expect(made?.args).not.toContain("--map-gen-seed");
  expect(made?.args).toEqual(expect.arrayContaining(["--config", paths.config, "--mod-directory", paths.mods]));
  expect(await left()).toEqual({ incoming: [], saves: ["shared.zip"], mods: ["mod-list.json", "planets_1.0.0.zip"] });
});

test("a seed that is given comes before the string's", async () => {
  const { create, orders } = await scene(answering(ANSWER));
  await create({ exchangeString: PLAIN_2_1_9, seed: 7 });
  expect(argOf(orders[1] as SpawnOrder, "--map-gen-seed")).toBe("7");
});

test.each<[string, Asked, object]>([
  [
    "that does not read it",
    answering({ problem: "bad" }),
    failure("bad-input", /Factorio 2\.1\.9 does not read .*: bad/),
  ],
  ["that says nothing of use", answering("{"), failure("unavailable", /another shape/)],
  [
    "that ends without an answer",
    async () => ({ code: 0 }),
    failure("refused", /ended with code 0; it printed nothing/),
  ],
  [
    "that fails",
    async (folder) => {
      await writeFile(`${folder}/console.log`, "Failed to load mods\n");
      return { code: 1 };
    },
    failure("refused", /ended with code 1; its last lines:\nFailed to load mods/),
  ],
])("of a game %s no map is made, and nothing is left (EX2)", async (_, asked, error) => {
  const { create, orders, left } = await scene(asked);
  await expect(create({ exchangeString: PLAIN_2_1_9 })).rejects.toMatchObject(error);
  expect(orders).toHaveLength(1);
  expect(await left()).toMatchObject({ incoming: [], saves: [] });
});

test("a game that does not end is ended after its time", async () => {
  let begun: () => void = () => {};
  const runs = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { create, clock, signals, left } = await scene(async () => {
    begun();
    return "goes on";
  });
  const failed = expect(create({ exchangeString: PLAIN_2_1_9 })).rejects.toMatchObject(
    failure("unavailable", /not said within 55 s/),
  );
  await runs;
  clock.advance(55_000);
  await failed;
  expect(signals).toEqual(["SIGKILL"]);
  expect(await left()).toMatchObject({ incoming: [], saves: [] });
});

test("of a string that is damaged, of a newer game, or beside other settings, no game is asked", async () => {
  const { create, orders } = await scene(answering(ANSWER));
  await expect(create({ exchangeString: PLAIN_2_1_9.replace("eNp", "eNq") })).rejects.toMatchObject(
    failure("bad-input", /damaged/),
  );
  await expect(create({ exchangeString: CHOSEN_2_1_14 })).rejects.toMatchObject(
    failure("refused", /made by 2\.1\.14: the instance runs 2\.1\.9/),
  );
  await expect(create({ exchangeString: PLAIN_2_1_9, preset: "lakes" })).rejects.toThrow(/no others than a seed/);
  expect(orders).toEqual([]);
});

test("a bridge that starts after one that ended while a game was asked ends that game and removes its folder (EX2)", async () => {
  const { context, paths } = await scene(answering(ANSWER));
  const asking = `${paths.folder}/incoming/asking`;
  await mkdir(asking, { recursive: true });
  const ended: number[] = [];
  const game = {
    ...context.ports.game,
    find: async (argument: string) => (argument === `${asking}/config.ini` ? [{ pid: 77, started: "before" }] : []),
    signal: ({ pid }: ProcessId) => void ended.push(pid),
    watch: (_id: ProcessId, onExit: () => void) => {
      onExit();
      return () => {};
    },
  } as unknown as Game;
  expect(await findRunning({ ...context, ports: { ...context.ports, game } }, paths)).toBeUndefined();
  expect(ended).toEqual([77]);
  expect(existsSync(asking)).toBe(false);
});

describe("what Lua spells in another way than the files", () => {
  const settings = (gen: object, map: object = {}) => {
    const said = settingsIn(JSON.stringify({ map_gen_settings: gen, map_settings: map }), "the game");
    return { gen: JSON.parse(said.mapGenSettings), map: JSON.parse(said.mapSettings) };
  };

  test("a seed of 0 is one by chance, an empty list is a list, and everything else stays as it is", () => {
    expect(
      settings(
        { seed: 0, starting_points: {}, property_expression_names: {}, territory_settings: { units: {} } },
        { path_finder: { overload_levels: {}, overload_multipliers: [2, 3] } },
      ),
    ).toEqual({
      gen: { seed: null, starting_points: [], property_expression_names: {}, territory_settings: { units: [] } },
      map: { path_finder: { overload_levels: [], overload_multipliers: [2, 3] } },
    });
    expect(settings({ seed: 1, cliff_settings: { richness: 1.3333333730697632 } }).gen).toEqual({
      seed: 1,
      cliff_settings: { richness: 1.3333333730697632 },
    });
  });

  test("a number that no file can hold is refused by its name (EX3)", () => {
    for (const number of ["1e999", "-1e999", "null"])
      expect(() => settingsIn(`{"map_gen_settings":{},"map_settings":{"a":{"b":[1,${number}]}}}`, "the game")).toThrow(
        /no finite number for map_settings\.a\.b\[2\]/,
      );
  });
});
