// Mods came, went or changed: prototypes may be gone, and the engine may have dropped requests and stacks of them.
import { giveUp } from "./deal";
import { nameOf, takeable } from "./names";
import { requestsChanged } from "./wants";

export function onConfigurationChanged(): void {
  for (const { r } of storage.pool) if (!takeable(nameOf(r))) giveUp(r);
  for (const chest of storage.imports.all) requestsChanged(chest);
}
