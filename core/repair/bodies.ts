import type { LedgerBody, RecoveredBody, WorldRecord } from "#core/events/ledger";
import { imageOf } from "#core/fold/image";
import type { State } from "#core/fold/state";
import type { UserId } from "#core/ids";

/** The messages with which a repaired ledger begins, its checkpoint aside. */

/** Resources and worlds in one message: about as many bytes as a round may have (ADR 0002). */
const AMOUNTS_MAX = 10_000;

export interface Repair {
  readonly user: UserId;
  /** The last message of the ledger that it follows, and the file that keeps that ledger. */
  readonly follows: { readonly seq: number; readonly file: string };
}

interface Amounts {
  readonly worlds: Record<string, WorldRecord>;
  readonly storage: Record<string, number>;
  readonly shortfall: Record<string, number>;
}

/** The amounts of some resources: they conserve by themselves. */
const slice = (image: ReturnType<typeof imageOf>, keys: ReadonlySet<string>): Amounts => {
  const worlds: Record<string, WorldRecord> = {};
  for (const [id, { r = {} }] of Object.entries(image.worlds ?? {})) {
    const own = Object.entries(r).filter(([key]) => keys.has(key));
    if (own.length > 0) worlds[id] = { r: Object.fromEntries(own) };
  }
  const level = (at: 0 | 1) =>
    Object.fromEntries([...keys].map((key) => [key, image.stocks?.[key]?.[at] ?? 0]).filter(([, n]) => n !== 0));
  return { worlds, storage: level(0), shortfall: level(1) };
};

/** Resources in groups that have room in one message each; at least one group. */
const groupsOf = (image: ReturnType<typeof imageOf>): Set<string>[] => {
  const counts = new Map<string, number>(Object.keys(image.stocks ?? {}).map((key) => [key, 1]));
  for (const { r = {} } of Object.values(image.worlds ?? {}))
    for (const key in r) counts.set(key, (counts.get(key) ?? 0) + 1);
  const groups: Set<string>[] = [new Set()];
  let room = AMOUNTS_MAX;
  for (const [key, n] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (n > room && groups.at(-1)!.size > 0) {
      groups.push(new Set());
      room = AMOUNTS_MAX;
    }
    groups.at(-1)!.add(key);
    room -= n;
  }
  return groups;
};

/** `ledger-recovered` with everything, or with the first resources and the rest in rounds. Adjustments stand in it whole: a round has none. */
export const repairBodies = (state: State, { user, follows }: Repair): LedgerBody[] => {
  const image = imageOf(state);
  const [first = new Set<string>(), ...rest] = groupsOf(image);
  const amounts = slice(image, first);
  const worlds: Record<string, WorldRecord> = {};
  for (const [id, { r: _r, ...session }] of Object.entries(image.worlds ?? {}))
    worlds[id] = { ...session, ...amounts.worlds[id] };
  const { policies, instances, position } = image;
  const shortfall = Object.fromEntries(
    Object.entries(image.stocks ?? {}).flatMap(([key, [, short = 0]]) => (short > 0 ? [[key, short]] : [])),
  );
  const adjusted = Object.fromEntries(
    Object.entries(image.stocks ?? {}).flatMap(([key, [, , n = 0]]) => (n === 0 ? [] : [[key, n]])),
  );
  const base = {
    ...(Object.keys(adjusted).length === 0 ? {} : { adjusted }),
    ...(policies === undefined ? {} : { policies }),
    ...(position === undefined ? {} : { position }),
    ...{ instances, ...amounts, worlds },
  };
  const data: RecoveredBody = { worlds: {}, instances: [], shortfall, restated: false, user, follows, base };
  return [
    { type: "ledger-recovered", data },
    ...rest.map((keys): LedgerBody => ({ type: "round", data: slice(image, keys) })),
  ];
};
