import type { RoundBody, WorldRecord } from "#core/events/ledger";
import type { Changes } from "#core/fold/state";

/** A ledger message's data; below the broker's payload limit of 8 MiB by far, and small enough to read at a glance. */
export const ROUND_BYTES_MAX = 1_000_000;

/** One record of a change at most: a resource's name of 400 characters, seven totals, or an instance with its name. */
const RECORD_BYTES_MAX = 600;

/** False when the round of what changed surely is one message: told from numbers alone, without writing it. */
export const mayBeSplit = ({ accounts, stocks, worlds, instances }: Changes, bytesMax = ROUND_BYTES_MAX): boolean => {
  const listed = worlds.reduce((sum, { untakeable }) => sum + untakeable.size, 0);
  return (accounts.length + stocks.length + worlds.length + instances.length + listed) * RECORD_BYTES_MAX > bytesMax;
};

/** More than a position takes. */
const POSITION_BYTES_MAX = 300;

const sizeOf = (fields: object | undefined): number => (fields === undefined ? 0 : Object.keys(fields).length);

/** No less than the round takes as JSON, from numbers alone: a name may be escaped. What a held session lists is not counted. */
const bytesAtMost = ({ worlds, instances, storage, shortfall }: RoundBody): number => {
  let records = 2 * sizeOf(instances) + sizeOf(storage) + sizeOf(shortfall);
  for (const id in worlds) {
    const { r, session } = worlds[id as keyof typeof worlds]!;
    if (session?.held !== undefined) return Number.POSITIVE_INFINITY;
    records += 1 + sizeOf(r) + (session?.untakeable?.length ?? 0);
  }
  return POSITION_BYTES_MAX + records * RECORD_BYTES_MAX;
};

/** Keys of all resources that a round names, sorted. */
const resourcesOf = (body: RoundBody): string[] => {
  const keys = new Set<string>(Object.keys(body.storage ?? {}));
  for (const key in body.shortfall) keys.add(key);
  for (const record of Object.values(body.worlds ?? {})) for (const key in record.r) keys.add(key);
  return [...keys].sort();
};

const pick = <T>(from: Record<string, T> | undefined, keys: ReadonlySet<string>): Record<string, T> =>
  Object.fromEntries(Object.entries(from ?? {}).filter(([key]) => keys.has(key)));

/** The amounts of some resources only: conserving by itself, and repeatable, since it has neither tokens nor a position. */
const slice = (body: RoundBody, keys: ReadonlySet<string>): RoundBody => {
  const worlds: Record<string, WorldRecord> = {};
  for (const [id, record] of Object.entries(body.worlds ?? {})) {
    const r = pick(record.r, keys);
    if (Object.keys(r).length > 0) worlds[id] = { r };
  }
  return { worlds, storage: pick(body.storage, keys), shortfall: pick(body.shortfall, keys) };
};

/**
 * A round as one message, or, past `bytesMax`, as several chained ones, split by resource. Tokens and the position stand
 * in the last: a leader that dies in between folds the same facts again, onto the same absolutes (P16).
 */
export const splitRound = (body: RoundBody, bytesMax = ROUND_BYTES_MAX): RoundBody[] => {
  if (bytesAtMost(body) <= bytesMax) return [body];
  const bytes = JSON.stringify(body).length;
  if (bytes <= bytesMax) return [body];
  const keys = resourcesOf(body);
  const count = Math.min(keys.length, Math.ceil((bytes / bytesMax) * 1.5));
  const perPart = Math.ceil(keys.length / Math.max(1, count));
  const parts: RoundBody[] = [];
  for (let at = 0; at < keys.length; at += perPart) parts.push(slice(body, new Set(keys.slice(at, at + perPart))));
  const sessions = Object.fromEntries(Object.entries(body.worlds ?? {}).map(([id, { r: _r, ...rest }]) => [id, rest]));
  const { storage: _storage, shortfall: _shortfall, ...last } = body;
  return [...parts, { ...last, worlds: sessions }];
};
