// What is not in the game's API does not compile: the build is the check, and this shows that it bites.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { distFolder } from "./built-mod";

const mistakes = [
  "entity.get_contents();",
  "entity.custom_status = 'no link';",
  "entity.get_inventory(defines.inventory.chest)!.getContents();",
  "entity.get_logistic_point(0 as never)!.requests;",
  "game.write_file('name', 'data');",
  "helpers.write_file(1, 'data');",
  "script.on_event(defines.events.on_entity_created, () => {});",
  "script.on_event(defines.events.on_built_entity, () => {}, [{ filter: 'names', name: 'x' }]);",
  "prototypes.item['iron-plate'].spoil_ticks;",
  "commands.add_command('name', () => {});",
];

const preamble = 'import type { LuaEntity } from "factorio:runtime";\ndeclare const entity: LuaEntity;\n';

test("every wrong member, argument and filter is a compile error", () => {
  const root = join(__dirname, "..");
  mkdirSync(distFolder(), { recursive: true });
  const folder = mkdtempSync(join(distFolder(), ".conformance-"));
  try {
    writeFileSync(join(folder, "mistakes.ts"), `${preamble}${mistakes.join("\n")}\n`);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        compilerOptions: { noEmit: true, rootDir: folder },
        include: [],
        files: [join(folder, "mistakes.ts")],
      }),
    );
    const compiler = join(root, "node_modules", "typescript", "lib", "tsc.js");
    const { stdout } = spawnSync(process.execPath, [compiler, "--project", folder], { encoding: "utf8" });
    const lines = [...stdout.matchAll(/mistakes\.ts\((\d+),/g)].map((match) => Number(match[1]));
    expect([...new Set(lines)].sort((a, b) => a - b)).toEqual(mistakes.map((_, index) => index + 3));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
