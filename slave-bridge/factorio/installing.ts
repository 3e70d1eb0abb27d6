import type { FactorioInstalls, Installed, InstallProgress } from "#bridge/factorio/port";
import type { Journal } from "#bridge/ports";
import { isClusterioError, messageOf, refused } from "#core/errors";
import type { FactorioJob } from "#core/events/command";

/**
 * One install after the other, for whoever asks over NATS: it begins at once, goes on without the asker, and tells how far it is.
 *
 * IJ1 at most one runs; the same one asked for again is joined, another one is refused.
 */
export class Installing {
  #job: FactorioJob | undefined;
  #running: Promise<void> | undefined;
  readonly #abort = new AbortController();

  constructor(
    private readonly installs: FactorioInstalls,
    private readonly journal: Journal,
  ) {}

  get job(): FactorioJob | undefined {
    return this.#job;
  }

  busyWith(version: string): boolean {
    return this.#running !== undefined && (this.#job?.version ?? this.#job?.wanted) === version;
  }

  /** @throws ClusterioError `refused` while another one is installed. */
  begin(wanted: string): FactorioJob {
    if (this.#running !== undefined && this.#job !== undefined) {
      if (this.#job.wanted === wanted) return this.#job;
      throw refused(`Factorio ${this.#job.wanted} is being installed: wait for it, then ask again`);
    }
    const job: FactorioJob = { wanted, phase: "asking", done: 0 };
    this.#job = job;
    this.journal("info", `installs Factorio ${wanted}`);
    this.#running = this.#run(wanted).finally(() => {
      this.#running = undefined;
    });
    return job;
  }

  /** Stops what runs: what came so far stays for the next time. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(wanted: string): Promise<void> {
    const on = (progress: InstallProgress) => {
      this.#job = { wanted, ...progress };
    };
    try {
      this.#end(wanted, await this.installs.install(wanted, on, this.#abort.signal));
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      this.#job = { wanted, phase: "failed", done: 0, code: error.code, message: messageOf(error).slice(0, 1_000) };
      this.journal("warn", `Factorio ${wanted} was not installed: ${messageOf(error)}`);
    }
  }

  #end(wanted: string, { version, there }: Installed): void {
    this.#job = { wanted, version, phase: "done", done: 0, ...(there ? { there: true as const } : {}) };
    this.journal("info", there ? `Factorio ${version} is installed already` : `Factorio ${version} is installed`);
  }
}
