import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ClusterView } from "#core/events/query";
import type { State } from "#core/fold/state";

/** Prometheus metrics of one projector, made when it starts (never at import). */
export const newMetrics = (of: {
  readonly state: () => State;
  readonly view: () => ClusterView | undefined;
  /** Why this projector is halted, if it is. */
  readonly problem?: () => string | undefined;
}) => {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value() ?? 0);
      },
    });
  gauge("clusterio_leader", "1 while this projector leads", () => (of.view() === undefined ? 0 : 1));
  gauge("clusterio_round", "Number of the last ledger message folded", () => of.state().round);
  gauge(
    "clusterio_worlds_open",
    "Worlds with an open session",
    () => [...of.state().worlds.values()].filter((w) => w.open).length,
  );
  gauge("clusterio_worlds_waiting", "Worlds that wait for an operator's decision", () => of.view()?.waiting.length);
  gauge("clusterio_instances", "Instances in the cluster", () => of.state().instances.size);
  gauge("clusterio_facts_applied", "Facts folded in this term", () => of.view()?.facts.applied);
  gauge("clusterio_facts_rejected", "Malformed facts in this term", () => of.view()?.facts.rejected);
  gauge("clusterio_halted", "1 while the ledger cannot be folded", () => (of.problem?.() === undefined ? 0 : 1));
  gauge("clusterio_ledger_bytes", "Bytes in the LEDGER stream", () => of.view()?.ledger.bytes);
  gauge("clusterio_ledger_bytes_max", "Limit of the LEDGER stream, 0 for none", () => of.view()?.ledger.bytesMax);
  gauge("clusterio_ledger_bytes_per_hour", "Growth of LEDGER, 0 while not known", () => of.view()?.ledger.bytesPerHour);
  gauge(
    "clusterio_ledger_days_left",
    "Days until LEDGER is full at that rate; +Inf while that is not known or never",
    () => of.view()?.ledger.daysLeft ?? Number.POSITIVE_INFINITY,
  );
  gauge("clusterio_granting", "1 while grants are made", () => (of.view()?.granting === true ? 1 : 0));
  new Gauge({
    name: "clusterio_facts_ignored",
    help: "Facts that did not count in this term, by reason",
    labelNames: ["reason"],
    registers,
    collect() {
      for (const [reason, count] of Object.entries(of.view()?.facts.ignored ?? {})) this.set({ reason }, count);
    },
  });
  new Gauge({
    name: "clusterio_amount",
    help: "Storage, shortfall, debt and held-back credits of each resource, of all worlds together",
    labelNames: ["resource", "kind"],
    registers,
    collect() {
      // What is no longer owed is no longer shown.
      this.reset();
      const { stocks, worlds } = of.state();
      for (const { key, storage, shortfall } of stocks.values()) {
        this.set({ resource: key, kind: "storage" }, storage);
        if (shortfall > 0) this.set({ resource: key, kind: "shortfall" }, shortfall);
      }
      for (const { accounts } of worlds.values()) {
        for (const [resource, { debt, held }] of accounts) {
          if (debt > 0) this.inc({ resource, kind: "debt" }, debt);
          if (held > 0) this.inc({ resource, kind: "held" }, held);
        }
      }
    },
  });
  const alarms = new Counter({ name: "clusterio_alarms_total", help: "Alarms raised by this process", registers });
  const facts = new Counter({
    name: "clusterio_ledger_facts_total",
    help: "Messages that this process wrote to the ledger, by type: world-rewound, session-lapsed, ledger-recovered, ...",
    labelNames: ["type"],
    registers,
  });
  const rounds = new Histogram({
    name: "clusterio_round_seconds",
    help: "Time from deciding a round to its deliveries",
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
    registers,
  });
  return { registry, alarms, facts, rounds };
};
