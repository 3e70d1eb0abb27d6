import { encodeJson } from "#core/events/codec";
import type { Answer } from "#core/events/command";
import { userId } from "#core/ids";
import { type Clock, pause } from "#core/ports/clock";
import type { MemoryBroker } from "#core/ports/memory/memory-bus";
import { subjects } from "#core/subjects";

const decoder = new TextDecoder();

const USER = userId("op");
const ASK_MS = 2_000;
const AGAIN_MS = 1_500;

/** A patient operator: says what is to be done until a master answers. */
export class Operator {
  /** Commands that nobody has answered yet. */
  waiting = 0;

  constructor(
    private readonly clock: Clock,
    private readonly broker: MemoryBroker,
  ) {}

  async command(noun: string, verb: string, value: object): Promise<Answer> {
    this.waiting++;
    const bus = this.broker.connect();
    for (;;) {
      const asked = await bus.request(subjects.masterCommand(USER, noun, verb), encodeJson(value), ASK_MS);
      if (asked.kind === "answer") {
        const answer = JSON.parse(decoder.decode(asked.data)) as Answer;
        if (!("error" in answer && answer.error.code === "unavailable")) {
          this.waiting--;
          return answer;
        }
      }
      await pause(this.clock, AGAIN_MS);
    }
  }
}
