import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** What `npm pack` would put into the package, paths from its root. */
const packed = (): string[] => {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const out = execFileSync("npm", args, {
    cwd: join(__dirname, ".."),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = JSON.parse(out) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
};

test("the package has what the programs need, and neither tests nor measurements", () => {
  const paths = packed();
  const needed = ["infra/nats.conf", "scripts/get-nats.sh", "sim/factorio/lua/boot.lua", "sim/demo-world/info.json"];
  expect(paths).toEqual(expect.arrayContaining(needed));
  const programs = ["ctl", "master-projector", "slave-bridge", "sim/factorio"].map((name) => `dist/${name}/main.js`);
  expect(paths).toEqual(expect.arrayContaining(programs));
  const unwanted = /^dist\/(?:bench|schemas|test|lua-mod|sim\/cluster)\/|\/test\/.*\.js$|\.test\.|\.tsbuildinfo$/;
  expect(paths.filter((path) => unwanted.test(path))).toEqual([]);
});
