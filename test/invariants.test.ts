import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Numbered invariants (STYLE 8): tests and comments cite a number, so it means one thing in the whole tree. */
const ROOT = join(__dirname, "..");
const FOLDERS = ["core", "master-projector", "slave-bridge", "ctl", "lua-mod/src", "sim", "bench"];
/** ` * F1 …` at the head of a file, also behind "//" or "--". */
const STATED = /^\s*(?:\*|\/\/|--) ([A-Z]{1,2}[0-9]{1,2}) +\S/gm;

const stated = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
)
  .filter((path) => /\.(?:ts|lua)$/.test(path) && !path.includes("test"))
  .flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(STATED)].map(([, label = ""]) => ({ label, path })),
  );

test("no number stands for two things", () => {
  const places = new Map<string, string[]>();
  for (const { label, path } of stated) places.set(label, [...(places.get(label) ?? []), path]);
  expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([]);
});

test("the index in ARCHITECTURE.md has every letter", () => {
  const index = readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8");
  const letters = new Set(stated.map(({ label }) => label.replace(/\d+/, "")));
  expect([...letters].filter((letter) => !new RegExp(`^\\| (?:.*, )?${letter}\\d.*`, "m").test(index))).toEqual([]);
});
