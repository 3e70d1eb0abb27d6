import { decodeImport } from "#bridge/import-payload";

/**
 * A world in plain TypeScript that keeps the mod's contract (docs/game-protocol.md), with the items that it holds. What is
 * physically there is `stock` and `pool`; `produced` and `consumed` are what the checker compares that with.
 */
export const RESOURCES = ["item:iron-plate", "item:copper-plate", "item:gear:rare"] as const;
export type Amounts = Record<string, number>;

/** Everything that a save carries. */
export interface Save {
  instance: string;
  world: string;
  session: { token: string; instance: string; open: boolean; seq: number; reportedAt: number; fullAt: number };
  leaseUntil: number;
  tick: number;
  seed: number;
  names: string[];
  exported: Amounts;
  received: Amounts;
  base: Amounts;
  stated: { exported: Amounts; received: Amounts; wanted: Amounts; names: number };
  /** In machines, belts and export chests. */
  stock: Amounts;
  /** In the import buffer and import chests. */
  pool: Amounts;
  /** What import chests ask for. */
  request: Amounts;
  produced: Amounts;
  consumed: Amounts;
}

export const newSave = (seed: number): Save => ({
  instance: "",
  world: "",
  session: { token: "", instance: "", open: false, seq: 0, reportedAt: 0, fullAt: 0 },
  leaseUntil: -1,
  tick: 0,
  seed,
  names: [],
  exported: {},
  received: {},
  base: {},
  stated: { exported: {}, received: {}, wanted: {}, names: 0 },
  stock: {},
  pool: {},
  request: {},
  produced: {},
  consumed: {},
});

/** By hand: a history copies thousands of saves. */
export const copyOf = (save: Save): Save => ({
  ...save,
  session: { ...save.session },
  names: [...save.names],
  exported: { ...save.exported },
  received: { ...save.received },
  base: { ...save.base },
  stated: {
    exported: { ...save.stated.exported },
    received: { ...save.stated.received },
    wanted: { ...save.stated.wanted },
    names: save.stated.names,
  },
  stock: { ...save.stock },
  pool: { ...save.pool },
  request: { ...save.request },
  produced: { ...save.produced },
  consumed: { ...save.consumed },
});

export const amountIn = (amounts: Readonly<Amounts>, key: string): number => amounts[key] ?? 0;
const add = (amounts: Amounts, key: string, n: number): void => {
  amounts[key] = amountIn(amounts, key) + n;
};

/** What lies in the chests of a save. */
export const heldIn = (save: Save, key: string): number => amountIn(save.stock, key) + amountIn(save.pool, key);

/** From now on this is another world's beginning: what it holds, it has made itself. */
export const asOrigin = (save: Save): Save => {
  const copy = copyOf(save);
  copy.produced = Object.fromEntries(RESOURCES.map((key) => [key, heldIn(copy, key)]));
  copy.consumed = {};
  return copy;
};

const TICKS_PER_MS = 60 / 1000;
const FLUSH_TICKS = 5;
const FULL_TICKS = 18_000;

const refuse = (error: string, message = "as the mod says it"): string => JSON.stringify({ error, message });
const nonZero = (amounts: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== 0));

export class GameWorld {
  readonly #atLoad: Amounts;
  #tickRest = 0;

  constructor(
    readonly save: Save,
    /** Resources whose prototypes this game does not have. */
    readonly untakeable: ReadonlySet<string>,
    private readonly onLine: (file: string, line: string) => void,
  ) {
    this.#atLoad = nonZero(save.exported);
  }

  /** Lets game time pass; at the end of a tick the mod writes what changed. */
  pass(ms: number): void {
    const { save } = this;
    const ticks = ms * TICKS_PER_MS + this.#tickRest;
    this.#tickRest = ticks % 1;
    save.tick += Math.floor(ticks);
    this.#flush();
  }

  get mayCollect(): boolean {
    return this.save.session.open && this.save.tick <= this.save.leaseUntil;
  }

  produce(key: string, n: number): void {
    add(this.save.stock, key, n);
    add(this.save.produced, key, n);
  }

  consume(key: string, n: number): number {
    const done = Math.min(n, amountIn(this.save.pool, key));
    add(this.save.pool, key, -done);
    add(this.save.consumed, key, done);
    return done;
  }

  /** Players carry what arrived over to the machines. */
  carry(key: string, n: number): void {
    const done = Math.min(n, amountIn(this.save.pool, key));
    add(this.save.pool, key, -done);
    add(this.save.stock, key, done);
  }

  request(key: string, level: number): void {
    this.save.request[key] = level;
    this.#number(key);
  }

  /** M1: the items leave the chest and the total rises, in one tick. */
  collect(key: string, n: number): number {
    const done = this.mayCollect ? Math.min(n, amountIn(this.save.stock, key)) : 0;
    if (done === 0) return 0;
    this.#number(key);
    add(this.save.stock, key, -done);
    add(this.save.exported, key, done);
    return done;
  }

  /** What nobody requests goes back. */
  giveBack(key: string): number {
    const spare = amountIn(this.save.pool, key) - amountIn(this.save.request, key);
    if (!this.mayCollect || spare <= 0) return 0;
    this.#number(key);
    add(this.save.pool, key, -spare);
    add(this.save.exported, key, spare);
    return spare;
  }

  wanted(key: string): number {
    if (this.untakeable.has(key)) return 0;
    return Math.max(0, amountIn(this.save.request, key) - amountIn(this.save.pool, key));
  }

  command(text: string): string {
    const space = text.indexOf(" ");
    const rest = text.slice(space + 1);
    const [tag = "", word = ""] = rest.split(" ");
    switch (text.slice(0, space)) {
      case "/clusterio-begin":
        return this.#begin(JSON.parse(rest) as { token: string; instance: string });
      case "/clusterio-adopt":
        return this.#adopt(JSON.parse(rest) as { token: string; world: string; instance: string; atLoad: Amounts });
      case "/clusterio-import": {
        const { token, totals } = JSON.parse(rest) as { token: string; totals: Amounts };
        return token === this.save.session.token ? this.#import(totals) : refuse("wrong-token");
      }
      case "/ci":
        return this.#isTag(tag) ? this.#compact(word) : refuse("wrong-token");
      case "/cl":
        if (!this.#isTag(tag)) return refuse("wrong-token");
        this.save.leaseUntil = this.save.tick + Number(word);
        return JSON.stringify({ tick: this.save.tick });
      case "/cr":
        return this.#isTag(tag) ? this.#report(word === "full", []) : refuse("wrong-token");
      default:
        return "";
    }
  }

  #isTag(tag: string): boolean {
    const { token } = this.save.session;
    return token !== "" && tag === token.slice(0, 4);
  }

  #begin({ token, instance }: { token: string; instance: string }): string {
    const { save } = this;
    if (token === save.session.token) return refuse("token-used");
    const open = save.world !== "" && save.instance === instance;
    save.session = { token, instance, open, seq: 0, reportedAt: save.tick, fullAt: save.tick };
    save.base = { ...save.received };
    return this.#whole();
  }

  #adopt(request: { token: string; world: string; instance: string; atLoad: Amounts }): string {
    const { save } = this;
    const { token, world, instance, atLoad } = request;
    if (token !== save.session.token || token === "") return refuse("wrong-token");
    if (instance !== save.session.instance) return refuse("instance");
    if (world === save.world && instance === save.instance) return this.#whole();
    if (instance === save.instance) return refuse("world");
    if (save.world !== "") {
      for (const key of Object.keys(save.exported)) {
        if (amountIn(save.exported, key) < amountIn(atLoad, key)) return refuse("at-load");
      }
      for (const [key, total] of Object.entries(atLoad)) add(save.exported, key, -total);
      save.received = {};
      save.base = {};
    }
    save.world = world;
    save.instance = instance;
    save.session.open = true;
    return this.#whole();
  }

  #compact(payload: string): string {
    const totals: Amounts = {};
    const pairs = decodeImport(payload);
    if (pairs === undefined) return refuse("payload");
    for (const [number, amount] of pairs) {
      const name = this.save.names[number];
      if (name === undefined) return refuse("payload");
      totals[name] = amountIn(this.save.base, name) + amount;
    }
    return this.#import(totals);
  }

  #import(totals: Amounts): string {
    if (!this.save.session.open) return refuse("not-adopted");
    const refused: string[] = [];
    for (const [key, total] of Object.entries(totals)) {
      if (this.untakeable.has(key)) {
        refused.push(key);
        continue;
      }
      this.#number(key);
      const taken = Math.max(0, total - amountIn(this.save.received, key));
      add(this.save.received, key, taken);
      add(this.save.pool, key, taken);
    }
    return this.#report(false, refused);
  }

  #number(name: string): number {
    const known = this.save.names.indexOf(name);
    return known >= 0 ? known : this.save.names.push(name) - 1;
  }

  #vector(amountOf: (key: string) => number): Amounts {
    const vector: Amounts = {};
    for (const [number, key] of this.save.names.entries()) {
      const value = amountOf(key);
      if (value !== 0) vector[number] = value;
    }
    return vector;
  }

  #whole(): string {
    const { save } = this;
    const { session, stated } = save;
    for (const key of save.names) {
      stated.exported[key] = amountIn(save.exported, key);
      stated.received[key] = amountIn(save.received, key);
      stated.wanted[key] = this.wanted(key);
    }
    stated.names = save.names.length;
    session.reportedAt = save.tick;
    session.fullAt = save.tick;
    return JSON.stringify({
      ...{ v: 1, mod: "0.1.0", game: "2.1.9", token: session.token, instance: save.instance, world: save.world },
      ...{ tick: save.tick, seed: save.seed, names: save.names },
      exported: this.#vector((key) => amountIn(save.exported, key)),
      received: this.#vector((key) => amountIn(save.received, key)),
      wanted: this.#vector((key) => this.wanted(key)),
      atLoad: this.#atLoad,
      untakeable: save.names.filter((key) => this.untakeable.has(key)),
      file: `clusterio/${session.token}-0.jsonl`,
    });
  }

  #isDirty(): boolean {
    const { stated, names } = this.save;
    return (
      stated.names !== names.length ||
      names.some(
        (key) =>
          amountIn(stated.exported, key) !== amountIn(this.save.exported, key) ||
          amountIn(stated.received, key) !== amountIn(this.save.received, key) ||
          amountIn(stated.wanted, key) !== this.wanted(key),
      )
    );
  }

  #flush(): void {
    const { session, tick } = this.save;
    if (!session.open) return;
    const full = tick - session.fullAt >= FULL_TICKS;
    if (!full && (tick - session.reportedAt < FLUSH_TICKS || !this.#isDirty())) return;
    this.onLine(`clusterio/${session.token}-0.jsonl`, this.#report(full, []));
  }

  /** MR1 to MR3 of the mod's report.ts. */
  #report(full: boolean, untakeable: readonly string[]): string {
    const { save } = this;
    const { session, stated } = save;
    const names: Record<string, string> = {};
    for (let n = full ? 0 : stated.names; n < save.names.length; n++) names[n] = save.names[n]!;
    const [exported, received, wanted]: Amounts[] = [{}, {}, {}];
    for (const [number, key] of save.names.entries()) {
      const [e, r, w] = [amountIn(save.exported, key), amountIn(save.received, key), this.wanted(key)];
      const receivedChanged = r !== amountIn(stated.received, key);
      const wantedChanged = w !== amountIn(stated.wanted, key);
      if (full || e !== amountIn(stated.exported, key)) exported![number] = e;
      if (full || receivedChanged || wantedChanged) received![number] = r;
      if (full || wantedChanged || (receivedChanged && w > 0)) wanted![number] = w;
      stated.exported[key] = e;
      stated.received[key] = r;
      stated.wanted[key] = w;
    }
    stated.names = save.names.length;
    session.seq += 1;
    session.reportedAt = save.tick;
    if (full) session.fullAt = save.tick;
    return JSON.stringify({
      ...{ token: session.token, seq: session.seq, tick: save.tick, ...(full ? { full: true } : {}) },
      ...{ names, exported, received, wanted, ...(untakeable.length > 0 ? { untakeable } : {}) },
    });
  }
}
