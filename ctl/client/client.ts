import { z } from "zod";
import { badInput, ClusterioError, type ErrorCode, EXIT_CODES, isClusterioError, unavailable } from "#core/errors";
import { type AccessCommand, type accessCommands, slaveView } from "#core/events/access";
import { decodeJson, encodeJson } from "#core/events/codec";
import {
  answer,
  type BridgeCommand,
  type bridgeCommands,
  instanceOfRequest,
  type MasterCommand,
  type masterCommands,
  type SlaveCommand,
  type slaveCommands,
} from "#core/events/command";
import { type LogAnswer, type LogRequest, logQuery } from "#core/events/log";
import {
  type InstanceView,
  joinWorlds,
  type Noun,
  type PlayerView,
  queries,
  type StockSummary,
  type StockView,
  type WorldView,
} from "#core/events/query";
import type { InstanceId, SlaveId, UserId } from "#core/ids";
import {
  type ListEntry,
  type ListName,
  type ListSet,
  listSet,
  type PeopleCommand,
  type peopleCommands,
} from "#core/people/lists";
import type { Bus } from "#core/ports/bus";
import type { ResourceKey } from "#core/resource";
import { SELF, subjects } from "#core/subjects";
import { noSuch } from "#core/terminal/near";
import { encodeFrame, splitFrame } from "#core/transfer/frame";
import { answered, orRight } from "#ctl/client/unanswered";

/** The master answers from memory; a busy one-core machine may need a second. */
const QUERY_MS_MAX = 3_000;
/** A command waits for the ledger's next write, or for a game that is saving. */
const COMMAND_MS_MAX = 15_000;
const PAGE = 1_000;

/** What a user says to a cluster, and its answers: requests on NATS, nothing else. */
export class ClusterClient {
  constructor(
    private readonly bus: Bus,
    readonly user: UserId,
    /** How long each answer is waited for; by default as long as it may take. */
    private readonly limitMs?: number | undefined,
  ) {}

  cluster() {
    return this.#query("cluster", {});
  }

  async worlds(): Promise<WorldView[]> {
    const pieces = await this.#pages(async (after) => {
      const { worlds, next } = await this.#query("worlds", { limit: PAGE, ...after });
      return { entries: worlds, next };
    });
    return joinWorlds(pieces);
  }

  async instances(): Promise<InstanceView[]> {
    return this.#pages(async (after) => {
      const { instances, next } = await this.#query("instances", { limit: PAGE, ...after });
      return { entries: instances, next };
    });
  }

  /** Who plays and has played. */
  async players(wanted: { player?: string; online?: true } = {}): Promise<PlayerView[]> {
    return this.#pages(async (after) => {
      const { players, next } = await this.#query("players", { limit: PAGE, ...wanted, ...after });
      return { entries: players, next };
    });
  }

  /** Who is on the cluster's lists. */
  async lists(list?: ListName): Promise<ListEntry[]> {
    return this.#pages(async (after) => {
      const { entries, next } = await this.#query("lists", {
        limit: PAGE,
        ...(list === undefined ? {} : { list }),
        ...after,
      });
      return { entries, next };
    });
  }

  /** A word about one of the cluster's lists. @throws ClusterioError with the master's code, `unavailable` when there is no answer. */
  async people<C extends PeopleCommand>(command: C, request: z.input<(typeof peopleCommands)[C]>): Promise<ListSet> {
    const [noun = "", verb = ""] = command.split(".");
    const ok = await this.#ask(subjects.masterCommand(this.user, noun, verb), request, this.#commandMs);
    const result = listSet.safeParse(ok);
    if (result.success) return result.data;
    throw unavailable(`the master's answer to "${command}" has another shape: is it another version?`);
  }

  policies() {
    return this.#query("policies", {});
  }

  /** What an instance's game printed. @throws ClusterioError with the master's code, `unavailable` when there is no answer. */
  async logs(instance: InstanceId, request: LogRequest): Promise<LogAnswer> {
    const ok = await this.#ask(subjects.logQuery(this.user, instance), request, this.limitMs ?? QUERY_MS_MAX);
    const result = logQuery.answer.safeParse(ok);
    if (result.success) return result.data;
    throw unavailable(`the master's answer about the log of ${instance} has another shape: is it another version?`);
  }

  /** One resource, with every world's account of it. */
  async stock(resource: ResourceKey): Promise<StockView> {
    let first: StockView | undefined;
    const worlds = await this.#pages(async (after) => {
      const answer = await this.#query("stock", { resource, limit: PAGE, ...after });
      first ??= answer;
      return { entries: answer.worlds, next: answer.next };
    });
    const { next: _next, ...whole } = first!;
    return { ...whole, worlds };
  }

  async storage(): Promise<StockSummary[]> {
    return this.#pages(async (after) => {
      const { stocks, next } = await this.#query("storage", { limit: PAGE, ...after });
      return { entries: stocks, next };
    });
  }

  /** @throws ClusterioError with the master's code, `unavailable` when there is no answer. */
  master<C extends MasterCommand>(command: C, request: z.input<(typeof masterCommands)[C]>): Promise<unknown> {
    const [noun = "", verb = ""] = command.split(".");
    const subject = subjects.masterCommand(this.user, noun, verb, instanceOfRequest(command, request));
    return this.#ask(subject, request, this.#commandMs);
  }

  /** What a command about rights answers, proved. @throws ClusterioError with the master's code, `unavailable` when there is no answer. */
  async access<C extends AccessCommand, T>(
    command: C,
    request: z.input<(typeof accessCommands)[C]>,
    shape: z.ZodType<T>,
  ): Promise<T> {
    const [noun = "", verb = ""] = command.split(".");
    const ok = await this.#ask(subjects.masterCommand(this.user, noun, verb), request, this.#commandMs);
    const result = shape.safeParse(ok);
    if (result.success) return result.data;
    throw unavailable(`the master's answer to "${command}" has another shape: is it another version?`);
  }

  /** @throws ClusterioError with the bridge's code, `unavailable` when there is no answer. */
  bridge<C extends BridgeCommand>(
    { slave, instance }: { slave: SlaveId; instance: InstanceId },
    command: C,
    request: z.input<(typeof bridgeCommands)[C]>,
  ): Promise<unknown> {
    return this.#ask(subjects.command(this.user, slave, instance, command), request, this.#commandMs);
  }

  /**
   * A command whose question or answer has bytes behind its JSON.
   * @throws ClusterioError with the bridge's code, `unavailable` when there is no answer.
   */
  async exchange<C extends BridgeCommand>(
    { slave, instance }: { slave: SlaveId; instance: InstanceId },
    command: C,
    { request, body, timeoutMs = this.#commandMs }: Exchange<z.input<(typeof bridgeCommands)[C]>>,
  ): Promise<{ readonly ok: unknown; readonly body: Uint8Array | undefined }> {
    return this.#exchange(slave, subjects.command(this.user, slave, instance, command), { request, body, timeoutMs });
  }

  /** The same with what a bridge does for itself. */
  async exchangeSlave<C extends SlaveCommand>(
    slave: SlaveId,
    command: C,
    { request, body, timeoutMs = this.#commandMs }: Exchange<z.input<(typeof slaveCommands)[C]>>,
  ): Promise<unknown> {
    const subject = subjects.command(this.user, slave, SELF, command);
    return (await this.#exchange(slave, subject, { request, body, timeoutMs })).ok;
  }

  async #exchange(
    slave: SlaveId,
    subject: string,
    { request, body, timeoutMs }: { request: unknown; body: Uint8Array | undefined; timeoutMs: number },
  ): Promise<{ readonly ok: unknown; readonly body: Uint8Array | undefined }> {
    const result = await orRight(this.bus.request(subject, encodeFrame(request, body), timeoutMs), subject);
    if (result.kind === "nobody") await this.refuseUnknownSlave(slave);
    const data = answered(result, subject, timeoutMs);
    const { head, body: bytes } = splitFrame(data);
    return { ok: okOf(head, subject), body: bytes };
  }

  /** What a bridge does for itself. @throws ClusterioError with the bridge's code, `unavailable` when there is no answer. */
  async slave<C extends SlaveCommand>(
    slave: SlaveId,
    command: C,
    request: z.input<(typeof slaveCommands)[C]>,
  ): Promise<unknown> {
    const subject = subjects.command(this.user, slave, SELF, command);
    const result = await orRight(this.bus.request(subject, encodeJson(request), this.#commandMs), subject);
    if (result.kind === "nobody") await this.refuseUnknownSlave(slave);
    return okOf(answered(result, subject, this.#commandMs), subject);
  }

  /**
   * A slip of the pen looks like a slave that is away: where the master knows which there are, they are told apart.
   * @throws ClusterioError `bad-input` for a slave that there is not.
   */
  async refuseUnknownSlave(slave: SlaveId): Promise<void> {
    const unknown = (error: unknown): string[] => {
      if (!isClusterioError(error)) throw error;
      return [];
    };
    const shape = z.object({ slaves: z.array(slaveView) });
    const [assigned, listed] = await Promise.all([
      this.instances().then((all) => all.map((one) => one.slave), unknown),
      this.access("slave.list", {}, shape).then(({ slaves }) => slaves.map((one) => one.slave), unknown),
    ]);
    const names = [...new Set([...assigned, ...listed])].filter((name) => name !== "").sort();
    if (names.length > 0 && !names.includes(slave)) throw badInput(noSuch("slave", slave, { names }));
  }

  get #commandMs(): number {
    return this.limitMs ?? COMMAND_MS_MAX;
  }

  async #query<N extends Noun>(
    noun: N,
    request: z.input<(typeof queries)[N]["request"]>,
  ): Promise<z.output<(typeof queries)[N]["answer"]>> {
    const ok = await this.#ask(subjects.query(this.user, noun), request, this.limitMs ?? QUERY_MS_MAX);
    const result = queries[noun].answer.safeParse(ok);
    if (!result.success)
      throw unavailable(`the master's answer to "${noun}" has another shape: is it another version?`);
    // The schema of this noun has proved it; TypeScript does not follow the index.
    return result.data as z.output<(typeof queries)[N]["answer"]>;
  }

  async #pages<T>(
    ask: (after: { after?: string }) => Promise<{ entries: T[]; next: string | undefined }>,
  ): Promise<T[]> {
    const all: T[] = [];
    let after: { after?: string } = {};
    for (;;) {
      const { entries, next } = await ask(after);
      all.push(...entries);
      if (next === undefined) return all;
      after = { after: next };
    }
  }

  async #ask(subject: string, request: unknown, timeoutMs: number): Promise<unknown> {
    const result = await orRight(this.bus.request(subject, encodeJson(request), timeoutMs), subject);
    return okOf(answered(result, subject, timeoutMs), subject);
  }
}

export interface Exchange<T> {
  readonly request: T;
  readonly body?: Uint8Array;
  readonly timeoutMs?: number;
}

const okOf = (data: Uint8Array, subject: string): unknown => {
  const decoded = decodeJson(answer, data, `the answer to ${subject}`);
  if ("error" in decoded) throw new ClusterioError(codeOf(decoded.error.code), decoded.error.message);
  return decoded.ok;
};

/** A code that this version does not know is still an error. */
const codeOf = (code: string): ErrorCode => (Object.hasOwn(EXIT_CODES, code) ? (code as ErrorCode) : "refused");
