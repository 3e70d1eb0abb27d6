import { runHistory } from "#sim/cluster/history";

/**
 * A hundred histories in real Lua fit into three minutes on two cores with room to spare; the plain ones are longer. With tanks and
 * accumulators beside the chests a step costs a fifth more.
 */
const STEPS = { lua: 150, mixed: 130 } as const;
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

const TRADED = {
  lua: "no item is lost, none is made",
  mixed: "no item, fluid or energy is lost, none is made",
} as const;

/** Histories of clusters whose worlds are the real mod in real Lua, one test each. */
export const luaHistories = (game: keyof typeof STEPS, from: number, to: number): void => {
  const steps = STEPS[game];
  const counts = new Map<string, number>();
  const seeds = Array.from({ length: to - from + 1 }, (_, n) => from + n);

  test.each(seeds)(`seed %i in real Lua: ${TRADED[game]}, and all come to rest`, async (seed) => {
    const { problems, counts: seen } = await runHistory({ seed, steps, without: WITHOUT, game });
    for (const [what, n] of seen) counts.set(what, (counts.get(what) ?? 0) + n);
    const again = `npm run soak -- --${game} --seed ${seed} --steps ${steps} --without bridge-away --trace`;
    expect([...problems].map(([kind, detail]) => `${kind}: ${detail}; again: ${again}`)).toEqual([]);
  });

  test("these worlds have been through every kind of trouble", () => {
    expect(SEEN_OFTEN.filter((what) => (counts.get(what) ?? 0) < 2)).toEqual([]);
  });
};
