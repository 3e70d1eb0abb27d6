import { type HistoryEnd, runHistory } from "#sim/cluster/history";

/** A hundred histories of a cluster in trouble; `npm run soak -- --seeds N` runs more. */
const SEEDS = 100;
const STEPS = 300;

/** Kinds of trouble, and branches of the protocol, that a hundred seeds must have been through. */
const SEEN_OFTEN = [
  ...["rollback", "crash", "fork", "foreign-save", "new-map", "id-less", "twin", "move", "force-move", "resurrect"],
  ...["retire", "untakeable", "events-tail", "events-new", "events-aged", "ledger-tail", "ledger-new", "ledger-full"],
  ...["lost-ack", "late-append", "master-kill", "master-stop", "master-pause", "master-cut", "snapshot-lost"],
  ...[
    "bridge-kill",
    "machine-kill",
    "bridge-pause",
    "slave-cut",
    "rcon-drop",
    "slow-rcon",
    "fact-lost",
    "fact-twice",
    "fact-late",
  ],
  ...["delivery-lost", "delivery-late", "request-lost", "clock-jump", "rate-limit", "adjust"],
  ...["ledger: checkpoint", "ledger: events-lost", "ledger: events-unverifiable", "ledger: session-lapsed"],
  ...["ledger: world-rewound", "ledger: world-adopted", "ledger: ledger-recovered"],
  ...["ledger: rewind-held", "ledger: rewind-rejected", "rewind: accept", "rewind: reject", "rewind: another save"],
  ...["stopped: twin", "stopped: not-yours", "decided: same", "decided: new", "toured", "exported", "consumed"],
];

const problemsOf = ({ seed, problems }: HistoryEnd): string[] =>
  [...problems].map(
    ([kind, detail]) => `${kind}: ${detail}; again: npm run soak -- --seed ${seed} --steps ${STEPS} -v`,
  );

test("a hundred clusters in trouble: no item is lost, none is made, and all come to rest", async () => {
  const counts = new Map<string, number>();
  const broken: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const end = await runHistory({ seed, steps: STEPS });
    broken.push(...problemsOf(end));
    for (const [what, n] of end.counts) counts.set(what, (counts.get(what) ?? 0) + n);
  }
  expect(broken).toEqual([]);
  expect(SEEN_OFTEN.filter((what) => (counts.get(what) ?? 0) < 3)).toEqual([]);
}, 240_000);

test("one seed is one history: twice the same, to the last line", async () => {
  const lines = async () => {
    const log: string[] = [];
    await runHistory({ seed: 7, steps: 100, log: (line) => void log.push(line) });
    return log;
  };
  const first = await lines();
  expect(first.length).toBeGreaterThan(20);
  expect(await lines()).toEqual(first);
});

test("the checker finds a world whose items came from nowhere", async () => {
  const end = await runHistory({ seed: 7, steps: 30, only: new Set(), forged: 5 });
  expect([...end.problems.keys()]).toEqual(["conservation"]);
});
