import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { cli } from "#test/kit/cli";

/** The services in infra/systemd say what the programs understand. */
const folder = join(packageRoot(), "infra", "systemd");
const PROGRAMS = { "clusterio-projector": "master-projector", "clusterio-bridge": "slave-bridge" } as const;

const unit = async (name: string) => {
  const text = await readFile(join(folder, name), "utf8");
  const start = /^ExecStart=\/usr\/local\/bin\/(\S+) (.*)$/m.exec(text);
  return { text, program: start?.[1] ?? "", args: (start?.[2] ?? "").split(" ") };
};

test("each service runs one of our programs, or the broker, as a user without rights", async () => {
  const names = await readdir(folder);
  expect(names.sort()).toEqual(["clusterio-bridge@.service", "clusterio-nats.service", "clusterio-projector.service"]);
  for (const name of names) {
    const { text, program } = await unit(name);
    expect([name, [...Object.keys(PROGRAMS), "nats-server"].includes(program)]).toEqual([name, true]);
    expect(text).toMatch(/^User=clusterio$/m);
    expect(text).toMatch(/^NoNewPrivileges=yes$/m);
  }
});

test.each(Object.entries(PROGRAMS))("%s knows every option that its service gives it", async (program, main) => {
  const name = (await readdir(folder)).find((file) => file.startsWith(program)) ?? "";
  const { args } = await unit(name);
  const { out } = await cli(main, ["run", "--help"]);
  const options = args.filter((arg) => arg.startsWith("--"));
  expect(options.length).toBeGreaterThan(0);
  for (const option of options) expect(out).toContain(`${option} `);
});

/** Of 10, the fewer the better: what is left is what a service needs to be of use. */
const EXPOSURE_MAX = 3;
const HAS_SYSTEMD = spawnSync("systemd-analyze", ["--version"]).status === 0;

(HAS_SYSTEMD ? test : test.skip)(
  "systemd finds nothing in them, and little that they could do to the machine",
  async () => {
    const copies = await mkdtemp(join(tmpdir(), "clusterio-units-"));
    try {
      const names = await readdir(folder);
      const paths = names.map((name) => join(copies, name));
      // The programs are not installed here.
      for (const name of names)
        await writeFile(join(copies, name), (await unit(name)).text.replace(/\/usr\/local\/bin\/\S+/g, "/bin/true"));
      const analyze = (...args: string[]) => spawnSync("systemd-analyze", args, { encoding: "utf8" });
      const { status, stdout, stderr } = analyze("verify", "--man=no", ...paths);
      expect([status, stdout, stderr]).toEqual([0, "", ""]);
      for (const path of paths) {
        const said = analyze("security", "--offline=true", path).stdout;
        const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
        expect([path.slice(copies.length), exposure <= EXPOSURE_MAX]).toEqual([path.slice(copies.length), true]);
      }
    } finally {
      await rm(copies, { recursive: true, force: true });
    }
  },
);
