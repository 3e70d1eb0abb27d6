import type { WorldView } from "#core/events/query";
import type { Balance } from "#ctl/count/conservation";
import type { CrossedSignals } from "#ctl/count/signals";

/** What `up --for N --json` prints as its last line. */
export interface Summary {
  readonly seconds: number;
  /** Ledger rounds in that time. */
  readonly rounds: number;
  readonly worlds: readonly {
    readonly instance: string;
    readonly world: string;
    readonly exported: WorldView["exported"];
    readonly received: WorldView["received"];
    readonly wanted: WorldView["wanted"];
  }[];
  readonly physical: Balance["physical"];
  readonly storage: Balance["storage"];
  readonly debt: Balance["debt"];
  readonly inFlight: Balance["inFlight"];
  /** Null when nothing was imported in that time. */
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null };
  readonly conserved: boolean;
  /** What the worlds' transmitters put on one channel, and how many worlds show the sum of all. */
  readonly signals?: CrossedSignals;
}

export interface Run {
  readonly seconds: number;
  readonly rounds: number;
  readonly latencyMs: readonly number[];
  readonly worlds: readonly WorldView[];
  readonly balance: Balance;
  readonly signals?: CrossedSignals;
}

export const summaryOf = ({ seconds, rounds, latencyMs, worlds, balance, signals }: Run): Summary => ({
  seconds: Math.round(seconds * 10) / 10,
  rounds,
  worlds: worlds.map(({ instance, world, exported, received, wanted }) => ({
    instance,
    world,
    exported,
    received,
    wanted,
  })),
  physical: balance.physical,
  storage: balance.storage,
  debt: balance.debt,
  inFlight: balance.inFlight,
  latencyMs: { p50: percentile(latencyMs, 0.5), p99: percentile(latencyMs, 0.99) },
  conserved: balance.faults.length === 0,
  ...(signals === undefined ? {} : { signals }),
});

/** The nearest-rank percentile, in tenths; null of nothing. */
export const percentile = (samples: readonly number[], share: number): number | null => {
  if (samples.length === 0) return null;
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return Math.round((sorted[rank - 1] ?? 0) * 10) / 10;
};

/** The same for a person. */
export const readableSummary = (summary: Summary): string[] => {
  const { p50, p99 } = summary.latencyMs;
  const lines = [
    `${summary.seconds} s, ${summary.rounds} rounds, chest to chest ${p50 ?? "–"} ms (p50), ${p99 ?? "–"} ms (p99)`,
    ...summary.worlds.map(
      ({ instance, world, exported, received }) =>
        `  ${instance} (${world}): gave ${amounts(exported)}; got ${amounts(received)}`,
    ),
    ...Object.entries(summary.physical).map(
      ([resource, { produced, consumed, held }]) =>
        `  ${resource}: produced ${produced}, consumed ${consumed}, in the worlds ${held}, ` +
        `in storage ${summary.storage[resource] ?? 0}, owed ${summary.debt[resource] ?? 0}, ` +
        `on the way ${summary.inFlight[resource] ?? 0}`,
    ),
    ...signalText(summary.signals),
    summary.conserved ? "conserved: nothing was lost, nothing was made" : "NOT conserved",
  ];
  return lines;
};

const signalText = (signals: Summary["signals"]): string[] => {
  if (signals === undefined || signals.receivers === 0) return [];
  const { sent, senders, receivers, showing, inventories, showingStorage } = signals;
  return [
    `signals: ${senders} worlds put ${amounts(sent)} on one channel; ${showing} of ${receivers} show the sum, ` +
      `${showingStorage} of ${inventories} what is in storage`,
  ];
};

const amounts = (vector: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(vector).filter(([, n]) => n > 0);
  return entries.length === 0 ? "nothing" : entries.map(([resource, n]) => `${n} ${shortName(resource)}`).join(", ");
};

/** "item:iron-plate" is "iron-plate" to a person; a fluid keeps its temperature. */
export const shortName = (resource: string): string => resource.replace(/^(?:item|fluid|virtual):/, "");
