import type { ClusterView, InstanceView, StockSummary, WorldView } from "#core/events/query";
import type { InstanceTelemetry, SlaveTelemetry } from "#core/events/telemetry";

/** Everything that `clusterio status` could find out at one moment. What nobody answered is undefined. */
export interface Gathered {
  readonly url: string;
  readonly user: string;
  /** Why the master did not answer; "" when it did. */
  readonly problem: string;
  readonly cluster: ClusterView | undefined;
  readonly instances: readonly InstanceView[];
  readonly worlds: readonly WorldView[];
  readonly stocks: readonly StockSummary[];
  /** Slaves that may come in; undefined when we may not ask. */
  readonly slaves: readonly { readonly slave: string; readonly name: string }[] | undefined;
  readonly present: Readonly<Record<string, SlaveAnswer>>;
  readonly told: Readonly<Record<string, Told>>;
  readonly streams: readonly StreamLine[];
}

export type SlaveAnswer =
  | { readonly is: "present"; readonly said: SlaveTelemetry }
  | { readonly is: "away" | "silent" };
export type Told = Omit<InstanceTelemetry, "latencyMs"> & { readonly slave: string };

export interface StreamLine {
  readonly stream: string;
  readonly messages: number;
  readonly bytes: number;
  readonly bytesMax: number | null;
}

export interface SlaveLine {
  readonly slave: string;
  readonly name: string;
  readonly state: "present" | "away" | "silent";
  readonly version: string | null;
  readonly game: string | null;
  readonly instances: number;
}

export interface InstanceLine {
  readonly instance: string;
  readonly name: string;
  readonly slave: string | null;
  /** Of its game; "unknown" where its bridge did not say. */
  readonly state: string;
  readonly linked: boolean;
  readonly ups: number | null;
  readonly world: string | null;
  /** Units of the resource that it misses most, or "". */
  readonly waitsFor: string;
}

/** What wants somebody, and the command that he needs. */
export interface Advice {
  readonly what: string;
  readonly next: string;
  readonly bad: boolean;
}

/** What is shown, and what `-o json` prints as one object. */
export interface StatusView {
  readonly url: string;
  readonly user: string;
  readonly master: {
    readonly leads: boolean;
    readonly leader: string | null;
    readonly round: number | null;
    readonly granting: boolean;
    readonly standbys: readonly { readonly name: string; readonly role: string }[];
    readonly problem: string;
  };
  readonly ledger: {
    readonly bytes: number;
    readonly bytesMax: number | null;
    readonly bytesPerHour: number | null;
    readonly daysLeft: number | null;
  } | null;
  readonly streams: readonly StreamLine[];
  readonly slaves: readonly SlaveLine[];
  readonly instances: readonly InstanceLine[];
  readonly storage: {
    readonly resources: number;
    readonly waitedFor: number;
    readonly full: number;
    readonly short: number;
  };
  readonly advice: readonly Advice[];
}

/** UPS of a game that keeps up; the game's own figure is 60. */
const UPS_GOOD = 57;
/** Days left from which on somebody should look. */
const DAYS_FEW = 14;

/** Pure: what was found, put together, with what to do about it. */
export const statusOf = (found: Gathered): StatusView => {
  const { url, user, problem, cluster, stocks } = found;
  const slaves = slaveLines(found);
  const instances = instanceLines(found);
  const view = {
    ...{ url, user, slaves, instances },
    master: {
      leads: cluster !== undefined,
      leader: cluster?.leader ?? null,
      round: cluster?.round ?? null,
      granting: cluster?.granting ?? false,
      standbys: cluster?.standbys ?? [],
      problem,
    },
    ledger: cluster === undefined ? null : ledgerOf(cluster),
    streams: found.streams,
    storage: {
      resources: stocks.length,
      waitedFor: stocks.filter(({ waiting = 0 }) => waiting > 0).length,
      full: stocks.filter(({ capped }) => capped === true).length,
      short: stocks.filter(({ shortfall }) => shortfall > 0).length,
    },
  };
  return { ...view, advice: adviceOn(view, found) };
};

const ledgerOf = ({ ledger }: ClusterView): NonNullable<StatusView["ledger"]> => ({
  bytes: ledger.bytes,
  bytesMax: ledger.bytesMax ?? null,
  bytesPerHour: ledger.bytesPerHour ?? null,
  daysLeft: ledger.daysLeft ?? null,
});

/** Those that may come in, those that instances belong to, and those that were heard. */
const slaveLines = ({ slaves = [], instances, present, told }: Gathered): SlaveLine[] => {
  const names = new Map(slaves.map(({ slave, name }) => [slave, name]));
  const on = (slave: string) => instances.filter((one) => one.slave === slave).length;
  const heardOn = (slave: string) => Object.values(told).filter((one) => one.slave === slave).length;
  const all = new Set([...names.keys(), ...instances.map(({ slave }) => slave), ...Object.keys(present)]);
  all.delete("");
  return [...all].sort().map((slave) => {
    const answer = present[slave] ?? { is: "away" };
    const said = answer.is === "present" ? answer.said : undefined;
    return {
      ...{ slave, name: names.get(slave) ?? slave, state: answer.is },
      ...{ version: said?.version ?? null, game: said?.game ?? null },
      instances: Math.max(on(slave), heardOn(slave)),
    };
  });
};

const instanceLines = ({ instances, worlds, told }: Gathered): InstanceLine[] => {
  const known = new Map(instances.map((view) => [view.instance, view]));
  return [...new Set([...known.keys(), ...Object.keys(told)])].sort().map((instance) => {
    const view = known.get(instance);
    const said = told[instance];
    const world = worlds.find((one) => one.instance === instance && one.open);
    const slave = view?.slave === undefined || view.slave === "" ? said?.slave : view.slave;
    return {
      ...{ instance, name: view?.config.name ?? instance, slave: slave ?? null },
      state: said?.state ?? (slave === undefined ? "unassigned" : "unknown"),
      linked: said?.linked ?? false,
      ups: said?.ups ?? null,
      world: said?.world ?? world?.world ?? null,
      waitsFor: mostWanted(world),
    };
  });
};

const mostWanted = (world: WorldView | undefined): string => {
  const [most] = Object.entries(world?.wanted ?? {})
    .filter(([, n]) => n > 0)
    .sort(([, a], [, b]) => b - a);
  return most === undefined ? "" : `${most[1]} ${most[0]}`;
};

/** What happened, without what can be done about it: that is said beside it. */
export const shortProblem = (problem: string): string => problem.split(/[:(]/)[0]!.trim();

const bad = (what: string, next: string): Advice => ({ what, next, bad: true });
const look = (what: string, next: string): Advice => ({ what, next, bad: false });

/** The worst first: each with the command that is next. */
const adviceOn = (view: Omit<StatusView, "advice">, { cluster, told, worlds }: Gathered): Advice[] => [
  ...(view.master.leads ? [] : [bad(shortProblem(view.master.problem), "clusterio doctor")]),
  ...view.master.standbys
    .filter(({ role }) => role === "halted")
    .map(({ name }) => bad(`${name} is halted: its ledger cannot be folded`, "clusterio audit verify")),
  ...view.slaves
    .filter(({ state }) => state !== "present")
    .map(({ slave, state, instances }) => {
      const what = `${slave} is ${state}, with ${instances} of the instances`;
      return instances > 0
        ? bad(what, "start clusterio-bridge there, or look at its log")
        : look(what, "start clusterio-bridge there");
    }),
  ...(cluster?.waiting ?? []).map((world) =>
    bad(`${world} went back further than the limit, and waits for a decision`, `clusterio world show ${world}`),
  ),
  ...Object.entries(told).flatMap(([instance, { alarm }]) =>
    alarm === undefined ? [] : [bad(`${instance}: ${alarm.split("\n")[0]}`, `clusterio instance show ${instance}`)],
  ),
  ...view.instances
    .filter(
      ({ instance, state }) => (state === "failed" || state === "backing-off") && told[instance]?.alarm === undefined,
    )
    .map(({ instance, state }) => bad(`${instance} is ${state}`, `clusterio instance start ${instance}`)),
  ...(view.master.leads && !view.master.granting
    ? [bad("nothing is granted: the leader waits for worlds, or the ledger is nearly full", "clusterio doctor")]
    : []),
  ...(view.ledger !== null && view.ledger.daysLeft !== null && view.ledger.daysLeft < DAYS_FEW
    ? [look(`the ledger is full in ${view.ledger.daysLeft} days`, "clusterio ledger archive --purge DIR")]
    : []),
  ...view.instances
    .filter(({ state, ups }) => state === "running" && ups !== null && ups < UPS_GOOD)
    .map(({ instance, ups }) => look(`${instance} runs at ${Math.round(ups ?? 0)} UPS`, "clusterio top")),
  ...(view.storage.short > 0
    ? [look(`storage is short of ${view.storage.short} resources`, "clusterio debt list")]
    : worlds.some(({ debt }) => Object.values(debt).some((n) => n > 0))
      ? [look("worlds owe what they took back", "clusterio debt list")]
      : []),
  ...(view.storage.waitedFor > 0
    ? [look(`worlds wait for ${view.storage.waitedFor} resources`, "clusterio storage list --waiting")]
    : []),
];
