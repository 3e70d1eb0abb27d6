import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { jsonPageNow } from "#test/kit/json-page";

/** `npm run docs:json`, from the sources: nothing has to be built for it. */
writeFileSync(join(packageRoot(), "docs/json.md"), jsonPageNow());
