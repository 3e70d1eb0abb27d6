import { runHistory } from "#sim/cluster/history";

/** A hundred histories in real Lua fit into three minutes on two cores with room to spare; the plain ones are longer. */
export const LUA_STEPS = 150;
/** Ten minutes of several worlds' game time cost more than all the rest of such a history; the plain ones have them. */
const WITHOUT = new Set(["bridge-away"] as const);

/** Kinds of trouble that a world itself must have been through, in every fifty seeds. */
const SEEN_OFTEN = [
  ...["rollback", "crash", "spoiled-save", "fork", "foreign-save", "new-map", "id-less", "twin", "resurrect"],
  ...["untakeable", "rcon-drop", "slow-rcon", "bridge-kill", "machine-kill", "bridge-pause"],
  ...["decided: new", "toured", "exported", "consumed"],
];

/** Clusters whose worlds have a joined client each; everything is done twice, and compared after each command. */
export const lockstepHistories = (seeds: number, steps: number): void => {
  test.each(Array.from({ length: seeds }, (_, n) => n + 1))(
    "seed %i in lockstep: a client that joined from a save holds the server's storage, in any order of pairs",
    async (seed) => {
      const { problems } = await runHistory({ seed, steps, without: WITHOUT, game: "lockstep" });
      const again = `npm run soak -- --lockstep --seed ${seed} --steps ${steps} --without bridge-away --trace`;
      expect([...problems].map(([kind, detail]) => `${kind}: ${detail}; again: ${again}`)).toEqual([]);
    },
  );
};

/** Histories of clusters whose worlds are the real mod in real Lua, one test each. */
export const luaHistories = (from: number, to: number): void => {
  const counts = new Map<string, number>();
  const seeds = Array.from({ length: to - from + 1 }, (_, n) => from + n);

  test.each(seeds)("seed %i in real Lua: no item is lost, none is made, and all come to rest", async (seed) => {
    const { problems, counts: seen } = await runHistory({ seed, steps: LUA_STEPS, without: WITHOUT, game: "lua" });
    for (const [what, n] of seen) counts.set(what, (counts.get(what) ?? 0) + n);
    const again = `npm run soak -- --lua --seed ${seed} --steps ${LUA_STEPS} --without bridge-away --trace`;
    expect([...problems].map(([kind, detail]) => `${kind}: ${detail}; again: ${again}`)).toEqual([]);
  });

  test("these worlds have been through every kind of trouble", () => {
    expect(SEEN_OFTEN.filter((what) => (counts.get(what) ?? 0) < 2)).toEqual([]);
  });
};
