import { isClusterioError, messageOf } from "#core/errors";
import { decodeJson } from "#core/events/codec";
import { type InstanceTelemetry, instanceTelemetry, type SlaveTelemetry, slaveTelemetry } from "#core/events/telemetry";
import type { Bus, BusMessage, Subscription } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { parseTelemetrySubject, SELF, subjects } from "#core/subjects";
import type { ClusterClient } from "#ctl/client/client";
import { Channels } from "#ctl/watch/channels";
import { type Model, modelOf, type Snapshot } from "#ctl/watch/model";

/** Rates are taken over this many snapshots, one a second. */
const WINDOW = 10;
/** The latest samples, for percentiles of what is shown. */
const LATENCY_SAMPLES_SHOWN = 2_000;
/** All samples of a run; a run that has more keeps the latest. */
const LATENCY_SAMPLES_MAX = 200_000;

/** Follows a cluster from outside: asks the master once a second, hears what the bridges measure. */
export class Watcher {
  readonly #window: Snapshot[] = [];
  readonly #telemetry: Record<string, InstanceTelemetry> = {};
  readonly #slaves: Record<string, SlaveTelemetry> = {};
  #latency: number[] = [];
  #startedAt: number;
  readonly #subscription: Subscription;
  readonly #channels: Channels;
  /** What the last question failed with, "" when it was answered. */
  problem = "";

  constructor(
    private readonly client: ClusterClient,
    bus: Bus,
    private readonly clock: Clock,
  ) {
    this.#startedAt = clock.now();
    this.#channels = new Channels(bus, clock);
    this.#subscription = bus.subscribe(subjects.all.telemetry, (message) => this.#heard(message));
  }

  /** Counts from now on. */
  restart(): void {
    this.#startedAt = this.clock.now();
    this.#latency = [];
    this.#window.length = 0;
  }

  get telemetry(): Readonly<Record<string, InstanceTelemetry>> {
    return this.#telemetry;
  }

  /** What a bridge answered, until it says more by itself. */
  learn(instance: string, told: Omit<InstanceTelemetry, "latencyMs">): void {
    this.#telemetry[instance] ??= { ...told, latencyMs: [] };
  }

  /** What each slave said of itself since the watcher began. */
  get slaves(): Readonly<Record<string, SlaveTelemetry>> {
    return this.#slaves;
  }

  get latencyMs(): readonly number[] {
    return this.#latency;
  }

  get latest(): Snapshot | undefined {
    return this.#window.at(-1);
  }

  get model(): Model | undefined {
    const [first, last] = [this.#window[0], this.#window.at(-1)];
    return first === undefined || last === undefined ? undefined : modelOf(first, last, this.#startedAt);
  }

  /** Asks the master. What cannot be asked now is told by `problem`. */
  async look(): Promise<void> {
    const { client } = this;
    try {
      const [cluster, instances, worlds, stocks] = await Promise.all([
        client.cluster(),
        client.instances(),
        client.worlds(),
        client.storage(),
      ]);
      const latencyMs = this.#latency.slice(-LATENCY_SAMPLES_SHOWN);
      const at = this.clock.now();
      const heard = { telemetry: { ...this.#telemetry }, latencyMs, channels: this.#channels.now() };
      this.#window.push({ at, cluster, instances, worlds, stocks, ...heard });
      if (this.#window.length > WINDOW) this.#window.shift();
      this.problem = "";
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      this.problem = messageOf(error);
    }
  }

  stop(): void {
    this.#subscription.stop();
    this.#channels.stop();
  }

  #heard(message: BusMessage): void {
    const from = parseTelemetrySubject(message.subject);
    if (from === undefined) return;
    try {
      if (from.instance === SELF) {
        this.#slaves[from.slave] = decodeJson(slaveTelemetry, message.data, message.subject);
        return;
      }
      const told = decodeJson(instanceTelemetry, message.data, message.subject);
      this.#telemetry[from.instance] = told;
      this.#latency.push(...told.latencyMs);
      if (this.#latency.length > LATENCY_SAMPLES_MAX)
        this.#latency.splice(0, this.#latency.length - LATENCY_SAMPLES_MAX);
    } catch (error) {
      // Another version's measurements are not ours to judge.
      if (!isClusterioError(error, "bad-input")) throw error;
    }
  }
}
