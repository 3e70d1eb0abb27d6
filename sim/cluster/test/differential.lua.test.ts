import { luaGames } from "#sim/cluster/lua-world";
import { plainGames } from "#sim/cluster/plain-world";
import { Script, seenOf, stageFor } from "#sim/cluster/test/script";

const SCRIPTS = 25;
const ACTS = 150;

/** The same script against both kinds of worlds, act by act; the first difference with the acts that led there. */
const differenceIn = (seed: number): unknown => {
  const [plain, lua] = [stageFor(plainGames), stageFor(luaGames)];
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

test("the plain world and the real mod answer every command alike, write the same lines and hold the same items", () => {
  for (let seed = 1; seed <= SCRIPTS; seed++) expect(differenceIn(seed)).toBeUndefined();
});
