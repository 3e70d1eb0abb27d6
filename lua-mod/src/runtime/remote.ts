// For other mods and for tests: copies, so that nobody outside holds a table of ours.
import { nameOf } from "./names";
import type { Totals } from "./state";

type Named = LuaMap<string, number>;

function named(totals: Totals): Named {
  const copied: Named = new LuaMap();
  for (const [r, total] of totals) copied.set(nameOf(r), total);
  return copied;
}

export function registerRemote(): void {
  remote.add_interface("clusterio", {
    /** What came from the cluster and is in no chest yet. */
    buffer: () => named(storage.buffer),
    totals: () => ({ exported: named(storage.exported), received: named(storage.received) }),
    version: () => script.active_mods[script.mod_name],
  });
}
