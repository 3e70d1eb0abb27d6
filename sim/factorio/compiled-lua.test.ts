import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(__dirname, "lua/vm");
const DIGESTS = "lua-5.2.4.sha256";

test("the compiled Lua is what build.sh made of the files beside it", () => {
  const files = readdirSync(FOLDER).filter((name) => name !== "README.md" && name !== DIGESTS);
  const digests = files.sort().map((name) => {
    const digest = createHash("sha256").update(readFileSync(join(FOLDER, name)));
    return `${digest.digest("hex")}  ${name}\n`;
  });
  expect(readFileSync(join(FOLDER, DIGESTS), "utf8")).toBe(digests.join(""));
});
