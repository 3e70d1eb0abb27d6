import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { published, schemaText } from "./generate";

/** `npm run schemas`: writes every JSON Schema into the folder given. */
const folder = process.argv[2] ?? "schemas";
for (const one of published) {
  const path = join(folder, `${one.path}.schema.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, schemaText(one));
}
