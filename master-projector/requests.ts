import type { Boot } from "#core/boot";
import { decodeText, encodeJson } from "#core/events/codec";
import { type Answer, instanceOfRequest, isMasterCommand } from "#core/events/command";
import { linkRequest } from "#core/events/delivery";
import type { State } from "#core/fold/state";
import { type InstanceId, slaveId, type UserId } from "#core/ids";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import { parseLogQuerySubject, parseMasterCommandSubject, parseQuerySubject, subjects } from "#core/subjects";
import { type Decision, decideCommand } from "#projector/commands";
import { type Assignments, answerQuery, linkAnswer, type Own } from "#projector/queries";

/** Requests that wait until the loop is at a clean point, where the ledger holds all that the state says. */
export type Request =
  | {
      readonly kind: "command";
      readonly message: BusMessage;
      readonly user: UserId;
      readonly name: string;
      /** The only one that it may be about. */
      readonly instance?: InstanceId;
      readonly value: unknown;
    }
  | {
      readonly kind: "query";
      readonly message: BusMessage;
      readonly caller: string;
      readonly noun: string;
      readonly value: unknown;
    };

/** Requests waiting at once: beyond it callers are told to come back, so that nobody can fill the memory. */
export const REQUESTS_MAX = 1_000;
/** The one header that the broker itself puts on a service request; every other `nats-` header is refused. */
const OWN_HEADER = "nats-request-info";

/** Why a request is refused for its headers alone. */
export const refusalOf = (message: BusMessage): string | undefined => {
  const forged = Object.keys(message.headers).find((name) => name.startsWith("nats-") && name !== OWN_HEADER);
  return forged === undefined ? undefined : `a request must not carry the header "${forged}"`;
};

const jsonOf = (data: Uint8Array): unknown => {
  if (data.length === 0) return {};
  try {
    return JSON.parse(decodeText(data));
  } catch {
    return undefined;
  }
};

const errorOf = (code: string, message: string): Answer => ({ error: { code, message } });

/** Takes requests in while leading. */
export class Requests {
  #waiting: Request[] = [];
  readonly #subscriptions: Subscription[];

  constructor(
    private readonly bus: Bus,
    private readonly wake: () => void,
    private readonly heard: (message: BusMessage) => void = () => {},
  ) {
    this.#subscriptions = [
      bus.subscribe(subjects.all.masterCommands, (message) => this.#take(message), { queue: "master" }),
      bus.subscribe(subjects.all.queries, (message) => this.#take(message), { queue: "master" }),
    ];
  }

  #take(message: BusMessage): void {
    const query = parseQuerySubject(message.subject);
    if (query !== undefined) this.heard(message);
    // Answered beside the ledger (logs.ts).
    if (parseLogQuerySubject(message.subject) !== undefined) return;
    const refusal = refusalOf(message);
    if (refusal !== undefined) return this.answer(message, errorOf("bad-input", refusal));
    if (this.#waiting.length >= REQUESTS_MAX)
      return this.answer(message, errorOf("unavailable", "the master is busy: try again"));
    const command = parseMasterCommandSubject(message.subject);
    const value = jsonOf(message.data);
    if (value === undefined) return this.answer(message, errorOf("bad-input", "the request is not JSON"));
    if (command !== undefined) {
      const { noun, verb, ...whose } = command;
      this.#waiting.push({ kind: "command", message, ...whose, name: `${noun}.${verb}`, value });
    } else if (query !== undefined) {
      this.#waiting.push({ kind: "query", message, caller: query.caller, noun: query.noun, value });
    } else
      return this.answer(message, errorOf("bad-input", `${message.subject} is not a request that the master knows`));
    this.wake();
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Those that wait, or those of them that are chosen. */
  takeAll(chosen: (request: Request) => boolean = () => true): Request[] {
    const taken = this.#waiting.filter(chosen);
    this.#waiting = this.#waiting.filter((request) => !chosen(request));
    return taken;
  }

  answer(message: BusMessage, answer: object): void {
    this.bus.respond(message, encodeJson(answer));
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.stop();
    for (const { message } of this.takeAll())
      this.answer(message, errorOf("unavailable", "the leader changes: try again"));
  }
}

/** The answer to one query, from clean state. */
export const queried = (
  state: State,
  request: Request & { kind: "query" },
  own: Own & { readonly boot: Boot; readonly assignments: Assignments },
): object => {
  if (request.noun !== "link") return answerQuery(state, request.noun, request.value, own);
  const parsed = linkRequest.safeParse(request.value);
  if (!parsed.success) return errorOf("bad-input", `link: ${parsed.error.issues[0]?.message}`);
  if (request.caller === "master") return errorOf("bad-input", "link is asked by a slave");
  return linkAnswer(state, { slave: slaveId(request.caller), boot: own.boot }, parsed.data, own.assignments);
};

/** What a command comes to, from clean state, the broker's time and what of the ledger a checkpoint covers. */
export const commanded = (
  state: State,
  request: Request & { kind: "command" },
  about: { readonly now: number; readonly covered: number },
): Decision => {
  const { user, name, instance, value } = request;
  const asked = isMasterCommand(name) ? instanceOfRequest(name, value) : undefined;
  if (instance !== undefined && instance !== asked)
    return {
      bodies: [],
      answer: errorOf("refused", `${name} was asked for ${instance}, and is about ${asked ?? "no instance"}`),
    };
  return decideCommand({ state, user, ...about }, name, value);
};
