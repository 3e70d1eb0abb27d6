import { Bell } from "#core/bell";
import type { Boot } from "#core/boot";

import { RESTATE_MS } from "#core/events/delivery";
import type { LedgerBody } from "#core/events/ledger";
import type { ClusterView, StandbyView } from "#core/events/query";
import { failpoint } from "#core/failpoints";
import { decide, isUrgent } from "#core/fold/decide";
import { waitingWorlds } from "#core/fold/held";
import { allRestated, lapsedSessions } from "#core/fold/lapse";
import { recoveredBody } from "#core/fold/recovery";
import { endLeftWants, voidToken } from "#core/fold/sessions";
import { hasChanges, instancesIn, type State } from "#core/fold/state";
import type { Bus } from "#core/ports/bus";
import { every, pause } from "#core/ports/clock";
import type { Log, StoredMessage } from "#core/ports/log";

import { Access, type AccessPorts } from "#projector/access/access";
import { Answering } from "#projector/answering";
import { Capping } from "#projector/capping";
import { heldUp, judged, NOT_YET, RESTATED_MS_MAX } from "#projector/granting";
import { Housekeeping, type HousekeepingPorts } from "#projector/housekeeping";
import { Inbox, type Tally } from "#projector/inbox";
import type { Ledger } from "#projector/ledger/ledger";
import { Listening } from "#projector/listening";
import { People, type PeoplePorts } from "#projector/people/people";
import { resume } from "#projector/position";
import type { Assignments } from "#projector/queries";
import { SignalRelay } from "#projector/signal-relay";
import { mayBeSplit, splitRound } from "#projector/split-round";
import { LEVELS_MS, Telling } from "#projector/telling";
import { Writing, type WritingPorts } from "#projector/writing";

/**
 * One term of leadership: facts in, rounds out, until the signal aborts or a write is lost.
 *
 * P7 What is told (deliveries, answers) is what the ledger holds: requests and restating wait for a clean point.
 * P8 The first write of a term names its boot: from then on an older leader's writes are lost, and its word is dropped.
 * P17 Before all that EVENTS held when the term began is folded, a leader says nothing but that it leads: nobody is answered,
 *    nothing is restated or granted, no silence is judged. A ledger that was lost is made again from old facts, and on the
 *    way an instance is where it was long ago, and a world wants what it has long had.
 * P18 A term's first round after that write ends the wants of worlds without a session: of a round that was cut off between two
 *    parts the amounts stand in the ledger, and the session whose wants they are does not.
 */

/** Rounds are at least this far apart, so that a busy cluster makes bigger rounds, not more; an idle one answers at once. */
export const ROUND_MS = 50;
/** A round that nobody waits for (totals that were restated, nothing to grant) waits for company: fewer, fuller messages. */
export const QUIET_ROUND_MS = 500;
/** Under load the interval stretches to this many times what a round costs, up to ROUND_MS_MAX. */
const ROUND_COST_FACTOR = 4;
export const ROUND_MS_MAX = 1_000;
/** Facts folded before the loop looks up: some 30 ms of work. */
const FOLD_MAX = 2_000;
export const BEAT_MS = 1_000;
const IDLE_MS = 60_000;

/** Worlds that the view of the cluster names: more are no longer looked at one by one. */
const WAITING_MAX = 100;

export interface LeaderPorts extends Omit<HousekeepingPorts, "write" | "wake">, Omit<WritingPorts, "makeRoom"> {
  readonly events: Log;
  readonly bus: Bus;
  readonly assignments: Assignments;
  /** Who may do what; absent where this master has no keys for it. */
  readonly access?: Pick<AccessPorts, "log" | "disk" | "path" | "accounts" | "watch" | "keys" | "keepEdge" | "flood">;
  /** Projectors that would take over. */
  readonly standbys?: () => readonly StandbyView[];
  /** Players and their lists; absent where nothing of that is kept. */
  readonly people?: Pick<PeoplePorts, "players" | "lists">;
  readonly observe: (round: { readonly facts: number; readonly ms: number }) => void;
  /** Bytes in a round's message: absent, what the broker takes. */
  readonly roundBytesMax?: number;
}

/** deposed: somebody else writes. reset: a stream is not the one that was read; whoever looks again may lead. */
export type TermEnd = "stopped" | "deposed" | "reset";

export class Leader {
  readonly tally: Tally = { applied: 0, rejected: 0, ignored: new Map() };
  #begun = false;
  #granting = NOT_YET;
  #closedAt = Number.NEGATIVE_INFINITY;
  #interval = ROUND_MS;
  #restateDue = true;
  #lapseDue = false;
  #deposed = false;
  #reconnected = false;
  /** EVENTS became another one while the term began. */
  #moved = false;
  /** When it was last looked at what the worlds brought back (ms by our clock). */
  #recoveredAt: number | undefined;
  readonly #bell: Bell;
  readonly #listening: Listening;
  readonly #capping = new Capping();
  readonly #telling: Telling;
  readonly #house: Housekeeping;
  readonly #writing: Writing;
  #inbox!: Inbox;
  #answering!: Answering;
  #access: Access | undefined;
  #people: People | undefined;

  constructor(
    private readonly ports: LeaderPorts,
    private readonly ledger: Ledger,
    private readonly boot: Boot,
  ) {
    this.#bell = new Bell(ports.clock);
    this.#listening = new Listening(ports.clock);
    this.#telling = new Telling(ports.bus, boot, this.#capping);
    this.#house = new Housekeeping({ ...ports, write: this.#write, wake: this.#wake }, ledger);
    const makeRoom = async (signal: AbortSignal) => {
      this.#granting = heldUp(this.#granting);
      await this.#house.makeRoom();
      await this.#answering.purge(signal);
    };
    this.#writing = new Writing({ ...ports, makeRoom }, ledger, boot);
  }

  readonly #wake = (): void => this.#bell.ring();

  /** False when another writer was first. */
  readonly #write = async (body: LedgerBody, signal: AbortSignal): Promise<boolean> => {
    if (!(await this.#writing.write(body, signal))) return false;
    this.#house.written(body.type);
    return true;
  };

  get state(): State {
    return this.ledger.state;
  }

  /** False as long as nothing was folded or decided: the state is what the ledger holds. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Another leader with a later boot was heard. */
  depose(): void {
    this.#deposed = true;
    this.#bell.ring();
  }

  /** Leads until asked to stop or deposed. The ledger's state must be clean and caught up. */
  async run(signal: AbortSignal): Promise<TermEnd> {
    if (!(await this.#begin(signal))) return "deposed";
    this.#begun = true;
    endLeftWants(this.state);
    const { clock } = this.ports;
    this.#access = this.#openAccess();
    this.#people = this.#openPeople();
    this.#answering = this.#answers();
    const relay = new SignalRelay(this.ports.bus, (instance) => this.state.instances.get(instance)?.slave);
    const timers = [
      every(clock, BEAT_MS, () => this.#second()),
      every(clock, BEAT_MS, () => relay.newWindow()),
      every(clock, RESTATE_MS, () => this.#restate()),
      every(clock, LEVELS_MS, () => this.#telling.publishLevels()),
    ];
    const connection = this.ports.bus.onConnection((connected) => {
      this.#reconnected ||= connected;
      this.#bell.ring();
    });
    this.#telling.beat(clock.now());
    try {
      const end = await this.#loop(signal);
      if (end === "stopped") await this.#finish();
      return end;
    } finally {
      for (const cancel of timers) cancel();
      connection.stop();
      relay.close();
      this.#answering.close();
      await this.#access?.close();
      await this.#people?.close();
      await this.#house.close();
      await this.#inbox.close();
    }
  }

  #openAccess(): Access | undefined {
    const { access, bus, clock, alarm } = this.ports;
    if (access === undefined) return undefined;
    const audit: AccessPorts["audit"] = (entry) => this.#telling.audit(entry, clock.now());
    return Access.open(
      { ...access, bus, clock, alarm, audit },
      instancesIn(this.state).map(({ id }) => id),
    );
  }

  #openPeople(): People | undefined {
    const { people, clock, alarm } = this.ports;
    if (people === undefined) return undefined;
    const audit: PeoplePorts["audit"] = (entry) => this.#telling.audit(entry, clock.now());
    return new People({ ...people, clock, alarm, audit }, () => this.state);
  }

  #answers(): Answering {
    const { bus, clock, assignments } = this.ports;
    const own = {
      boot: this.boot,
      capping: this.#capping,
      view: () => this.view(),
      access: this.#access,
      people: this.#people,
      brokerNow: () => this.#listening.now(),
    };
    const parts = { house: this.#house, telling: this.#telling, write: this.#write, wake: this.#wake };
    return new Answering({ bus, clock, assignments, ...own, ...parts }, this.ledger);
  }

  /** The term's first write (P8): what became of the position, or an empty round. */
  async #begin(signal: AbortSignal): Promise<boolean> {
    const resumption = await resume(this.ports.events, this.state.position);
    let from: number;
    let body: LedgerBody;
    if (resumption.kind === "same") {
      from = resumption.from;
      body = { type: "round", data: {} };
    } else {
      from = resumption.end.seq + 1;
      const type = resumption.kind === "lost" ? "events-lost" : "events-unverifiable";
      const before = this.state.position === undefined ? {} : { from: this.state.position };
      body = { type, data: { void: `~${this.boot}.0`, position: resumption.end, ...before } };
    }
    failpoint("term.beginning");
    const written = await this.#writing.append(body, signal);
    if (written !== "stored") return false;
    failpoint("term.begun");
    await this.#readBrokerClock();
    this.#listening.begin();
    this.#telling.readModels(this.state);
    await this.#follow(from);
    // It may have been cut and have grown again since its position was compared: once more, now that it is followed.
    // A position that was unverifiable before stays so until there is a fact: that is no news.
    const { kind } = await resume(this.ports.events, this.state.position);
    this.#moved = kind === "lost" || (kind === "unverifiable" && resumption.kind === "same");
    return true;
  }

  async #follow(from: number): Promise<void> {
    const { events, assignments, roundBytesMax } = this.ports;
    const ports = {
      events,
      verify: assignments.verify,
      wake: this.#wake,
      onRejected: (message: StoredMessage, reason: string) =>
        this.#telling.rejected(message.subject, message.seq, reason),
      mayBeSplit: ({ changes }: State) => mayBeSplit(changes, roundBytesMax),
    };
    this.#inbox = new Inbox(ports, await events.info(), from, this.tally);
  }

  #restate(): void {
    this.#restateDue = true;
    this.#bell.ring();
  }

  #second(): void {
    this.#telling.beat(this.ports.clock.now());
    this.#telling.newWindow();
    this.#access?.instances(instancesIn(this.state).map(({ id }) => id));
    this.#lapseDue = true;
    this.#bell.ring();
  }

  async #loop(signal: AbortSignal): Promise<TermEnd> {
    const { clock } = this.ports;
    if (this.#moved) return "reset";
    while (!signal.aborted) {
      if (this.#deposed) return "deposed";
      this.#fold();
      this.#mayGrant();
      // Nobody waits for what was folded so far: a latency counts from the first fact that somebody waits for.
      if (this.#inbox.drained && !isUrgent(this.state, this.#granting.may)) this.#inbox.takeOldest();
      if (this.#inbox.reset) return "reset";
      if (this.#reconnected && !(await this.#isSameBroker())) return "reset";
      if (this.#inbox.waitsForRound && !(await this.#closeRound(signal))) return "deposed";
      if (this.#inbox.standsAlone && !(await this.#foldAlone(signal))) return "deposed";
      const idle = !this.#pending() && this.#house.hasPart;
      const hasToSay = this.#inbox.caughtUp && (this.#answering.waiting || this.#restateDue);
      const clean = hasToSay || this.#lapseDue;
      if (clean || idle || this.#untilRound() === 0) {
        if (!(await this.#closeRound(signal)) || !(await this.#house.writePart(signal))) return "deposed";
        if (clean && !(await this.#atCleanPoint(signal))) return "deposed";
      }
      if (!this.#inbox.drained) await pause(clock, 0, signal);
      else await this.#bell.wait(this.#untilRound(), signal);
    }
    return "stopped";
  }

  #fold(): void {
    this.#inbox.fold(this.state, FOLD_MAX);
    const newest = this.#inbox.takeNewest();
    if (newest !== undefined) this.#listening.stamped(newest);
    if (this.#inbox.drained && this.#inbox.caughtUp) this.#listening.heardAll();
  }

  /** P11: what stands alone, after all before it. False when a write was lost. */
  async #foldAlone(signal: AbortSignal): Promise<boolean> {
    if (!(await this.#closeRound(signal))) return false;
    while (this.#inbox.standsAlone) {
      const body = this.#inbox.foldAlone(this.state);
      if (body !== undefined && !(await this.#write(body, signal))) return false;
    }
    this.#tellNews();
    return true;
  }

  /** What the ledger has taken in, once that is no longer of the past (P17). */
  #tellNews(): void {
    const folded = this.#inbox.takeOldest();
    if (this.#inbox.caughtUp) this.#telling.news(this.state, folded);
  }

  /** What the broker's clock said about the message that this leader has just written. */
  async #readBrokerClock(): Promise<void> {
    const written = await this.ports.ledgerLog.get(this.ledger.seq);
    if (written !== undefined) this.#listening.stamped(written.time);
  }

  /** After a reconnect: the broker may have come back with other streams. */
  async #isSameBroker(): Promise<boolean> {
    this.#reconnected = false;
    this.#restateDue = true;
    const { kind } = await resume(this.ports.events, this.state.position);
    return kind === "same" && (await this.ledger.isSameStream());
  }

  #pending(): boolean {
    const { state } = this;
    return hasChanges(state) || (this.#granting.may && state.hungry.size > 0) || state.holding.size > 0;
  }

  /** Milliseconds until the next round may close. */
  #untilRound(): number {
    if (!this.#pending()) return IDLE_MS;
    const interval = this.#inbox.drained ? ROUND_MS : this.#interval;
    const apart = isUrgent(this.state, this.#granting.may) ? interval : Math.max(QUIET_ROUND_MS, interval);
    return Math.max(0, this.#closedAt + apart - this.ports.clock.now());
  }

  /** Decides and writes what changed, then tells it. False when the write was lost. */
  async #closeRound(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.ports;
    const begun = clock.now();
    const { state } = this;
    const body = decide(state, this.#listening.now(), this.#granting.may);
    if (body === undefined) {
      // Held credits may still have to wait: looked at again after the interval, not at once.
      this.#closedAt = begun;
      return true;
    }
    for (const data of splitRound(body, this.ports.roundBytesMax)) {
      if (!(await this.#write({ type: "round", data }, signal))) return false;
    }
    this.#tellNews();
    this.#closedAt = clock.now();
    const ms = this.#closedAt - begun;
    this.#interval = Math.min(ROUND_MS_MAX, Math.max(ROUND_MS, ms * ROUND_COST_FACTOR));
    this.ports.observe({ facts: this.tally.applied, ms });
    return true;
  }

  /** P9, P17 */
  #mayGrant(): void {
    if (!this.#inbox.caughtUp) return;
    const now = this.ports.clock.now();
    const seen = { state: this.state, boot: this.boot, now, hasRoom: this.#house.hasRoom };
    this.#granting = judged(this.#granting, seen);
  }

  /**
   * Nothing is pending: restating, lapses, requests, checkpoints. False when a write was lost, or what was written last does not
   * stand in the ledger any more (P15): the next write would say so, too, but not of a message that was damaged.
   */
  async #atCleanPoint(signal: AbortSignal): Promise<boolean> {
    const { caughtUp } = this.#inbox;
    if (this.#lapseDue) {
      this.#lapseDue = false;
      if (!(await this.ledger.isSameStream())) return false;
      if (caughtUp && !((await this.#lapse(signal)) && (await this.#tellRecovered(signal)))) return false;
      if (!(await this.#house.keep(signal))) return false;
      if (!caughtUp) await this.#inbox.lookAgain();
    }
    if (!caughtUp) return true;
    if (!(await this.#answering.answerAll(signal))) return false;
    this.#telling.news(this.state);
    if (this.#restateDue) {
      this.#restateDue = false;
      this.#telling.restate(this.state);
    }
    return true;
  }

  async #lapse(signal: AbortSignal): Promise<boolean> {
    const { since, until } = this.#listening;
    for (const world of lapsedSessions(this.state, until, since)) {
      const slave = this.state.instances.get(world.instance)?.slave ?? "";
      // A leader knows of no fact before its own time.
      const silentMs = Math.max(0, until - Math.max(world.factAt, since));
      const data = { world: world.id, slave, silentMs, void: voidToken(this.state) };
      if (!(await this.#write({ type: "session-lapsed", data }, signal))) return false;
    }
    return true;
  }

  /** What worlds stated beyond the ledger's knowledge, once they had the time to state it (P9). */
  async #tellRecovered(signal: AbortSignal): Promise<boolean> {
    const now = this.ports.clock.now();
    if (now - (this.#recoveredAt ?? this.#granting.since ?? now) < RESTATED_MS_MAX) return true;
    this.#recoveredAt = now;
    const data = recoveredBody(this.state, allRestated(this.state, this.boot));
    return data === undefined || this.#write({ type: "ledger-recovered", data }, signal);
  }

  /**
   * An orderly end: what was folded is written, and the next leader need not wait. A full ledger is not waited for: the next
   * one folds the same facts again.
   */
  async #finish(): Promise<void> {
    this.#writing.waitNoMore();
    const late = new AbortController().signal;
    if (await this.#closeRound(late)) {
      await this.ledger.saveSnapshot();
      this.#telling.publishLevels();
    }
    this.#telling.beat(this.ports.clock.now(), true);
    await this.ports.bus.flush();
  }

  view(): ClusterView {
    const { bytes, bytesMax, outlook } = this.#house;
    return {
      leader: this.boot,
      standbys: [...(this.ports.standbys?.() ?? [])],
      round: this.state.round,
      closedAt: this.state.closedAt,
      facts: {
        applied: this.tally.applied,
        ignored: Object.fromEntries(this.tally.ignored),
        rejected: this.tally.rejected,
      },
      ledger: {
        bytes,
        messages: this.ledger.seq,
        ...(Number.isFinite(bytesMax) ? { bytesMax } : {}),
        ...outlook,
        ...(this.ledger.verified === undefined ? {} : { checkpoint: this.ledger.verified.first }),
      },
      granting: this.#granting.may,
      waiting: waitingWorlds(this.state)
        .map(({ id }) => id)
        .slice(0, WAITING_MAX),
    };
  }
}
