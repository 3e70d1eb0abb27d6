import type { ClusterView, InstanceView, WorldView } from "#core/events/query";
import type { InstanceTelemetry } from "#core/events/telemetry";
import { type Signals, wrap32 } from "#core/signal";
import type { Stock } from "#ctl/count/conservation";
import { percentile } from "#ctl/count/summary";

/** What is known of the cluster at one moment. */
export interface Snapshot {
  /** Milliseconds on the watcher's own clock. */
  readonly at: number;
  readonly cluster: Pick<ClusterView, "round" | "granting" | "ledger">;
  readonly instances: readonly InstanceView[];
  readonly worlds: readonly WorldView[];
  readonly stocks: readonly Stock[];
  /** The last that each instance said. */
  readonly telemetry: Readonly<Record<string, InstanceTelemetry>>;
  /** From a fact to its items in a game, the latest ones. */
  readonly latencyMs: readonly number[];
  /** What each channel carries now, by instance. */
  readonly channels?: Readonly<Record<string, Readonly<Record<string, Signals>>>>;
}

/** What a person is shown. Rates are per minute. */
export interface Model {
  readonly upSeconds: number;
  readonly round: number;
  readonly roundsPerSecond: number;
  readonly granting: boolean;
  readonly ledger: LedgerLine;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly levels: readonly Level[];
  readonly worlds: readonly WorldLine[];
  readonly channels: readonly ChannelLine[];
}

/** What the worlds put on one channel, added up. */
export interface ChannelLine {
  readonly channel: string;
  readonly senders: number;
  readonly signals: readonly Flow[];
}

/** The ledger's size and what becomes of it; null: not known yet, or no limit. */
export interface LedgerLine {
  readonly bytes: number;
  readonly bytesPerHour: number | null;
  readonly daysLeft: number | null;
}

export interface Level {
  readonly resource: string;
  readonly storage: number;
  /** What worlds gave and got a minute: what passes through at once is never seen in storage. */
  readonly given: number;
  readonly got: number;
  readonly inFlight: number;
  /** What worlds still miss. */
  readonly wanted: number;
  readonly debt: number;
}

export interface WorldLine {
  readonly instance: string;
  readonly slave: string;
  readonly name: string;
  readonly state: string;
  readonly linked: boolean;
  readonly ups: number | null;
  /** Of the last command that its bridge sent to the game (ms). */
  readonly rconMs: number | null;
  readonly gives: readonly Flow[];
  readonly gets: readonly Flow[];
  readonly waitsFor: readonly Flow[];
  readonly alarm: string;
}

/** `amount`: per minute, or units that are waited for. */
export interface Flow {
  readonly resource: string;
  readonly amount: number;
}

const MINUTE_MS = 60_000;

/** What changed between two snapshots, as a person looks at it. `first` may be `last`: then nothing flows yet. */
export const modelOf = (first: Snapshot, last: Snapshot, startedAt: number): Model => {
  const ms = Math.max(1, last.at - first.at);
  const perMinute = (n: number): number => Math.round((n * MINUTE_MS) / ms);
  const stocks = new Map(last.stocks.map((stock) => [stock.resource, stock]));
  const resources = [
    ...new Set([...stocks.keys(), ...last.worlds.flatMap(({ wanted }) => Object.keys(wanted))]),
  ].sort();
  const sum = (value: (world: WorldView) => number | undefined): number =>
    last.worlds.reduce((total, world) => total + (value(world) ?? 0), 0);
  const worlds = last.instances.map((instance) => worldLine(instance, first, last, perMinute));

  return {
    upSeconds: Math.floor((last.at - startedAt) / 1000),
    round: last.cluster.round,
    roundsPerSecond: Math.round(((last.cluster.round - first.cluster.round) * 10_000) / ms) / 10,
    granting: last.cluster.granting,
    ledger: {
      bytes: last.cluster.ledger.bytes,
      bytesPerHour: last.cluster.ledger.bytesPerHour ?? null,
      daysLeft: last.cluster.ledger.daysLeft ?? null,
    },
    p50: percentile(last.latencyMs, 0.5),
    p99: percentile(last.latencyMs, 0.99),
    levels: resources.map((resource) => {
      return {
        resource,
        storage: stocks.get(resource)?.storage ?? 0,
        given: flowOf(resource, worlds, "gives"),
        got: flowOf(resource, worlds, "gets"),
        inFlight: sum(({ allocated, received }) => (allocated[resource] ?? 0) - (received[resource] ?? 0)),
        wanted: sum(({ wanted, open }) => (open ? wanted[resource] : 0)),
        debt: sum(({ debt }) => debt[resource]) + (stocks.get(resource)?.shortfall ?? 0),
      };
    }),
    worlds,
    channels: channelLines(last),
  };
};

const flowOf = (resource: string, worlds: readonly WorldLine[], way: "gives" | "gets"): number =>
  worlds
    .flatMap((world) => world[way])
    .reduce((total, flow) => (flow.resource === resource ? total + flow.amount : total), 0);

const channelLines = ({ channels = {} }: Snapshot): ChannelLine[] =>
  Object.keys(channels)
    .sort()
    .map((channel) => {
      const senders = Object.values(channels[channel] ?? {});
      const sums = new Map<string, number>();
      for (const signals of senders)
        for (const key in signals) sums.set(key, wrap32((sums.get(key) ?? 0) + signals[key]!));
      const signals = inOrder([...sums].map(([resource, amount]) => ({ resource, amount })));
      return { channel, senders: senders.length, signals };
    });

const worldLine = (
  { instance, slave, config }: InstanceView,
  first: Snapshot,
  last: Snapshot,
  perMinute: (n: number) => number,
): WorldLine => {
  const told = last.telemetry[instance];
  const world = last.worlds.find((candidate) => candidate.instance === instance && candidate.open);
  const before = first.worlds.find((candidate) => candidate.world === world?.world);
  const flows = (now: WorldView["exported"], then: WorldView["exported"]): Flow[] =>
    inOrder(Object.entries(now).map(([resource, n]) => ({ resource, amount: perMinute(n - (then[resource] ?? n)) })));
  return {
    ...{ instance, slave },
    name: config.name,
    state: told?.state ?? "unknown",
    linked: world !== undefined && told?.linked !== false,
    ups: told?.ups ?? null,
    rconMs: told?.rconLatencyMs ?? null,
    gives: world === undefined ? [] : flows(world.exported, before?.exported ?? world.exported),
    gets: world === undefined ? [] : flows(world.received, before?.received ?? world.received),
    waitsFor: inOrder(Object.entries(world?.wanted ?? {}).map(([resource, amount]) => ({ resource, amount }))),
    alarm: told?.alarm ?? "",
  };
};

/** The largest first; nothing left out is zero. */
const inOrder = (flows: readonly Flow[]): Flow[] =>
  flows
    .filter(({ amount }) => amount !== 0)
    .sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || (a.resource < b.resource ? -1 : 1));
