import type { LedgerMessage, RewindRecord } from "#core/events/ledger";

/** The ledger's facts that explain themselves, in a sentence for a person. */

/** Resources in one sentence: it stays a line; the message has them all. */
const NAMED_MAX = 6;
/** The game's ticks a second, at full speed. */
const TICKS_PER_SECOND = 60;

const short = (resource: string): string => (resource.startsWith("item:") ? resource.slice("item:".length) : resource);

const listed = (entries: readonly string[]): string =>
  entries.length <= NAMED_MAX
    ? entries.join(", ")
    : `${entries.slice(0, NAMED_MAX).join(", ")} and ${entries.length - NAMED_MAX} more`;

const amounts = (of: Readonly<Record<string, number>>): string =>
  listed(Object.entries(of).map(([key, n]) => `${n} ${short(key)}`));

/** `4 min`, `2 h`, `30 s` of game time. */
export const gameTime = (ticks: number): string => {
  const seconds = Math.round(ticks / TICKS_PER_SECOND);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
};

/** `120 iron-plate taken back (100 from storage, 20 owed)` for each resource. */
const takenBack = ({ fromHeld, fromStorage, owed }: RewindRecord): string => {
  const keys = [...new Set([fromHeld, fromStorage, owed].flatMap((part) => Object.keys(part)))].sort();
  return listed(
    keys.map((key) => {
      const parts = [
        [fromHeld[key] ?? 0, "not yet in storage"],
        [fromStorage[key] ?? 0, "from storage"],
        [owed[key] ?? 0, "owed"],
      ] as const;
      const sum = parts.reduce((total, [n]) => total + n, 0);
      const where = parts.filter(([n]) => n > 0).map(([n, place]) => `${n} ${place}`);
      return `${sum} ${short(key)} taken back (${where.join(", ")})`;
    }),
  );
};

export const rewindText = (rewind: RewindRecord): string => {
  const { world, from, to, again } = rewind;
  const back = to < from ? `went back ${gameTime(from - to)}, from tick ${from} to ${to}` : `began again at tick ${to}`;
  const taken = takenBack(rewind);
  const comes = amounts(again);
  const said = [...(taken === "" ? [] : [taken]), ...(comes === "" ? [] : [`${comes} come again`])];
  return `${world} ${back}: ${said.join("; ")}`;
};

/** Undefined for a message whose own fields say enough. */
export const explanationOf = ({ type, data }: LedgerMessage): string | undefined => {
  switch (type) {
    case "world-rewound":
      return rewindText(data.rewind);
    case "rewind-held":
      return `${rewindText(data.rewind)}; this waits for a decision, above the limit`;
    case "rewind-rejected":
      return `${data.world}: its rewind is rejected, its server stops`;
    case "world-adopted": {
      const { world, parent, tick } = data;
      return `${world} began at tick ${tick} with a save of ${parent ?? "a world that this ledger does not know"}`;
    }
    case "session-lapsed": {
      const { world, slave, silentMs } = data;
      return `${world}: nothing heard ${slave === undefined ? "" : `from ${slave} `}for ${Math.round(silentMs / 1_000)} s`;
    }
    case "events-lost":
    case "events-unverifiable": {
      const { from, position } = data;
      const read = from === undefined ? "an unknown message" : `message ${from.seq} of ${from.created}`;
      const what = type === "events-lost" ? "what came after it is another history or gone" : "it has aged out";
      return `EVENTS was read up to ${read}; ${what}. Read on from ${position.seq} of ${position.created}`;
    }
    case "ledger-recovered": {
      const { worlds, instances, shortfall, restated } = data;
      const each = Object.entries(worlds).map(([id, { raised, credited }]) => {
        const parts = [
          ...(amounts(raised) === "" ? [] : [`holds ${amounts(raised)} beyond what was granted`]),
          ...(amounts(credited) === "" ? [] : [`had exported ${amounts(credited)}`]),
        ];
        return `${id} ${parts.join(" and ")}`;
      });
      const short = amounts(shortfall);
      return [
        ...(each.length === 0 ? [] : [listed(each)]),
        ...(instances.length === 0 ? [] : [`assignments restored: ${listed(instances)}`]),
        short === "" ? "nothing is short" : `the cluster is short of ${short}`,
        ...(restated ? [] : ["not all worlds have spoken yet"]),
      ].join("; ");
    }
    case "instance-renamed":
      return `${data.instance} is called "${data.name}" now`;
    case "instance-deleted":
      return `${data.instance} is deleted: what was in flight to its worlds came back, their records stay`;
    default:
      return undefined;
  }
};
