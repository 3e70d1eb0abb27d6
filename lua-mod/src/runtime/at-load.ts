// The exported totals as `on_load` found them, by resource name. They differ between a server that loaded this save and a
// client that joined later, so they are printed and never steer state: `adopt` gets them back as an argument.
import { field, jsonNumber, jsonObject } from "./json";

const atLoad: string[] = [];

export function rememberTotals(): void {
  for (const r of $range(0, storage.names.length - 1)) {
    const total = storage.exported.get(r);
    if (total !== undefined && total > 0) atLoad.push(field(storage.names[r], jsonNumber(total)));
  }
}

export function atLoadJson(): string {
  return jsonObject(atLoad);
}
