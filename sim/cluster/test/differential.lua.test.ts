import { luaGames, luaGamesOf2_0 } from "#sim/cluster/lua-world";
import { plainGames } from "#sim/cluster/plain-world";
import { Script, seenOf, stageFor } from "#sim/cluster/test/script";

const ACTS = 150;

/** Every third script is played in the older game. */
const SEEDS = Array.from({ length: 18 }, (_, n) => n + 1);

/** The same script against both kinds of worlds, act by act; the first difference with the acts that led there. */
const differenceIn = (seed: number): unknown => {
  const [plain, lua] = [stageFor(plainGames), stageFor(seed % 3 === 0 ? luaGamesOf2_0 : luaGames)];
  const script = new Script(seed);
  const done: string[] = [];
  try {
    for (let n = 0; n < ACTS; n++) {
      const act = script.next();
      done.push(act.text);
      const answers = [act.run(plain), act.run(lua)];
      expect(answers[1]).toEqual(answers[0]);
      expect(seenOf(lua)).toEqual(seenOf(plain));
      script.heard(answers[0]);
      plain.lines.length = 0;
      lua.lines.length = 0;
    }
  } catch (error) {
    return { seed, acts: done.slice(-25), error: error instanceof Error ? error.message : error };
  } finally {
    plain.world.close();
    lua.world.close();
  }
  return undefined;
};

test.each(SEEDS)(
  "script %i: the plain world and the real mod answer alike, write the same lines and hold the same items",
  (seed) => expect(differenceIn(seed)).toBeUndefined(),
);
