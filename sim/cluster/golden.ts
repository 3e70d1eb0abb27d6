import type { RoundBody } from "#core/events/ledger";
import { unseal } from "#core/events/ledger-codec";
import { evolve } from "#core/fold/evolve";
import { hashOf, imageOf } from "#core/fold/image";
import { newState } from "#core/fold/state";
import type { StoredMessage } from "#core/ports/log";
import { FACT_TYPES, LEDGER_TYPES, SUBJECT_PREFIX } from "#core/subjects";
import type { Cluster } from "#sim/cluster/cluster";
import { runHistory } from "#sim/cluster/history";
import { isEarlierPart } from "#sim/cluster/ledger-book";
import { RESOURCES } from "#sim/cluster/world";

/**
 * Golden histories: what a cluster of this version really wrote, kept for ever. Each later version must fold them into the
 * same states (test/golden). One line of JSON each: the head, then every stored message of EVENTS and LEDGER, with the
 * state's hash after every so many of the latter.
 */

/** A released format, `fact/world-synced.v1`, `ledger/round.v1`, or something in it, `content/debt`. */
export type Format = string;

/** What accounts and ledgers hold only in trouble: a history of each, too. */
const CONTENTS = ["debt", "held", "carry", "shortfall", "checkpoint in parts"] as const;

export const allFormats = (): Format[] => [
  ...FACT_TYPES.map((type) => `fact/${type}.v1`),
  ...LEDGER_TYPES.map((type) => `ledger/${type}.v1`),
  ...CONTENTS.map((content) => `content/${content}`),
];

const decode = (data: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(data));

/** What one stored message of EVENTS or LEDGER is, and has in it. */
export const formatsOf = ({ subject, data }: Pick<StoredMessage, "subject" | "data">): Format[] => {
  const [kind = "", ...rest] = subject.slice(SUBJECT_PREFIX.length + 1).split(".");
  const { v } = decode(data) as { v: number };
  const format = `${kind === "event" ? "fact" : kind}/${rest.at(-1)}.v${v}`;
  if (kind === "event") return [format];
  const { worlds = {}, shortfall = {}, part = 1 } = decode(data) as Partial<RoundBody> & { part?: number };
  const accounts = Object.values(worlds).flatMap(({ r }) => Object.values(r ?? {}));
  const has: Readonly<Record<(typeof CONTENTS)[number], boolean>> = {
    debt: accounts.some(([, , , debt = 0]) => debt > 0),
    held: accounts.some(([, , , , , , held = 0]) => held > 0),
    carry: accounts.some(([, , , , , carry = 0]) => carry !== 0),
    shortfall: Object.values(shortfall).some((n) => n > 0),
    "checkpoint in parts": part > 1,
  };
  return [format, ...CONTENTS.filter((content) => has[content]).map((content) => `content/${content}`)];
};

export interface GoldenMessage {
  /** E: EVENTS, L: LEDGER. */
  readonly s: "E" | "L";
  readonly seq: number;
  readonly time: number;
  readonly subject: string;
  /** The bytes, which are JSON, as text. */
  readonly data: string;
  /** Of a valid message of LEDGER, now and then: the state's hash after it. */
  readonly hash?: string;
}

export interface Golden {
  readonly head: {
    readonly v: 1;
    readonly name: string;
    readonly formats: readonly Format[];
    /** Creation time of the EVENTS stream. */
    readonly events: string;
  };
  readonly messages: readonly GoldenMessage[];
}

/** A shorter history says too little for a file of its own. */
const MESSAGES_MIN = 150;
/** State hashes are noted after every so many messages, and after the last. */
const HASH_EVERY = 10;

const goldenMessages = (s: "E" | "L", stored: readonly StoredMessage[]): GoldenMessage[] =>
  stored.map(({ seq, time, subject, data }) => ({ s, seq, time, subject, data: new TextDecoder().decode(data) }));

const withHashes = (stored: readonly StoredMessage[]): GoldenMessage[] => {
  const state = newState();
  const messages = goldenMessages("L", stored);
  return messages.map((message, index) => {
    const unsealed = unseal(stored[index]!);
    if (unsealed.kind !== "message") throw new Error(`message ${message.seq}: ${unsealed.reason}`);
    if (unsealed.message.data.prev !== state.chain) return message;
    evolve(state, unsealed.message, unsealed.hash);
    if ((index + 1) % HASH_EVERY !== 0 && index + 1 < messages.length) return message;
    return { ...message, hash: hashOf(imageOf(state)) };
  });
};

const isPart = ({ subject, data }: StoredMessage): boolean =>
  subject.endsWith(".round") && isEarlierPart(decode(data) as Parameters<typeof isEarlierPart>[0]);

/** What no history does by itself, done by an operator at its end. */
const operate = ({ operator }: Cluster): void => {
  const [first = "", second = ""] = RESOURCES;
  const orders: [string, string, object][] = [
    [
      "policy",
      "set",
      { policies: { rule: "proportional", weights: { a1: 3 }, resources: { [first]: { reserve: 5 } } } },
    ],
    ["storage", "adjust", { resource: first, amount: 25, reason: "a golden history" }],
    ["storage", "rename", { from: first, to: second, reason: "a golden history" }],
  ];
  for (const [noun, verb, value] of orders) void operator.command(noun, verb, value);
};

/** The history of one seed, if its ledger is there from its beginning and nothing was wrong with it. */
export const record = async (name: string, seed: number, steps: number): Promise<Golden | undefined> => {
  let golden: Golden | undefined;
  const end = await runHistory({
    seed,
    steps,
    inspect: async (cluster) => {
      operate(cluster);
      await cluster.pass(5_000);
      const [ledger, events] = [await cluster.ledger.read(1, 1_000_000), await cluster.events.read(1, 1_000_000)];
      // The parts of a round are one decision: they cannot be decided again one by one.
      if (ledger[0]?.seq !== 1 || ledger.some(isPart)) return;
      const messages = [...goldenMessages("E", events), ...withHashes(ledger)];
      const formats = [...new Set([...events, ...ledger].flatMap(formatsOf))].sort();
      golden = { head: { v: 1, name, formats, events: (await cluster.events.info()).created }, messages };
    },
  });
  return end.problems.size === 0 ? golden : undefined;
};

export const textOf = ({ head, messages }: Golden): string =>
  [head, ...messages].map((line) => `${JSON.stringify(line)}\n`).join("");

export const parseGolden = (text: string): Golden => {
  const [head, ...messages] = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { head, messages };
};

/** The shortest histories that together have all the formats wanted, found greedily among the first seeds. */
export const recordAll = async (
  name: string,
  wanted: readonly Format[],
  { seeds, steps }: { readonly seeds: number; readonly steps: number },
): Promise<{ readonly goldens: readonly Golden[]; readonly missing: readonly Format[] }> => {
  const goldens: Golden[] = [];
  let missing = [...wanted];
  for (let seed = 1; seed <= seeds && missing.length > 0; seed++) {
    const golden = await record(`${name}-${seed}`, seed, steps);
    if (golden === undefined) continue;
    const fresh = missing.filter((format) => golden.head.formats.includes(format));
    if (fresh.length === 0 || golden.messages.length < MESSAGES_MIN) continue;
    goldens.push(golden);
    missing = missing.filter((format) => !fresh.includes(format));
  }
  return { goldens, missing };
};
