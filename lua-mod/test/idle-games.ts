// Games whose mods are loaded and that are free for another map: starting one takes many times as long as opening a map in it,
// and nothing of the map before is left (sim/factorio/test/life-cycle.lua.test.ts).
import { Game, type GameOptions } from "../../sim/factorio/game";

const idle = new Map<string, Game[]>();

const keyOf = (options: GameOptions): string => JSON.stringify(options);

afterAll(() => {
  for (const game of [...idle.values()].flat()) game.close();
  idle.clear();
});

/** A game with no map of this test's open yet. */
export const takeGame = (options: GameOptions): Game => idle.get(keyOf(options))?.pop() ?? Game.prepare(options);

/** The order of pairs is another one in each game that shuffles, so those are not kept. */
export const giveGame = (options: GameOptions, game: Game): void => {
  if (options.shufflePairs !== undefined) {
    game.close();
    return;
  }
  const free = idle.get(keyOf(options)) ?? [];
  free.push(game);
  idle.set(keyOf(options), free);
};
