// From the cluster into the import buffer, and on to the chests that wait, in the same tick (M1).
import { type Amounts, decodeCompact } from "./compact";
import { deal } from "./deal";
import type { Parsed } from "./json";
import { nameOf, numberOf, takeable } from "./names";
import { amount, isTotal, raiseReceived } from "./totals";
import { importVisits } from "./wants";

/** Takes in one resource's total and deals some of it out; returns the hands left. */
function takeIn(r: number, total: number, hands: number): number {
  return raiseReceived(r, total) > 0 && hands > 0 ? deal(r, hands) : hands;
}

/** The resources of an import that this game can't hold; undefined when the import does not parse and nothing changed. */
type Untakeable = string[] | undefined;

export function takeInCompact(payload: string): Untakeable {
  const decoded = decodeCompact(payload, storage.names.length);
  if (decoded === undefined || !allAreTotals(decoded)) return undefined;
  const untakeable: string[] = [];
  let hands = importVisits();
  for (const i of $range(0, decoded.numbers.length - 1)) {
    const r = decoded.numbers[i];
    if (takeable(nameOf(r))) hands = takeIn(r, amount(storage.base, r) + decoded.amounts[i], hands);
    else untakeable.push(nameOf(r));
  }
  return untakeable;
}

function allAreTotals(decoded: Amounts): boolean {
  for (const i of $range(0, decoded.numbers.length - 1)) {
    if (!isTotal(amount(storage.base, decoded.numbers[i]) + decoded.amounts[i])) return false;
  }
  return true;
}

export function takeInNamed(totals: Parsed): Untakeable {
  const resources: string[] = [];
  for (const [resource, total] of pairs(totals)) {
    if (typeof resource !== "string" || !isTotal(total)) return undefined;
    resources.push(resource);
  }
  table.sort(resources); // numbers are given in this order, the same on every peer
  const untakeable: string[] = [];
  let hands = importVisits();
  for (const resource of resources) {
    if (takeable(resource)) {
      hands = takeIn(numberOf(resource), totals[resource] as number, hands);
    } else {
      untakeable.push(resource);
    }
  }
  return untakeable;
}
