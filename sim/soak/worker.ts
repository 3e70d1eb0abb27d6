import { parentPort } from "node:worker_threads";
import { runHistory } from "#sim/cluster/history";
import { type Lot, optionsOf, outcomeOf } from "#sim/soak/tally";

/** One thread of a soak: a history for each lot that it is handed, one after the other. */
parentPort?.on("message", (lot: Lot) => {
  void runHistory(optionsOf(lot)).then((end) => parentPort?.postMessage(outcomeOf(lot, end)));
});
