import { decodeImport, decodeNumbers } from "#bridge/import-payload";
import type { PlainState } from "#sim/cluster/plain-save";
import { add } from "#sim/cluster/plain-save";
import { type Amounts, amountIn, RESOURCES, type Resource } from "#sim/cluster/world";

/**
 * The mod's contract (docs/game-protocol.md) in plain TypeScript: its commands, its reports, and what it does in a tick. A
 * differential test holds it equal to the real mod, reply for reply and line for line.
 */
const FLUSH_TICKS = 5;
const FULL_TICKS = 18_000;
const LEFTOVER_TICKS = 3_600;
const LEASE_TICKS_MAX = 216_000;
/** A resource that may be worn or partly used: the mod takes such after those that it takes as a whole. */
const BY_STACK: Resource = "item:plate";
const TOTAL_MAX = 2 ** 53 - 2 ** 32;

const refuse = (error: string): string => JSON.stringify({ error, message: "as the mod says it" });

export const nonZero = (amounts: Readonly<Amounts>): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== 0));

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

const isTotal = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < TOTAL_MAX;

export class PlainMod {
  readonly #atLoad: Amounts;

  constructor(
    private readonly state: PlainState,
    private readonly onLine: (file: string, line: string) => void,
  ) {
    this.#atLoad = nonZero(state.exported);
  }

  get #mayCollect(): boolean {
    return this.state.session.open && this.state.tick <= this.state.leaseUntil;
  }

  #takeable(key: string): boolean {
    return RESOURCES.some((known) => known === key) && !this.state.untakeable.includes(key);
  }

  #wanted(key: string): number {
    return Math.max(0, amountIn(this.state.missing, key) - amountIn(this.state.buffer, key));
  }

  // ---- ticks

  /** What the mod does when a game with other prototypes opens the save: it gives up what nobody can take any more. */
  configurationChanged(): void {
    const { state } = this;
    for (const key of state.untakeable) state.waitedAt[key] = state.tick - LEFTOVER_TICKS;
    state.unread = true;
  }

  /** One tick: collect, look at requests, deal out, report. */
  tick(): void {
    this.#collect();
    this.#lookAtRequests();
    for (const key of RESOURCES) if (amountIn(this.state.buffer, key) > 0) this.#tend(key);
    this.#flush();
  }

  /** The next tick at which something happens by itself, if nobody does anything before it. */
  nextDue(): number {
    const { session, leaseUntil, buffer, waitedAt, exportChest } = this.state;
    const next = this.state.tick + 1;
    if (!session.open) return Number.POSITIVE_INFINITY;
    let due = session.fullAt + FULL_TICKS;
    if (this.#isDirty()) due = Math.min(due, session.reportedAt + FLUSH_TICKS);
    for (const key of RESOURCES) {
      if (next <= leaseUntil && amountIn(exportChest, key) > 0 && !this.state.capped.includes(key)) return next;
      if (amountIn(buffer, key) === 0) continue;
      const leftover = Math.max(next, amountIn(waitedAt, key) + LEFTOVER_TICKS);
      if (leftover <= leaseUntil) due = Math.min(due, leftover);
    }
    return Math.max(next, due);
  }

  /** M1: the items leave the chest and the total rises, in one tick. */
  #collect(): void {
    if (!this.#mayCollect) return;
    const { state } = this;
    const inChest = Object.entries(state.exportChest).filter(([, n]) => n > 0);
    const found = inChest.filter(([key]) => !state.capped.includes(key));
    for (const [key, n] of [
      ...found.filter(([key]) => key !== BY_STACK),
      ...found.filter(([key]) => key === BY_STACK),
    ]) {
      this.#number(key);
      add(state.exported, key, n);
    }
    state.exportChest = Object.fromEntries(inChest.filter(([key]) => state.capped.includes(key)));
  }

  #lookAtRequests(): void {
    const { state } = this;
    if (state.unread) {
      state.asked = nonZero(state.request);
      for (const key of Object.keys(state.asked)) this.#number(key);
      state.unread = false;
    }
    for (const key of RESOURCES) this.#look(key);
  }

  #look(key: string): void {
    const { asked, importChest, missing } = this.state;
    missing[key] = Math.max(0, amountIn(asked, key) - amountIn(importChest, key));
  }

  /** From the import buffer into the chest that waits, or back to the cluster when nobody has waited for long. */
  #tend(key: string): void {
    const { state } = this;
    if (amountIn(state.missing, key) > 0) {
      state.waitedAt[key] = state.tick;
      this.#deal(key);
    } else if (state.tick - amountIn(state.waitedAt, key) >= LEFTOVER_TICKS && this.#mayCollect) {
      add(state.exported, key, amountIn(state.buffer, key));
      state.buffer[key] = 0;
    }
  }

  #deal(key: string): void {
    const { state } = this;
    if (amountIn(state.missing, key) === 0) return;
    const short = Math.max(0, amountIn(state.asked, key) - amountIn(state.importChest, key));
    const n = Math.min(short, amountIn(state.buffer, key));
    add(state.importChest, key, n);
    add(state.buffer, key, -n);
    this.#look(key);
  }

  #flush(): void {
    const { session, tick } = this.state;
    if (!session.open) return;
    const full = tick - session.fullAt >= FULL_TICKS;
    if (!full && (tick - session.reportedAt < FLUSH_TICKS || !this.#isDirty())) return;
    this.onLine(`clusterio/${session.token}-0.jsonl`, this.#report(full));
  }

  // ---- commands

  command(text: string): string {
    const [, name = "", rest = ""] = /^\/(\S+)\s?(.*)$/.exec(text) ?? [];
    switch (name) {
      case "clusterio-begin":
        return this.#begin(parseObject(rest));
      case "clusterio-adopt":
        return this.#adopt(parseObject(rest));
      case "clusterio-import":
        return this.#importNamed(parseObject(rest));
      case "cc": {
        const [tag = "", at = "", payload = "", ...names] = rest.split(" ");
        return this.#isTag(tag) ? this.#cap(at, payload, names.join(" ")) : refuse("wrong-token");
      }
      case "ci":
      case "cl":
      case "cr": {
        const [tag = "", word = ""] = rest.split(" ");
        return this.#isTag(tag) ? this.#short(name, word) : refuse("wrong-token");
      }
      default:
        return "";
    }
  }

  #isTag(tag: string): boolean {
    const { token } = this.state.session;
    return token !== "" && tag === token.slice(0, 4);
  }

  #short(name: "ci" | "cl" | "cr", word: string): string {
    const { state } = this;
    if (name === "ci") return this.#importCompact(word);
    if (name === "cr") return word === "" || word === "full" ? this.#report(word === "full") : refuse("parameter");
    if (!/^[0-9]+$/.test(word) || Number(word) > LEASE_TICKS_MAX) return refuse("parameter");
    state.leaseUntil = state.tick + Number(word);
    return JSON.stringify({ tick: state.tick, players: 0 });
  }

  #cap(at: string, payload: string, spelled: string): string {
    const { state } = this;
    if (!state.session.open) return refuse("not-adopted");
    if (!/^[0-9]+$/.test(at) || payload === "") return refuse("parameter");
    const steps = payload === "." ? [] : decodeNumbers(payload);
    if (steps === undefined) return refuse("payload");
    const capped: string[] = [];
    let number = -1;
    for (const step of steps) {
      number += step + 1;
      const name = state.names[number];
      if (name === undefined) return refuse("payload");
      capped.push(name);
    }
    if (Number(at) > state.cappedAt) {
      state.cappedAt = Number(at);
      const named = spelled.split(",").filter((name) => name !== "" && this.#takeable(name));
      for (const name of named) this.#number(name);
      state.capped = [...new Set([...capped, ...named])];
    }
    return JSON.stringify({ tick: state.tick });
  }

  #begin(parameter: Record<string, unknown> | undefined): string {
    if (parameter === undefined) return refuse("parameter");
    const { state } = this;
    const { v, token, instance } = parameter;
    if (v !== 1) return refuse("version");
    if (typeof token !== "string" || !/^[0-9a-z]{10,32}$/.test(token)) return refuse("token");
    if (typeof instance !== "string" || instance === "") return refuse("parameter");
    if (token === state.session.token) return refuse("token-used");
    const open = state.world !== "" && state.instance === instance;
    state.session = { token, instance, open, seq: 0, reportedAt: state.tick, fullAt: state.tick };
    state.cappedAt = 0;
    state.base = { ...state.received };
    return this.#whole();
  }

  #adopt(parameter: Record<string, unknown> | undefined): string {
    if (parameter === undefined) return refuse("parameter");
    const { state } = this;
    const { token, world, instance } = parameter;
    if (token !== state.session.token || token === "") return refuse("wrong-token");
    if (typeof world !== "string" || world === "" || typeof instance !== "string") return refuse("parameter");
    if (instance !== state.session.instance) return refuse("instance");
    if (world === state.world && instance === state.instance) return this.#whole();
    if (instance === state.instance) return refuse("world");
    if (state.world !== "") {
      const atLoad = (parameter.atLoad ?? {}) as Amounts;
      for (const [key, total] of Object.entries(atLoad)) {
        if (!state.names.includes(key) || amountIn(state.exported, key) < total) return refuse("at-load");
      }
      for (const [key, total] of Object.entries(atLoad)) add(state.exported, key, -total);
      state.received = {};
      state.base = {};
    }
    state.world = world;
    state.instance = instance;
    state.session.open = true;
    return this.#whole();
  }

  #importNamed(parameter: Record<string, unknown> | undefined): string {
    if (parameter === undefined) return refuse("parameter");
    const { state } = this;
    const { token, totals } = parameter;
    if (token !== state.session.token || token === "") return refuse("wrong-token");
    if (!state.session.open) return refuse("not-adopted");
    if (typeof totals !== "object" || totals === null || !Object.values(totals).every(isTotal))
      return refuse("payload");
    const sorted = Object.entries(totals as Amounts).sort(([a], [b]) => (a < b ? -1 : 1));
    return this.#report(false, this.#import(Object.fromEntries(sorted)));
  }

  #importCompact(payload: string): string {
    const { state } = this;
    if (!state.session.open) return refuse("not-adopted");
    const pairs = decodeImport(payload);
    if (pairs === undefined) return refuse("payload");
    const totals: Amounts = {};
    for (const [number, amount] of pairs) {
      const name = state.names[number];
      if (name === undefined) return refuse("payload");
      totals[name] = amountIn(state.base, name) + amount;
    }
    const refused = this.#import(totals);
    return this.#report(false, refused.length > 0 ? refused : undefined);
  }

  /** What this game can't take. */
  #import(totals: Amounts): string[] {
    const { state } = this;
    const refused: string[] = [];
    for (const [key, total] of Object.entries(totals)) {
      if (!this.#takeable(key)) {
        refused.push(key);
        continue;
      }
      this.#number(key);
      const taken = Math.max(0, total - amountIn(state.received, key));
      if (taken === 0) continue;
      if (amountIn(state.buffer, key) === 0) state.waitedAt[key] = state.tick;
      add(state.received, key, taken);
      add(state.buffer, key, taken);
      this.#deal(key);
    }
    return refused;
  }

  // ---- what the outside is told

  #number(name: string): number {
    const known = this.state.names.indexOf(name);
    return known >= 0 ? known : this.state.names.push(name) - 1;
  }

  #vector(amountOf: (key: string) => number): Amounts {
    const vector: Amounts = {};
    for (const [number, key] of this.state.names.entries()) {
      const value = amountOf(key);
      if (value !== 0) vector[number] = value;
    }
    return vector;
  }

  #whole(): string {
    const { state } = this;
    const { session, stated } = state;
    for (const key of state.names) {
      stated.exported[key] = amountIn(state.exported, key);
      stated.received[key] = amountIn(state.received, key);
      stated.wanted[key] = this.#wanted(key);
    }
    stated.names = state.names.length;
    session.reportedAt = state.tick;
    session.fullAt = state.tick;
    return JSON.stringify({
      ...{ v: 1, mod: "0.1.0", game: "2.1.9", token: session.token, instance: state.instance, world: state.world },
      ...{ tick: state.tick, seed: state.seed, names: state.names },
      exported: this.#vector((key) => amountIn(state.exported, key)),
      received: this.#vector((key) => amountIn(state.received, key)),
      wanted: this.#vector((key) => this.#wanted(key)),
      atLoad: this.#atLoad,
      untakeable: state.names.filter((key) => !this.#takeable(key)),
      capped: state.names.filter((key) => state.capped.includes(key)),
      file: `clusterio/${session.token}-0.jsonl`,
    });
  }

  #isDirty(): boolean {
    const { stated, names, exported, received } = this.state;
    if (stated.names !== names.length) return true;
    for (const key of names) {
      if (amountIn(stated.exported, key) !== amountIn(exported, key)) return true;
      if (amountIn(stated.received, key) !== amountIn(received, key)) return true;
      if (amountIn(stated.wanted, key) !== this.#wanted(key)) return true;
    }
    return false;
  }

  /** MR1 to MR3 of the mod's report.ts. */
  #report(full: boolean, untakeable?: readonly string[]): string {
    const { state } = this;
    const { session, stated } = state;
    const names: Record<string, string> = {};
    for (let n = full ? 0 : stated.names; n < state.names.length; n++) names[n] = state.names[n]!;
    const [exported, received, wanted]: [Amounts, Amounts, Amounts] = [{}, {}, {}];
    for (const [number, key] of state.names.entries()) {
      const [e, r, w] = [amountIn(state.exported, key), amountIn(state.received, key), this.#wanted(key)];
      const receivedChanged = r !== amountIn(stated.received, key);
      const wantedChanged = w !== amountIn(stated.wanted, key);
      if (full || e !== amountIn(stated.exported, key)) exported[number] = e;
      if (full || receivedChanged || wantedChanged) received[number] = r;
      if (full || wantedChanged || (receivedChanged && w > 0)) wanted[number] = w;
      stated.exported[key] = e;
      stated.received[key] = r;
      stated.wanted[key] = w;
    }
    stated.names = state.names.length;
    session.seq += 1;
    session.reportedAt = state.tick;
    if (full) session.fullAt = state.tick;
    return JSON.stringify({
      ...{ token: session.token, seq: session.seq, tick: state.tick, ...(full ? { full: true } : {}) },
      ...{ names, exported, received, wanted, ...(untakeable === undefined ? {} : { untakeable }) },
    });
  }
}
