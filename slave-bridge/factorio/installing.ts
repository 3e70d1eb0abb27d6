import type { FactorioInstalls, Installed, InstallProgress, OnProgress } from "#bridge/factorio/port";
import type { Journal } from "#bridge/ports";
import { ClusterioError, isClusterioError, messageOf, refused } from "#core/errors";
import type { FactorioJob } from "#core/events/command";

type Install = (on: OnProgress, signal: AbortSignal) => Promise<Installed>;

/**
 * One install after the other, for whoever asks over NATS: it begins at once, goes on without the asker, and tells how far it is.
 *
 * IJ1 at most one runs; the same one asked for again is joined, another one is refused.
 */
export class Installing {
  #job: FactorioJob | undefined;
  /** What was asked for, or the sum of what was brought (IJ1). */
  #key: string | undefined;
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
    return this.#begin(wanted, wanted, (on, signal) => this.installs.install(wanted, on, signal));
  }

  /** The same from an archive that was brought and is called `wanted`; `over`: nothing is to be gained by keeping it. */
  beginFrom(
    archive: string,
    { wanted, version, sum }: { readonly wanted: string; readonly version: string | undefined; readonly sum: string },
    over: () => Promise<void>,
  ): FactorioJob {
    return this.#begin(wanted, sum, async (on, signal) => {
      try {
        const installed = await this.installs.installFrom(archive, on, { sum, version, signal });
        await over();
        return installed;
      } catch (error) {
        if (!isClusterioError(error)) throw error;
        // What the machine lacks can be mended; what is wrong with an archive cannot.
        if (error.code !== "unavailable") await over();
        throw new ClusterioError(error.code, messageOf(error).replaceAll(archive, wanted), { cause: error });
      }
    });
  }

  /** The install of that archive, while it runs and after it: whoever lost the answer asks again. */
  of(sum: string): FactorioJob | undefined {
    return this.#key === sum && this.#job?.phase !== "failed" ? this.#job : undefined;
  }

  /** What was installed last may be gone. */
  forget(): void {
    if (this.#running === undefined) this.#key = undefined;
  }

  #begin(wanted: string, key: string, install: Install): FactorioJob {
    if (this.#running !== undefined && this.#job !== undefined) {
      if (this.#key === key) return this.#job;
      throw refused(`Factorio ${this.#job.wanted} is being installed: wait for it, then ask again`);
    }
    const job: FactorioJob = { wanted, phase: "asking", done: 0 };
    this.#job = job;
    this.#key = key;
    this.journal("info", `installs Factorio ${wanted}`);
    this.#running = this.#run(wanted, install).finally(() => {
      this.#running = undefined;
    });
    return job;
  }

  /** Stops what runs: what came so far stays for the next time. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(wanted: string, install: Install): Promise<void> {
    const on = (progress: InstallProgress) => {
      this.#job = { wanted, ...progress };
    };
    try {
      this.#end(wanted, await install(on, this.#abort.signal));
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
