import { z } from "zod";
import { alarmText } from "#core/alarm";
import { Bell } from "#core/bell";
import { nextBoot } from "#core/boot";
import { isClusterioError } from "#core/errors";
import type { ClusterView } from "#core/events/query";
import type { State } from "#core/fold/state";
import { pause } from "#core/ports/clock";
import type { Log } from "#core/ports/log";
import type { Random } from "#core/ports/random";
import { subjects } from "#core/subjects";
import { Leader, type LeaderPorts } from "#projector/leader";
import { Ledger, type LedgerPorts } from "#projector/ledger/ledger";
import { Standbys } from "#projector/standbys";

const decoder = new TextDecoder();

/**
 * One projector: stands by, leads, stands by again.
 *
 * P10 A standby leads after SILENCE_MS without a beat, or at once when the leader said that it leaves. Who really leads is
 *     decided by the ledger's expected sequence alone; beats only keep the others from trying.
 * P14 A projector that finds its ledger damaged while it runs halts: it writes nothing, is not healthy, says why once a minute,
 *     and goes on as a standby when the ledger can be folded again. At its start it ends with exit code 5 instead.
 */
export const SILENCE_MS = 3_000;
/** A standby folds what the leader wrote this often, so that taking over is quick. */
const FOLLOW_MS = 500;

/** halted: the ledger cannot be folded, so this projector writes nothing until it can be again. */
export type ProjectorRole = "standby" | "leader" | "halted";

export interface ProjectorPorts extends Omit<LeaderPorts, "standbys">, Omit<LedgerPorts, "log"> {
  /** The `STATE` stream: the last beat before this start. */
  readonly stateLog: Log;
  /** What others see of it while it stands by; left out, it says nothing. */
  readonly name?: string;
  readonly random: Random;
  readonly onRole: (role: ProjectorRole) => void;
}

/** A broker that is away is tried again this often. */
const AWAY_MS = 250;
/** A ledger that could not be folded is looked at again this often: a new checkpoint or a restored store mends it. */
export const HALTED_RETRY_MS = 10_000;
/** It is said again this often, so that it stands at the end of the log, however long ago it began. */
export const HALTED_ALARM_MS = 60_000;

const beat = z.object({ boot: z.string(), at: z.number(), leaving: z.literal(true).optional() });

const decodeBeat = (data: Uint8Array): z.infer<typeof beat> | undefined => {
  try {
    return beat.parse(JSON.parse(decoder.decode(data)));
  } catch {
    return undefined;
  }
};

export class Projector {
  #leader: Leader | undefined;
  /** When a leader was last heard by this clock (ms); the far past when there is none. */
  #heardAt = Number.NEGATIVE_INFINITY;
  /** The state has facts folded in that were never written, or may be another ledger's. */
  #dirty = false;
  #standbys: Standbys | undefined;
  /** Why this projector is halted. */
  #problem: string | undefined;
  readonly #bell: Bell;

  private constructor(
    private readonly ports: ProjectorPorts,
    private readonly ledger: Ledger,
  ) {
    this.#bell = new Bell(ports.clock);
  }

  /** @throws ClusterioError `corrupt` when the ledger cannot be folded, `unavailable` when the broker is away. */
  static async open(ports: ProjectorPorts): Promise<Projector> {
    await ports.prepare();
    const ledger = await Ledger.load({ ...ports, log: ports.ledgerLog });
    return new Projector(ports, ledger);
  }

  get state(): State {
    return this.ledger.state;
  }

  get leading(): boolean {
    return this.#leader !== undefined;
  }

  /** Why this projector is halted (P14); undefined when it is not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What the leader knows of itself, undefined on a standby. */
  view(): ClusterView | undefined {
    return this.#leader?.view();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { bus, clock, stateLog } = this.ports;
    const last = await stateLog.last(subjects.stateLeader());
    const before = last === undefined ? undefined : decodeBeat(last.data);
    if (last !== undefined && before?.leaving === undefined) this.#heardAt = Math.min(clock.now(), last.time);
    const beats = bus.subscribe(subjects.stateLeader(), ({ data }) => this.#heard(data));
    this.#standbys = new Standbys(bus, clock, this.ports.name);
    try {
      while (!signal.aborted) await this.#term(signal);
    } finally {
      this.#standbys.stop();
      beats.stop();
    }
  }

  /** Stands by, then leads. A broker that goes away ends the term; everything goes on when it is back. */
  async #term(signal: AbortSignal): Promise<void> {
    try {
      await this.#standBy(signal);
      if (!signal.aborted) await this.#lead(signal);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      this.#dirty = true;
      if (error.code === "corrupt") return this.#halt(error.message, signal);
      if (error.code !== "unavailable") throw error;
      this.ports.alarm(alarmText("broker-away", `the broker is away: ${error.message}`));
      await pause(this.ports.clock, AWAY_MS, signal);
      this.#heardAt = Number.NEGATIVE_INFINITY;
    }
  }

  /** P14. */
  async #halt(problem: string, signal: AbortSignal): Promise<void> {
    const { clock, alarm, onRole } = this.ports;
    onRole("halted");
    let saidAt = Number.NEGATIVE_INFINITY;
    for (this.#problem = problem; this.#problem !== undefined && !signal.aborted; ) {
      if (clock.now() - saidAt >= HALTED_ALARM_MS) {
        alarm(alarmText("ledger-damaged", `halted: ${this.#problem}`));
        saidAt = clock.now();
      }
      this.#standbys?.say("halted");
      await pause(clock, HALTED_RETRY_MS, signal);
      if (!signal.aborted) this.#problem = await this.#problemNow(this.#problem);
    }
  }

  async #problemNow(before: string): Promise<string | undefined> {
    try {
      await this.#follow();
      return undefined;
    } catch (error) {
      if (isClusterioError(error, "unavailable")) return before;
      if (isClusterioError(error, "corrupt")) return error.message;
      throw error;
    }
  }

  #heard(data: Uint8Array): void {
    const heard = decodeBeat(data);
    if (heard === undefined) return;
    this.#heardAt = heard.leaving === true ? Number.NEGATIVE_INFINITY : this.ports.clock.now();
    if (this.#leader !== undefined && heard.boot > this.state.boot) this.#leader.depose();
    this.#bell.ring();
  }

  async #standBy(signal: AbortSignal): Promise<void> {
    this.ports.onRole("standby");
    while (!signal.aborted) {
      const silence = this.ports.clock.now() - this.#heardAt;
      if (silence >= SILENCE_MS) return;
      this.#standbys?.say("standby");
      await this.#follow();
      await this.#bell.wait(Math.min(FOLLOW_MS, SILENCE_MS - silence), signal);
    }
  }

  async #follow(): Promise<void> {
    if (this.#dirty) {
      await this.ports.prepare();
      await this.ledger.reload();
      this.#dirty = false;
      return;
    }
    const { restarted } = await this.ledger.catchUp();
    if (restarted)
      this.ports.alarm(alarmText("ledger-cut", "LEDGER was cut or recreated: read again from what it holds"));
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.ports;
    await this.#follow();
    const boot = nextBoot(clock.now(), this.state.boot, random);
    const standbys = () => this.#standbys?.now() ?? [];
    const leader = new Leader({ ...this.ports, standbys }, this.ledger, boot);
    this.#leader = leader;
    this.ports.onRole("leader");
    try {
      const end = await leader.run(signal);
      this.#dirty = end !== "stopped" && leader.begun;
      this.#heardAt = end === "deposed" ? clock.now() : Number.NEGATIVE_INFINITY;
    } finally {
      this.#leader = undefined;
    }
  }
}
