import { contentOf } from "#sim/cluster/content";

/** What bridges have published so far, whatever became of it. */

interface Fact {
  readonly type: string;
  /** "<slave>/<instance>" */
  readonly source: string;
  readonly data: {
    readonly world: string;
    readonly token: string;
    readonly epoch: number;
    readonly prev?: string;
    readonly exported?: Readonly<Record<string, number>>;
    readonly received?: Readonly<Record<string, number>>;
    readonly wanted?: Readonly<Record<string, number>>;
    readonly heard?: string;
    /** Of a sync that is too long for one message. */
    readonly part?: number;
    readonly parts?: number;
  };
}

/** What a session says of itself. */
const OF_A_SESSION: ReadonlySet<string> = new Set(["world-synced", "world-reported", "world-left"]);

const raise = (totals: Map<string, number>, name: string, n: number): void => {
  if (n > (totals.get(name) ?? 0)) totals.set(name, n);
};

export class Statements {
  /** Of each world and resource: the most that it said to have received. */
  readonly #received = new Map<string, number>();
  /** The last exported total, and by how much it fell in all. */
  readonly #exported = new Map<string, number>();
  readonly #inParts = new Map<string, Map<number, Readonly<Record<string, number>>>>();
  readonly #fell = new Map<string, number>();
  /** By token and resource: what it wanted up to. */
  readonly #wanted = new Map<string, Set<number>>();
  /** By token: the leaders that its bridge had heard when it stated whole vectors. */
  readonly #heard = new Map<string, Set<string>>();
  /** By token: whose session it is. */
  readonly #by = new Map<string, { readonly slave: string; readonly epoch: number }>();
  /** By world and token: the tokens that it follows. */
  readonly #follows = new Map<string, Set<string>>();

  /** Returns what it states of a session; undefined for a fact that only explains. */
  take(bytes: Uint8Array): Fact["data"] | undefined {
    const fact = contentOf<Fact>(bytes);
    if (!OF_A_SESSION.has(fact.type)) return undefined;
    const { world, token, prev, received = {}, wanted = {}, heard } = fact.data;
    if (heard !== undefined) this.#heard.set(token, (this.#heard.get(token) ?? new Set()).add(heard));
    if (prev !== undefined) {
      const [slave = ""] = fact.source.split("/");
      this.#by.set(token, { slave, epoch: fact.data.epoch });
      const follows = this.#follows.get(`${world} ${token}`) ?? new Set();
      this.#follows.set(`${world} ${token}`, follows.add(prev));
    }
    for (const [key, total] of Object.entries(received)) raise(this.#received, `${world} ${key}`, total);
    for (const [key, level] of Object.entries(wanted)) {
      const name = `${token} ${key}`;
      const levels = this.#wanted.get(name) ?? new Set();
      this.#wanted.set(name, levels.add(level + (received[key] ?? 0)));
    }
    return fact.data;
  }

  /** Whole vectors, once all their parts are there; undefined before that. */
  #wholeOf({ world, token, exported = {}, part, parts }: Fact["data"]): Readonly<Record<string, number>> | undefined {
    if (part === undefined) return exported;
    const name = `${world} ${token}`;
    const there = (this.#inParts.get(name) ?? new Map()).set(part, exported);
    this.#inParts.set(name, there);
    return there.size === parts ? Object.assign({}, ...there.values()) : undefined;
  }

  /** EVENTS has it: what was said before may be stored after it. */
  stored(bytes: Uint8Array): void {
    const { type, data } = contentOf<Fact>(bytes);
    if (!OF_A_SESSION.has(type)) return;
    const { world } = data;
    const exported = type === "world-synced" ? this.#wholeOf(data) : (data.exported ?? {});
    if (exported === undefined) return;
    for (const [key, total] of Object.entries(exported)) raise(this.#exported, `${world} ${key}`, total);
    if (type !== "world-synced") return;
    for (const [name, last] of this.#exported) {
      if (!name.startsWith(`${world} `)) continue;
      const total = exported[name.slice(world.length + 1)] ?? 0;
      this.#fell.set(name, (this.#fell.get(name) ?? 0) + Math.max(0, last - total));
      this.#exported.set(name, total);
    }
  }

  receivedMost(world: string, key: string): number {
    return this.#received.get(`${world} ${key}`) ?? 0;
  }

  /** By how much this world's exported total was ever lowered, in all. */
  fell(world: string, key: string): number {
    return this.#fell.get(`${world} ${key}`) ?? 0;
  }

  spokenBy(token: string): { readonly slave: string; readonly epoch: number } | undefined {
    return this.#by.get(token);
  }

  heard(token: string, boot: string): boolean {
    return this.#heard.get(token)?.has(boot) === true;
  }

  wanted(token: string, key: string, upTo: number): boolean {
    return this.#wanted.get(`${token} ${key}`)?.has(upTo) === true;
  }

  /** True when syncs of this world lead from one token to the other. */
  leads(world: string, from: string, to: string): boolean {
    const seen = new Set<string>();
    const waiting = [to];
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
      if (token === from) return true;
      if (seen.has(token)) continue;
      seen.add(token);
      waiting.push(...(this.#follows.get(`${world} ${token}`) ?? []));
    }
    return false;
  }
}
