import { type Look, painted, type Tone } from "#core/terminal/look";
import { sizeText } from "#core/terminal/size";
import { type Column, tableLines } from "#core/terminal/table";
import { grouped } from "#ctl/audit/output";
import { type InstanceLine, type SlaveLine, type StatusView, type StreamLine, shortProblem } from "#ctl/status/view";

/** The status of a cluster on one screen. */

/** More instances than this fill a screen: those that are as they should be are counted only. */
const SHOWN_MAX = 20;

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** "2 running, 1 stopped". */
const countedBy = <T>(rows: readonly T[], of: (row: T) => string): string => {
  const by = new Map<string, number>();
  for (const row of rows) by.set(of(row), (by.get(of(row)) ?? 0) + 1);
  return [...by].map(([state, n]) => `${n} ${state}`).join(", ");
};

const masterText = ({ leads, leader, round, granting, standbys, problem }: StatusView["master"]): string => {
  if (!leads) return `no answer: ${shortProblem(problem)}`;
  const others = standbys.map(({ name, role }) => (role === "standby" ? name : `${name} (${role})`)).join(", ");
  const stand = standbys.length === 0 ? "nobody stands by" : `${count(standbys.length, "other")} beside it: ${others}`;
  return `leads (${leader}), round ${grouped(round ?? 0)}${granting ? "" : ", grants nothing now"}; ${stand}`;
};

const ledgerText = (ledger: StatusView["ledger"]): string => {
  if (ledger === null) return "not known while no master answers";
  const { bytes, bytesMax, bytesPerHour, daysLeft } = ledger;
  return [
    bytesMax === null ? sizeText(bytes) : `${sizeText(bytes)} of ${sizeText(bytesMax)}`,
    ...(bytesPerHour === null ? [] : [`+${sizeText(bytesPerHour)} an hour`]),
    ...(daysLeft === null ? [] : [`${Math.floor(daysLeft)} days left`]),
  ].join(", ");
};

/** A stream that is emptier than that needs no words. */
const SHARE_SHOWN_MIN = 0.05;

const streamsText = (streams: StatusView["streams"]): string => {
  const share = ({ bytes, bytesMax }: StreamLine): number => (bytesMax === null ? 0 : bytes / bytesMax);
  const full = streams
    .filter((one) => share(one) >= SHARE_SHOWN_MIN)
    .map((one) => `${one.stream} ${Math.round(share(one) * 100)} %`);
  const sum = sizeText(streams.reduce((total, { bytes }) => total + bytes, 0));
  const rest = `${full.length === 0 ? "all" : "the other"} ${streams.length - full.length} below 5 % of their limits`;
  return `${sum}: ${[...full, rest].join(", ")}`;
};

const STATE_TONES: Readonly<Record<string, Tone>> = {
  running: "good",
  present: "good",
  failed: "bad",
  away: "bad",
  silent: "bad",
  "backing-off": "bad",
  stopped: "dim",
  unknown: "warn",
  unassigned: "dim",
};

const INSTANCES: readonly Column<InstanceLine>[] = [
  { head: "INSTANCE", of: ({ instance }) => instance },
  { head: "SLAVE", of: ({ slave }) => slave ?? "-" },
  { head: "STATE", of: ({ state }) => state, tone: ({ state }) => STATE_TONES[state] },
  { head: "UPS", align: "right", of: ({ ups }) => (ups === null ? "-" : String(Math.round(ups))) },
  {
    head: "LINK",
    of: ({ linked, state }) => (linked ? "linked" : state === "running" ? "not linked" : "-"),
    tone: ({ linked, state }) => (!linked && state === "running" ? "warn" : undefined),
  },
  { head: "WORLD", of: ({ world }) => world ?? "-" },
  { head: "WAITS FOR", of: ({ waitsFor }) => waitsFor },
];

const slaveText = (slaves: readonly SlaveLine[]): string => {
  if (slaves.length === 0) return "none yet: clusterio slave token lets one join";
  const gone = slaves.filter(({ state }) => state !== "present");
  const named = gone.length === 0 ? "" : ` (${gone.map(({ slave }) => slave).join(", ")})`;
  return `${countedBy(slaves, ({ state }) => state)}${named}`;
};

const storageText = ({ resources, waitedFor, full, short }: StatusView["storage"]): string =>
  [
    count(resources, "resource"),
    ...(waitedFor > 0 ? [`${waitedFor} waited for`] : []),
    ...(full > 0 ? [`${full} full`] : []),
    ...(short > 0 ? [`${short} short`] : []),
  ].join(", ");

const usual = ({ state, linked }: InstanceLine): boolean => (state === "running" && linked) || state === "stopped";

export const statusLines = (status: StatusView, look: Look): string[] => {
  const { url, user, master, ledger, streams, slaves, instances, storage, advice } = status;
  const shown = instances.length <= SHOWN_MAX ? instances : instances.filter((one) => !usual(one)).slice(0, SHOWN_MAX);
  const hidden = instances.length - shown.length;
  const label = (text: string): string => painted(text.padEnd(11), "bold", look);
  return [
    `${label("cluster")}${url}, you are ${user}`,
    `${label("master")}${painted(masterText(master), master.leads ? undefined : "bad", look)}`,
    `${label("ledger")}${ledgerText(ledger)}`,
    ...(streams.length === 0 ? [] : [`${label("streams")}${streamsText(streams)}`]),
    `${label("slaves")}${slaveText(slaves)}`,
    `${label("instances")}${instances.length === 0 ? "none yet: clusterio instance create NAME" : countedBy(instances, ({ state }) => state)}`,
    `${label("storage")}${master.leads ? storageText(storage) : "not known while no master answers"}`,
    ...(shown.length === 0 ? [] : ["", ...tableLines(shown, INSTANCES, look)]),
    ...(hidden > 0 ? [`and ${hidden} more as they should be: clusterio instance list`] : []),
    "",
    ...(advice.length === 0
      ? [painted("nothing wants you", "good", look)]
      : advice.flatMap(({ what, next, bad }) => [
          `${painted(bad ? "!" : "-", bad ? "bad" : "warn", look)} ${what}`,
          `    ${painted(next, "dim", look)}`,
        ])),
  ];
};
