import { corrupt } from "#core/errors";
import { type Account, type State, type Stock, touchAccount, touchStock } from "#core/fold/state";
import { TOTAL_MAX } from "#core/resource";

/**
 * The only functions that move amounts between accounts and storage. Each keeps F1 by itself: what it takes from one
 * side of the law it puts on the other, so that `imbalance` returns to 0 at its end.
 */

/** How long a world may save up unused credit under a rate policy. */
const CREDIT_BURST_MS = 10_000;

/**
 * Differences of huge totals can add up beyond what a number holds exactly; then the sum is kept modulo this, which is
 * exact, and a balance that is off by just a multiple of it does not occur by mistake.
 */
const IMBALANCE_MODULUS = 2 ** 40;

/** Notes that one side of the law (F1) moved by `n`. */
export const tilt = (stock: Stock, n: number): void => {
  const sum = stock.imbalance + n;
  stock.imbalance = Number.isSafeInteger(sum) ? sum : (stock.imbalance % IMBALANCE_MODULUS) + (n % IMBALANCE_MODULUS);
};

const checked = (value: number, what: string, stock: Stock): number => {
  if (!(value >= 0 && value <= TOTAL_MAX)) throw corrupt(`F2: ${what} of ${stock.key} would be ${value}`);
  return value;
};

const addStorage = (state: State, stock: Stock, n: number): void => {
  if (n === 0) return;
  stock.storage = checked(stock.storage + n, "storage", stock);
  tilt(stock, n);
  touchStock(state, stock);
};

const addShortfall = (state: State, stock: Stock, n: number): void => {
  if (n === 0) return;
  stock.shortfall = checked(stock.shortfall + n, "shortfall", stock);
  tilt(stock, -n);
  stock.shortfallChanged = true;
  touchStock(state, stock);
};

const addDebt = (state: State, account: Account, n: number): void => {
  if (n === 0) return;
  account.debt = checked(account.debt + n, "debt", account.stock);
  tilt(account.stock, -n);
  touchAccount(state, account);
};

const addHeld = (state: State, account: Account, n: number): void => {
  if (n === 0) return;
  account.held = checked(account.held + n, "held", account.stock);
  tilt(account.stock, n);
  updateHolding(state, account);
  touchAccount(state, account);
};

/** Keeps the indexes of held credits after `held` changed. */
export const updateHolding = (state: State, account: Account): void => {
  const { stock } = account;
  if (account.held > 0) stock.holders.add(account);
  else stock.holders.delete(account);
  if (stock.holders.size > 0) state.holding.add(stock);
  else state.holding.delete(stock);
};

/** Notes what a world holds beyond all that was granted to it; 0 once that is told. */
export const setRaised = (state: State, account: Account, raised: number): void => {
  account.raised = raised;
  if (raised > 0) state.raised.add(account);
  else state.raised.delete(account);
};

const setAllocated = (state: State, account: Account, total: number): void => {
  tilt(account.stock, total - account.allocated);
  account.allocated = checked(total, "allocated", account.stock);
  updateClaim(account);
  touchAccount(state, account);
  state.changes.tell.add(account.world.instance);
};

/** Demand of an account now: what its world still wants beyond all that was granted to it. */
export const demandOf = (account: Account): number => {
  const { world } = account;
  if (!world.open || world.untakeable.has(account.stock.key)) return 0;
  return Math.max(0, account.target - account.allocated);
};

/** Keeps F5 after anything that demand depends on changed. */
export const updateClaim = (account: Account): void => {
  if (demandOf(account) > 0) account.stock.claimants.add(account);
  else if (account.stock.claimants.size > 0) account.stock.claimants.delete(account);
};

/** How much of `n` the rate policy lets through at `now` (ms), and the time then used up. */
const metered = (state: State, account: Account, n: number, now: number): number => {
  const rate = state.policies.creditPerSecond;
  if (rate === undefined) return n;
  const used = Math.max(0, account.paidUntil - now);
  const free = Math.floor((Math.max(0, CREDIT_BURST_MS - used) * rate) / 1000);
  const passed = Math.min(n, free);
  if (passed > 0) account.paidUntil = Math.max(account.paidUntil, now) + Math.ceil((passed * 1000) / rate);
  return passed;
};

/** What a credit repays and raises, in order: the world's own debt, the cluster's shortfall, storage. */
const distribute = (state: State, account: Account, amount: number): void => {
  const { stock } = account;
  let left = amount;
  const repaid = Math.min(account.debt, left);
  addDebt(state, account, -repaid);
  left -= repaid;
  const covered = Math.min(stock.shortfall, left);
  addShortfall(state, stock, -covered);
  left -= covered;
  const stored = Math.min(left, TOTAL_MAX - stock.storage);
  addStorage(state, stock, stored);
  addHeld(state, account, left - stored);
};

/** Where what was taken back came from. */
export interface Taken {
  readonly held: number;
  readonly storage: number;
  readonly owed: number;
}

/** Takes `amount` back out of the cluster: the account's own held credits first, then storage, the rest is owed. */
const reverse = (state: State, account: Account, amount: number, owed: "by-world" | "by-cluster"): Taken => {
  const { stock } = account;
  let left = amount;
  const fromHeld = Math.min(account.held, left);
  addHeld(state, account, -fromHeld);
  left -= fromHeld;
  const fromStorage = Math.min(stock.storage, left);
  addStorage(state, stock, -fromStorage);
  left -= fromStorage;
  if (owed === "by-world") addDebt(state, account, left);
  else addShortfall(state, stock, left);
  return { held: fromHeld, storage: fromStorage, owed: left };
};

/**
 * States the world's exported total: more is a credit, less (only in a sync) gives credits back, and says from where.
 * `at`: broker time (ms).
 */
export const stateExported = (state: State, account: Account, total: number, at: number): Taken | undefined => {
  const difference = total - account.exported;
  if (difference === 0) return undefined;
  tilt(account.stock, -difference);
  account.exported = total;
  touchAccount(state, account);
  if (difference < 0) return reverse(state, account, -difference, "by-world");
  const credited = metered(state, account, difference, at);
  distribute(state, account, credited);
  addHeld(state, account, difference - credited);
  return undefined;
};

/**
 * States the world's received total. What a world holds was granted: `allocated` is raised to it ◆, taken from storage;
 * what storage lacks is the cluster's shortfall ◇. The raise is noted: only a ledger that forgot a grant makes one. False,
 * and nothing changed, when only a liar could have received that much: the shortfall would no longer be an exact number.
 */
export const stateReceived = (state: State, account: Account, total: number): boolean => {
  if (total === account.received) return true;
  const { stock } = account;
  const unknown = Math.max(0, total - account.allocated);
  if (stock.shortfall + Math.max(0, unknown - account.held - stock.storage) > TOTAL_MAX) return false;
  account.received = total;
  touchAccount(state, account);
  state.changes.tell.add(account.world.instance);
  if (unknown === 0) return true;
  setAllocated(state, account, total);
  setRaised(state, account, Math.min(TOTAL_MAX, account.raised + unknown));
  reverse(state, account, unknown, "by-cluster");
  return true;
};

/** States the wanted level of one report as the total it reaches up to. */
export const stateTarget = (state: State, account: Account, target: number): void => {
  const bounded = Math.min(target, TOTAL_MAX);
  if (bounded === account.target) return;
  account.target = bounded;
  updateClaim(account);
  touchAccount(state, account);
  if (demandOf(account) > 0) state.hungry.add(account.stock);
};

/** Grants from storage. @throws ClusterioError `corrupt` when storage does not have that much (F2). */
export const grant = (state: State, account: Account, amount: number, carry: number): void => {
  if (carry !== account.carry) {
    account.carry = carry;
    touchAccount(state, account);
  }
  if (amount === 0) return;
  addStorage(state, account.stock, -amount);
  setAllocated(state, account, account.allocated + amount);
};

/** Takes back what is in flight: a credit. What would find no room (only beside a liar's totals) stays in flight. */
export const recall = (state: State, account: Account): void => {
  const { stock } = account;
  const room = account.debt + stock.shortfall + (TOTAL_MAX - stock.storage);
  const amount = Math.min(account.allocated - account.received, room);
  if (amount === 0) return;
  setAllocated(state, account, account.allocated - amount);
  distribute(state, account, amount);
};

/** Lets held credits of a stock into storage as the rate policy allows at `now`. */
export const releaseHeld = (state: State, stock: Stock, now: number): void => {
  for (const account of [...stock.holders]) {
    const room = TOTAL_MAX - stock.storage;
    const amount = metered(state, account, Math.min(account.held, room), now);
    if (amount === 0) continue;
    addHeld(state, account, -amount);
    distribute(state, account, amount);
  }
};

/** An operator's adjustment of storage, signed; below zero it stops at what storage has. Returns what was done. */
export const adjustStorage = (state: State, stock: Stock, amount: number): number => {
  const done = Math.min(Math.max(amount, -stock.storage), TOTAL_MAX - stock.storage);
  stock.adjusted += done;
  tilt(stock, -done);
  addStorage(state, stock, done);
  touchStock(state, stock);
  return done;
};

/** Writes off up to `amount` of a world's debt. Returns what was written off. */
export const writeOffDebt = (state: State, account: Account, amount: number): number => {
  const done = Math.min(account.debt, Math.max(0, amount));
  account.stock.adjusted += done;
  tilt(account.stock, -done);
  addDebt(state, account, -done);
  touchStock(state, account.stock);
  return done;
};

/** @throws ClusterioError `corrupt` when the conservation law (F1) does not hold for this stock. */
export const assertBalanced = (stock: Stock): void => {
  if (stock.imbalance % IMBALANCE_MODULUS !== 0)
    throw corrupt(`F1: ${stock.key} is out of balance by ${stock.imbalance}`);
};
