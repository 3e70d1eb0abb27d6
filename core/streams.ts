import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  StoreCompression,
  type StreamConfig,
} from "@nats-io/jetstream";
import { unavailable } from "#core/errors";
import { FACT_TYPES, PLAYER_FACT_TYPES, SUBJECT_PREFIX } from "#core/subjects";

/**
 * The streams of CORE (DESIGN 5).
 *
 * ST1 a stream that stores what EDGE says gives no acknowledgement: with one, a reply subject chosen by a slave would
 *    make the server publish for it.
 * ST2 the ledger refuses when full and lets nobody delete single messages: what was decided is not lost to a limit.
 * ST3 no stream stores a request subject: it would count as a responder and turn "offline" into a timeout.
 */
export type StreamName =
  | "EVENTS"
  | "LEDGER"
  | "LEVELS"
  | "STATE"
  | "AUDIT"
  | "LOGS"
  | "TELEMETRY"
  | "CHAT"
  | "REJECTED"
  | "ACCESS"
  | "PLAYERS"
  | "LISTS";

/** JetStream API level of nats-server 2.14. Older servers ignore options that they do not know, silently. */
const API_LEVEL_MIN = 4;

type Rules = Pick<
  StreamConfig,
  "subjects" | "retention" | "storage" | "discard" | "no_ack" | "deny_delete" | "allow_direct"
> &
  Partial<Pick<StreamConfig, "max_msgs_per_subject">>;
type Limits = Pick<StreamConfig, "max_bytes" | "max_age" | "compression" | "duplicate_window"> &
  Partial<Pick<StreamConfig, "max_msgs_per_subject">>;

export interface StreamDefinition {
  readonly name: StreamName;
  readonly description: string;
  /** What the system's correctness rests on: put right on every start. */
  readonly rules: Rules;
  /** What an operator may change: set once, then only reported when it differs. */
  readonly limits: Limits;
}

const MIB = 1024 * 1024;
const SECOND = 1_000_000_000;
const DAY = 86_400 * SECOND;
const FOR_EVER = 0;

const subject = (...tokens: string[]): string => [SUBJECT_PREFIX, ...tokens].join(".");

const CAPTURED = {
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  no_ack: true,
  deny_delete: false,
  allow_direct: true,
} as const;

const LAST_VALUE = { ...CAPTURED, no_ack: false, max_msgs_per_subject: 1 } as const;

/**
 * No fact carries a message id (DESIGN 5), and what carries one in LEDGER is told apart by its place (ADR 0088): the shortest window
 * that the server takes keeps no memory.
 */
const NO_DEDUPLICATION = 0.1 * SECOND;

export const STREAMS: readonly StreamDefinition[] = [
  {
    name: "EVENTS",
    description: "Facts about worlds, as slaves state them",
    rules: { ...CAPTURED, subjects: FACT_TYPES.map((type) => subject("event", "*", "*", type)) },
    limits: {
      // The master folds facts within a second, and worlds restate their totals: this only has to outlast an outage of
      // the master, and to let an operator look back over a week-end.
      max_age: 7 * DAY,
      // 100 instances at 12 reports a second and 100 compressed bytes fill 10 GiB a day; an ordinary cluster, a
      // hundredth of it. 4 GiB is what a small disk can spare.
      max_bytes: 4096 * MIB,
      // One day of one instance's reports at full rate: a runaway instance pushes out its own past first.
      max_msgs_per_subject: 1_000_000,
      // Reports repeat names of resources: s2 makes them three to five times smaller.
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "LEDGER",
    description: "What the leader decided: the accounts of all worlds",
    rules: {
      ...CAPTURED,
      subjects: [subject("ledger", ">")],
      discard: DiscardPolicy.New,
      no_ack: false,
      deny_delete: true,
    },
    limits: {
      max_age: FOR_EVER,
      // A busy cluster writes 20 rounds a second of 1 to 2 KB: 3 GB a day before compression. The master purges below
      // a verified checkpoint, alarms at 70 % and stops granting at 95 %, so this is hours of warning.
      max_bytes: 4096 * MIB,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "LEVELS",
    description: "Storage levels: the last one of each resource",
    rules: { ...LAST_VALUE, subjects: [subject("storage", ">")] },
    // 10,000 resources of 300 bytes are 3 MB; the rest is room for what is being replaced.
    limits: {
      max_age: FOR_EVER,
      max_bytes: 64 * MIB,
      compression: StoreCompression.None,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "STATE",
    description: "Read models: the last state of each slave, instance, user and player",
    rules: { ...LAST_VALUE, subjects: [subject("state", ">")] },
    // 10,000 players and 1,000 instances of 2 KB are 22 MB.
    limits: {
      max_age: FOR_EVER,
      max_bytes: 128 * MIB,
      compression: StoreCompression.None,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "AUDIT",
    description: "Who did what: commands before and after they were carried out",
    rules: { ...CAPTURED, subjects: [subject("audit", ">")] },
    limits: {
      // "Who did that?" is asked within a season.
      max_age: 180 * DAY,
      // A million records of 500 bytes, compressed, are 150 MB.
      max_bytes: 256 * MIB,
      // A slave that floods its own audit pushes out its own records, not those of others.
      max_msgs_per_subject: 50_000,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "LOGS",
    description: "Output lines of game servers",
    rules: { ...CAPTURED, subjects: [subject("log", ">")] },
    limits: {
      // The files on the slaves are the record; this is for looking at and for tailing.
      max_age: 3 * DAY,
      max_bytes: 512 * MIB,
      // A mod that logs each tick (60 a second) keeps half an hour and leaves the room to others.
      max_msgs_per_subject: 100_000,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "TELEMETRY",
    description: "UPS, players and latency over time",
    rules: { ...CAPTURED, subjects: [subject("telemetry", ">")] },
    limits: {
      // Long-term graphs belong to a metrics store; this shows the last day.
      max_age: DAY,
      max_bytes: 128 * MIB,
      // One each second for a day.
      max_msgs_per_subject: 86_400,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "CHAT",
    description: "What players said",
    rules: { ...CAPTURED, subjects: [subject("chat", ">")] },
    // A month of 10,000 lines a day of 300 bytes is 90 MB.
    limits: {
      max_age: 30 * DAY,
      max_bytes: 128 * MIB,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "REJECTED",
    description: "Malformed facts, with the reason",
    rules: { ...CAPTURED, subjects: [subject("rejected", ">")] },
    limits: {
      max_age: 7 * DAY,
      max_bytes: 64 * MIB,
      // A liar shows in the first few; the rest is the same.
      max_msgs_per_subject: 1_000,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "ACCESS",
    description: "Who may do what: the book of roles, users and slaves, each message the whole",
    rules: { ...CAPTURED, subjects: [subject("access", ">")], no_ack: false, deny_delete: true },
    limits: {
      max_age: FOR_EVER,
      // The last hundred changes of a book of half a megabyte; the rest is room for what is being replaced.
      max_bytes: 64 * MIB,
      max_msgs_per_subject: 100,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "PLAYERS",
    description: "Who came and went where: playtime is their sum",
    rules: { ...CAPTURED, subjects: PLAYER_FACT_TYPES.map((type) => subject("event", "*", "*", type)) },
    limits: {
      max_age: FOR_EVER,
      // A million stays of two messages of 300 bytes, compressed: ten years of a cluster with 250 stays a day.
      max_bytes: 256 * MIB,
      // A flood of one instance pushes out its own past.
      max_msgs_per_subject: 500_000,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
  {
    name: "LISTS",
    description: "Admins, bans and the whitelist of the cluster: the last word about each player",
    // Full, it refuses: a ban that is pushed out would be none.
    rules: { ...LAST_VALUE, subjects: [subject("lists", ">")], discard: DiscardPolicy.New, deny_delete: true },
    limits: {
      max_age: FOR_EVER,
      // 20,000 names of 300 bytes are 6 MB; the rest is room for what is being replaced.
      max_bytes: 32 * MIB,
      compression: StoreCompression.S2,
      duplicate_window: NO_DEDUPLICATION,
    },
  },
];

/** A setting that is another one than defined. */
export interface Drift {
  readonly stream: StreamName;
  readonly setting: string;
  readonly found: unknown;
  readonly wanted: unknown;
}

export interface EnsuredStreams {
  readonly created: readonly StreamName[];
  /** Rules that were put right. */
  readonly repaired: readonly Drift[];
  /** Limits that somebody set otherwise: left as they are. */
  readonly kept: readonly Drift[];
}

/** @throws ClusterioError `unavailable` when the server is older than 2.14. */
export const refuseOldServer = async (jsm: JetStreamManager): Promise<number> => {
  const { api } = await jsm.getAccountInfo();
  const level = api?.level ?? 0;
  if (level >= API_LEVEL_MIN) return level;
  throw unavailable(
    `this NATS server offers JetStream API level ${level}, ${API_LEVEL_MIN} is needed: install nats-server 2.14 or newer`,
  );
};

/**
 * Makes the streams that are missing, puts right the rules of the others and reports limits that differ.
 * @throws ClusterioError `unavailable` when the server is too old or a rule cannot be put right.
 */
export const ensureStreams = async (jsm: JetStreamManager): Promise<EnsuredStreams> => {
  await refuseOldServer(jsm);
  const created: StreamName[] = [];
  const repaired: Drift[] = [];
  const kept: Drift[] = [];
  for (const definition of STREAMS) {
    const found = await streamConfig(jsm, definition.name);
    if (found === undefined) {
      await jsm.streams.add({ ...definition.limits, ...definition.rules, ...naming(definition) });
      created.push(definition.name);
      continue;
    }
    kept.push(...driftOf(definition, definition.limits, found));
    const wrong = driftOf(definition, definition.rules, found);
    if (wrong.length > 0) await repair(jsm, definition, wrong);
    repaired.push(...wrong);
  }
  return { created, repaired, kept };
};

const naming = ({ name, description }: StreamDefinition) => ({ name, description });

const streamConfig = async (jsm: JetStreamManager, name: StreamName): Promise<StreamConfig | undefined> => {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === 10059) return undefined;
    throw error;
  }
};

/** Settings of `wanted` that `found` has otherwise. The server leaves out what is off. */
export const driftOf = (
  { name }: StreamDefinition,
  wanted: Partial<StreamConfig>,
  found: Partial<StreamConfig>,
): Drift[] =>
  Object.entries(wanted).flatMap(([setting, value]) => {
    const has = (found as Record<string, unknown>)[setting] ?? (typeof value === "boolean" ? false : undefined);
    return canonical(has) === canonical(value) ? [] : [{ stream: name, setting, found: has, wanted: value }];
  });

const canonical = (value: unknown): string => JSON.stringify(Array.isArray(value) ? [...value].sort() : value);

const repair = async (jsm: JetStreamManager, definition: StreamDefinition, wrong: readonly Drift[]): Promise<void> => {
  try {
    await jsm.streams.update(definition.name, { ...definition.rules });
  } catch (error) {
    const settings = wrong.map((drift) => drift.setting).join(", ");
    throw unavailable(
      `stream ${definition.name} was made with another ${settings}, which the server cannot change: ` +
        "back it up, remove it, and start again",
      error,
    );
  }
};
