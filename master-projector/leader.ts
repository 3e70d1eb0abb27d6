import { alarmText } from "#core/alarm";
import { Bell } from "#core/bell";
import type { Boot } from "#core/boot";

import { RESTATE_MS } from "#core/events/delivery";
import type { LedgerBody } from "#core/events/ledger";
import type { ClusterView } from "#core/events/query";
import { failpoint } from "#core/failpoints";
import { decide, isUrgent } from "#core/fold/decide";
import { acceptHeld, waitingWorlds } from "#core/fold/held";
import { allRestated, hasOpenSession, lapsedSessions } from "#core/fold/lapse";
import { hadForgotten, recoveredBody } from "#core/fold/recovery";
import { voidToken } from "#core/fold/sessions";
import { hasChanges, type State } from "#core/fold/state";
import type { Bus } from "#core/ports/bus";
import { type Clock, every, pause } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";
import type { Log } from "#core/ports/log";
import type { LedgerType } from "#core/subjects";

import { alarmFor } from "#projector/alarms";
import { Housekeeping } from "#projector/housekeeping";
import { Inbox, type Tally } from "#projector/inbox";
import type { Ledger, Written } from "#projector/ledger/ledger";
import { resume } from "#projector/position";
import type { Assignments } from "#projector/queries";
import { commanded, queried, type Request, Requests } from "#projector/requests";
import { mayBeSplit, splitRound } from "#projector/split-round";
import { LEVELS_MS, Telling } from "#projector/telling";

/**
 * One term of leadership: facts in, rounds out, until the signal aborts or a write is lost.
 *
 * P7 What is told (deliveries, answers) is what the ledger holds: requests and restating wait for a clean point.
 * P8 The first write of a term names its boot: from then on an older leader's writes are lost, and its word is dropped.
 * P9 No grant before every open session has restated to this leader, or RESTATED_MS_MAX has passed: after a lost ledger
 *    tail storage is only known when the worlds have spoken. Who states more than the ledger knew shows that it forgot,
 *    perhaps other sessions, too: then FORGOTTEN_MS have to pass since the first session.
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
export const RESTATED_MS_MAX = 5_000;
/** Three echoes of another token (MISSES_MAX of RESTATE_MS each) until a bridge begins anew, and some seconds for that. */
export const FORGOTTEN_MS = 10_000;
export const BEAT_MS = 1_000;
/** A full ledger is tried again this often. */
export const FULL_MS = 1_000;
const IDLE_MS = 60_000;
/** Longer than an append takes through a restart of the broker. */
const TAKEN_MS = 10_000;

/** Worlds that the view of the cluster names: more are no longer looked at one by one. */
const WAITING_MAX = 100;

export interface LeaderPorts {
  readonly events: Log;
  readonly ledgerLog: Log;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly assignments: Assignments;
  /** Makes the streams that are missing: called before anything is read, and again and again while somebody leads. */
  readonly prepare: () => Promise<void>;
  /** One line for the operator about something that should not happen. */
  readonly alarm: (message: string) => void;
  readonly observe: (round: { readonly facts: number; readonly ms: number }) => void;
  /** A message of this type was written. */
  readonly wrote?: (type: LedgerType) => void;
  /** Ledger messages between checkpoints, and bytes in a part: the simulation's states and histories are short. */
  readonly checkpointEvery?: number;
  readonly checkpointPartBytes?: number;
  /** Bytes in a round's message: absent, what the broker takes. */
  readonly roundBytesMax?: number;
  readonly disk: Disk;
  readonly snapshotPath: string;
}

/** deposed: somebody else writes. reset: a stream is not the one that was read; whoever looks again may lead. */
export type TermEnd = "stopped" | "deposed" | "reset";

export class Leader {
  readonly tally: Tally = { applied: 0, rejected: 0, ignored: new Map() };
  #begun = false;
  #granting = false;
  #closedAt = Number.NEGATIVE_INFINITY;
  #interval = ROUND_MS;
  #restateDue = true;
  #lapseDue = false;
  #deposed = false;
  #reconnected = false;
  #finishing = false;
  /** EVENTS became another one while the term began. */
  #moved = false;
  readonly #since: number;
  /** All that EVENTS held when the term began is folded. */
  #caughtUp = false;
  /** The ledger was found to have forgotten what worlds hold, before anything was granted in this term. */
  #forgot = false;
  /** When this term first saw an open session (ms by our clock). */
  #spokenAt = Number.POSITIVE_INFINITY;
  /** When it was last looked at what the worlds brought back (ms by our clock). */
  #recoveredAt: number;
  /**
   * Broker time (ms) up to which everything that was said is folded: silence is counted up to here. A leader that had to
   * wait, for room in a full ledger, has not listened meanwhile.
   */
  #listenedAt = 0;
  /** Broker time (ms) at which it began to listen: kept as it was then, for its own clock may be put back later. */
  #listensSince = 0;
  /** How far the broker's clock is ahead of ours (ms), as its last message showed: never more than it is. */
  #brokerAhead = 0;
  readonly #bell: Bell;
  readonly #telling: Telling;
  readonly #house: Housekeeping;
  #inbox!: Inbox;
  #requests!: Requests;

  constructor(
    private readonly ports: LeaderPorts,
    private readonly ledger: Ledger,
    private readonly boot: Boot,
  ) {
    this.#since = ports.clock.now();
    this.#recoveredAt = this.#since;
    this.#bell = new Bell(ports.clock);
    this.#telling = new Telling(ports.bus, boot);
    const write = (body: LedgerBody, signal: AbortSignal) => this.#write(body, signal);
    this.#house = new Housekeeping({ ...ports, write, wake: () => this.#bell.ring() }, ledger);
  }

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
    const { clock } = this.ports;
    this.#requests = new Requests(this.ports.bus, () => this.#bell.ring());
    const timers = [
      every(clock, BEAT_MS, () => this.#second()),
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
      this.#requests.close();
      await this.#house.close();
      await this.#inbox.close();
    }
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
    const written = await this.#append(body, signal);
    if (written !== "stored") return false;
    failpoint("term.begun");
    this.#wrote(body);
    await this.#readBrokerClock();
    this.#listensSince = this.#brokerNow();
    this.#telling.readModels(this.state);
    const { created } = await this.ports.events.info();
    const wake = () => this.#bell.ring();
    const onRejected = (message: { subject: string; seq: number }, reason: string) =>
      this.#telling.rejected(message.subject, message.seq, reason);
    const { events, assignments, roundBytesMax } = this.ports;
    const ports = { events, verify: assignments.verify, wake, onRejected };
    const splits = ({ changes }: State) => mayBeSplit(changes, roundBytesMax);
    this.#inbox = new Inbox({ ...ports, mayBeSplit: splits }, created, from, this.tally);
    // It may have been cut and have grown again since its position was compared: once more, now that it is followed.
    // A position that was unverifiable before stays so until there is a fact: that is no news.
    const { kind } = await resume(events, this.state.position);
    this.#moved = kind === "lost" || (kind === "unverifiable" && resumption.kind === "same");
    return true;
  }

  #restate(): void {
    this.#restateDue = true;
    this.#bell.ring();
  }

  #second(): void {
    this.#telling.beat(this.ports.clock.now());
    this.#telling.newWindow();
    this.#lapseDue = true;
    this.#bell.ring();
  }

  async #loop(signal: AbortSignal): Promise<TermEnd> {
    const { clock } = this.ports;
    if (this.#moved) return "reset";
    while (!signal.aborted) {
      if (this.#deposed) return "deposed";
      this.#fold();
      this.#caughtUp ||= this.#inbox.drained;
      this.#mayGrant();
      // Nobody waits for what was folded so far: a latency counts from the first fact that somebody waits for.
      if (this.#inbox.drained && !isUrgent(this.state, this.#granting)) this.#inbox.takeOldest();
      if (this.#inbox.reset) return "reset";
      if (this.#reconnected && !(await this.#isSameBroker())) return "reset";
      if (this.#inbox.waitsForRound && !(await this.#closeRound(signal))) return "deposed";
      if (this.#inbox.standsAlone && !(await this.#foldAlone(signal))) return "deposed";
      const idle = !this.#pending() && this.#house.hasPart;
      const clean = (this.#requests.waiting && this.#caughtUp) || this.#restateDue || this.#lapseDue;
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
    if (newest !== undefined) this.#brokerAhead = newest - this.ports.clock.now();
    if (this.#inbox.drained) this.#listenedAt = this.#brokerNow();
  }

  /** P11: what stands alone, after all before it. False when a write was lost. */
  async #foldAlone(signal: AbortSignal): Promise<boolean> {
    if (!(await this.#closeRound(signal))) return false;
    while (this.#inbox.standsAlone) {
      const body = this.#inbox.foldAlone(this.state);
      if (body !== undefined && !(await this.#write(body, signal))) return false;
    }
    this.#telling.news(this.state, this.#inbox.takeOldest());
    return true;
  }

  /** What the broker's clock said about the message that this leader has just written. */
  async #readBrokerClock(): Promise<void> {
    const written = await this.ports.ledgerLog.get(this.ledger.seq);
    if (written !== undefined) this.#brokerAhead = written.time - this.ports.clock.now();
  }

  /** The broker's time (ms) as far as we know it: what facts are stamped with, so what is compared with theirs. */
  #brokerNow(): number {
    return this.ports.clock.now() + this.#brokerAhead;
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
    return hasChanges(state) || (this.#granting && state.hungry.size > 0) || state.holding.size > 0;
  }

  /** Milliseconds until the next round may close. */
  #untilRound(): number {
    if (!this.#pending()) return IDLE_MS;
    const interval = this.#inbox.drained ? ROUND_MS : this.#interval;
    const apart = isUrgent(this.state, this.#granting) ? interval : Math.max(QUIET_ROUND_MS, interval);
    return Math.max(0, this.#closedAt + apart - this.ports.clock.now());
  }

  /** Decides and writes what changed, then tells it. False when the write was lost. */
  async #closeRound(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.ports;
    const begun = clock.now();
    const { state } = this;
    const body = decide(state, this.#brokerNow(), this.#granting);
    if (body === undefined) {
      // Held credits may still have to wait: looked at again after the interval, not at once.
      this.#closedAt = begun;
      return true;
    }
    for (const data of splitRound(body, this.ports.roundBytesMax)) {
      if (!(await this.#write({ type: "round", data }, signal))) return false;
    }
    this.#telling.news(state, this.#inbox.takeOldest());
    this.#closedAt = clock.now();
    const ms = this.#closedAt - begun;
    this.#interval = Math.min(ROUND_MS_MAX, Math.max(ROUND_MS, ms * ROUND_COST_FACTOR));
    this.ports.observe({ facts: this.tally.applied, ms });
    return true;
  }

  /** P9. */
  #mayGrant(): void {
    if (!this.#house.mayGrant) this.#granting = false;
    else if (!this.#granting && this.#someoneSpoke()) {
      const now = this.ports.clock.now();
      this.#forgot ||= hadForgotten(this.state);
      if (this.#forgot) this.#granting = now - this.#spokenAt >= FORGOTTEN_MS;
      else this.#granting = now - this.#since >= RESTATED_MS_MAX || allRestated(this.state, this.boot);
    }
  }

  /** Nobody is granted anything as long as nobody has a session; notes since when somebody has one. */
  #someoneSpoke(): boolean {
    if (this.#spokenAt < Number.POSITIVE_INFINITY) return true;
    if (!hasOpenSession(this.state)) return false;
    this.#spokenAt = this.ports.clock.now();
    return true;
  }

  #wrote(body: LedgerBody): void {
    const alarm = alarmFor(body);
    if (alarm !== undefined) this.ports.alarm(alarm);
    this.ports.wrote?.(body.type);
  }

  /** A broker that answers nothing, or takes nothing because its own disk is full, is waited for; somebody must know. */
  async #append(body: LedgerBody, signal: AbortSignal): Promise<Written> {
    const { clock, alarm } = this.ports;
    const said = `LEDGER has taken no message for ${TAKEN_MS / 1000} s: is nats-server well, is there room on its disk?`;
    const quiet = every(clock, TAKEN_MS, () => alarm(alarmText("broker-away", said)));
    try {
      return await this.ledger.append(body, this.boot, signal);
    } finally {
      quiet();
    }
  }

  /** Writes one message, waiting while the ledger is full. False when another writer was first. */
  async #write(body: LedgerBody, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const written = await this.#append(body, signal);
      if (written === "stored") {
        this.#house.written(body.type);
        this.#wrote(body);
        return true;
      }
      if (written === "lost" || signal.aborted || this.#finishing) return false;
      this.ports.alarm(
        alarmText(
          "ledger-full",
          "LEDGER is full: nothing is granted until an operator archives it with `clusterio ledger archive --purge DIR` or raises its limit",
        ),
      );
      await pause(this.ports.clock, FULL_MS, signal);
      await this.#makeRoom(signal);
    }
  }

  /** While the ledger is full no clean point comes: the purges that wait for one are what brings it (P12 holds for them). */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    await this.#house.makeRoom();
    const purges = this.#requests.takeAll((request) => request.kind === "command" && request.name === "ledger.purge");
    for (const request of purges) await this.#execute(request as Request & { kind: "command" }, signal);
  }

  /** Nothing is pending: restating, lapses, requests, checkpoints. False when a write was lost. */
  async #atCleanPoint(signal: AbortSignal): Promise<boolean> {
    const requests = this.#requests;
    if (this.#lapseDue) {
      this.#lapseDue = false;
      if (!(await this.#lapse(signal))) return false;
      if (!(await this.#tellRecovered(signal))) return false;
      if (!(await this.#house.keep(signal))) return false;
    }
    // Who asks while old facts are folded again, after a lost ledger, would be told of assignments and sessions long past.
    for (const request of this.#caughtUp ? requests.takeAll() : []) {
      if (request.kind === "query") {
        const own = { boot: this.boot, assignments: this.ports.assignments, cluster: () => this.view() };
        requests.answer(request.message, queried(this.state, request, own));
      } else if (!(await this.#execute(request, signal))) return false;
    }
    this.#telling.news(this.state);
    if (this.#restateDue) {
      this.#restateDue = false;
      this.#telling.restate(this.state);
    }
    return true;
  }

  async #lapse(signal: AbortSignal): Promise<boolean> {
    const now = this.#listenedAt;
    const since = this.#listensSince;
    for (const world of lapsedSessions(this.state, now, since)) {
      const slave = this.state.instances.get(world.instance)?.slave ?? "";
      // A leader knows of no fact before its own time.
      const silentMs = Math.max(0, now - Math.max(world.factAt, since));
      const data = { world: world.id, slave, silentMs, void: voidToken(this.state) };
      if (!(await this.#write({ type: "session-lapsed", data }, signal))) return false;
    }
    return true;
  }

  /** What worlds stated beyond the ledger's knowledge, once they had the time to state it (P9). */
  async #tellRecovered(signal: AbortSignal): Promise<boolean> {
    const now = this.ports.clock.now();
    if (now - this.#recoveredAt < RESTATED_MS_MAX) return true;
    this.#recoveredAt = now;
    const data = recoveredBody(this.state, allRestated(this.state, this.boot));
    return data === undefined || this.#write({ type: "ledger-recovered", data }, signal);
  }

  async #execute(request: Request & { kind: "command" }, signal: AbortSignal): Promise<boolean> {
    const requests = this.#requests;
    const { user, name, message } = request;
    const audit = (outcome: string, said: string) =>
      this.#telling.audit({ user, verb: name, outcome, message: said }, this.ports.clock.now());
    audit("asked", JSON.stringify(request.value));
    const about = { now: this.#brokerNow(), covered: this.ledger.verified?.first ?? 0 };
    const { bodies, answer, purgeBelow, accepts } = commanded(this.state, request, about);
    const accepted = accepts === undefined ? undefined : acceptHeld(this.state, { world: accepts, user }, about.now);
    for (const body of accepted === undefined ? bodies : [...bodies, accepted]) {
      if (await this.#write(body, signal)) continue;
      requests.answer(message, { error: { code: "unavailable", message: "the leader changes: ask again" } });
      return false;
    }
    if (bodies.length > 0) failpoint("command.written");
    if (purgeBelow !== undefined) await this.#house.purge(purgeBelow);
    if ("error" in answer) audit(answer.error.code, answer.error.message);
    else audit("ok", "");
    requests.answer(message, answer);
    return true;
  }

  /**
   * An orderly end: what was folded is written, and the next leader need not wait. A full ledger is not waited for: the next
   * one folds the same facts again.
   */
  async #finish(): Promise<void> {
    this.#finishing = true;
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
      granting: this.#granting,
      waiting: waitingWorlds(this.state)
        .map(({ id }) => id)
        .slice(0, WAITING_MAX),
    };
  }
}
