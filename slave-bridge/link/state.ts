import type { FactRoom } from "#bridge/link/statements";
import type { Boot } from "#core/boot";
import type { Delivery, LinkAnswer, LinkRequest } from "#core/events/delivery";
import type { FactBody } from "#core/events/facts";
import type { InstanceId, SlaveId, WorldId } from "#core/ids";

/** Totals or levels by resource key. */
export type Totals = Readonly<Record<string, number>>;

/** The mod's reply to `begin` and `adopt`, numbers turned into names. */
export interface WholeState {
  readonly token: string;
  /** "" in a save that never began. */
  readonly instance: string;
  readonly world: string;
  readonly tick: number;
  readonly seed: number;
  readonly exported: Totals;
  readonly received: Totals;
  readonly wanted: Totals;
  /** `exported` as `on_load` found it. */
  readonly atLoad: Totals;
  readonly untakeable: readonly string[];
}

/** One report of the mod, over either transport. */
export interface Report {
  readonly token: string;
  readonly seq: number;
  readonly tick: number;
  readonly full?: true;
  readonly exported: Totals;
  readonly received: Totals;
  readonly wanted: Totals;
}

/** What the bridge keeps in the instance folder about the link. */
export interface LinkRecord {
  readonly epoch: number;
  readonly assignment: string;
  /** The highest generation ever heard: a ledger that lost its tail does not lower it. */
  readonly generation: number;
  /** Map seeds of the worlds that began here. */
  readonly seeds: Readonly<Record<string, number>>;
}
export const EMPTY_RECORD: LinkRecord = { epoch: 0, assignment: "", generation: 1, seeds: {} };

/**
 * off: no RCON to a running game. asking: wants the leader's view. beginning, adopting: waits for the mod's reply.
 * undecided: an id-less save that may be another map. open: the session's facts count. stopped: for good, by twin,
 * assignment or an operator who rejected a rewind.
 */
export type Phase = "off" | "asking" | "beginning" | "adopting" | "undecided" | "open" | "stopped";

export interface LinkState {
  readonly instance: InstanceId;
  readonly slave: SlaveId;
  readonly boot: Boot;
  /** What one fact has room for: longer vectors go out in parts. */
  readonly room: FactRoom;
  readonly record: LinkRecord;
  readonly phase: Phase;
  /** The newest accepted statement of a leader. */
  readonly view?: Delivery;
  readonly world: WorldId | "";
  readonly token: string;
  readonly whole?: WholeState;
  /** The operator has to decide about this session: it went back further than the cluster's limit. */
  readonly waiting: boolean;
  /** Of this session: the leader that whole vectors were stated to, or were asked of the game for. */
  readonly restatedTo: Boot | "";
  /** The game has reported before the session was open: a reply was overtaken. */
  readonly early: boolean;
  /** Deliveries in a row that named another token than ours. */
  readonly misses: number;
  readonly linked: boolean;
  readonly heardAt: number;
  readonly askedAt: number;
  readonly publishedAt: number;
  readonly seq: number;
  /** Number of the newest report that stated what the world wants of a resource. */
  readonly wantedAt: Totals;
  readonly tick: number;
  readonly received: Totals;
  /** What this session's game was last said not to export. */
  readonly capped?: readonly string[];
  /** What this game refused to take in, though its save names it nowhere: the next sync says so. */
  readonly untakeable: readonly string[];
  /** Imports on their way into the game: total and time, so that restating costs no RCON bytes. */
  readonly sent: Readonly<Record<string, { readonly total: number; readonly at: number }>>;
}

export type LinkInput =
  | { readonly kind: "connected" }
  | { readonly kind: "disconnected" }
  | { readonly kind: "begun"; readonly whole: WholeState }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "answer"; readonly answer: LinkAnswer | "nobody" | "timeout" }
  /** `untakeable`: what of an import the game cannot hold. */
  | { readonly kind: "report"; readonly report: Report; readonly untakeable?: readonly string[] }
  | { readonly kind: "tick" }
  /** The operator says that an id-less save is this instance's current world, rolled back. */
  | { readonly kind: "decided-same" }
  /** The operator says that an id-less save is a new world. */
  | { readonly kind: "decided-new" }
  | { readonly kind: "leave" };

export type LinkAction =
  | { readonly kind: "ask"; readonly request: LinkRequest }
  | { readonly kind: "begin"; readonly token: string }
  | { readonly kind: "adopt"; readonly token: string; readonly world: WorldId; readonly atLoad: Totals }
  | { readonly kind: "publish"; readonly fact: FactBody }
  /** Absolute totals; `folded`: broker time (ms) of the oldest fact behind the grant, for latency measurements. */
  | { readonly kind: "import"; readonly totals: Totals; readonly folded?: number }
  /** What the game is not to export, as the leader says now. */
  | { readonly kind: "capped"; readonly keys: readonly string[] }
  | { readonly kind: "pull-full" }
  | { readonly kind: "stop-server"; readonly why: "twin" | "not-yours" | "rejected"; readonly message: string }
  /** To be on disk before the actions behind it are carried out. */
  | { readonly kind: "remember"; readonly record: LinkRecord }
  | { readonly kind: "alarm"; readonly message: string }
  | { readonly kind: "linked"; readonly linked: boolean };

export type Step = readonly [LinkState, readonly LinkAction[]];
