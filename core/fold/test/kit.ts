import type { Fact } from "#core/events/fact-decoder";
import type { WorldReported, WorldSynced } from "#core/events/facts";
import type { LedgerBody, LedgerMessage } from "#core/events/ledger";
import { seal } from "#core/events/ledger-codec";
import { decide } from "#core/fold/decide";
import { confirm, evolve, isOwnMessage } from "#core/fold/evolve";
import { evolveFact } from "#core/fold/evolve-fact";
import type { Outcome, SignedAssignment } from "#core/fold/outcome";
import { type Account, accountOf, newState, type State, worldOf } from "#core/fold/state";
import { instanceId, parseWorldId, slaveId } from "#core/ids";
import { resourceKey } from "#core/resource";

/** A leader's fold in a test: facts in, ledger messages out, all kept for replay. */
export const PLATE = resourceKey("item:iron-plate");
export const BOOT = "00000000a-aaaa";
const AT = 1_000_000;

export class Fold {
  readonly ledger: { message: LedgerMessage; hash: string }[] = [];
  now = AT;
  constructor(
    readonly state: State = newState(),
    readonly boot = BOOT,
  ) {}

  write(body: LedgerBody): void {
    const { message, hash } = seal(this.state, { boot: this.boot, now: this.now }, body);
    if (isOwnMessage(message)) confirm(this.state, message, hash);
    else evolve(this.state, message, hash);
    this.ledger.push({ message: structuredClone(message), hash });
  }

  /** Closes a round as the leader does. */
  round(mayGrant = true): void {
    this.now += 50;
    const data = decide(this.state, this.now, mayGrant);
    if (data !== undefined) this.write({ type: "round", data });
  }

  assign(instance: string, slave = "s1", epoch = 1): void {
    if (!this.state.instances.has(instanceId(instance))) {
      const config = { name: instance, seed: 1, autosaveSeconds: 0 };
      this.write({ type: "instance-created", data: { user: "op", instance, config } });
    }
    this.round();
    this.write({
      type: "instance-assigned",
      data: { user: "op", instance, slave, epoch, void: `~x.${this.ledger.length}` },
    });
  }

  /** Another state that folded the same ledger. */
  replayed(): State {
    const state = newState();
    for (const { message, hash } of this.ledger) evolve(state, structuredClone(message), hash);
    return state;
  }

  sync(
    world: string,
    data: Partial<Omit<WorldSynced, "world">> & { slave?: string; signed?: SignedAssignment } = {},
  ): Outcome {
    const { slave = "s1", signed, ...rest } = data;
    const { instance } = parseWorldId(world);
    const full = {
      world,
      token: "aaaaaaaaaaaa1",
      prev: this.state.worlds.get(parseWorldId(world).id)?.token ?? "",
      owner: "00000000b-bbbb",
      epoch: 1,
      seed: 7,
      tick: 0,
      exported: {},
      received: {},
      wanted: {},
      untakeable: [],
      heard: "",
      ...rest,
    } as WorldSynced;
    const fact: Fact = { type: "world-synced", data: full, id: "x-1", slave: slaveId(slave), instance };
    return evolveFact(this.state, fact, this.now, signed);
  }

  report(world: string, data: Partial<Omit<WorldReported, "world">> & { slave?: string } = {}): Outcome {
    const { slave = "s1", ...rest } = data;
    const { instance, id } = parseWorldId(world);
    const token = this.state.worlds.get(id)?.token ?? "aaaaaaaaaaaa1";
    const full = {
      world,
      token,
      epoch: 1,
      seq: 1,
      tick: 1,
      exported: {},
      received: {},
      wanted: {},
      ...rest,
    } as WorldReported;
    const fact: Fact = { type: "world-reported", data: full, id: "x-1", slave: slaveId(slave), instance };
    return evolveFact(this.state, fact, this.now);
  }

  account(world: string, key = PLATE): Account {
    const { id, instance } = parseWorldId(world);
    return accountOf(this.state, worldOf(this.state, id, instance), key);
  }

  storage(key = PLATE): number {
    return this.state.stocks.get(key)?.storage ?? 0;
  }

  shortfall(key = PLATE): number {
    return this.state.stocks.get(key)?.shortfall ?? 0;
  }
}
