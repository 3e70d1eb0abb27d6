// Everything that the save carries, and nothing else steers the mod.
//
// M1  A total is raised in the same tick as what it counts moves: `exported` with its leaving a chest, tank or accumulator
//     (or the buffer), `received` with its entering the buffer. No call of another mod and no error stands between the two.
// M2  Totals never fall within a world; only `adopt` starts them anew.
// M3  A resource's number never changes its meaning within a save: names are only ever appended.
// M4  `missing[r]` is the sum of `missing` over all wants of r, and a want stands in `waiting[r]` exactly while it misses something.
// M5  `wanted[r]` is max(0, missing[r] - buffer[r]); nothing stores it.
// M6  The pool has an entry for r exactly while buffer[r] > 0.
// M7  Totals and the buffer are whole. A fraction that the engine's rounding leaves in our hands is kept in `crumbs`, which stay
//     below one: whole units go on into the buffer.
// M8  Plain tables, numbers, strings and entities only: no function, no metatable. Whatever depends on order is an array.
// M9  What an order of another mod holds is in nobody else's hands: it left the buffer in the same tick, and leaves by `take` or back
//     into the buffer. One that misses something waits like a want (M4).
import type { LuaEntity, PlayerIndex } from "factorio:runtime";
import { type Circuits, freshCircuits, type Shower, type Transmitter } from "./circuit-state";
import { message_allowance_max } from "./limits";

export type Totals = LuaMap<number, number>;

/** What an entity of ours takes in or gives out. */
export type Holding = "items" | "fluid" | "energy" | "time" | "signals";

/** An export or import entity, as far as the round of visits needs it. */
export interface Port {
  entity: LuaEntity;
  unit: number;
  holds: Holding;
  /** Position in its ring's `all`, and in `active` (-1 when resting). */
  at: number;
  activeAt: number;
  /** When it last gave or lacked something. */
  stirredAt: number;
  /** The status shown on the entity, with what stands in its gaps; "" for none. */
  status: string;
}

export interface ExportPort extends Port {
  kind: "export";
}

export interface ImportPort extends Port {
  kind: "import";
  wants: Want[];
  /** When the requests were last read; -1: read them at the next visit. */
  readAt: number;
  /** Why a request of this port can't be met, "" when all can. */
  refused: string;
  /** What an import tank was set to. */
  fluid?: FluidRequest | undefined;
}

/** A combinator that shows the time. */
export interface Clock extends Port {
  kind: "clock";
  /** The second that it shows, -1 for none. */
  shown: number;
}

/** Keep `amount` whole units of this fluid, of exactly this temperature in whole degrees, in the tank. */
export interface FluidRequest {
  name: string;
  temperature: number;
  amount: number;
}

/** Whoever misses something of a resource: it waits in line for what comes (M4). */
export interface Waiter {
  r: number;
  missing: number;
  /** Since when it misses something; 0 while it misses nothing. */
  since: number;
  /** Position in waiting[r].wants, -1 while nothing is missing. */
  queuedAt: number;
}

/** What another mod asked the cluster for. */
export interface Order extends Waiter {
  /** Its number. */
  order: number;
  /** Who placed it. */
  mod: string;
  count: number;
  /** Hold `count` ready at all times, instead of getting so many once. */
  standing: boolean;
  /** All that ever came, what of it waits to be taken, and what of it the mod was told of. */
  got: number;
  held: number;
  told: number;
  /** Position in orders.all. */
  at: number;
  /** It stands in `news`. */
  isNoted?: boolean | undefined;
  cancelled?: string | undefined;
}

/** What another world's mod sent. */
export interface Message {
  /** The machine, which the cluster vouches for, and the instance, which that machine vouches for. */
  slave: string;
  from: string;
  channel: string;
  data: string;
  /** For this world alone. */
  direct: boolean;
}

/** One resource that one port requests. */
export interface Want extends Waiter {
  port: ImportPort;
  /** The item's or the fluid's prototype; "" for energy. */
  name: string;
  /** Of an item; "" for the others. */
  quality: string;
  /** Of a fluid; 0 for the others. */
  temperature: number;
  count: number;
}

/** How a resource stands in the whole cluster, as the leader says: shown, never steering anything. */
export interface Figures {
  /** Granted to this world and not here yet. */
  onTheWay: number;
  storage: number;
  /** What all worlds want, and how many want some. */
  demand: number;
  worlds: number;
  /** This world's part of what comes next, in thousandths. */
  share: number;
}

/** A player who has one of our importing entities open. */
export interface Looker {
  player: PlayerIndex;
  unit: number;
}

/** What came of a resource since a tick, and in the window before, beside what was wanted. */
export interface Supply {
  since: number;
  got: number;
  shownGot: number;
  shownWanted: number;
}

export interface Waiting {
  wants: Waiter[];
  cursor: number;
}

export interface Ring<T extends Port> {
  all: T[];
  cursor: number;
  active: T[];
  activeCursor: number;
}

/** An amount in the import buffer. */
export interface PoolEntry {
  r: number;
  at: number;
  /** When a port last waited for it. */
  wantedAt: number;
}

export interface Session {
  token: string;
  /** Who began it; the world's own instance is State.instance. */
  instance: string;
  /** The save's world belongs to the instance that began: collecting and imports are allowed. */
  open: boolean;
  seq: number;
  part: number;
  partBytes: number;
  reportedAt: number;
  fullAt: number;
  begunAt: number;
  /** The bridge was told last that somebody looks at these: names, with commas between. */
  lookedAt: string;
  /** Number of the last word on what is capped. */
  cappedAt: number;
  /** Lines wait here until the bridge asks for them, because it cannot read our files; absent: they go into the file. */
  outbox?: string[] | undefined;
  outboxBytes: number;
  /** What stands in files since the bridge of this session said something. */
  unheardBytes: number;
  /** Messages that went out, and the number of the last one that came in. */
  sent: number;
  heard: number;
}

export interface State {
  world: string;
  instance: string;
  session: Session;
  /** Last tick in which the mod may collect. */
  leaseUntil: number;
  /** When the bridge last extended it. */
  heardAt: number;
  /** Players who look at the overview, or into an importing entity. */
  overviews: PlayerIndex[];
  lookers: Looker[];
  /** What the bridge said of what they look at, with its number and when. */
  figures: { n: number; at: number; of: LuaMap<number, Figures> };

  names: string[];
  numbers: LuaMap<string, number>;

  exported: Totals;
  received: Totals;
  base: Totals;
  buffer: Totals;
  crumbs: Totals;
  missing: Totals;
  supply: LuaMap<number, Supply>;

  /** What is not to be exported now, and how many these are. */
  capped: LuaMap<number, true>;
  cappedCount: number;

  /** What the reader of this session has been told. */
  stated: { exported: Totals; received: Totals; wanted: Totals; names: number };
  /** Resources that may differ from `stated`. */
  dirty: number[];
  isDirty: LuaMap<number, true>;

  pool: PoolEntry[];
  poolAt: LuaMap<number, PoolEntry>;
  poolCursor: number;
  waiting: LuaMap<number, Waiting>;

  exports: Ring<ExportPort>;
  imports: Ring<ImportPort>;
  clocks: Ring<Clock>;
  ports: LuaMap<number, ExportPort | ImportPort | Clock | Transmitter | Shower>;
  circuits: Circuits;

  orders: { all: Order[]; byId: LuaMap<number, Order>; last: number };
  /** By a resource's name: what it is called since a mod's migration. */
  renamed: LuaMap<string, string>;
  /** Which signals of the storage other mods watch. */
  watches: { mod: string; signals: number[] }[];
  /** What other mods are told at the end of the tick. */
  news: Order[];
  inbox: Message[];
  /** The state of the link that they were told last. */
  linkTold: boolean;
  /** How many messages may be sent now, as of a tick. */
  talk: { allowance: number; at: number };

  /** The bridge said that it was this second since 1970 at this tick; -1 before it said so. */
  time: { second: number; tick: number };
}

declare global {
  const storage: State;
}

export function freshSession(): Session {
  return {
    token: "",
    instance: "",
    open: false,
    seq: 0,
    part: 0,
    partBytes: 0,
    reportedAt: 0,
    fullAt: 0,
    begunAt: 0,
    lookedAt: "",
    cappedAt: 0,
    outboxBytes: 0,
    unheardBytes: 0,
    sent: 0,
    heard: 0,
  };
}

export function initState(): void {
  storage.world = "";
  storage.instance = "";
  storage.session = freshSession();
  storage.leaseUntil = -1;
  storage.heardAt = 0;
  storage.overviews = [];
  initForLooks();
  storage.names = [];
  storage.numbers = new LuaMap();
  storage.exported = new LuaMap();
  storage.received = new LuaMap();
  storage.base = new LuaMap();
  storage.buffer = new LuaMap();
  storage.crumbs = new LuaMap();
  storage.missing = new LuaMap();
  storage.supply = new LuaMap();
  storage.capped = new LuaMap();
  storage.cappedCount = 0;
  storage.stated = { exported: new LuaMap(), received: new LuaMap(), wanted: new LuaMap(), names: 0 };
  storage.dirty = [];
  storage.isDirty = new LuaMap();
  storage.pool = [];
  storage.poolAt = new LuaMap();
  storage.poolCursor = 0;
  storage.waiting = new LuaMap();
  storage.exports = { all: [], cursor: 0, active: [], activeCursor: 0 };
  storage.imports = { all: [], cursor: 0, active: [], activeCursor: 0 };
  storage.clocks = { all: [], cursor: 0, active: [], activeCursor: 0 };
  storage.time = { second: -1, tick: 0 };
  storage.ports = new LuaMap();
  storage.renamed = new LuaMap();
  storage.circuits = freshCircuits();
  initForOthers();
}

/** What is kept for whoever looks. */
export function initForLooks(): void {
  storage.lookers = [];
  storage.figures = { n: 0, at: 0, of: new LuaMap() };
}

/** What is kept for other mods. */
export function initForOthers(): void {
  storage.watches = [];
  storage.orders = { all: [], byId: new LuaMap(), last: 0 };
  storage.news = [];
  storage.inbox = [];
  storage.linkTold = false;
  storage.talk = { allowance: message_allowance_max, at: game.tick };
}
