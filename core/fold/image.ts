import { sha256 } from "#core/digest";
import { canonicalJson } from "#core/events/codec";
import type { CheckpointImage, WorldRecord } from "#core/events/ledger";
import { accountRecordOf, instanceRecordOf, sessionRecordOf } from "#core/fold/records";
import type { State } from "#core/fold/state";

/** All of the state that the ledger holds, as plain data. Accounts and stocks that are all zero are left out. */
export const imageOf = (state: State): CheckpointImage => {
  const worlds: Record<string, WorldRecord> = {};
  for (const world of state.worlds.values()) {
    const r: NonNullable<WorldRecord["r"]> = {};
    for (const [key, account] of world.accounts) {
      const record = accountRecordOf(account);
      if (record.length > 0) r[key] = record;
    }
    const { token, seq, tick, parent } = world;
    const descent = parent === undefined ? {} : { parent };
    worlds[world.id] = { token, seq, tick, session: sessionRecordOf(world), ...descent, r };
  }
  const stocks: Record<string, number[]> = {};
  for (const { key, storage, shortfall, adjusted } of state.stocks.values()) {
    if (storage !== 0 || shortfall !== 0 || adjusted !== 0) stocks[key] = [storage, shortfall, adjusted];
  }
  const image: CheckpointImage = {
    policies: state.policies,
    instances: Object.fromEntries([...state.instances].map(([id, instance]) => [id, instanceRecordOf(instance)])),
    worlds,
    stocks,
  };
  return state.position === undefined ? image : { ...image, position: state.position };
};

/**
 * The state's hash: equal states have equal hashes on every machine (F6). `tick` and `seq` of a world are left out:
 * they move with reports that change nothing else and are written with the next change.
 */
export const hashOf = (image: CheckpointImage): string => {
  const worlds = Object.fromEntries(
    Object.entries(image.worlds ?? {}).map(([id, { tick: _tick, seq: _seq, ...rest }]) => [id, rest]),
  );
  const { position: _position, ...rest } = image;
  return sha256(canonicalJson({ ...rest, worlds }));
};

/** Entries are put into parts of about this many bytes, so that a checkpoint's message fits the broker's payload limit. */
const PART_BYTES = 700_000;

/** What is split between its entries; the rest, which is short, stands in the first part. A world is never split. */
const SPLIT = ["instances", "stocks", "worlds"] as const;

/** The image in parts that `joinImages` puts together again. */
export const splitImage = (image: CheckpointImage, partBytes = PART_BYTES): CheckpointImage[] => {
  const { instances = {}, stocks = {}, worlds = {}, ...rest } = image;
  const parts: CheckpointImage[] = [{ ...rest, worlds: {} }];
  let bytes = JSON.stringify(rest).length;
  for (const [name, entries] of Object.entries({ instances, stocks, worlds })) {
    for (const [key, entry] of Object.entries(entries)) {
      const length = JSON.stringify(entry).length + key.length + 4;
      if (bytes + length > partBytes && bytes > 0) {
        parts.push({ worlds: {} });
        bytes = 0;
      }
      const part: Record<string, Record<string, unknown>> = parts.at(-1)! as Record<string, Record<string, unknown>>;
      part[name] ??= {};
      part[name][key] = entry;
      bytes += length;
    }
  }
  return parts;
};

export const joinImages = (parts: readonly CheckpointImage[]): CheckpointImage => {
  const whole: CheckpointImage = Object.assign({}, ...parts);
  for (const name of SPLIT)
    Object.assign(whole, { [name]: Object.assign({}, ...parts.map((part) => part[name] ?? {})) });
  return whole;
};
