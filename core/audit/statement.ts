import { availableFor, type Seat, seatOf } from "#core/audit/grants";
import type { AccountChange, Level, Step } from "#core/audit/step";
import { demandOf } from "#core/fold/moves";
import type { State } from "#core/fold/state";
import type { InstanceId } from "#core/ids";
import type { ResourceKey } from "#core/resource";

/**
 * A statement of one resource, like a bank's. The balance is what the conservation law is about:
 * exported − allocated + adjusted, for the whole cluster equal to storage + held − debts − shortfall. So the entries add
 * up from the opening to the closing balance, whatever happened.
 */
export type EntryKind = "credit" | "reversal" | "grant" | "receipt" | "recall" | "adjustment" | "write-off" | "rename";

export interface Entry {
  readonly seq: number;
  readonly round: number;
  /** The leader's clock (ms). */
  readonly at: number;
  readonly kind: EntryKind;
  readonly world?: string;
  readonly user?: string;
  /** Signed, as it moves the balance. */
  readonly amount: number;
  readonly balance: number;
  /** In storage after the whole message. */
  readonly storage: number;
  /** Granted to this world and not yet received, after the whole message. */
  readonly inFlight?: number;
  readonly cause: string;
}

export interface StatementOf {
  readonly resource: ResourceKey;
  /** Only this instance's worlds: the balance is then what they gave less what they took. */
  readonly instance?: InstanceId;
}

type Draft = Pick<Entry, "kind" | "amount" | "cause"> & Partial<Pick<Entry, "world" | "user" | "inFlight">>;

export const balanceOf = (state: State, { resource, instance }: StatementOf): number => {
  let balance = instance === undefined ? (state.stocks.get(resource)?.adjusted ?? 0) : 0;
  for (const world of state.worlds.values()) {
    if (instance !== undefined && world.instance !== instance) continue;
    const account = world.accounts.get(resource);
    if (account !== undefined) balance += account.exported - account.allocated;
  }
  return balance;
};

/** Entries of one message after the other; the balance runs on. */
export class Statement {
  readonly sums = new Map<EntryKind, number>();
  entries = 0;

  constructor(
    readonly of: StatementOf,
    readonly opening: number,
  ) {
    this.balance = opening;
  }

  balance: number;

  take(state: State, seq: number, step: Step): Entry[] {
    const { round, closedAt: at } = step.message.data;
    const storage = state.stocks.get(this.of.resource)?.storage ?? 0;
    return draftsOf(state, step, this.of).map((draft) => {
      this.balance += draft.amount;
      this.entries++;
      this.sums.set(draft.kind, (this.sums.get(draft.kind) ?? 0) + draft.amount);
      return { seq, round, at, ...draft, balance: this.balance, storage };
    });
  }
}

const draftsOf = (state: State, step: Step, of: StatementOf): Draft[] => {
  const { message } = step;
  const changes = step.accounts.filter(({ account }) => account.stock.key === of.resource);
  const shown = ({ account }: AccountChange) => of.instance === undefined || account.world.instance === of.instance;
  const level = step.stocks.find(({ stock }) => stock.key === of.resource);
  switch (message.type) {
    case "round":
    case "world-rewound": {
      const seats = changes.map((change) =>
        seatOf(change.account, change.before, step.sessions.includes(change.account.world.id)),
      );
      const facts = changes.flatMap((change, index) => (shown(change) ? factEntries(change, seats[index]!) : []));
      const grants = changes.flatMap((change, index) =>
        shown(change) && seats[index]!.granted > 0 ? [grantEntry(state, seats[index]!, seats)] : [],
      );
      return [...facts, ...grants];
    }
    case "instance-deleted":
    case "world-retired":
      return changes.filter(shown).flatMap((change) => {
        const amount = change.before.allocated - change.after.allocated;
        const did = message.type === "world-retired" ? "retired the world" : "deleted the instance";
        const cause = `${message.data.user} ${did}: what was in flight came back`;
        return amount === 0 ? [] : [{ kind: "recall", world: change.account.world.id, amount, cause }];
      });
    case "adjusted":
      return adjustment(message.data, level, of);
    case "resource-renamed": {
      const amount = level === undefined ? 0 : level.after.adjusted - level.before.adjusted;
      const { user, from, to, reason } = message.data;
      if (of.instance !== undefined || amount === 0) return [];
      return [{ kind: "rename", user, amount, cause: `${user} renamed ${from} to ${to}: ${reason}` }];
    }
    default:
      return [];
  }
};

const adjustment = (
  data: { readonly user: string; readonly reason: string; readonly world?: string | undefined },
  level: { readonly before: Level; readonly after: Level } | undefined,
  { instance }: StatementOf,
): Draft[] => {
  const { user, world, reason } = data;
  const done = level === undefined ? 0 : level.after.adjusted - level.before.adjusted;
  if (world === undefined) {
    if (instance !== undefined) return [];
    return [{ kind: "adjustment", user, amount: done, cause: `${user}: ${reason}` }];
  }
  if (instance !== undefined && world.split(".")[0] !== instance) return [];
  // What a world gave and took stays as it is: its debt is forgiven by the cluster.
  const amount = instance === undefined ? done : 0;
  return [
    { kind: "write-off", user, world, amount, cause: `${user} wrote off ${grouped(done)} of its debt: ${reason}` },
  ];
};

const grouped = (n: number): string => n.toLocaleString("en-US");

const factEntries = ({ account, before, after }: AccountChange, seat: Seat): Draft[] => {
  const drafts: Draft[] = [];
  const world = account.world.id;
  const inFlight = after.allocated - after.received;
  const exported = after.exported - before.exported;
  const aside = [
    ...(after.debt === before.debt ? [] : [`debt ${grouped(before.debt)} → ${grouped(after.debt)}`]),
    ...(after.held === before.held ? [] : [`held back ${grouped(before.held)} → ${grouped(after.held)}`]),
  ];
  const said = (text: string) => [text, ...aside].join(", ");
  if (exported > 0) {
    const cause = said(`exported ${grouped(before.exported)} → ${grouped(after.exported)}`);
    drafts.push({ kind: "credit", world, amount: exported, inFlight, cause });
  } else if (exported < 0) {
    const cause = said(`an earlier save: exported ${grouped(before.exported)} → ${grouped(after.exported)}`);
    drafts.push({ kind: "reversal", world, amount: exported, inFlight, cause });
  }
  const raised = seat.from - before.allocated;
  if (raised > 0) {
    const cause = `it holds ${grouped(after.received)}, ${grouped(raised)} more than this ledger had granted`;
    drafts.push({ kind: "receipt", world, amount: -raised, inFlight, cause });
  } else if (raised < 0) {
    drafts.push({ kind: "recall", world, amount: -raised, inFlight, cause: "it can't take this resource any more" });
  }
  return drafts;
};

const grantEntry = (state: State, seat: Seat, seats: readonly Seat[]): Draft => {
  const { account, granted, demand, from } = seat;
  const { stock, world } = account;
  const inFlight = account.allocated - account.received;
  const seated = new Set(seats.map((other) => other.account));
  let asked = seats.reduce((sum, other) => sum + other.demand, 0);
  for (const claimant of stock.claimants) if (!seated.has(claimant)) asked += demandOf(claimant);
  const available = availableFor(state, stock, seats);
  const wanted = demand === 0 ? "" : `wanted ${grouped(demand)} (up to ${grouped(from + demand)})`;
  const short =
    asked > available ? `; ${grouped(asked)} asked for, ${grouped(available)} there, ${state.policies.rule}` : "";
  return { kind: "grant", world: world.id, amount: -granted, inFlight, cause: `${wanted}${short}` };
};
