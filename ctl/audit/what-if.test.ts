import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_POLICIES } from "#core/events/command";
import { parseChanges } from "#ctl/audit/what-if";

test.each([
  ["rule=fair"],
  ["weights.a=0"],
  ["weights.a=x"],
  ["weights.a=1.5"],
  ["tiers.A b=1"],
  ["resources.iron.reserve=1"],
  ["creditPerSecond=5"],
  ["=5"],
  ["/nowhere.json"],
])("--what-if %s is refused in one line", async (typed) => {
  await expect(parseChanges([typed])).rejects.toMatchObject({
    code: "bad-input",
    message: expect.stringMatching(/^.+$/),
  });
});

test("changes are laid over the policies that held, later ones over earlier ones, from the command line and from files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "clusterio-what-if-"));
  try {
    const path = join(folder, "policies.json");
    await writeFile(
      path,
      JSON.stringify({ weights: { iron: 7, coal: 2 }, resources: { "item:coal": { reserve: 5 } } }),
    );
    const change = await parseChanges([
      "policy=priority",
      path,
      "weights.iron=3",
      "tiers.iron=1",
      "resources.energy.reserve=9",
    ]);
    expect(change({ ...DEFAULT_POLICIES, weights: { old: 4 }, creditPerSecond: 10 })).toEqual({
      rule: "priority",
      weights: { old: 4, iron: 3, coal: 2 },
      tiers: { iron: 1 },
      resources: { "item:coal": { reserve: 5 }, energy: { reserve: 9 } },
      creditPerSecond: 10,
    });
    await writeFile(path, JSON.stringify({ creditPerSecond: 5 }));
    await expect(parseChanges([path])).rejects.toMatchObject({ code: "bad-input" });
    await writeFile(path, "{");
    await expect(parseChanges([path])).rejects.toMatchObject({ code: "bad-input" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
