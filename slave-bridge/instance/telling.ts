import { Alarms } from "#bridge/instance/alarms";
import { InstanceLog } from "#bridge/log/instance-log";
import type { BridgeContext, Journal } from "#bridge/ports";
import type { LogBatch } from "#core/events/log-shapes";
import type { InstanceId } from "#core/ids";

export interface TellingHands {
  readonly context: BridgeContext;
  readonly instance: InstanceId;
  /** Takes the passwords of its RCON out of a text. */
  clean(text: string): string;
  /** Something that telemetry shows has changed. */
  changed(): void;
}

/**
 * Everything that a bridge says of one instance: to its own journal, to the instance's log, as an alarm.
 *
 * IT1 an alarm is told when it is another one than before, and no state twice in a row.
 */
export class Telling {
  readonly #alarms = new Alarms();
  readonly #log: InstanceLog;
  #phase = "";

  constructor(private readonly hands: TellingHands) {
    const { context, instance } = hands;
    const of = { slave: context.settings.slave, instance, boot: context.boot };
    this.#log = new InstanceLog(context.ports, of, (text) => hands.clean(text));
  }

  /** All that an operator should look at, or undefined. */
  get alarms(): string | undefined {
    return this.#alarms.text;
  }

  /** One line for the bridge's own log, and for the instance's. */
  readonly journal: Journal = (level, message, fields = {}) => {
    const { context, instance } = this.hands;
    context.ports.journal(level, message, { instance, ...fields });
    if (level !== "debug") this.#log.bridge(message);
  };

  /** Of this instance, by name. */
  say(level: "info" | "warn" | "error", message: string): void {
    this.journal(level, `${this.hands.instance}: ${message}`);
  }

  /** A line that its game printed. */
  printed(line: string): void {
    this.#log.game(line);
  }

  /** What its game printed before this bridge came. */
  remember(lines: readonly string[]): void {
    this.#log.remember(lines);
  }

  lastLines(count: number): LogBatch {
    return this.#log.last(count);
  }

  /** IT1. Undefined takes it back. */
  alarm(of: "supervisor" | "saves" | "link", message: string | undefined): void {
    if (!this.#alarms.set(of, message)) return;
    if (message !== undefined) this.journal("error", message);
    this.hands.changed();
  }

  /** IT1 */
  phase(phase: string): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.journal("info", `${this.hands.instance} is ${phase}`);
    this.hands.changed();
  }

  close(): void {
    this.#log.close();
  }
}
