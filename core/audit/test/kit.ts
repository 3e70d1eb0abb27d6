import fc from "fast-check";
import { Auditor } from "#core/audit/auditor";
import { type Base, baseAt, beginning } from "#core/audit/checkpoints";
import type { Finding } from "#core/audit/finding";
import { sha256 } from "#core/digest";
import type { Policies } from "#core/events/command";
import type { LedgerMessage, RoundBody, WorldRecord } from "#core/events/ledger";
import { sealBytes } from "#core/events/ledger-codec";
import { decide } from "#core/fold/decide";
import { evolve } from "#core/fold/evolve";
import { hashOf, imageOf, prepareAtOnce } from "#core/fold/image";
import type { State } from "#core/fold/state";
import { Fold } from "#core/fold/test/kit";
import { parseWorldId, type WorldId } from "#core/ids";
import type { StoredMessage } from "#core/ports/log";
import { type ResourceKey, resourceKey } from "#core/resource";
import { subjects } from "#core/subjects";

/** Ledgers of random honest histories as the broker stores them, and ways to falsify them. */
export const KEYS = ["item:iron-plate", "item:coal:rare", "fluid:water:15", "energy"].map(resourceKey);
export const WORLDS = ["a.1", "a.2", "b.1", "c.1"] as const;

const totals = fc.dictionary(fc.constantFrom(...KEYS), fc.integer({ min: 0, max: 500 }), { maxKeys: 3 });
const world = fc.constantFrom(...WORLDS.map((id) => parseWorldId(id).id));
const instance = fc.constantFrom("a", "b", "c");
const does = <T extends string>(what: T) => fc.constant(what);

export const historyStep = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: does("sync"),
      world,
      exported: totals,
      received: totals,
      wanted: totals,
      untakeable: fc.subarray(KEYS, { maxLength: 1 }),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({ do: does("report"), world, exported: totals, received: totals, wanted: totals }),
  },
  { weight: 8, arbitrary: fc.record({ do: does("round"), split: fc.constantFrom(false, false, false, false, true) }) },
  { weight: 1, arbitrary: fc.record({ do: does("checkpoint"), partBytes: fc.integer({ min: 200, max: 5_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: does("retire"), world }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: does("adjust"),
      key: fc.constantFrom(...KEYS),
      amount: fc.integer({ min: -300, max: 300 }),
      world: fc.option(world, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: does("rename"), from: fc.constantFrom(...KEYS), to: fc.constantFrom(...KEYS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: does("policy"),
      rule: fc.constantFrom("max-min" as const, "proportional" as const, "priority" as const),
      weight: fc.integer({ min: 1, max: 5 }),
      reserve: fc.integer({ min: 0, max: 50 }),
      rate: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: does("reassign"), instance }) },
  { weight: 1, arbitrary: fc.record({ do: does("lapse"), world }) },
  { weight: 1, arbitrary: fc.record({ do: does("lead"), cutShort: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: does("grant-from-now") }) },
  // Nothing comes after it: of one instance only.
  { weight: 1, arbitrary: fc.record({ do: does("delete"), instance: fc.constant("c") }) },
);
export type HistoryStep = typeof historyStep extends fc.Arbitrary<infer T> ? T : never;

const mapped = (vector: Record<string, number>, to: (n: number, key: string) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(vector).map(([key, n]) => [key, to(n, key)]));

/** As the projector splits a round (ADR 0002): one part for each resource, the sessions in the last. */
const splitByResource = (body: RoundBody): RoundBody[] => {
  const keys = new Set([...Object.keys(body.storage ?? {}), ...Object.keys(body.shortfall ?? {})]);
  for (const record of Object.values(body.worlds ?? {})) for (const key in record.r) keys.add(key);
  const only = <T>(from: Record<string, T> | undefined, key: string) =>
    Object.fromEntries(Object.entries(from ?? {}).filter(([name]) => name === key));
  const parts = [...keys].sort().map((key): RoundBody => {
    const worlds: Record<string, WorldRecord> = {};
    for (const [id, record] of Object.entries(body.worlds ?? {})) {
      if (record.r?.[key] !== undefined) worlds[id] = { r: only(record.r, key) };
    }
    return { worlds, storage: only(body.storage, key), shortfall: only(body.shortfall, key) };
  });
  const sessions = Object.entries(body.worlds ?? {}).map(([id, { r: _r, ...rest }]) => [id, rest]);
  const { storage: _storage, shortfall: _shortfall, ...last } = body;
  return [...parts, { ...last, worlds: Object.fromEntries(sessions) }];
};

const BOOT_MILLIS = 100;

/** One ledger as its leaders write it. */
export class Scribe {
  fold = new Fold();
  readonly #earlier: { message: LedgerMessage; hash: string }[] = [];
  #granting = true;
  #leaders = 0;
  #synced = 0;

  constructor(instances: readonly string[] = ["a", "b", "c"]) {
    for (const id of instances) this.fold.assign(id);
  }

  apply(s: HistoryStep): void {
    const { fold } = this;
    switch (s.do) {
      case "sync": {
        const token = `aaaaaaaaaa${(++this.#synced).toString(36).padStart(4, "0")}`;
        const { exported, received, wanted, untakeable } = s;
        fold.sync(s.world, { exported, received, wanted, untakeable, token, epoch: this.epochOf(s.world) });
        return;
      }
      case "report":
        return this.#report(s);
      case "round":
        return this.round(s.split);
      case "checkpoint":
        return this.checkpoint(s.partBytes);
      case "lead":
        return this.lead(s.cutShort);
      case "grant-from-now":
        this.#granting = true;
        return;
      default:
        this.round();
        return this.#act(s);
    }
  }

  /** Totals that rise by what the step says; one receipt in ten is beyond what was granted. */
  #report({ world, ...s }: HistoryStep & { do: "report" }): void {
    const has = (key: string) => this.fold.state.worlds.get(world as WorldId)?.accounts.get(key as ResourceKey);
    const exported = mapped(s.exported, (n, key) => (has(key)?.exported ?? 0) + n);
    const received = mapped({ ...s.wanted, ...s.received }, (n, key) => {
      const total = (has(key)?.received ?? 0) + n;
      return n % 10 === 0 ? total : Math.min(total, has(key)?.allocated ?? 0);
    });
    this.fold.report(world, { exported, received, wanted: s.wanted, seq: 1, epoch: this.epochOf(world) });
  }

  #act(s: Exclude<HistoryStep, { do: "sync" | "report" | "round" | "checkpoint" | "lead" | "grant-from-now" }>): void {
    const { fold } = this;
    const user = "op";
    switch (s.do) {
      case "retire":
        return fold.write({ type: "world-retired", data: { user, world: s.world } });
      case "adjust": {
        const whose = s.world === undefined ? {} : { world: s.world };
        return fold.write({
          type: "adjusted",
          data: { user, resource: s.key, amount: s.amount, reason: "test", ...whose },
        });
      }
      case "rename":
        return fold.write({ type: "resource-renamed", data: { user, from: s.from, to: s.to, reason: "test" } });
      case "policy": {
        const policies: Policies = {
          rule: s.rule,
          weights: { a: s.weight },
          tiers: { b: 1 },
          resources: { [KEYS[0]!]: { reserve: s.reserve } },
          ...(s.rate === undefined ? {} : { creditPerSecond: s.rate }),
        };
        return fold.write({ type: "policy-set", data: { user, policies } });
      }
      case "reassign":
        return fold.write({
          type: "instance-assigned",
          data: {
            user,
            instance: s.instance,
            slave: "s1",
            epoch: this.epochOf(s.instance) + 1,
            void: `~a.${++this.#synced}`,
          },
        });
      case "delete": {
        const epoch = this.epochOf(s.instance) + 1;
        const data = { user, instance: s.instance, epoch, void: `~d.${++this.#synced}` };
        return fold.write({ type: "instance-deleted", data });
      }
      case "lapse":
        return fold.write({
          type: "session-lapsed",
          data: { world: s.world, silentMs: 1, void: `~l.${++this.#synced}` },
        });
    }
  }

  epochOf(id: string): number {
    return this.fold.state.instances.get(id.split(".")[0] as never)?.epoch ?? 0;
  }

  round(split = false): void {
    const { fold } = this;
    fold.now += 50;
    const body = decide(fold.state, fold.now, this.#granting);
    if (body === undefined) return;
    for (const data of split ? splitByResource(body) : [body]) fold.write({ type: "round", data });
  }

  checkpoint(partBytes = 1_000_000): void {
    this.round();
    const image = imageOf(this.fold.state);
    const stateHash = hashOf(image);
    const parts = prepareAtOnce(image, partBytes).parts;
    for (const [index, part] of parts.entries()) {
      this.fold.write({ type: "checkpoint", data: { part: index + 1, parts: parts.length, stateHash, image: part } });
    }
  }

  /** Another leader; with `cutShort` the last one ended between the parts of its round. */
  lead(cutShort = false): void {
    if (cutShort) {
      const body = decide(this.fold.state, this.fold.now, this.#granting);
      const parts = body === undefined ? [] : splitByResource(body).slice(0, -1);
      for (const data of parts.slice(0, 2)) this.fold.write({ type: "round", data });
    }
    this.#earlier.push(...this.fold.ledger);
    const state = new Fold().state;
    const last = this.#earlier;
    const replayed = last.reduce((at, { message, hash }) => replayOne(at, message, hash), state);
    const boot = `${(BOOT_MILLIS + ++this.#leaders).toString(36).padStart(9, "z")}-aaaa`;
    const { now } = this.fold;
    this.fold = new Fold(replayed, boot);
    this.fold.now = now;
    this.#granting = false;
    this.fold.write({ type: "round", data: {} });
  }

  get messages(): LedgerMessage[] {
    return [...this.#earlier, ...this.fold.ledger].map(({ message }) => structuredClone(message));
  }
}

const replayOne = (state: State, message: LedgerMessage, hash: string): State =>
  evolve(state, structuredClone(message), hash);

export const ledgerOf = (steps: readonly HistoryStep[]): LedgerMessage[] => {
  const scribe = new Scribe();
  for (const world of ["a.1", "b.1", "c.1"]) {
    scribe.apply({ do: "sync", world: world as WorldId, exported: {}, received: {}, wanted: {}, untakeable: [] });
  }
  for (const step of steps) scribe.apply(step);
  scribe.round();
  return scribe.messages;
};

/** The messages as a stream has them, from sequence 1. */
export const stored = (messages: readonly LedgerMessage[]): StoredMessage[] =>
  messages.map(({ type, data }, index) => ({
    seq: index + 1,
    subject: subjects.ledger(type),
    data: sealBytes(data),
    time: data.closedAt,
  }));

/** The same with every `prev` made to fit again: a falsifier who knows about the chain. */
export const resealed = (messages: readonly LedgerMessage[], from = 0): LedgerMessage[] => {
  const sealed: LedgerMessage[] = [];
  let prev = from === 0 ? "" : messages[from]!.data.prev;
  for (const [index, { type, data }] of messages.entries()) {
    const kept = index < from ? data : { ...data, prev };
    prev = sha256(sealBytes(kept));
    sealed.push({ type, data: kept } as LedgerMessage);
  }
  return sealed;
};

export interface Audited {
  readonly finding: Finding | undefined;
  readonly auditor: Auditor;
}

export const audit = (messages: readonly StoredMessage[], auditor = new Auditor(beginning())): Audited => {
  for (const message of messages) {
    const finding = auditor.take(message);
    if (finding !== undefined) return { finding, auditor };
  }
  return { finding: auditor.finish(), auditor };
};

export const keyOf = (text: string): ResourceKey => resourceKey(text);

/** The first or the last whole checkpoint in a run of messages, or what is wrong with it. */
export const baseIn = (messages: readonly StoredMessage[], which: "first" | "last"): Base | Finding | undefined => {
  const order = [...messages.keys()];
  if (which === "last") order.reverse();
  for (const index of order) {
    const base = baseAt(messages, index);
    if (base !== undefined) return base;
  }
  return undefined;
};
