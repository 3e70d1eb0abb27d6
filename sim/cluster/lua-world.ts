import { type Cast, giveGame, takeGame } from "#sim/cluster/lua-games";
import { LOOK } from "#sim/cluster/lua-look";
import { alone, lockstep, type Seat } from "#sim/cluster/lua-seat";
import {
  type Amounts,
  amountIn,
  type Games,
  type Look,
  MIXED_RESOURCES,
  type Opening,
  RESOURCES,
  type Resource,
  type Save,
  type World,
} from "#sim/cluster/world";
import type { Game } from "#sim/factorio/game";
import { DEFAULT_LINE, type GameLine } from "#sim/factorio/game-version";
import type { SaveContent } from "#sim/factorio/save-file";

/** What `test.look()` finds; who made and used items counts them outside. */
type Sight = Omit<Look, "produced" | "consumed">;

const NOTHING: ReadonlySet<string> = new Set();

/** What the files of saves hold. A save is a plain value for everybody else. */
const contents = new WeakMap<Save, SaveContent>();

const savedAs = (content: SaveContent, save: Save): Save => {
  contents.set(save, content);
  return save;
};

const contentOf = (save: Save): SaveContent => {
  const content = contents.get(save);
  if (content === undefined) throw new Error("this save is not of a world in Lua");
  return content;
};

/** Reads an open map. */
class Eye {
  #defined = false;

  constructor(private readonly game: Pick<Game, "eval">) {}

  look(): Sight {
    if (!this.#defined) this.game.eval(LOOK);
    this.#defined = true;
    return JSON.parse(this.game.eval("return test.look()")) as Sight;
  }
}

/** The real mod in real Lua 5.2, on the simulation's time; chests are filled and emptied by a mod of the simulation's. */
class LuaWorld implements World {
  readonly #game: Seat;
  readonly #eye: Eye;
  readonly #onLine: Opening["onLine"];
  readonly #produced: Amounts;
  readonly #consumed: Amounts;
  /** What was seen since which nothing happened. */
  #seen: Sight | undefined;
  #open = true;

  constructor(game: Seat, save: Save, { untakeable, onLine }: Opening) {
    this.#game = game;
    this.#onLine = onLine;
    this.#produced = { ...save.produced };
    this.#consumed = { ...save.consumed };
    game.openContent(contentOf(save));
    this.#eye = new Eye(game);
    for (const resource of untakeable) {
      const thrownAway = amountIn(save.held, resource) - amountIn(this.#sight().held, resource);
      if (thrownAway !== 0) this.#consumed[resource] = amountIn(this.#consumed, resource) + thrownAway;
    }
  }

  #sight(): Sight {
    this.#seen ??= this.#eye.look();
    return this.#seen;
  }

  look(): Look {
    return { ...this.#sight(), produced: this.#produced, consumed: this.#consumed };
  }

  save(): Save {
    const counted = { produced: { ...this.#produced }, consumed: { ...this.#consumed } };
    return savedAs(this.#game.content(), { ...this.#sight(), ...counted });
  }

  command(text: string): string {
    this.#seen = undefined;
    const reply = this.#game.rcon(text).trimEnd();
    this.#drain();
    return reply;
  }

  pass(ticks: number): void {
    if (ticks === 0) return;
    this.#seen = undefined;
    this.#game.tick(ticks);
    this.#drain();
  }

  #drain(): void {
    for (const output of this.#game.drain()) {
      if (output.kind !== "file") continue;
      for (const line of output.data.trimEnd().split("\n")) this.#onLine(output.path, line);
    }
  }

  #act(name: string, resource: Resource, n: number): number {
    this.#seen = undefined;
    return Number(this.#game.rcon(`/sim-${name} ${resource} ${n}`));
  }

  produce(resource: Resource, n: number): number {
    const made = this.#act("produce", resource, n);
    this.#produced[resource] = amountIn(this.#produced, resource) + made;
    return made;
  }

  collect(resource: Resource, n: number): number {
    return this.#act("collect", resource, n);
  }

  request(resource: Resource, level: number): void {
    this.#act("request", resource, level);
  }

  consume(resource: Resource, n: number): number {
    const used = this.#act("consume", resource, n);
    this.#consumed[resource] = amountIn(this.#consumed, resource) + used;
    return used;
  }

  carry(resource: Resource, n: number): number {
    return this.#act("carry", resource, n);
  }

  giveBack(resource: Resource): number {
    return this.#act("give", resource, 0);
  }

  forge(resource: Resource, n: number): void {
    this.#act("produce", resource, n);
  }

  close(): void {
    if (this.#open) this.#game.release();
    this.#open = false;
  }
}

/** Opens a save, or a new map, for as long as it takes to write it again. */
const rewritten = (cast: Cast, open: (game: Game) => void): Save => {
  const game = takeGame(cast);
  open(game);
  const sight = new Eye(game).look();
  const save = savedAs(game.content(), { ...sight, produced: sight.held, consumed: {} });
  giveGame(cast, game);
  return save;
};

const gamesAt = (line: GameLine, seat: (cast: Cast) => Seat, resources: readonly Resource[] = RESOURCES): Games => {
  const whole: Cast = { line, mod: true, without: NOTHING, resources };
  /** Maps of a seed are alike: each is made once. */
  const newSaves = new Map<number, Save>();
  return {
    resources,
    newSave: (seed) => {
      const save = newSaves.get(seed) ?? rewritten(whole, (game) => game.startMap(seed));
      newSaves.set(seed, save);
      return save;
    },
    open: (save, opening) => new LuaWorld(seat({ ...whole, without: opening.untakeable }), save, opening),
    forget: (save) => rewritten({ ...whole, mod: false }, (game) => game.openContent(contentOf(save))),
    asOrigin: (save) => savedAs(contentOf(save), { ...save, produced: save.held, consumed: {} }),
  };
};

/** Servers with nobody on them. */
export const luaGames: Games = gamesAt(DEFAULT_LINE, alone);

/** The same, with a tank and an accumulator each way beside the chests. */
export const mixedGames: Games = gamesAt(DEFAULT_LINE, alone, MIXED_RESOURCES);

/** The older game, with the mod's build for it. */
export const luaGamesOf2_0: Games = gamesAt("2.0", alone);

/** Servers with a client each, in lockstep. */
export const lockstepGames: Games = gamesAt(DEFAULT_LINE, lockstep);
