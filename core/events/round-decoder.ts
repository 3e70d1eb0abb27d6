import { isBoot } from "#core/boot";
import type { AccountRecord, LedgerMessages, WorldRecord } from "#core/events/ledger";
import { ID_CHARACTERS_MAX, isId, isWorldId } from "#core/ids";
import { isResourceKey, isTotal } from "#core/resource";

/**
 * Reads a round by hand, several times faster than its schema: a start and a standby read little else. Only what is plainly
 * well formed: anything unusual, such as an unknown field, is `undefined`, and the schema decides. What is
 * returned is what the schema would have returned (held to it by test).
 */
export type Round = LedgerMessages["round"]["data"];

const HASH = /^(?:|[A-Za-z0-9_-]{43})$/;
const SUM = /^[0-9a-f]{8}$/;
const TOKEN = /^(?:|~[0-9a-z.-]{1,40}|[0-9a-z]{10,32})$/;
const ACCOUNT_NUMBERS_MAX = 10;
const POSITION_CHARACTERS_MAX = 64;
const NAME_CHARACTERS_MAX = 100;
const AUTOSAVE_SECONDS_MAX = 86_400;

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isText = (value: unknown, max: number): value is string => typeof value === "string" && value.length <= max;
const isBootOrNone = (value: unknown): boolean => typeof value === "string" && (value === "" || isBoot(value));

const isAccount = (value: unknown): value is AccountRecord => {
  if (!Array.isArray(value) || value.length > ACCOUNT_NUMBERS_MAX) return false;
  for (const number of value) if (!Number.isSafeInteger(number)) return false;
  return true;
};

const isPosition = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  let fields = 0;
  for (const _ in value) fields++;
  const { created, seq, id } = value;
  const texts = isText(created, POSITION_CHARACTERS_MAX) && isText(id, POSITION_CHARACTERS_MAX);
  return fields === 3 && texts && isCount(seq);
};

const isSession = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const key in value) {
    const field = value[key];
    if (key === "owner") {
      if (!isBootOrNone(field)) return false;
    } else if (key === "open") {
      if (typeof field !== "boolean") return false;
    } else if (key === "seed") {
      if (!isCount(field)) return false;
    } else if (key !== "untakeable" || !Array.isArray(field) || !field.every(isKey)) return false;
  }
  return value.owner !== undefined && value.open !== undefined && value.seed !== undefined;
};

const isKey = (value: unknown): boolean => typeof value === "string" && isResourceKey(value);

const isWorld = (value: unknown): value is WorldRecord => {
  if (!isFields(value)) return false;
  for (const key in value) {
    const field = value[key];
    if (key === "r") {
      if (!isFields(field)) return false;
      for (const resource in field) if (!isResourceKey(resource) || !isAccount(field[resource])) return false;
    } else if (key === "seq" || key === "tick") {
      if (!isCount(field)) return false;
    } else if (key === "token") {
      if (typeof field !== "string" || !TOKEN.test(field)) return false;
    } else if (key !== "session" || !isSession(field)) return false;
  }
  return true;
};

const isLevels = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const key in value) if (!isResourceKey(key) || !isTotal(value[key])) return false;
  return true;
};

const isConfig = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  let fields = 0;
  for (const _ in value) fields++;
  const { name, seed, autosaveSeconds } = value;
  if (fields !== 3 || !isText(name, NAME_CHARACTERS_MAX) || name === "") return false;
  return isCount(seed) && seed < 2 ** 32 && isCount(autosaveSeconds) && autosaveSeconds <= AUTOSAVE_SECONDS_MAX;
};

const instanceChecks: ReadonlyMap<string, (value: unknown) => boolean> = new Map(
  Object.entries({
    config: isConfig,
    slave: (value: unknown) => isText(value, ID_CHARACTERS_MAX),
    epoch: isCount,
    generation: isCount,
    owner: isBootOrNone,
  }),
);

const isInstances = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const id in value) {
    const instance = value[id];
    if (!isId(id) || !isFields(instance)) return false;
    for (const key in instance) if (instanceChecks.get(key)?.(instance[key]) !== true) return false;
    const { slave, epoch, generation, owner } = instance;
    if (slave === undefined || epoch === undefined || generation === undefined || owner === undefined) return false;
  }
  return true;
};

const isWorlds = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const id in value) if (!isWorldId(id) || !isWorld(value[id])) return false;
  return true;
};

const fieldChecks: ReadonlyMap<string, (value: unknown) => boolean> = new Map(
  Object.entries({
    v: (value) => value === 1,
    round: isCount,
    boot: (value) => typeof value === "string" && isBoot(value),
    closedAt: isCount,
    prev: (value) => typeof value === "string" && HASH.test(value),
    sum: (value) => typeof value === "string" && SUM.test(value),
    position: isPosition,
    instances: isInstances,
    worlds: isWorlds,
    storage: isLevels,
    shortfall: isLevels,
  }),
);
const REQUIRED = ["v", "round", "boot", "closedAt", "prev"] as const;

/** The round in this parsed JSON, or undefined when the schema has to look. */
export const plainRound = (value: unknown): Round | undefined => {
  if (!isFields(value)) return undefined;
  for (const key in value) if (fieldChecks.get(key)?.(value[key]) !== true) return undefined;
  for (const key of REQUIRED) if (value[key] === undefined) return undefined;
  // The one cast of this decoder: every field was proved above.
  return value as unknown as Round;
};
