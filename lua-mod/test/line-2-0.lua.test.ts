// What the mod's tests show of the build for 2.1 they show of the build for 2.0, in the stand-in as Factorio 2.0.
import { readdirSync } from "node:fs";
import "./idle-games"; // what they share goes when all are done, not after the first
import "./mod-directory";

/** About the compiler, not about a game. */
const COMPILER = ["build", "conformance"];
const behaviours = readdirSync(__dirname)
  .map((name) => /^(.+)\.lua\.test\.ts$/.exec(name)?.[1] ?? "")
  .filter((name) => name !== "" && name !== "line-2-0" && !COMPILER.includes(name));

process.env.CLUSTERIO_TESTED_LINE = "2.0";
afterAll(() => {
  delete process.env.CLUSTERIO_TESTED_LINE;
});

test("all of them are here", () => {
  expect(behaviours).toEqual(expect.arrayContaining(["conservation", "export", "import", "peers", "session"]));
});

for (const name of behaviours) {
  describe(`${name} on 2.0`, () => {
    require(`./${name}.lua.test`);
  });
}
