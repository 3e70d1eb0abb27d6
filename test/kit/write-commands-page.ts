import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "#core/adapters/package-root";
import { commandsPageNow } from "#test/kit/commands-page";

/** `npm run docs:commands`, from the sources: nothing has to be built for it. */
void commandsPageNow().then((page) => writeFileSync(join(packageRoot(), "docs/commands.md"), page));
