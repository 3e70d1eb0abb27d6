import { type Amounts, amountIn, type Look, RESOURCES, type Save } from "#sim/cluster/world";

/** Everything that a plain world's save carries. */
export interface PlainState {
  instance: string;
  world: string;
  session: { token: string; instance: string; open: boolean; seq: number; reportedAt: number; fullAt: number };
  leaseUntil: number;
  tick: number;
  readonly seed: number;
  /** What is not to be exported now, and the number of this session's last word on it. */
  capped: string[];
  cappedAt: number;
  names: string[];
  exported: Amounts;
  received: Amounts;
  base: Amounts;
  stated: { exported: Amounts; received: Amounts; wanted: Amounts; names: number };
  /** In machines and on belts. */
  stock: Amounts;
  /** In the export chest. */
  exportChest: Amounts;
  /** In the import chest, and what that asks for, in the order of its slots. */
  importChest: Amounts;
  request: Amounts;
  /** The mod's import buffer, and when each resource in it was last waited for. */
  buffer: Amounts;
  waitedAt: Amounts;
  /** The requests as the mod has read them, and what the chest lacked when it last looked. */
  asked: Amounts;
  missing: Amounts;
  /** The requests changed since the mod read them. */
  unread: boolean;
  /** What the game had no prototypes for. */
  untakeable: readonly string[];
  produced: Amounts;
  consumed: Amounts;
}

export const newState = (seed: number): PlainState => ({
  instance: "",
  world: "",
  session: { token: "", instance: "", open: false, seq: 0, reportedAt: 0, fullAt: 0 },
  leaseUntil: -1,
  tick: 0,
  seed,
  capped: [],
  cappedAt: 0,
  names: [],
  exported: {},
  received: {},
  base: {},
  stated: { exported: {}, received: {}, wanted: {}, names: 0 },
  stock: {},
  exportChest: {},
  importChest: {},
  request: {},
  buffer: {},
  waitedAt: {},
  asked: {},
  missing: {},
  unread: true,
  untakeable: [],
  produced: {},
  consumed: {},
});

/** By hand: a history copies thousands of saves. */
const copyState = (state: PlainState): PlainState => ({
  ...state,
  session: { ...state.session },
  capped: [...state.capped],
  names: [...state.names],
  exported: { ...state.exported },
  received: { ...state.received },
  base: { ...state.base },
  stated: {
    exported: { ...state.stated.exported },
    received: { ...state.stated.received },
    wanted: { ...state.stated.wanted },
    names: state.stated.names,
  },
  stock: { ...state.stock },
  exportChest: { ...state.exportChest },
  importChest: { ...state.importChest },
  request: { ...state.request },
  buffer: { ...state.buffer },
  waitedAt: { ...state.waitedAt },
  asked: { ...state.asked },
  missing: { ...state.missing },
  produced: { ...state.produced },
  consumed: { ...state.consumed },
});

export const add = (amounts: Amounts, key: string, n: number): void => {
  amounts[key] = amountIn(amounts, key) + n;
};

const heldIn = ({ stock, exportChest, importChest, buffer }: PlainState): Amounts => {
  const held: Amounts = {};
  for (const key of RESOURCES) {
    for (const place of [stock, exportChest, importChest, buffer]) add(held, key, amountIn(place, key));
  }
  return held;
};

const wantedIn = ({ request, importChest, buffer, untakeable }: PlainState): Amounts => {
  const wanted: Amounts = {};
  for (const key of RESOURCES) {
    const there = amountIn(importChest, key) + amountIn(buffer, key);
    if (!untakeable.includes(key)) wanted[key] = Math.max(0, amountIn(request, key) - there);
  }
  return wanted;
};

/** A save: a copy that nobody changes. */
export class PlainSave implements Save {
  readonly #state: PlainState;

  /** Takes the state for its own. */
  constructor(state: PlainState) {
    this.#state = state;
  }

  static of(save: Save): PlainSave {
    if (!(save instanceof PlainSave)) throw new Error("this save is not of a plain world");
    return save;
  }

  /** A copy, to play on from. */
  state(): PlainState {
    return copyState(this.#state);
  }

  get instance(): string {
    return this.#state.instance;
  }

  get world(): string {
    return this.#state.world;
  }

  get token(): string {
    return this.#state.session.token;
  }

  get tick(): number {
    return this.#state.tick;
  }

  get seed(): number {
    return this.#state.seed;
  }

  get exported(): Amounts {
    return this.#state.exported;
  }

  get received(): Amounts {
    return this.#state.received;
  }

  get wanted(): Amounts {
    return wantedIn(this.#state);
  }

  get held(): Amounts {
    return heldIn(this.#state);
  }

  get produced(): Amounts {
    return this.#state.produced;
  }

  get consumed(): Amounts {
    return this.#state.consumed;
  }
}

/** What stands in a running world now: good until it moves on. */
export const lookAt = (state: PlainState): Look => new PlainSave(state);
