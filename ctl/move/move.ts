import { z } from "zod";
import { refused, unavailable } from "#core/errors";
import { type AboutAnswer, aboutAnswer, filesAnswer, type MovedFile, openAnswer } from "#core/events/saves";
import { instanceId, type SlaveId, slaveId } from "#core/ids";
import { pause } from "#core/ports/clock";
import { sizeText } from "#core/terminal/size";
import type { Saves } from "#ctl/save/base";
import { FileChannel } from "#ctl/save/channel";

/**
 * Takes an instance to another slave, in steps that each may be the first of a later attempt (ADR 0077).
 */

/** An orderly stop may have to save a large map. */
const STOPPED_MS_MAX = 150_000;
/** A large map loads for minutes. */
const LINKED_MS_MAX = 330_000;
const LOOK_MS = 250;

export interface MoveOrder {
  readonly instance: string;
  readonly to: SlaveId;
  readonly deleteSource: boolean;
}

export interface Moved {
  readonly instance: string;
  readonly from: string;
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
  /** It runs there and is linked. */
  readonly running: boolean;
  /** Where the source keeps its folder. */
  readonly kept: string | null;
  /** Nothing was to be done. */
  readonly already: boolean;
}

type Say = (line: string) => void;

export class Move {
  readonly #instance;

  constructor(
    private readonly saves: Saves,
    private readonly order: MoveOrder,
    private readonly say: Say,
  ) {
    this.#instance = instanceId(order.instance);
  }

  /** `from`: the slave that the ledger names, "" for none. */
  async run(from: string): Promise<Moved> {
    const { to } = this.order;
    const target = this.#at(to);
    if (from === to) return this.#goOn(target);
    const arriving = await this.#about(target);
    if (arriving.here === "here" && arriving.phase !== "stopped" && arriving.phase !== "failed")
      throw refused(
        `${this.#instance} is ${arriving.phase} on ${to}, which it does not belong to: stop that bridge's game first`,
      );
    if (from === "") {
      await this.#assign();
      return this.#moved({ from: "", files: 0, bytes: 0, running: false, kept: null });
    }
    const source = this.#at(slaveId(from));
    const held = await this.#hold(source);
    const { files, bytes } = await this.#carry(source, target, held);
    await this.#assign();
    const kept = await this.#settle(target, { from, ran: held.moving?.ran === true });
    return this.#moved({ from, files, bytes, ...kept });
  }

  /** The source goes on as before. */
  async abort(from: string): Promise<void> {
    await this.#at(slaveId(from)).ask("move", { op: "release" }, aboutAnswer);
    await this.#at(this.order.to)
      .ask("move", { op: "discard" }, aboutAnswer)
      .catch(() => this.say(`${this.order.to} does not answer: what has come there is thrown away by age`));
  }

  #moved(of: Omit<Moved, "instance" | "to" | "already">): Moved {
    return { instance: this.#instance, to: this.order.to, already: false, ...of };
  }

  #at(slave: SlaveId): FileChannel {
    return new FileChannel(this.saves.client, { slave, instance: this.#instance });
  }

  #about(channel: FileChannel): Promise<AboutAnswer> {
    return channel.ask("move", { op: "about" }, aboutAnswer);
  }

  /** The ledger names the target already: what an earlier attempt left to be done is done. */
  async #goOn(target: FileChannel): Promise<Moved> {
    const before = await this.#about(target);
    const about = before.here === "sealed" ? await target.ask("move", { op: "arrive" }, aboutAnswer) : before;
    const { arrived } = about;
    if (arrived === undefined) {
      const rest = { from: this.order.to, files: 0, bytes: 0, running: about.phase === "running", kept: null };
      return { ...this.#moved(rest), already: true };
    }
    return this.#moved({ from: arrived.from, files: 0, bytes: 0, ...(await this.#settle(target, arrived)) });
  }

  async #hold(source: FileChannel): Promise<AboutAnswer> {
    this.say(`stopping ${this.#instance} on ${source.address.slave}…`);
    await source.ask("move", { op: "hold", to: this.order.to }, aboutAnswer);
    return this.#until(
      source,
      { ms: STOPPED_MS_MAX, what: `${this.#instance} does not stop on ${source.address.slave}` },
      ({ phase }) => phase === "stopped" || phase === "failed",
    );
  }

  async #until(
    channel: FileChannel,
    { ms, what }: { readonly ms: number; readonly what: string },
    is: (about: AboutAnswer) => boolean,
  ): Promise<AboutAnswer> {
    const { clock, signal } = this.saves;
    const until = clock.now() + ms;
    for (;;) {
      const about = await this.#about(channel);
      if (is(about)) return about;
      if (signal.aborted) throw unavailable(`interrupted: the same command goes on with the move of ${this.#instance}`);
      if (clock.now() >= until)
        throw unavailable(`${what} within ${ms / 1_000} s (${about.phase}): look at its log; the same command goes on`);
      await pause(clock, LOOK_MS, signal);
    }
  }

  async #carry(source: FileChannel, target: FileChannel, held: AboutAnswer): Promise<{ files: number; bytes: number }> {
    const listed = await source.ask("move", { op: "files" }, filesAnswer);
    const total = listed.files.reduce((sum, { bytes }) => sum + bytes, 0);
    this.say(`${listed.files.length} files, ${sizeText(total)}, go to ${target.address.slave}…`);
    const files: MovedFile[] = [];
    for (const { area, path } of listed.files) {
      const found = await source.ask("move", { op: "open", area, path }, openAnswer);
      const { bytes, writtenAt, sha256 } = found;
      await this.saves.carry(path, source.movedSource(area, found), target.movedTarget({ area, path, bytes, sha256 }));
      files.push({ area, path, bytes, writtenAt, sha256 });
    }
    const { now, record, notes } = listed;
    const ran = held.moving?.ran === true;
    const whole = { now, record, files, from: source.address.slave, ran, ...(notes === undefined ? {} : { notes }) };
    await target.ask("move", { op: "seal", ...whole }, aboutAnswer);
    return { files: files.length, bytes: total };
  }

  async #assign(): Promise<void> {
    const { to } = this.order;
    this.say(`assigning ${this.#instance} to ${to}…`);
    await this.saves.client.master("instance.assign", { instance: this.#instance, slave: to });
  }

  /** It is the target's now: it goes on there as it went, and only then the source lets go. */
  async #settle(
    target: FileChannel,
    { from, ran }: { readonly from: string; readonly ran: boolean },
  ): Promise<{ running: boolean; kept: string | null }> {
    const { slave } = target.address;
    await target.ask("move", { op: "arrive" }, aboutAnswer);
    if (ran) {
      this.say(`starting ${this.#instance} on ${slave}…`);
      await this.saves.client.bridge(target.address, "start", {});
      const what = `${this.#instance} is not linked on ${slave}`;
      const about = await this.#until(
        target,
        { ms: LINKED_MS_MAX, what },
        ({ phase, linked }) => linked || phase === "failed",
      );
      if (!about.linked)
        throw unavailable(
          `${this.#instance} does not start on ${slave}: look at its log there; ${from} keeps its folder`,
        );
    }
    const departed = z.object({ departed: z.boolean(), kept: z.string().optional() });
    const remove = this.order.deleteSource;
    const { kept } = await this.#at(slaveId(from)).ask("move", { op: "depart", remove }, departed);
    await target.ask("move", { op: "settled" }, aboutAnswer);
    return { running: ran, kept: kept ?? null };
  }
}
