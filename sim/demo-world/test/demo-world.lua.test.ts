import { join } from "node:path";
import { Game } from "#sim/factorio/game";
import { type ModFolder, modFolder } from "#sim/factorio/test/mod-folder";

type Totals = Record<string, number>;
interface Count {
  readonly tick: number;
  readonly frozen: boolean;
  readonly produced: Totals;
  readonly consumed: Totals;
  readonly held: Totals;
}
interface Whole {
  readonly names: string[];
  readonly exported: Totals;
  readonly received: Totals;
}

const root = join(__dirname, "../../..");
const SECONDS = 60;
let mods: ModFolder;
const games: Game[] = [];

beforeAll(() => {
  mods = modFolder({}, [join(root, "lua-mod/dist/2.1/clusterio"), join(root, "sim/demo-world")]);
});
afterAll(() => mods.remove());
afterEach(() => {
  for (const game of games.splice(0)) game.close();
});

const token = (n: number) => `token${n}abcdefghij`;

/** A world of one role with an open session, an adopted world and a lease. */
const world = (seed: number): Game => {
  const game = Game.create({ modDirectory: mods.path, seed });
  games.push(game);
  game.rcon(`/clusterio-begin {"v":1,"token":"${token(seed)}","boot":"b","instance":"w${seed}"}`);
  game.rcon(`/clusterio-adopt {"token":"${token(seed)}","world":"w${seed}.1","instance":"w${seed}","atLoad":{}}`);
  game.rcon(`/cl ${token(seed).slice(0, 4)} 100000`);
  return game;
};

const count = (game: Game): Count => JSON.parse(game.rcon("/demo-count")) as Count;
const whole = (game: Game, seed: number): Whole =>
  JSON.parse(
    game.rcon(`/clusterio-begin {"v":1,"token":"again${seed}${game.now()}xxxxxx","boot":"b","instance":"w${seed}"}`),
  ) as Whole;
const named = ({ names }: Whole, totals: Totals): Totals =>
  Object.fromEntries(Object.entries(totals).map(([number, total]) => [names[Number(number)], total]));

test.each([
  [0, { "item:iron-plate": 24, energy: 6 }],
  [1, { "item:copper-plate": 20, "item:coal": 10, "fluid:steam:165": 60 }],
  [2, {}],
])("a map with seed %i plays the role of the seed modulo three", (seed, perSecond) => {
  const game = world(seed);
  game.tick(SECONDS);
  const before = count(game).produced;
  game.tick(10 * SECONDS);
  const expected = Object.entries(perSecond).map(([resource, n]) => [resource, (before[resource] ?? 0) + n * 10]);
  expect(count(game).produced).toEqual(Object.fromEntries(expected));
});

test("every unit is accounted for: produced and received are consumed, exported or held", () => {
  const game = world(2);
  game.tick(SECONDS);
  game.rcon(
    `/clusterio-import {"token":"${token(2)}","totals":{"item:iron-plate":500,"item:copper-plate":300,"item:coal":7,"fluid:steam:165":900,"energy":150}}`,
  );
  for (let i = 0; i < 20; i += 1) {
    game.tick(37);
    const { produced, consumed, held } = count(game);
    const state = whole(game, 2);
    game.rcon(`/cl agai 100000`);
    const [exported, received] = [named(state, state.exported), named(state, state.received)];
    for (const resource of [...state.names, "item:electronic-circuit"]) {
      const came = (produced[resource] ?? 0) + (received[resource] ?? 0);
      const went = (consumed[resource] ?? 0) + (exported[resource] ?? 0) + (held[resource] ?? 0);
      expect({ resource, balance: came - went }).toEqual({ resource, balance: 0 });
    }
  }
  expect(count(game).produced).toEqual({ "item:electronic-circuit": expect.any(Number) });
  expect(count(game).produced["item:electronic-circuit"]).toBeGreaterThan(0);
});

test("a circuit world crafts from what it received: one plate of each for a circuit", () => {
  const game = world(2);
  game.rcon(`/clusterio-import {"token":"${token(2)}","totals":{"item:iron-plate":100,"item:copper-plate":40}}`);
  game.tick(30 * SECONDS);
  const { produced, consumed } = count(game);
  expect(produced).toEqual({ "item:electronic-circuit": 40 });
  expect(consumed).toMatchObject({ "item:iron-plate": 40, "item:copper-plate": 40 });
});

test("a circuit world uses steam and energy as fast as they come", () => {
  const game = world(2);
  game.rcon(`/clusterio-import {"token":"${token(2)}","totals":{"fluid:steam:165":400,"energy":40}}`);
  game.tick(5 * SECONDS);
  expect(count(game).consumed).toEqual({ "fluid:steam:165": 200, energy: 40 });
});

test("frozen, nothing moves; thawed, it goes on", () => {
  const game = world(0);
  game.tick(SECONDS);
  expect(game.rcon("/demo-freeze")).toBe('{"frozen":true}\n');
  const before = count(game);
  game.tick(10 * SECONDS);
  expect(count(game)).toEqual({ ...before, tick: before.tick + 10 * SECONDS, held: expect.any(Object) });
  game.rcon("/demo-thaw");
  game.tick(SECONDS);
  expect(count(game).produced["item:iron-plate"]).toBeGreaterThan(before.produced["item:iron-plate"] ?? 0);
});

test("the counters roll back with the save", () => {
  const game = world(1);
  game.tick(5 * SECONDS);
  const [save, then] = [game.save(), count(game)];
  game.tick(5 * SECONDS);
  expect(count(game).produced).not.toEqual(then.produced);
  const again = Game.load(save, { modDirectory: mods.path });
  games.push(again);
  expect(count(again)).toEqual(then);
});

test("a player can't run the demo commands", () => {
  const game = world(0);
  game.eval('test.join("mallory")');
  expect(game.eval('return test.command("mallory", "/demo-freeze")')).toBe("");
  expect(count(game).frozen).toBe(false);
});

test("resources with a quality carry it, numbers are whole", () => {
  const game = world(0);
  game.rcon("/demo-freeze");
  game.eval(`
    local chest = game.surfaces[1].find_entities_filtered{ name = "clusterio-import-chest" }[1]
    chest.insert{ name = "coal", quality = "rare", count = 5 }
  `);
  expect(count(game).held).toMatchObject({ "item:coal:rare": 5 });
});

test("two peers with different table orders stay in step", () => {
  const server = world(2);
  const peer = Game.load(server.save(), { modDirectory: mods.path, isServer: false, shufflePairs: 11 });
  games.push(peer);
  for (const game of [server, peer]) {
    game.rcon(`/clusterio-import {"token":"${token(2)}","totals":{"item:iron-plate":100,"item:copper-plate":40}}`);
    game.tick(20 * SECONDS);
  }
  expect(peer.storageHash("clusterio-demo-world")).toBe(server.storageHash("clusterio-demo-world"));
});

test("a world in which nothing lies ready counts itself on its channel all the same", () => {
  const game = world(0);
  game.tick(31);
  expect((JSON.parse(game.rcon("/demo-count")) as { sent: Totals }).sent).toEqual({ "virtual:signal-A": 1 });
});

test("what lies ready in a world is on its channel, and its receiver shows it and what the others say", () => {
  const game = world(2);
  const tag = token(2).slice(0, 4);
  game.rcon(
    `/clusterio-import {"token":"${token(2)}","totals":{"item:iron-plate":50,"fluid:steam:165":90,"energy":15}}`,
  );
  game.tick(31);
  game.rcon("/demo-freeze");
  game.tick(60);
  const { sent, shown } = JSON.parse(game.rcon("/demo-count")) as { sent: Totals; shown: Totals };
  expect(Object.keys(sent)).toEqual([
    ...["fluid:steam", "item:iron-plate", "virtual:signal-A", "virtual:signal-cluster-energy"],
  ]);
  expect(shown).toEqual(sent);
  game.rcon(`/clusterio-signals {"token":"${token(2)}","names":["item:coal"]}`);
  const number = (
    JSON.parse(game.rcon(`/clusterio-signals {"token":"${token(2)}","names":["item:coal"]}`)) as { signals: Totals }
  ).signals["item:coal"]!;
  // Feed 1, its only command (1 start + 2 end), this signal, 4 more than nothing: numbers below 32 (docs/game-protocol.md).
  game.rcon(`/cs ${tag} ${[1, 1 + 2, number, 4].map((n) => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef".charAt(n)).join("")}`);
  game.tick(5);
  expect((JSON.parse(game.rcon("/demo-count")) as { shown: Totals }).shown).toEqual({ ...sent, "item:coal": 4 });
});
