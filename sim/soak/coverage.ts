import type { Fault } from "#sim/cluster/chance";

/**
 * How often a thousand histories of 600 steps must have been through each kind of fault, and each branch of the protocol that
 * matters: about a fifth of what they are through today, so that chance alone does not fail a run and a hole in the
 * simulation does.
 */
export const FAULT_MINIMA: Readonly<Record<Fault, number>> = {
  rollback: 250,
  crash: 500,
  "spoiled-save": 2000,
  fork: 450,
  "foreign-save": 300,
  "new-map": 100,
  "id-less": 300,
  twin: 300,
  move: 250,
  "force-move": 300,
  resurrect: 200,
  retire: 350,
  untakeable: 1000,
  "events-tail": 350,
  "events-new": 350,
  "events-aged": 300,
  "ledger-tail": 250,
  "ledger-new": 250,
  "ledger-full": 600,
  "state-lost": 750,
  "lost-ack": 1500,
  "late-append": 650,
  "slow-broker": 10000,
  "master-kill": 550,
  "master-stop": 450,
  "master-pause": 500,
  "master-cut": 250,
  "snapshot-lost": 250,
  "bridge-kill": 150,
  "machine-kill": 350,
  "bridge-pause": 200,
  "slave-cut": 300,
  "rcon-drop": 2000,
  "slow-rcon": 4000,
  "fact-lost": 4000,
  "fact-twice": 4000,
  "fact-late": 5500,
  "delivery-lost": 15000,
  "delivery-late": 10000,
  "request-lost": 1000,
  "clock-skew": 400,
  "clock-jump": 500,
  "rate-limit": 350,
  adjust: 600,
};
export const BRANCH_MINIMA: Readonly<Record<string, number>> = {
  "alarm: broker-away": 4000,
  "alarm: events-lost": 650,
  "alarm: ledger-cut": 300,
  "alarm: ledger-full": 5000,
  "alarm: ledger-recovered": 300,
  "alarm: rewind-held": 100,
  "alarm: session-lapsed": 40,
  "alarm: snapshot": 200,
  "alarm: world-rewound": 950,
  consumed: 25000,
  "decided: new": 200,
  "decided: same": 80,
  exported: 55000,
  "quiet point": 300,
  "rewind: accept": 45,
  "rewind: another save": 40,
  "rewind: reject": 40,
  "stopped: not-yours": 100,
  "stopped: rejected": 40,
  "stopped: twin": 100,
  toured: 400,
  "ledger: adjusted": 550,
  "ledger: checkpoint": 15000,
  "ledger: events-lost": 650,
  "ledger: events-unverifiable": 90,
  "ledger: generation-raised": 450,
  "ledger: instance-assigned": 1000,
  "ledger: instance-created": 650,
  "ledger: ledger-recovered": 300,
  "ledger: policy-set": 850,
  "ledger: resource-renamed": 100,
  "ledger: rewind-held": 100,
  "ledger: rewind-rejected": 40,
  "ledger: round": 70000,
  "ledger: session-lapsed": 40,
  "ledger: world-adopted": 500,
  "ledger: world-retired": 95,
  "ledger: world-rewound": 1500,
  "fact: world-adopted": 400,
  "fact: world-left": 900,
  "fact: world-reported": 100000,
  "fact: world-synced": 7500,
};

const UNIT_STEPS = 600_000;
/** A kind is as often as its odds say only in enough histories; below this many steps nothing is demanded. */
const STEPS_MIN = 30_000;

/** What was hit too rarely in so many steps: one line each. */
export const uncovered = (counts: Readonly<Record<string, number>>, steps: number): string[] => {
  if (steps < STEPS_MIN) return [];
  const minima = { ...FAULT_MINIMA, ...BRANCH_MINIMA };
  return Object.entries(minima).flatMap(([what, minimum]) => {
    const needed = Math.floor((minimum * steps) / UNIT_STEPS);
    const hit = counts[what] ?? 0;
    return hit >= needed ? [] : [`${what}: ${hit} times, at least ${needed} were needed`];
  });
};
