import { last, newLines, type Said, send, take } from "#bridge/log/lines";
import type { Boot } from "#core/boot";
import { encodeJson } from "#core/events/codec";
import type { LogBatch } from "#core/events/log-shapes";
import type { InstanceId, SlaveId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { subjects } from "#core/subjects";

/** Lines that come together make one message; nobody notices so short a wait. */
const SEND_AFTER_MS = 250;

export interface LogPorts {
  readonly clock: Clock;
  readonly bus: Pick<Bus, "publish">;
}

interface LogOf {
  readonly slave: SlaveId;
  readonly instance: InstanceId;
  readonly boot: Boot;
}

/** What one instance's game prints and its bridge says about it, said on NATS in messages and kept for who asks (lines.ts). */
export class InstanceLog {
  #lines;
  #waits = false;
  #stop = () => {};

  constructor(
    private readonly ports: LogPorts,
    private readonly of: LogOf,
    /** Takes secrets out of a text. */
    private readonly clean: (text: string) => string,
  ) {
    this.#lines = newLines(ports.clock.now());
  }

  game(text: string): void {
    this.#take("game", text);
  }

  bridge(text: string): void {
    for (const line of text.split("\n")) this.#take("bridge", line);
  }

  /** What an earlier bridge said already: kept, and not said again. */
  remember(texts: readonly string[]): void {
    for (const text of texts) this.#lines = take(this.#lines, "game", this.clean(text), this.ports.clock.now());
    this.#lines = { ...this.#lines, waiting: 0 };
  }

  last(count: number): LogBatch {
    return this.#batch(last(this.#lines, count));
  }

  /** Says what waits. */
  close(): void {
    this.#stop();
    this.#send();
  }

  #take(from: "game" | "bridge", text: string): void {
    const { clock } = this.ports;
    this.#lines = take(this.#lines, from, this.clean(text), clock.now());
    if (this.#waits) return;
    this.#waits = true;
    this.#stop = clock.after(SEND_AFTER_MS, () => this.#send());
  }

  #send(): void {
    this.#waits = false;
    const { slave, instance } = this.of;
    for (;;) {
      const [lines, said] = send(this.#lines);
      this.#lines = lines;
      if (said === undefined) return;
      this.ports.bus.publish(subjects.log(slave, instance), encodeJson(this.#batch(said)));
    }
  }

  #batch({ first, lines, dropped }: Said): LogBatch {
    const base = { boot: this.of.boot, first, lines: [...lines] };
    return dropped === undefined ? base : { ...base, dropped };
  }
}
