import { planOf, USAGE } from "#sim/soak/plan";

test("a plan says what is asked for, and the machine's cores where nothing is", () => {
  expect(planOf([], 8)).toMatchObject({ from: 1, seeds: 100, steps: 600, game: "plain", workers: 8, shrink: true });
  expect(planOf(["--seeds", "3", "--from", "9", "--steps", "50", "--lua", "--workers", "2"], 8)).toMatchObject({
    ...{ from: 9, seeds: 3, steps: 50, game: "lua", workers: 2 },
  });
  expect(planOf(["--seed", "27", "-v"], 8)).toMatchObject({ from: 27, seeds: 1, workers: 1, trace: true });
  expect(planOf(["--only", "crash,fork", "--without", "fork"], 1)).toMatchObject({
    ...{ only: ["crash", "fork"], without: ["fork"] },
  });
  expect(planOf(["--only", ""], 1)).toMatchObject({ only: [] });
  expect(planOf(["--help"], 1)).toBe("help");
});

test.each([
  [["--seeds", "many"], /--seeds takes a whole number from 1 to/],
  [["--seeds", "0"], /--seeds takes a whole number from 1 to/],
  [["--steps", "-1"], /--steps/],
  [["--workers", "1.5"], /--workers takes/],
  [["--only", "crash,earthquake"], /--only: there is no fault earthquake; there are rollback/],
  [["--seed", "1", "--seeds", "2"], /--seed is one history/],
  [["--trace"], /name it with --seed/],
  [["--lua", "--lockstep"], /either --lua, --mixed or --lockstep/],
  [["--mixed", "--lua"], /either --lua, --mixed or --lockstep/],
  [["--sideways"], /--sideways/],
  [["30"], /30/],
])("%j is refused in words", (argv, said) => {
  expect(() => planOf(argv, 2)).toThrow(said);
});

test("the usage names every option", () => {
  const named = new Set(USAGE.match(/--[a-z-]+/g));
  const known = [
    "seeds",
    "from",
    "seed",
    "steps",
    "lua",
    "mixed",
    "lockstep",
    "workers",
    "at-most",
    "only",
    "without",
    "forged",
  ];
  for (const option of [...known, "coverage", "no-shrink", "trace", "json", "report"])
    expect(named.has(`--${option}`)).toBe(true);
});
