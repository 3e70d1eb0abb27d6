import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createUser } from "@nats-io/nkeys";
import { packageRoot } from "#core/adapters/package-root";
import { useNats } from "#test/kit/nats";

/** The three programs as they are installed: the same manners on every command line. */
const nats = useNats();

const run = async (program: string, args: readonly string[], node: readonly string[] = []) => {
  const child = spawn(process.execPath, [...node, join(packageRoot(), `dist/${program}/main.js`), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORCE_COLOR: "1" },
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.err += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { ...said, code };
};

const ESCAPE = "\u001b";

describe.each(["ctl", "slave-bridge", "master-projector"])("%s", (program) => {
  test("tells what it cannot understand on standard error, without colours, and ends with 2", async () => {
    const { out, err, code } = await run(program, ["--bogus"]);
    expect({ out, code }).toEqual({ out: "", code: 2 });
    expect(err).toContain('"--bogus"');
    expect(err).not.toContain(ESCAPE);
  });

  test("refuses a machine that it does not run on in one line", async () => {
    const elsewhere = 'data:text/javascript,Object.defineProperty(process,"platform",{value:"darwin"})';
    const { out, err, code } = await run(program, ["--version"], ["--import", elsewhere]);
    expect({ out, code }).toEqual({ out: "", code: 3 });
    expect(err).toMatch(/^clusterio does not run on darwin.*\n$/);
  });

  test("shows its help and its version on standard output", async () => {
    const [help, version] = await Promise.all([run(program, ["--help"]), run(program, ["--version"])]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(version).toMatchObject({ code: 0, err: "", out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe("a projector's exit code says why it did not run", () => {
  const projector = async (changes: Readonly<Record<string, string>> = {}) => {
    const { folder, identity, url } = nats();
    const [creds, key] = [join(folder, "master.creds"), join(folder, "assignment.nk")];
    await writeFile(creds, (await identity.masterCreds()).bytes);
    await writeFile(key, createUser().getSeed());
    const given = { "--nats-url": url, "--creds": creds, "--dir": folder, "--assignment-key": key, ...changes };
    return run("master-projector", ["run", ...Object.entries(given).flat()]);
  };

  test("2: credentials that cannot be read", async () => {
    expect(await projector({ "--creds": "/nowhere" })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/\/nowhere/),
    });
  });

  test("2: a file that holds no key", async () => {
    const path = join(nats().folder, "no.nk");
    await writeFile(path, "not a seed");
    expect(await projector({ "--assignment-key": path })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^[^\n]*no\.nk[^\n]*\n$/),
    });
  });

  test("2: a level, an address or credentials that are none, before anything is connected to", async () => {
    const path = join(nats().folder, "no.creds");
    await writeFile(path, "nothing");
    const [level, address, creds] = await Promise.all([
      projector({ "--log-level": "loud" }),
      projector({ "--http": "0.0.0.0:80" }),
      projector({ "--creds": path }),
    ]);
    expect(level).toMatchObject({ code: 2, err: expect.stringContaining('"trace", "debug", "info"') });
    expect(address).toMatchObject({ code: 2, err: expect.stringContaining("give a loopback address and a port") });
    expect(creds).toMatchObject({ code: 2, err: expect.stringContaining(`${path}: not the content of a creds file`) });
  });

  test("3: no server", async () => {
    expect(await projector({ "--nats-url": "nats://127.0.0.1:1" })).toMatchObject({ code: 3, out: "" });
  });
});
