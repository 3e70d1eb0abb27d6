import { sha256Pieces } from "#core/digest";
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

/** What is listed entry by entry; the rest of an image is short. In the order of their canonical text. */
const SECTIONS = ["instances", "stocks", "worlds"] as const;
type Section = (typeof SECTIONS)[number];

/** The keys in the order in which canonical JSON has them: code points, but whole numbers first, as in every object. */
const orderedKeys = (entries: object): string[] =>
  Object.keys(
    Object.fromEntries(
      Object.keys(entries)
        .sort()
        .map((key) => [key, true]),
    ),
  );

/** A piece of the canonical text that is hashed, and the entry that it is, if it is one. */
interface Piece {
  readonly text: string;
  readonly section?: Section;
  readonly key?: string;
}

/**
 * The text that the state's hash is of, entry by entry: canonical JSON. `tick` and `seq` of a world are left out: they move
 * with reports that change nothing else and are written with the next change. So is the position, which no amount hangs on.
 */
function* hashedText({ position: _position, ...image }: CheckpointImage): Generator<Piece> {
  let opening = "{";
  for (const name of Object.keys(image).sort() as (keyof typeof image)[]) {
    const value = image[name];
    if (value === undefined && name !== "worlds") continue;
    yield { text: `${opening}${JSON.stringify(name)}:` };
    opening = ",";
    if (name === "policies") {
      yield { text: canonicalJson(value) };
      continue;
    }
    const entries = (value ?? {}) as Record<string, WorldRecord>;
    let before = "{";
    for (const key of orderedKeys(entries)) {
      const { tick: _tick, seq: _seq, ...world } = entries[key]!;
      const entry = name === "worlds" ? world : entries[key];
      yield { text: `${before}${JSON.stringify(key)}:${canonicalJson(entry)}`, section: name, key };
      before = ",";
    }
    yield { text: before === "{" ? "{}" : "}" };
  }
  yield { text: "}" };
}

/** The state's hash: equal states have equal hashes on every machine (F6). */
export const hashOf = (image: CheckpointImage): string => {
  const hash = sha256Pieces();
  for (const { text } of hashedText({ worlds: {}, ...image })) hash.add(text);
  return hash.end();
};

/** Entries are put into parts of about this many bytes: a millisecond's work each for whoever writes them. */
const PART_BYTES = 250_000;
/** Text made in one go: about a millisecond's work. */
const SLICE_BYTES = 50_000;

/** An image made ready to be written down. */
export interface Prepared {
  readonly stateHash: string;
  /** What `joinImages` puts together again. A world is never split. */
  readonly parts: readonly CheckpointImage[];
}

/** Hashes an image and splits it into parts, a slice with each step; the image must not change meanwhile. */
export function* prepare(
  image: CheckpointImage,
  { partBytes = PART_BYTES, sliceBytes = SLICE_BYTES } = {},
): Generator<undefined, Prepared> {
  const { instances = {}, stocks = {}, worlds = {}, ...rest } = image;
  const sections: Record<Section, Record<string, unknown>> = { instances, stocks, worlds };
  const parts: CheckpointImage[] = [{ ...rest, worlds: {} }];
  const hash = sha256Pieces();
  let [inPart, inSlice] = [JSON.stringify(rest).length, 0];
  for (const { text, section, key = "" } of hashedText({ worlds: {}, ...image })) {
    hash.add(text);
    if (section === undefined) continue;
    if (inPart + text.length > partBytes && inPart > 0) {
      parts.push({ worlds: {} });
      inPart = 0;
    }
    const part = parts.at(-1)! as Record<Section, Record<string, unknown>>;
    part[section] ??= {};
    part[section][key] = sections[section][key];
    inPart += text.length;
    inSlice += text.length;
    if (inSlice < sliceBytes) continue;
    inSlice = 0;
    yield;
  }
  return { stateHash: hash.end(), parts };
}

/** The same in one go. */
export const prepareAtOnce = (image: CheckpointImage, partBytes = PART_BYTES): Prepared => {
  const work = prepare(image, { partBytes, sliceBytes: Number.POSITIVE_INFINITY });
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
};

export const joinImages = (parts: readonly CheckpointImage[]): CheckpointImage => {
  const whole: CheckpointImage = Object.assign({}, ...parts);
  for (const name of SECTIONS)
    Object.assign(whole, { [name]: Object.assign({}, ...parts.map((part) => part[name] ?? {})) });
  return whole;
};
