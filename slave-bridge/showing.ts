import type { InstanceRunner } from "#bridge/instance/runner";
import type { BridgeContext } from "#bridge/ports";
import { encodeJson } from "#core/events/codec";
import type { InstanceTelemetry, SlaveStatus, SlaveTelemetry } from "#core/events/telemetry";
import type { InstanceId } from "#core/ids";
import { SELF, subjects } from "#core/subjects";

/** What a bridge shows of itself and its instances: at regular times, when something changed, and to whoever asks between. */

/** One message names no more. */
const INSTANCES_SHOWN_MAX = 1_000;

export class Showing {
  readonly #changed = new Set<InstanceId>();
  /** What was last told of each instance, for whoever asks between two times. */
  readonly #told = new Map<InstanceId, Omit<InstanceTelemetry, "latencyMs">>();

  constructor(
    private readonly context: BridgeContext,
    private readonly runners: ReadonlyMap<InstanceId, InstanceRunner>,
  ) {}

  changed(instance: InstanceId): void {
    this.#changed.add(instance);
  }

  /** What changed since the last call. */
  tellChanged(): void {
    for (const instance of this.#changed) {
      const runner = this.runners.get(instance);
      if (runner !== undefined) this.tell(runner);
    }
    this.#changed.clear();
  }

  tellAll(): void {
    const { settings, ports } = this.context;
    for (const runner of this.runners.values()) this.tell(runner);
    ports.bus.publish(subjects.telemetry(settings.slave, SELF), encodeJson(this.#slave()));
  }

  tell(runner: InstanceRunner): void {
    const { settings, ports } = this.context;
    const telemetry: InstanceTelemetry = runner.telemetry();
    const { latencyMs: _, ...told } = telemetry;
    this.#told.set(runner.instance, told);
    ports.bus.publish(subjects.telemetry(settings.slave, runner.instance), encodeJson(telemetry));
  }

  status(): SlaveStatus {
    return { ...this.#slave(), told: this.#toldNow() };
  }

  #slave(): SlaveTelemetry {
    const { settings, boot, ports } = this.context;
    const credentials = ports.credentials?.();
    const instances = [...this.runners.keys()].sort().slice(0, INSTANCES_SHOWN_MAX);
    return {
      boot,
      version: settings.version,
      game: settings.install.name,
      instances,
      ...(credentials === undefined ? {} : { credentials }),
    };
  }

  #toldNow(): NonNullable<SlaveStatus["told"]> {
    return Object.fromEntries([...this.#told].filter(([instance]) => this.runners.has(instance)));
  }
}
