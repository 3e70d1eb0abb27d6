import { type Demander, unfairness } from "#sim/cluster/fair-shares";
import { type Entry, type LedgerBook, type LedgerEntry, type Line, lineOf, NO_LINE } from "#sim/cluster/ledger-book";
import type { Statements } from "#sim/cluster/statements";

/** What the next message of the ledger may say after what the book holds. Rules are numbered in checker.ts. */

export type Broke = (rule: string, detail: string) => void;

export interface LedgerContext {
  readonly book: LedgerBook;
  readonly said: Statements;
  readonly broke: Broke;
  readonly now: number;
  /** No clock jumped, nothing holds up the leader, and the ledger has not forgotten anything. */
  readonly metered: boolean;
  /** By world and resource: what was credited beyond the rate (units), and when that was so (ms). */
  readonly meters: Map<string, { readonly level: number; readonly at: number }>;
  /** Something was lost that a world may have received, so that storage may lack it. */
  readonly mayBeShort: boolean;
}

interface Changed {
  readonly world: string;
  readonly key: string;
  readonly before: Line;
  readonly after: Line;
  /** Its session began or ended: what it stated before is folded away. */
  readonly renewed: boolean;
  readonly open: boolean;
  readonly takeable: boolean;
  /** Of `allocated`, what this message granted: the rest was known, or is what the world says that it has. */
  readonly granted: number;
}

const CARRY_ONE = 2 ** 20;
/** A world may save up so much unused credit (ms). */
const BURST_MS = 10_000;
/** A fact may wait so long to be read. */
const LATE_MS = 5_000;

const changesIn = ({ book, said }: LedgerContext, { worlds = {} }: LedgerEntry): Changed[] =>
  Object.entries(worlds).flatMap(([world, { session, r = {} }]) => {
    const known = book.worlds.get(world);
    const untakeable = session === undefined ? (known?.untakeable ?? []) : (session.untakeable ?? []);
    const open = session?.open ?? known?.open ?? false;
    return Object.entries(r).map(([key, record]): Changed => {
      const before = book.line(world, key);
      const after = lineOf(record);
      // Of several sessions in one round only the last is seen: each may have stated more than that one.
      const stated = session === undefined ? after.received : said.receivedMost(world, key);
      const granted = Math.max(0, after.allocated - Math.max(before.allocated, stated));
      const renewed = session !== undefined;
      return { world, key, before, after, renewed, open, takeable: !untakeable.includes(key), granted };
    });
  });

const judgeBounds = ({ broke }: LedgerContext, { world, key, after }: Changed): void => {
  const what = `${world} ${key}`;
  for (const [name, n] of Object.entries(after)) if (name !== "carry" && n < 0) broke("C1", `${what}: ${name} is ${n}`);
  if (after.allocated < after.received)
    broke("C1", `${what}: allocated ${after.allocated}, received ${after.received}`);
};

/** C2, C5, C6. */
const judgeLine = ({ book, said, broke }: LedgerContext, changed: Changed): void => {
  const { world, key, before, after, renewed, open, takeable, granted } = changed;
  const what = `${world} ${key}`;
  if (granted > 0) {
    if (!open) broke("C2", `${what}: ${granted} granted to a session that is not open`);
    if (!takeable) broke("C2", `${what}: ${granted} granted of what it cannot take`);
    if (after.allocated > after.target)
      broke("C2", `${what}: allocated ${after.allocated}, wanted up to ${after.target}`);
  }
  const token = book.worlds.get(world)?.token ?? "";
  if (after.target !== 0 && !open) broke("C5", `${what}: its session ended and it wants up to ${after.target}`);
  if (after.target !== 0 && after.target !== before.target && !renewed && !said.wanted(token, key, after.target))
    broke("C5", `${what}: wants up to ${after.target}, which it never said`);
  if (renewed) return;
  for (const name of ["exported", "received", "allocated"] as const)
    if (after[name] < before[name]) broke("C6", `${what}: ${name} fell from ${before[name]} to ${after[name]}`);
  if (after.debt > before.debt) broke("C6", `${what}: debt rose from ${before.debt} to ${after.debt}`);
};

const creditedIn = ({ before, after }: Changed): number => after.exported - before.exported + before.held - after.held;

/** C8: credits of a resource that was only credited. */
const judgeCredits = ({ book, broke }: LedgerContext, message: LedgerEntry, key: string, of: Changed[]): void => {
  const simple = of.every(
    (each) => !each.renewed && each.after.received <= each.before.allocated && creditedIn(each) >= 0,
  );
  if (!simple) return;
  let rest = 0;
  for (const each of of) {
    const repaid = Math.min(each.before.debt, creditedIn(each));
    rest += creditedIn(each) - repaid;
    if (each.after.debt !== each.before.debt - repaid)
      broke("C8", `${each.world} ${key}: owed ${each.before.debt}, gave ${creditedIn(each)}, owes ${each.after.debt}`);
  }
  const before = { storage: book.storage.get(key) ?? 0, shortfall: book.shortfall.get(key) ?? 0 };
  const covered = Math.min(before.shortfall, rest);
  const granted = of.reduce((total, each) => total + each.granted, 0);
  const storage = before.storage + rest - covered - granted;
  const shortfall = before.shortfall - covered;
  const said = {
    storage: message.storage?.[key] ?? before.storage,
    shortfall: message.shortfall?.[key] ?? before.shortfall,
  };
  if (said.storage !== storage || said.shortfall !== shortfall)
    broke("C8", `${key}: storage ${said.storage}, shortfall ${said.shortfall}, and not ${storage}, ${shortfall}`);
};

const demandersOf = (book: LedgerBook, key: string, of: readonly Changed[]): Demander[] => {
  const { weights = {}, tiers = {} } = book.policies;
  const names = new Set([...book.worlds.keys(), ...of.map(({ world }) => world)]);
  return [...names].flatMap((name): Demander[] => {
    const changed = of.find(({ world }) => world === name);
    const known = book.worlds.get(name);
    const instance = name.split(".")[0] ?? "";
    const after = changed?.after ?? known?.lines.get(key) ?? NO_LINE;
    const open = changed?.open ?? known?.open ?? false;
    const takeable = changed?.takeable ?? !(known?.untakeable ?? []).includes(key);
    const granted = changed?.granted ?? 0;
    const demand = after.target - (after.allocated - granted);
    if (!open || !takeable || demand <= 0) return [];
    const carry = (changed?.before.carry ?? after.carry) / CARRY_ONE;
    const carriedOn = after.carry / CARRY_ONE;
    const [weight, tier] = [weights[instance] ?? 1, tiers[instance] ?? 0];
    return [{ name, demand, weight, tier, carry, granted, carriedOn }];
  });
};

/** C7: whoever is granted something is granted his fair share of all that may be granted. */
const judgeGrants = ({ book, broke }: LedgerContext, message: LedgerEntry, key: string, of: Changed[]): void => {
  const granted = of.reduce((total, each) => total + each.granted, 0);
  const sessions = Object.entries(message.worlds ?? {}).filter(([, { session }]) => session !== undefined);
  // Whose session began or ended in this round may have wanted something else when it was granted.
  if (granted === 0 || sessions.length > 0) return;
  const reserve = book.policies.resources?.[key]?.reserve ?? 0;
  const available = (message.storage?.[key] ?? book.storage.get(key) ?? 0) + granted - reserve;
  const unfair = unfairness(book.policies.rule ?? "max-min", Math.max(0, available), demandersOf(book, key, of));
  if (unfair !== undefined) broke("C7", `${key}: ${unfair}`);
};

/** C9. */
const judgeRate = ({ meters, book, broke, now, metered }: LedgerContext, changed: Changed): void => {
  const { world, key } = changed;
  const rate = book.policies.creditPerSecond;
  const credited = creditedIn(changed);
  // How much of a rate is used up is told by nobody: it is known since this leader leads, under this policy.
  if (rate === undefined || credited <= 0 || !metered) return;
  const name = `${world} ${key}`;
  const meter = meters.get(name) ?? { level: 0, at: now };
  const level = Math.max(0, meter.level - ((now - meter.at) * rate) / 1000) + credited;
  meters.set(name, { level, at: now });
  if (level > (rate * (BURST_MS + LATE_MS)) / 1000 + 2)
    broke("C9", `${name}: ${credited} credited, ${Math.round(level)} above what ${rate} a second allow`);
};

/** C10. */
const judgeOwing = ({ said, broke, mayBeShort }: LedgerContext, message: LedgerEntry, all: Changed[]): void => {
  for (const { world, key, before, after } of all) {
    const fell = said.fell(world, key);
    if (after.debt > fell) broke("C10", `${world} ${key} owes ${after.debt}, and was rewound by ${fell} at most`);
    // What a rate holds back of credits in between may not have repaid it yet.
    const taken = Math.max(0, before.exported - after.exported) + after.held;
    if (after.debt - before.debt > taken)
      broke("C10", `${world} ${key} owes ${after.debt} after ${before.debt}, and gave back ${taken} at most`);
  }
  for (const [key, n] of Object.entries(message.shortfall ?? {}))
    if (n > 0 && !mayBeShort) broke("C10", `the cluster is short of ${n} ${key}, and nothing of the ledger was lost`);
};

/** C11, C12: whose session it is. */
const judgeSessions = (
  { book, said, broke }: LedgerContext,
  { worlds = {}, instances = {}, user }: LedgerEntry,
): void => {
  for (const [id, { token, seq, session }] of Object.entries(worlds)) {
    const known = book.world(id);
    if (session === undefined) {
      if (seq !== undefined && seq < known.seq) broke("C6", `${id}: report ${seq} after ${known.seq}`);
      continue;
    }
    // What an operator accepts had waited under other tokens meanwhile.
    if (!session.open || token === undefined || token === known.token || user !== undefined) continue;
    if (!said.leads(id, known.token, token)) broke("C11", `${id}: token ${token} does not follow ${known.token}`);
  }
  for (const [id, { epoch, owner }] of Object.entries(instances)) {
    const known = book.instances.get(id);
    if (known !== undefined && epoch < known.epoch) broke("C12", `${id}: epoch ${epoch} after ${known.epoch}`);
    if (known?.epoch === epoch && owner < known.owner) broke("C12", `${id}: held by ${owner} after ${known.owner}`);
  }
};

const groupedByKey = (all: readonly Changed[]): Map<string, Changed[]> => {
  const groups = new Map<string, Changed[]>();
  for (const each of all) {
    const group = groups.get(each.key);
    if (group === undefined) groups.set(each.key, [each]);
    else group.push(each);
  }
  return groups;
};

/** Before the book takes it. Returns how much it grants. */
export const judgeRound = (context: LedgerContext, { message }: Entry): number => {
  const { broke } = context;
  for (const level of [message.storage, message.shortfall])
    for (const [key, n] of Object.entries(level ?? {})) if (n < 0) broke("C1", `${key} is ${n}`);
  const all = changesIn(context, message);
  for (const changed of all) {
    judgeBounds(context, changed);
    judgeLine(context, changed);
    judgeRate(context, changed);
  }
  judgeOwing(context, message, all);
  judgeSessions(context, message);
  for (const [key, of] of groupedByKey(all)) {
    judgeCredits(context, message, key, of);
    judgeGrants(context, message, key, of);
  }
  return all.reduce((total, { granted }) => total + granted, 0);
};

/** C5: what a round that was cut off in its midst said of wants, without its sessions, ends with the next leader's first round. */
const judgeClosed = ({ book, broke }: Pick<LedgerContext, "book" | "broke">): void => {
  for (const [id, { open, lines }] of book.worlds)
    for (const [key, { target }] of open ? [] : lines)
      if (target !== 0) broke("C5", `${id} ${key}: it has no session and wants up to ${target}`);
};

/** After the book has taken it. `isFirst`: of its term, which says no more than that it begins. */
export const judgeBook = (context: Pick<LedgerContext, "book" | "said" | "broke">, isFirst: boolean): void => {
  const { book, said, broke } = context;
  if (!isFirst) judgeClosed(context);
  for (const repeated of book.repeated.splice(0)) broke("C11", `${repeated} is its token for the second time`);
  const open = new Map<string, string>();
  for (const [id, world] of book.worlds) {
    if (!world.open) continue;
    const other = open.get(world.instance);
    if (other !== undefined) broke("C13", `${world.instance} has two open sessions, ${other} and ${id}`);
    open.set(world.instance, id);
    const of = book.instances.get(world.instance);
    const by = said.spokenBy(world.token);
    if (of !== undefined && by !== undefined && (by.slave !== of.slave || by.epoch !== of.epoch))
      broke("C12", `${id}: the session of ${by.slave}, epoch ${by.epoch}; it is ${of.slave}'s, epoch ${of.epoch}`);
  }
};
