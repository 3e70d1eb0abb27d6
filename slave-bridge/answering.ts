import { type Command, commandIn, errorAnswer, type SlaveOrder, slaveCommandIn } from "#bridge/commands";
import type { BridgeContext } from "#bridge/ports";
import type { Answer } from "#bridge/saves/desk";
import { askedOf } from "#bridge/saves/service";
import { encodeJson } from "#core/events/codec";
import { AUDIT_MESSAGE_MAX, AUDIT_VERB_MAX, type AuditEntry } from "#core/events/telemetry";
import type { InstanceId } from "#core/ids";
import type { BusMessage } from "#core/ports/bus";
import { parseSlaveCommandSubject, SELF, type SlaveCommandSubject, subjects } from "#core/subjects";
import { encodeFrame, splitFrame } from "#core/transfer/frame";

/**
 * Commands to a bridge, answered and written down.
 *
 * K2 every command is answered once, by `{ok}` or `{error}`, and stands in the audit before and after; of a transfer
 *    its beginning and its end do, not each piece.
 */

export interface AnsweringHands {
  /** @throws ClusterioError */
  instance(instance: InstanceId, command: Command, body: Uint8Array | undefined): Promise<Answer>;
  /** @throws ClusterioError */
  slave(order: SlaveOrder, body: Uint8Array | undefined): Promise<unknown>;
}

export class Answering {
  constructor(
    private readonly context: BridgeContext,
    private readonly hands: AnsweringHands,
  ) {}

  /** K2 */
  async commanded(message: BusMessage): Promise<void> {
    const subject = parseSlaveCommandSubject(message.subject);
    if (subject === undefined) return;
    const { bus } = this.context.ports;
    const asked = askedOf(message, subject);
    if (asked !== undefined) this.#audit(subject, { outcome: "asked", ...asked });
    try {
      const { ok, body } = await this.#carryOut(message, subject);
      if (asked !== undefined) this.#audit(subject, { outcome: "ok" });
      bus.respond(message, encodeFrame({ ok }, body));
    } catch (error) {
      const answer = errorAnswer(error);
      const { code, message: why } = answer.error;
      this.#audit(subject, { outcome: code, message: why.slice(0, AUDIT_MESSAGE_MAX) });
      bus.respond(message, encodeJson(answer));
    }
  }

  async #carryOut(message: BusMessage, subject: SlaveCommandSubject): Promise<Answer> {
    if (subject.instance === SELF) {
      const order = slaveCommandIn(message, subject);
      return { ok: await this.hands.slave(order, splitFrame(message.data).body) };
    }
    const command = commandIn(message, subject);
    return this.hands.instance(subject.instance, command, splitFrame(message.data).body);
  }

  #audit({ user, instance, verb }: SlaveCommandSubject, what: Pick<AuditEntry, "outcome" | "message">): void {
    const { settings, ports } = this.context;
    const time = new Date(ports.clock.now()).toISOString();
    const entry: AuditEntry = { user, verb: verb.slice(0, AUDIT_VERB_MAX), ...what, time };
    ports.bus.publish(subjects.audit(settings.slave, instance), encodeJson(entry));
  }
}
