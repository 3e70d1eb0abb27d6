import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import { answer } from "#core/events/command";
import { type LinkAnswer, type LinkRequest, linkAnswer } from "#core/events/delivery";
import { queries, type Standing } from "#core/events/query";
import type { SlaveId, WorldId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import { subjects } from "#core/subjects";

/** How long a leader may think about a question. */
const ANSWER_MS_MAX = 2_000;

export interface QuestionsHands {
  readonly bus: Bus;
  readonly slave: SlaveId;
  /** An answer was not understood. */
  complain(message: string): void;
}

/** What a session asks the leader. */
export class Questions {
  constructor(private readonly hands: QuestionsHands) {}

  /** What the leader holds of an instance, or why there is no answer; undefined when it was not understood. */
  async link(request: LinkRequest): Promise<LinkAnswer | "nobody" | "timeout" | undefined> {
    const result = await this.#ask("link", request);
    if (result.kind !== "answer") return result.kind;
    return this.#understood(() => decodeJson(linkAnswer, result.data, "the answer of link"));
  }

  /** How a world stands with these resources, undefined when no leader says. */
  async standings(world: WorldId | "", resources: readonly string[]): Promise<readonly Standing[] | undefined> {
    const result = await this.#ask("claims", { world, resources });
    if (result.kind !== "answer") return undefined;
    const said = this.#understood(() => decodeJson(answer, result.data, "the answer of claims"));
    if (said === undefined || !("ok" in said)) return undefined;
    return queries.claims.answer.safeParse(said.ok).data?.standings;
  }

  #ask(noun: string, request: object) {
    const { bus, slave } = this.hands;
    return bus.request(subjects.query(slave, noun), encodeJson(request), ANSWER_MS_MAX);
  }

  #understood<T>(decode: () => T): T | undefined {
    try {
      return decode();
    } catch (error) {
      if (!isClusterioError(error, "bad-input")) throw error;
      this.hands.complain(messageOf(error));
      return undefined;
    }
  }
}
