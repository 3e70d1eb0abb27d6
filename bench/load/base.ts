import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Game } from "#sim/factorio/game";

/** A factory as the mod sees it: so many chests, half of them export and half import, over 50 resources. */
export interface Base {
  readonly chests: number;
  /** Every chest gives or lacks something at every visit; else none does. */
  readonly isBusy: boolean;
  /** Chests that are visited per tick and direction; the setting's default when left out. */
  readonly visits?: number;
}

/** What a tick of the mod costs there. */
export interface TickCost {
  /** Instructions of the mod's own Lua, on average and at most: the same in every run. */
  readonly instructions: number;
  readonly instructionsMax: number;
}

export const RESOURCES = 50;
const VISITS = 8;
const STOCK = 20;
/** Ticks of which instructions are counted: a few reports, and few enough to count one by one. */
const COUNTED_TICKS = 20;
/** How long one filling keeps the visits busy. */
const STRETCH_TICKS = 10;
const TIMED_TICKS = 200;
/** Ticks to come to rest: longer than a chest counts as active. */
const CALM_TICKS = 400;
const FAST_VISITS = 256;
const TOKEN = "benchbenchbe";

const items = `for i = 1, ${RESOURCES} do
  data:extend{ { type = "item", name = "bench-" .. i, icon = "__base__/graphics/icons/iron-plate.png", stack_size = 100 } }
end`;
const info = { name: "bench-items", version: "1.0.0", title: "Bench", author: "bench", factorio_version: "2.1" };

/** The mod under test, linked into a folder with a mod that brings the resources. */
const modFolder = (mod: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "clusterio-bench-mods-"));
  cpSync(mod, join(folder, "clusterio"), { recursive: true });
  mkdirSync(join(folder, "bench-items"));
  writeFileSync(join(folder, "bench-items", "info.json"), JSON.stringify(info));
  writeFileSync(join(folder, "bench-items", "data.lua"), items);
  return folder;
};

const build = (chests: number): string => `
  local surface = game.surfaces[1]
  test.bench_exports, test.bench_imports = {}, {}
  for i = 1, ${chests / 2} do
    local export = surface.create_entity{ name = "clusterio-export-chest", position = { i, 0 }, force = "player", raise_built = true }
    local import = surface.create_entity{ name = "clusterio-import-chest", position = { i, 5 }, force = "player", raise_built = true }
    import.get_requester_point().get_section(1).set_slot(1, {
      value = { type = "item", name = "bench-" .. i % ${RESOURCES} + 1, quality = "normal" }, min = ${STOCK},
    })
    test.bench_exports[i], test.bench_imports[i] = export, import
  end
`;

/** All export chests have something, all import chests have what they asked for, or nothing. */
const fill = (isBusy: boolean): string => `
  for i, chest in ipairs(test.bench_imports) do
    chest.clear_items_inside()
    if ${!isBusy} then chest.insert{ name = "bench-" .. i % ${RESOURCES} + 1, count = ${STOCK} } end
  end
  for i, chest in ipairs(${isBusy} and test.bench_exports or {}) do chest.insert{ name = "bench-" .. i % ${RESOURCES} + 1, count = ${STOCK} } end
`;

class BenchGame {
  #received = 0;

  constructor(
    readonly game: Game,
    private readonly base: Base,
  ) {
    game.rcon(`/clusterio-begin {"v":1,"token":"${TOKEN}","boot":"b","instance":"bench"}`);
    game.rcon(`/clusterio-adopt {"token":"${TOKEN}","world":"bench.1","instance":"bench","atLoad":{}}`);
    game.rcon(`/cl ${TOKEN.slice(0, 4)} 200000`);
    game.eval(build(base.chests));
    this.#visit(FAST_VISITS);
    game.eval(fill(false));
    game.tick(CALM_TICKS + (2 * base.chests) / FAST_VISITS);
    this.#visit(base.visits ?? VISITS);
  }

  #visit(count: number): void {
    for (const way of ["export", "import"])
      this.game.eval(`test.setting("clusterio-${way}-chests-per-tick", ${count})`);
  }

  /** Before each tick that counts: a busy base is as busy again, and the cluster sends some of everything. */
  stoke(): void {
    if (!this.base.isBusy) return;
    this.game.eval(fill(true));
    this.#received += STOCK;
    const totals = Array.from({ length: RESOURCES }, (_, i) => [`item:bench-${i + 1}`, this.#received]);
    this.game.rcon(`/clusterio-import ${JSON.stringify({ token: TOKEN, totals: Object.fromEntries(totals) })}`);
    this.game.drain();
  }
}

const inGame = <T>(mod: string, base: Base, measure: (bench: BenchGame) => T): T => {
  const folder = modFolder(mod);
  const bench = new BenchGame(Game.create({ modDirectory: folder, seed: 1 }), base);
  try {
    return measure(bench);
  } finally {
    bench.game.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** `mod` is the built mod's folder. */
export const tickCost = (mod: string, base: Base): TickCost =>
  inGame(mod, base, (bench) => {
    const counts: number[] = [];
    while (counts.length < COUNTED_TICKS) {
      bench.stoke();
      const list = bench.game.eval(`return test.instructions("clusterio", ${STRETCH_TICKS})`);
      counts.push(...(JSON.parse(list) as number[]));
    }
    return {
      instructions: counts.reduce((sum, n) => sum + n, 0) / counts.length,
      instructionsMax: Math.max(...counts),
    };
  });

/** Microseconds of a whole tick in the stand-in, whose interface is Lua too: several times what the game's would take. */
export const tickMicroseconds = (mod: string, base: Base): number =>
  inGame(mod, base, (bench) => {
    let milliseconds = 0;
    for (let ticks = 0; ticks < TIMED_TICKS; ticks += STRETCH_TICKS) {
      bench.stoke();
      const begun = performance.now();
      bench.game.tick(STRETCH_TICKS);
      milliseconds += performance.now() - begun;
    }
    return (milliseconds * 1000) / TIMED_TICKS;
  });
