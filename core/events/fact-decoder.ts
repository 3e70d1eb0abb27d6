import { isBoot } from "#core/boot";
import { FACT_VERSION, type FactBody } from "#core/events/facts";
import { FACT_BYTES_MAX, KEYS_MAX, PARTS_MAX, TIME_PATTERN } from "#core/events/shapes";
import { type InstanceId, isWorldId, type SlaveId } from "#core/ids";
import { isResourceKey, isTotal } from "#core/resource";
import { type EventSubject, FACT_TYPES, parseEventSubject } from "#core/subjects";

/**
 * Decodes facts by hand, several times faster than the schemas in `core/events/facts.ts`, and accepts exactly what they
 * accept (held to it by test). The slave and the instance are taken from the subject, which the broker enforces; an
 * envelope that names others is rejected.
 */
export type Fact = FactBody & { readonly id: string; readonly slave: SlaveId; readonly instance: InstanceId };

export type Decoded =
  | { readonly kind: "fact"; readonly fact: Fact }
  /** A type or version of another release: skipped, never fatal. */
  | { readonly kind: "unknown" }
  | { readonly kind: "rejected"; readonly reason: string };

const ID = /^[0-9a-z-]{1,64}$/;
const TOKEN = /^[0-9a-z]{10,32}$/;
const ANY_TOKEN = /^(?:|~[0-9a-z.-]{1,40}|[0-9a-z]{10,32})$/;
const decoder = new TextDecoder("utf-8", { fatal: true });
const knownTypes: ReadonlySet<string> = new Set(FACT_TYPES);

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** What is wrong with a vector of totals, or undefined. */
const totalsProblem = (name: string, value: unknown): string | undefined => {
  if (!isFields(value)) return `${name} is not an object`;
  let keys = 0;
  for (const key in value) {
    if (++keys > KEYS_MAX) return `${name} has more than ${KEYS_MAX} resources`;
    if (!isResourceKey(key)) return `${name}: "${key.slice(0, 60)}" is not a resource`;
    if (!isTotal(value[key])) return `${name}.${key} is not a whole number from 0 to 2^53-2^32`;
  }
  return undefined;
};

const sessionProblem = (data: Fields): string | undefined => {
  if (typeof data.world !== "string" || !isWorldId(data.world)) return "world is not a world id";
  if (typeof data.token !== "string" || !TOKEN.test(data.token)) return "token is malformed";
  if (!isCount(data.epoch)) return "epoch is not a count";
  if (!isCount(data.tick)) return "tick is not a count";
  return totalsProblem("exported", data.exported) ?? totalsProblem("received", data.received);
};

const syncProblem = (data: Fields): string | undefined => {
  const problem = sessionProblem(data) ?? totalsProblem("wanted", data.wanted);
  if (problem !== undefined) return problem;
  if (typeof data.prev !== "string" || !ANY_TOKEN.test(data.prev)) return "prev is malformed";
  if (typeof data.owner !== "string" || !isBoot(data.owner)) return "owner is not a boot id";
  if (typeof data.heard !== "string" || !(data.heard === "" || isBoot(data.heard))) return "heard is not a boot id";
  if (!isCount(data.seed)) return "seed is not a count";
  const { assignment, untakeable, part, parts } = data;
  if (assignment !== undefined && !(typeof assignment === "string" && assignment.length <= 2_000)) {
    return "assignment is malformed";
  }
  if (!Array.isArray(untakeable) || untakeable.length > KEYS_MAX) return "untakeable is not a list of resources";
  for (const key of untakeable) if (typeof key !== "string" || !isResourceKey(key)) return "untakeable has no resource";
  if (part !== undefined && !(isCount(part) && part >= 1 && part <= PARTS_MAX)) return "part is out of bounds";
  if ((part === undefined) !== (parts === undefined)) return "part and parts go together";
  if (parts !== undefined && !(isCount(parts) && parts >= 2 && parts <= PARTS_MAX)) return "parts is out of bounds";
  if (part !== undefined && parts !== undefined && part > parts) return "there is no such part";
  return undefined;
};

const reportProblem = (data: Fields): string | undefined => {
  const problem = sessionProblem(data) ?? totalsProblem("wanted", data.wanted);
  if (problem !== undefined) return problem;
  if (!isCount(data.seq)) return "seq is not a count";
  if (data.full !== undefined && data.full !== true) return "full is not true";
  const { heard } = data;
  if (heard !== undefined && !(typeof heard === "string" && (heard === "" || isBoot(heard)))) {
    return "heard is not a boot id";
  }
  return undefined;
};

const adoptionProblem = (data: Fields): string | undefined => {
  if (typeof data.parent !== "string" || !isWorldId(data.parent)) return "parent is not a world id";
  return sessionProblem(data);
};

const problemOf: Record<string, (data: Fields) => string | undefined> = {
  "world-synced": syncProblem,
  "world-reported": reportProblem,
  "world-left": sessionProblem,
  "world-adopted": adoptionProblem,
};

const rejected = (reason: string): Decoded => ({ kind: "rejected", reason });

/** What a subject says about the messages on it. */
interface Address extends EventSubject {
  readonly source: string;
  /** What the ids of this instance's worlds begin with. */
  readonly worlds: string;
}

/** Addresses parsed so far: the hot path parses each subject once. Bounded, so that a liar cannot fill the memory. */
const addresses = new Map<string, Address>();
const ADDRESSES_MAX = 10_000;

const addressOf = (subject: string): Address | undefined => {
  const known = addresses.get(subject);
  if (known !== undefined) return known;
  const parsed = parseEventSubject(subject);
  if (parsed === undefined) return undefined;
  const { slave, instance } = parsed;
  const address = { ...parsed, source: `${slave}/${instance}`, worlds: `${instance}.` };
  if (addresses.size < ADDRESSES_MAX) addresses.set(subject, address);
  return address;
};

/** Reads one message of the `EVENTS` stream. Never throws. */
export const decodeFact = (subject: string, bytes: Uint8Array): Decoded => {
  const address = addressOf(subject);
  if (address === undefined) return rejected("the subject is not an event's");
  if (bytes.length > FACT_BYTES_MAX) return rejected(`longer than ${FACT_BYTES_MAX} bytes`);
  let envelope: unknown;
  try {
    envelope = JSON.parse(decoder.decode(bytes));
  } catch {
    return rejected("not JSON");
  }
  if (!isFields(envelope)) return rejected("not an object");
  if (typeof envelope.type === "string" && !knownTypes.has(envelope.type)) return { kind: "unknown" };
  if (envelope.type !== address.type) return rejected("type differs from the subject's");
  if (typeof envelope.v === "number" && envelope.v > FACT_VERSION) return { kind: "unknown" };
  if (envelope.specversion !== "1.0" || envelope.v !== FACT_VERSION) return rejected("not an envelope of version 1");
  if (envelope.source !== address.source) return rejected("source differs from the subject's");
  if (typeof envelope.id !== "string" || !ID.test(envelope.id)) return rejected("id is malformed");
  if (typeof envelope.time !== "string" || !TIME_PATTERN.test(envelope.time))
    return rejected("time is not ISO 8601 in UTC");
  const { data, type } = envelope;
  if (!isFields(data)) return rejected("data is not an object");
  const problem = problemOf[type as string]?.(data);
  if (problem !== undefined) return rejected(problem);
  if (!(data.world as string).startsWith(address.worlds)) return rejected("the world is another instance's");
  const { slave, instance } = address;
  // The one cast of this codec: every field was proved above.
  return { kind: "fact", fact: { type, data, id: envelope.id, slave, instance } as unknown as Fact };
};

/** The `id` of an envelope for the position check, "" when there is none. */
export const envelopeId = (bytes: Uint8Array): string => {
  try {
    const envelope: unknown = JSON.parse(decoder.decode(bytes));
    return isFields(envelope) && typeof envelope.id === "string" ? envelope.id : "";
  } catch {
    return "";
  }
};
