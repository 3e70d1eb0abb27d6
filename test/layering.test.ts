import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { chanceIn, importsIn, layerProblems, type Source } from "#test/kit/layers";

/** STYLE 1 and the ports of DESIGN 6, held by a test: the tree is the architecture. */
const ROOT = join(__dirname, "..");
const FOLDERS = ["core", "master-projector", "slave-bridge", "ctl", "web", "sim", "bench"];

const sources = (): Source[] =>
  FOLDERS.flatMap((folder) => {
    try {
      return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
    } catch {
      return [];
    }
  })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(ROOT, path), text: readFileSync(path, "utf8") }));

describe("the layers of this repository", () => {
  const all = sources();

  test("there are sources to look at", () => {
    expect(all.length).toBeGreaterThan(50);
  });

  test("core imports no sibling, nobody imports a daemon, and everything else imports what it may", () => {
    expect(all.flatMap(layerProblems)).toEqual([]);
  });

  test("clocks, timers, chance, disk, network and processes are used by adapters only", () => {
    expect(all.flatMap(chanceIn)).toEqual([]);
  });
});

describe("what the rules refuse", () => {
  const problems = (path: string, text: string) => layerProblems({ path, text });
  const chance = (path: string, text: string) => chanceIn({ path, text });

  test("imports are found in every form", () => {
    const text = [
      'import { a } from "#core/a";',
      'import type { B } from "#core/b";',
      'export * from "#core/c";',
      'const d = await import("#core/d");',
      'import "#core/e";',
      'const f = require("#core/f");',
      'import {\n  g,\n  h,\n} from "#core/g";',
      'type I = import("#core/i").I;',
    ].join("\n");
    expect(importsIn(text).map((name) => name.slice(-1))).toEqual(["a", "b", "c", "d", "e", "f", "g", "i"]);
  });

  test.each([
    ["core/a.ts", 'import { x } from "#ctl/x";'],
    ["core/a.ts", 'import { x } from "../ctl/x";'],
    ["master-projector/a.ts", 'import { x } from "#bridge/x";'],
    ["slave-bridge/a.ts", 'import { x } from "#projector/x";'],
    ["ctl/a.ts", 'import { x } from "#bridge/x";'],
    ["ctl/a.ts", 'import { x } from "../slave-bridge/x";'],
    ["web/a.ts", 'import { x } from "#ctl/x";'],
    ["sim/factorio/a.ts", 'import { x } from "#bridge/x";'],
    ["bench/a.ts", 'import { x } from "#projector/x";'],
    ["ctl/a.ts", 'import { x } from "#test/kit/x";'],
    ["ctl/a.ts", 'import { x } from "./b";'],
  ])("%s may not have: %s", (path, text) => {
    expect(problems(path, text)).toHaveLength(1);
  });

  test.each([
    ["ctl/a.ts", 'import { x } from "#core/x";'],
    ["ctl/a.ts", 'import { x } from "#ctl/x";'],
    ["sim/factorio/a.ts", 'import { x } from "#sim/x";'],
    ["sim/cluster/a.ts", 'import { x } from "#projector/x";'],
    ["ctl/a.test.ts", 'import { x } from "#test/kit/x";'],
    ["core/a.ts", 'import { z } from "zod";'],
  ])("%s may have: %s", (path, text) => {
    expect(problems(path, text)).toEqual([]);
  });

  test.each([
    ["Date.now()"],
    ["new Date()"],
    ["Date()"],
    ["Math.random()"],
    ["performance.now()"],
    ["setTimeout(f, 1)"],
    ["setInterval(f, 1)"],
    ["setImmediate(f)"],
    ["process.hrtime()"],
    ["crypto.randomUUID()"],
    ['import { randomBytes } from "node:crypto";'],
    ['import { readFile } from "node:fs/promises";'],
    ['import { connect } from "node:net";'],
    ['import { spawn } from "node:child_process";'],
    ['import { setTimeout } from "node:timers/promises";'],
    ['import * as fs from "fs";'],
  ])("outside the adapters: %s", (text) => {
    expect(chance("core/fold/a.ts", text)).toHaveLength(1);
    expect(chance("slave-bridge/link/a.ts", text)).toHaveLength(1);
    expect(chance("core/adapters/a.ts", text)).toEqual([]);
    expect(chance("core/fold/a.test.ts", text)).toEqual([]);
  });

  test.each([
    ["new Date(0)"],
    ["new Date(closedAt).toISOString()"],
    ['import { createHash } from "node:crypto";'],
    ['import { createHash, hash } from "node:crypto";'],
    ["// Date.now() is not for here"],
    ["/** setTimeout( takes 31 bits */"],
    ["clock.setTimeout"],
    ["const updateDate = () => {};"],
    ['"Math.random() in a text"'],
  ])("allowed anywhere: %s", (text) => {
    expect(chance("core/fold/a.ts", text)).toEqual([]);
  });
});
