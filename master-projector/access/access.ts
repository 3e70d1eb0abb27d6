import type { z } from "zod";
import { type Book, entryOf, withRoots } from "#core/access/book";
import { type Decision, decideAccess, decideJoin, decideRenewal, withoutSlave, withPause } from "#core/access/decide";
import { alarmText } from "#core/alarm";
import { isClusterioError, messageOf } from "#core/errors";
import { accessCommands, isAccessCommand, joinRequest, renewRequest } from "#core/events/access";
import { decodeJson, encodeJson } from "#core/events/codec";
import type { Answer } from "#core/events/command";
import type { AccessKeys } from "#core/identity/access-keys";
import type { SlaveId } from "#core/ids";
import type { AccountServer } from "#core/ports/account-server";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import { every } from "#core/ports/clock";
import { parseJoinSubject, parseRenewSubject, subjects } from "#core/subjects";
import { FLOOD_LIMITS, FloodGuard, type FloodLimits } from "#projector/access/flood-guard";
import { BookStore, type StorePorts } from "#projector/access/store";
import { refusalOf } from "#projector/requests";

export interface AccessPorts extends StorePorts {
  readonly bus: Bus;
  readonly accounts: AccountServer;
  /** A connection of its own: a flood on it delays nobody's deliveries. */
  readonly watch: Pick<Bus, "subscribe">;
  /** Read again when somebody unknown asks: the cluster's keys may have made him since. @throws ClusterioError */
  readonly keys: () => Promise<AccessKeys>;
  /** Keeps EDGE's token beside the cluster's keys. */
  readonly keepEdge: (jwt: string) => Promise<void>;
  /** From when on a slave floods. */
  readonly flood?: FloodLimits;
  readonly audit: (entry: { user: string; verb: string; outcome: string; message: string }) => void;
}

/** A token that the broker did not take is tried again this often. */
const PUSH_AGAIN_MS = 2_000;
/** Slaves whose key was replaced are told so often, until they have other credentials. */
const NOTICE_MS = 10_000;
const WINDOW_MS = 1_000;
const READS = /\.(?:list|show)$/;
/** Commands about rights that wait: beyond it callers are told to come back. */
const WAITING_MAX = 200;

/**
 * Who may do what, while this master leads: carries out the commands about it, compiles the rights, and has the broker enforce
 * them at once.
 *
 * AX1 one command after the other, each from the book as it is then.
 * AX2 what is answered is stored; what was taken away is answered only when the broker enforces it.
 * AX3 EDGE's token follows the book and the instances; one that the broker did not take is pushed again.
 */
export class Access {
  readonly #store: BookStore;
  readonly #guard: FloodGuard;
  #keys!: AccessKeys;
  #instances: readonly string[] = [];
  /** What the broker enforces, as far as is known: nothing is, when a term begins. */
  #pushed = "";
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly #subscriptions: Subscription[] = [];
  #cancels: (() => void)[] = [];
  #closed = false;
  #begun = false;

  private constructor(private readonly ports: AccessPorts) {
    this.#store = new BookStore(ports);
    this.#guard = new FloodGuard(ports.flood ?? FLOOD_LIMITS);
  }

  /** Reads the book and makes the broker's rights those of it. */
  static open(ports: AccessPorts, instances: readonly string[]): Access {
    const access = new Access(ports);
    access.#instances = [...instances].sort();
    access.#enqueue(() => access.#ready());
    access.#subscriptions.push(
      ports.bus.subscribe(subjects.all.joins, (message) => access.#joined(message), { queue: "master" }),
      ports.bus.subscribe(subjects.all.renewals, (message) => access.#renewed(message), { queue: "master" }),
    );
    access.#cancels.push(
      every(ports.clock, PUSH_AGAIN_MS, () => access.#enqueue(() => access.#lookAgain())),
      every(ports.clock, NOTICE_MS, () => access.#enqueue(async () => access.#notify())),
      every(ports.clock, WINDOW_MS, () => access.#judge()),
    );
    for (const subject of subjects.all.saidBySlaves) {
      const heard = ports.watch.subscribe(subject, (message) =>
        access.#guard.take(message.subject, message.data.length),
      );
      access.#subscriptions.push(heard);
    }
    return access;
  }

  get book(): Book {
    return this.#store.book;
  }

  handles(name: string): boolean {
    return isAccessCommand(name);
  }

  /** Answers by itself. */
  command(
    request: { readonly user: string; readonly name: string; readonly value: unknown },
    answer: (a: Answer) => void,
  ): void {
    const { user, name, value } = request;
    this.#carryOut({ user, verb: name, said: JSON.stringify(value) }, answer, () => this.#commanded(user, name, value));
  }

  /** Patterns in roles name the instances that there are. */
  instances(ids: readonly string[]): void {
    const sorted = [...ids].sort();
    if (sorted.length === this.#instances.length && sorted.every((id, n) => id === this.#instances[n])) return;
    this.#instances = sorted;
    this.#enqueue(() => this.#retry());
  }

  /** What slaves ask counts like what they say. */
  heard({ subject, data }: BusMessage): void {
    this.#guard.take(subject, data.length);
  }

  /** A slave that does what none may: kept out for a while, or for good. */
  #keepOut(slave: string, kind: "pause" | "revoke", reason: string): void {
    this.#carryOut(
      { user: "master", verb: `slave.${kind}`, said: reason },
      () => {},
      async () => {
        const { clock, alarm } = this.ports;
        const next = (kind === "pause" ? withPause : withoutSlave)(this.book, slave, clock.now());
        if (next === this.book) return {};
        await this.#store.write(next);
        await this.#push();
        const { state, paused = { since: 0, until: 0 } } = next.slaves[slave]!;
        const ms = paused.until - paused.since;
        // AX3: let in again when it is time, and not up to a moment later.
        if (state === "active") this.#cancels.push(clock.after(ms, () => this.#enqueue(() => this.#retry())));
        const kept = `slave ${slave} is kept out for ${ms / 1_000} s`;
        const done = state === "active" ? kept : `the credentials of slave ${slave} are revoked`;
        alarm(alarmText("slave-floods", `${done}: ${reason}`));
        return {};
      },
    );
  }

  #judge(): void {
    for (const { slave, kind, reason } of this.#guard.newWindow()) {
      const isUser = this.#begun && entryOf(this.book.users, slave) !== undefined;
      if (kind !== "alarm" && !isUser) this.#keepOut(slave, kind, reason);
      else this.ports.alarm(alarmText("slave-floods", `${isUser ? "user" : "slave"} ${slave} floods: ${reason}`));
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#cancels) cancel();
    for (const subscription of this.#subscriptions) subscription.stop();
    await this.#queue;
  }

  /** AX1 */
  #enqueue(work: () => Promise<void>, dropped = () => {}): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#closed) return dropped();
      try {
        await work();
      } catch (error) {
        if (!isClusterioError(error)) throw error;
        this.ports.alarm(alarmText("access", `who may do what: ${messageOf(error)}`));
      }
    });
    this.#queue.catch((bug: unknown) => {
      process.nextTick(() => {
        throw bug;
      });
    });
  }

  #carryOut(
    { user, verb, said = "" }: { readonly user: string; readonly verb: string; readonly said?: string },
    answer: (a: Answer) => void,
    work: () => Promise<object>,
  ): void {
    const { audit } = this.ports;
    const no = (code: string, message: string): void => {
      audit({ user, verb, outcome: code, message });
      answer({ error: { code, message } });
    };
    audit({ user, verb, outcome: "asked", message: said });
    if (this.#waiting >= WAITING_MAX) return no("unavailable", "the master is busy: try again");
    this.#waiting++;
    const carryOut = async () => {
      this.#waiting--;
      try {
        await this.#ready();
        const ok = await work();
        audit({ user, verb, outcome: "ok", message: "" });
        answer({ ok });
      } catch (error) {
        if (!isClusterioError(error)) throw error;
        no(error.code, error.message);
      }
    };
    this.#enqueue(carryOut, () => no("unavailable", "the leader changes: ask again"));
  }

  /** The book is read: at once, or by whoever needs it first when the broker was away. */
  async #ready(): Promise<void> {
    if (this.#begun) return;
    await this.#begin();
  }

  async #begin(): Promise<void> {
    await this.#store.read();
    await this.#readKeys();
    this.#begun = true;
    await this.#push();
  }

  /** Whom the cluster's keys made without the master is in the book from now on. */
  async #readKeys(): Promise<void> {
    this.#keys = await this.ports.keys();
    const next = withRoots(this.book, this.#keys.roots, this.ports.clock.now());
    if (next !== this.book) await this.#store.write(next);
  }

  /** AX3 */
  async #push(): Promise<void> {
    const additions = this.#keys.additionsOf(this.book, this.#instances, this.ports.clock.now());
    const content = this.#keys.contentOf(additions);
    if (content === this.#pushed) return;
    const jwt = await this.#keys.signEdge(additions);
    await this.ports.accounts.push(jwt);
    this.#pushed = content;
    await this.ports.keepEdge(jwt);
  }

  /** The cluster's keys may have been replaced since, by somebody at their folder. */
  async #lookAgain(): Promise<void> {
    await this.#ready();
    const before = this.#keys.slaveKey(this.ports.clock.now())?.since;
    await this.#readKeys().catch((error: unknown) => {
      // Those that are known go on; whoever begins without any is told.
      if (!isClusterioError(error)) throw error;
    });
    await this.#push();
    if (this.#keys.slaveKey(this.ports.clock.now())?.since !== before) this.#notify();
  }

  /** Who has credentials of a key that ends gets others by itself. */
  #notify(): void {
    if (!this.#begun) return;
    const key = this.#keys.slaveKey(this.ports.clock.now());
    if (key === undefined) return;
    const notice = encodeJson({ signer: key.signer });
    for (const [slave, { state, at, renewed = at }] of Object.entries(this.book.slaves))
      if (state === "active" && renewed < key.since) this.ports.bus.publish(subjects.notice(slave as SlaveId), notice);
  }

  async #retry(): Promise<void> {
    await this.#ready();
    await this.#push();
  }

  async #commanded(user: string, name: string, value: unknown): Promise<object> {
    if (!isAccessCommand(name)) throw new Error(`${name} is no command about rights`);
    const schema: z.ZodType = accessCommands[name];
    const request = decodeJson(schema, encodeJson(value), name);
    if (entryOf(this.book.users, user) === undefined) await this.#readKeys();
    const { clock } = this.ports;
    const context = { book: this.book, caller: user, instances: this.#instances, now: clock.now() };
    const decision = decideAccess(context, name, request as never);
    // Who only looks needs no broker; a revocation that is said again does (AX2).
    return READS.test(name) ? decision.ok : this.#settle(decision);
  }

  #joined(message: BusMessage): void {
    const token = parseJoinSubject(message.subject);
    if (token === undefined) return;
    this.#asked(message, { user: token, verb: "join" }, (now) => {
      const request = decodeJson(joinRequest, message.data, "join");
      return decideJoin({ book: this.book, now }, { token, ...request });
    });
  }

  #renewed(message: BusMessage): void {
    const slave = parseRenewSubject(message.subject);
    if (slave === undefined) return;
    this.heard(message);
    this.#asked(message, { user: slave, verb: "renew" }, (now) => {
      const { publicKey } = decodeJson(renewRequest, message.data, "renew");
      return decideRenewal({ book: this.book, now }, { slave, publicKey });
    });
  }

  /** Somebody asks for credentials of his own, by a subject that only he may use. */
  #asked(message: BusMessage, who: { user: string; verb: string }, decide: (now: number) => Decision): void {
    const answer = (a: Answer) => this.ports.bus.respond(message, encodeJson(a));
    const refusal = refusalOf(message);
    if (refusal !== undefined) return answer({ error: { code: "bad-input", message: refusal } });
    this.#carryOut(who, answer, async () => this.#settle(decide(this.ports.clock.now())));
  }

  /** AX2: stored, then enforced, then signed and answered. */
  async #settle({ book, ok, sign }: Decision): Promise<object> {
    if (book !== this.book) await this.#store.write(book);
    await this.#push();
    if (sign === undefined) return ok;
    const jwt = await this.#keys.sign(this.book, sign);
    return { ...ok, id: sign.id, jwt };
  }
}
