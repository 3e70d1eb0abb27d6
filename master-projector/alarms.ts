import { type AlarmSection, alarmText } from "#core/alarm";
import type { LedgerBody } from "#core/events/ledger";

/** Which of the leader's own facts an operator should hear of, in one line. */

/** Resources named in one line; the ledger has them all. */
const NAMED_MAX = 5;

const amountsText = (amounts: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(amounts).sort(([, a], [, b]) => b - a);
  const named = entries.slice(0, NAMED_MAX).map(([key, n]) => `${n} ${key}`);
  return [...named, ...(entries.length > NAMED_MAX ? [`and ${entries.length - NAMED_MAX} more resources`] : [])].join(
    ", ",
  );
};

const sumOf = (vectors: readonly Readonly<Record<string, number>>[]): Record<string, number> => {
  const sum: Record<string, number> = {};
  for (const vector of vectors) for (const key in vector) sum[key] = (sum[key] ?? 0) + vector[key]!;
  return sum;
};

const isEmpty = (amounts: object): boolean => Object.keys(amounts).length === 0;

type Alarm = readonly [AlarmSection, string];

const recovered = ({
  worlds,
  instances,
  shortfall,
}: Extract<LedgerBody, { type: "ledger-recovered" }>["data"]): Alarm => {
  const raised = sumOf(Object.values(worlds).map((world) => world.raised));
  const said = [
    ...(isEmpty(worlds)
      ? []
      : [`${Object.keys(worlds).sort().slice(0, NAMED_MAX).join(", ")} state more than it knew`]),
    ...(isEmpty(raised) ? [] : [`${amountsText(raised)} were granted and forgotten`]),
    ...(instances.length === 0
      ? []
      : [`the assignments of ${instances.slice(0, NAMED_MAX).join(", ")} were forgotten`]),
    isEmpty(shortfall) ? "nothing is short" : `the cluster is short of ${amountsText(shortfall)}`,
  ];
  return ["ledger-recovered", `LEDGER had lost its memory and has it back from the worlds: ${said.join("; ")}`];
};

const alarmOf = (body: LedgerBody): Alarm | undefined => {
  switch (body.type) {
    case "world-rewound": {
      const { world, owed, from, to } = body.data.rewind;
      if (isEmpty(owed)) return undefined;
      return ["world-rewound", `${world} went back from tick ${from} to ${to} and owes ${amountsText(owed)}`];
    }
    case "rewind-held": {
      const { world, from, to, fromStorage, owed } = body.data.rewind;
      const takes = amountsText(sumOf([fromStorage, owed]));
      const decide = `clusterio world accept ${world}, or reject`;
      return ["rewind-held", `${world} went back from tick ${from} to ${to} and would take back ${takes}: ${decide}`];
    }
    case "session-lapsed": {
      const { world, slave, silentMs } = body.data;
      return ["session-lapsed", `${world}: nothing was heard from ${slave} for ${Math.round(silentMs / 1_000)} s`];
    }
    case "events-lost":
      return ["events-lost", "EVENTS was cut or recreated: all sessions start anew from what the worlds state"];
    case "ledger-recovered":
      return recovered(body.data);
    default:
      return undefined;
  }
};

/** The alarm for a message that the leader has written, undefined for most. */
export const alarmFor = (body: LedgerBody): string | undefined => {
  const alarm = alarmOf(body);
  return alarm === undefined ? undefined : alarmText(...alarm);
};
