/**
 * What the ledger says, followed message by message from its own bytes. Shares no code with the fold: it knows what a
 * message does from DESIGN, not from core/.
 */
export interface Line {
  readonly exported: number;
  readonly received: number;
  readonly allocated: number;
  readonly debt: number;
  /** Wanted up to this total. */
  readonly target: number;
  readonly carry: number;
  readonly held: number;
}

export const NO_LINE: Line = { exported: 0, received: 0, allocated: 0, debt: 0, target: 0, carry: 0, held: 0 };

export const lineOf = ([
  exported = 0,
  received = 0,
  allocated = 0,
  debt = 0,
  target = 0,
  carry = 0,
  held = 0,
]: readonly number[]): Line => ({ exported, received, allocated, debt, target, carry, held });

export interface BookWorld {
  readonly instance: string;
  token: string;
  open: boolean;
  owner: string;
  seq: number;
  untakeable: readonly string[];
  readonly lines: Map<string, Line>;
  /** Every token that it ever had. */
  readonly tokens: Set<string>;
}

export interface BookInstance {
  slave: string;
  epoch: number;
  owner: string;
}

export interface Policies {
  readonly rule?: string;
  readonly weights?: Readonly<Record<string, number>>;
  readonly tiers?: Readonly<Record<string, number>>;
  readonly resources?: Readonly<Record<string, { readonly reserve?: number }>>;
  readonly creditPerSecond?: number;
}

export interface WorldEntry {
  readonly token?: string;
  readonly seq?: number;
  readonly session?: { readonly owner: string; readonly open: boolean; readonly untakeable?: readonly string[] };
  readonly r?: Readonly<Record<string, readonly number[]>>;
}

export interface BookPosition {
  readonly created: string;
  readonly seq: number;
  readonly id: string;
}

/** A ledger message as JSON; each type has some of these. */
export interface LedgerEntry {
  readonly prev: string;
  readonly boot: string;
  readonly round?: number;
  readonly position?: BookPosition;
  readonly storage?: Readonly<Record<string, number>>;
  readonly shortfall?: Readonly<Record<string, number>>;
  readonly worlds?: Readonly<Record<string, WorldEntry>>;
  readonly instances?: Readonly<Record<string, BookInstance>>;
  readonly policies?: Policies;
  readonly void?: string;
  readonly sync?: { readonly token: string; readonly owner: string };
  readonly user?: string;
  readonly instance?: string;
  readonly slave?: string;
  readonly epoch?: number;
  readonly world?: string;
  readonly resource?: string;
  readonly amount?: number;
  readonly from?: string;
  readonly to?: string;
}

export interface Entry {
  readonly type: string;
  readonly message: LedgerEntry;
  readonly hash: string;
}

interface RoundHead {
  readonly position?: unknown;
  readonly storage?: object;
  readonly worlds?: Readonly<Record<string, Pick<WorldEntry, "seq" | "token">>>;
}

/** Of a round that is too long for one message: amounts alone; the position and the sessions stand in its last part. */
export const isEarlierPart = ({ position, storage, worlds = {} }: RoundHead): boolean =>
  position === undefined &&
  storage !== undefined &&
  Object.values(worlds).every(({ seq, token }) => seq === undefined && token === undefined);

/** The round that these messages are the parts of. */
export const joined = (parts: readonly Entry[], last: Entry): Entry => {
  const messages = [...parts, last].map(({ message }) => message);
  const worlds: Record<string, WorldEntry> = {};
  for (const message of messages)
    for (const [id, { r, ...rest }] of Object.entries(message.worlds ?? {}))
      worlds[id] = { ...worlds[id], ...rest, r: { ...worlds[id]?.r, ...r } };
  const storage = Object.assign({}, ...messages.map((message) => message.storage ?? {}));
  const shortfall = Object.assign({}, ...messages.map((message) => message.shortfall ?? {}));
  return { ...last, message: { ...last.message, worlds, storage, shortfall } };
};

export class LedgerBook {
  tip = "";
  boot = "";
  position: BookPosition | undefined;
  policies: Policies = {};
  readonly worlds = new Map<string, BookWorld>();
  readonly instances = new Map<string, BookInstance>();
  readonly storage = new Map<string, number>();
  readonly shortfall = new Map<string, number>();
  /** Tokens that came back: what was said under them once counts a second time. */
  readonly repeated: string[] = [];

  /** False for a void message: it changes nothing. */
  continues({ message }: Entry): boolean {
    return message.prev === this.tip;
  }

  world(id: string): BookWorld {
    let world = this.worlds.get(id);
    if (world === undefined) {
      const instance = id.split(".")[0] ?? "";
      world = {
        instance,
        token: "",
        open: false,
        owner: "",
        seq: 0,
        untakeable: [],
        lines: new Map(),
        tokens: new Set(),
      };
      this.worlds.set(id, world);
    }
    return world;
  }

  line(id: string, key: string): Line {
    return this.worlds.get(id)?.lines.get(key) ?? NO_LINE;
  }

  take({ type, message, hash }: Entry): void {
    this.tip = hash;
    this.boot = message.boot;
    switch (type) {
      case "round":
      case "world-rewound":
        return this.#round(message);
      case "instance-created":
        this.instances.set(message.instance ?? "", { slave: "", epoch: 0, owner: "" });
        return;
      case "instance-assigned":
        return this.#assigned(message);
      case "instance-deleted":
        return this.#deleted(message);
      case "world-retired":
        return this.#retired(message.world ?? "");
      case "rewind-held":
        return this.#held(message);
      case "session-lapsed": {
        const world = this.worlds.get(message.world ?? "");
        if (world?.open === true) this.#close(message.world ?? "", message.void ?? "");
        return;
      }
      case "events-lost":
      case "events-unverifiable":
        for (const [id, { token }] of this.worlds) if (token !== "") this.#close(id, message.void ?? "");
        this.position = message.position;
        return;
      case "policy-set":
        this.policies = message.policies ?? {};
        return;
      case "adjusted":
        return this.#adjusted(message);
      case "resource-renamed": {
        const moved = this.storage.get(message.from ?? "") ?? 0;
        this.storage.set(message.from ?? "", 0);
        this.#add(this.storage, message.to ?? "", moved);
      }
    }
  }

  #round(message: LedgerEntry): void {
    this.position = message.position ?? this.position;
    for (const [id, { slave, epoch, owner }] of Object.entries(message.instances ?? {}))
      this.instances.set(id, { slave, epoch, owner });
    for (const [id, { token, seq, session, r }] of Object.entries(message.worlds ?? {})) {
      const world = this.world(id);
      this.#named(id, token ?? world.token);
      world.seq = seq ?? world.seq;
      if (session !== undefined) {
        world.open = session.open;
        world.owner = session.owner;
        world.untakeable = session.untakeable ?? [];
      }
      for (const [key, record] of Object.entries(r ?? {})) world.lines.set(key, lineOf(record));
    }
    for (const [key, n] of Object.entries(message.storage ?? {})) this.storage.set(key, n);
    for (const [key, n] of Object.entries(message.shortfall ?? {})) this.shortfall.set(key, n);
  }

  #assigned({ instance = "", slave = "", epoch = 0, void: token = "" }: LedgerEntry): void {
    if (!this.instances.has(instance)) return;
    this.instances.set(instance, { slave, epoch, owner: "" });
    for (const [id, world] of this.worlds)
      if (world.instance === instance && world.token !== "") this.#close(id, token);
  }

  /** A rewind waits for an operator: the instance's sessions are over, and a later boot holds it. */
  #held({ world: id = "", sync, void: token = "" }: LedgerEntry): void {
    const { instance } = this.world(id);
    for (const [other, world] of this.worlds)
      if (world.instance === instance && (world.open || other === id)) this.#close(other, token);
    const known = this.instances.get(instance);
    if (known !== undefined && sync !== undefined) this.instances.set(instance, { ...known, owner: sync.owner });
  }

  #named(id: string, token: string): void {
    const world = this.world(id);
    if (token === world.token) return;
    if (world.tokens.has(token)) this.repeated.push(`${id}: ${token}`);
    world.tokens.add(token);
    world.token = token;
  }

  #close(id: string, token: string): void {
    const world = this.world(id);
    this.#named(id, token);
    Object.assign(world, { open: false, owner: "", seq: 0 });
    for (const [key, line] of world.lines) if (line.target !== 0) world.lines.set(key, { ...line, target: 0 });
  }

  /** Nobody's any more: its sessions end, and what is in flight to its worlds comes back. */
  #deleted(message: LedgerEntry): void {
    this.#assigned({ ...message, slave: "" });
    for (const [id, world] of this.worlds) if (world.instance === message.instance) this.#retired(id);
  }

  /** What is in flight comes back, as a credit. */
  #retired(id: string): void {
    const world = this.worlds.get(id);
    if (world === undefined || world.open) return;
    for (const [key, line] of world.lines) {
      let left = line.allocated - line.received;
      const repaid = Math.min(left, line.debt);
      left -= repaid;
      const covered = Math.min(left, this.shortfall.get(key) ?? 0);
      world.lines.set(key, { ...line, allocated: line.received, debt: line.debt - repaid });
      this.#add(this.shortfall, key, -covered);
      this.#add(this.storage, key, left - covered);
    }
  }

  #adjusted({ resource = "", amount = 0, world: id }: LedgerEntry): void {
    if (id === undefined) {
      const storage = this.storage.get(resource) ?? 0;
      this.storage.set(resource, Math.max(0, storage + amount));
      return;
    }
    const world = this.worlds.get(id);
    const line = world?.lines.get(resource);
    if (world === undefined || line === undefined) return;
    world.lines.set(resource, { ...line, debt: line.debt - Math.min(line.debt, Math.max(0, amount)) });
  }

  #add(levels: Map<string, number>, key: string, n: number): void {
    levels.set(key, (levels.get(key) ?? 0) + n);
  }
}
