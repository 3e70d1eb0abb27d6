import { boundFile } from "#core/adapters/bound-file";
import { lastLines } from "#core/adapters/last-lines";
import { isAlive, processesWithArgv } from "#core/adapters/process-id";
import { EXIT_CODES, messageOf, unavailable } from "#core/errors";
import { type Clock, every, pause } from "#core/ports/clock";
import { LOG_BYTES_MAX, readableLine } from "#ctl/processes/log-file";
import { afterDeath, NO_RESTARTS } from "#ctl/processes/restart";
import {
  argvHash,
  judgeLeftover,
  type Role,
  type RunRecord,
  readRunRecord,
  removeRunRecord,
  writeRunRecord,
} from "#ctl/processes/run-record";
import { adoptRunning, exitedWith, type Running, spawnRunning, stopRunning } from "#ctl/processes/running";

const LOG_LINES_SHOWN = 12;
/** A process that talks as fast as it can fills a disk in hours, not in minutes. */
const BOUND_EVERY_MS = 60_000;

/** One of the processes that `up` keeps running. */
export interface Service {
  readonly role: Role;
  /** The folder of the cluster. */
  readonly dir: string;
  readonly log: string;
  /** The command line, and what else makes one start differ from another (the build). */
  readonly argv: readonly string[];
  readonly build: string;
  /** How long it may take to end when it is told to; then it is killed. */
  readonly stopMs: number;
  /** Resolves when it does its work; rejects when that takes too long. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
}

export interface KeeperContext {
  readonly clock: Clock;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

/**
 * Keeps one process running: adopts or stops what an earlier `up` left (U1 to U3), starts it, starts it again when it dies.
 * A start that fails at the first time is an error; later ones are tried again with growing pauses. What ends because its
 * data is damaged (exit code 5) is not started again: that would only hide it.
 */
export class Keeper {
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #running: Running | undefined;
  #bounding = () => {};

  private constructor(
    private readonly service: Service,
    private readonly context: KeeperContext,
  ) {}

  /** @throws ClusterioError `unavailable` with the last lines of its log when it does not get ready. */
  static async start(service: Service, context: KeeperContext, signal: AbortSignal): Promise<Keeper> {
    const keeper = new Keeper(service, context);
    try {
      await keeper.#begin(signal);
    } catch (error) {
      await keeper.stop();
      throw error;
    }
    keeper.#loop = keeper.#keep();
    keeper.#bounding = every(context.clock, BOUND_EVERY_MS, () => void boundFile(service.log, LOG_BYTES_MAX));
    return keeper;
  }

  get pid(): number | undefined {
    return this.#running?.id.pid;
  }

  /** Ends it in order and does not start it again. Twice is once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#bounding();
    await this.#end();
    // A start that was under way has made its process by now.
    await this.#loop;
    await this.#end();
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const { service, context } = this;
    const wanted = hashOf(service);
    const leftover = judgeLeftover(await readRunRecord(service.dir, service.role), wanted, {
      isAlive,
      withArgv: processesWithArgv,
    });
    if (leftover.kind === "stop") {
      context.say(`stopping the ${service.role} that an earlier start left running with other options`);
      for (const process of leftover.processes) await stopRunning(adoptRunning(process), service.stopMs);
    }
    if (leftover.kind === "adopt") {
      context.say(`${service.role} still runs (process ${leftover.process.pid}): going on with it`);
      this.#running = adoptRunning(leftover.process);
      await this.#note();
      try {
        return await this.#untilReady(signal);
      } catch (error) {
        if (signal.aborted) throw error;
        context.say(`the ${service.role} that was left running does not answer: starting it anew`);
        await this.#end();
      }
    }
    context.say(`starting ${service.role}…`);
    await this.#spawn();
    await this.#untilReady(signal);
  }

  async #spawn(): Promise<void> {
    const { service } = this;
    // U2
    await writeRunRecord(service.dir, recordOf(service, null));
    this.#running = await spawnRunning({ argv: service.argv, cwd: service.dir, log: service.log });
    await this.#note();
  }

  async #note(): Promise<void> {
    const id = this.#running?.id;
    if (id !== undefined) await writeRunRecord(this.service.dir, recordOf(this.service, id));
  }

  /** Ready, or the end of the process, whichever comes first. */
  async #untilReady(signal: AbortSignal): Promise<void> {
    const { service } = this;
    const running = this.#running;
    if (running === undefined) throw new Error("nothing was started");
    const over = new AbortController();
    const died = running.exited.then(async (how) => {
      throw await this.#failure(`${service.role} ended (${how})`);
    });
    try {
      await Promise.race([service.ready(AbortSignal.any([signal, over.signal])), died]);
    } catch (error) {
      if (!isAlive(running.id) || signal.aborted) throw error;
      throw await this.#failure(`${service.role} does not get ready: ${messageOf(error)}`);
    } finally {
      died.catch(() => {});
      over.abort();
    }
  }

  async #failure(what: string): Promise<Error> {
    const from = this.#running?.logFrom ?? 0;
    const lines = (await lastLines(this.service.log, LOG_LINES_SHOWN, from)).map(readableLine);
    const tail = lines.map((line) => `\n  | ${line}`).join("");
    return unavailable(
      lines.length === 0 ? `${what}; it printed nothing` : `${what}; the end of ${this.service.log}:${tail}`,
    );
  }

  async #keep(): Promise<void> {
    const { service, context } = this;
    const { signal } = this.#stop;
    let restarts = NO_RESTARTS;
    let since = context.clock.now();
    while (!signal.aborted) {
      const how = await this.#running?.exited;
      if (signal.aborted) return;
      if (how === exitedWith(EXIT_CODES.corrupt)) {
        context.say(messageOf(await this.#failure(`${service.role} found its data damaged and is not started again`)));
        return;
      }
      const [next, pauseMs] = afterDeath(restarts, context.clock.now() - since);
      restarts = next;
      context.say(`${service.role} ended (${how}): starting it again in ${pauseMs / 1000} s; its log: ${service.log}`);
      await pause(context.clock, pauseMs, signal);
      if (signal.aborted) return;
      since = context.clock.now();
      try {
        await this.#spawn();
        await this.#untilReady(signal);
        context.say(`${service.role} runs again`);
      } catch (error) {
        if (!signal.aborted) context.say(messageOf(error));
      }
    }
  }

  async #end(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    const killed = await stopRunning(running, this.service.stopMs);
    if (killed)
      this.context.say(`${this.service.role} did not end within ${this.service.stopMs / 1000} s and was killed`);
    await removeRunRecord(this.service.dir, this.service.role);
  }
}

const hashOf = (service: Service): string => argvHash([service.build, ...service.argv]);

const recordOf = (service: Service, process: RunRecord["process"]): RunRecord => ({
  v: 1,
  role: service.role,
  process,
  argvHash: hashOf(service),
  argv: [...service.argv],
});
