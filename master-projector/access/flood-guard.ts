import { isId } from "#core/ids";

/**
 * What slaves say, counted: one of them must not use up the broker, the streams or the master for the others.
 *
 * FG1 only what the broker let through under a slave's own name counts against it: nobody can make another one look guilty.
 * FG2 the memory is bounded: slaves are those with credentials, and of each no more instances are kept than it may name.
 */
export interface FloodLimits {
  /** An operator is told above these; after `alarmWindows` seconds running the slave is paused. */
  readonly alarmMessages: number;
  readonly alarmBytes: number;
  readonly alarmWindows: number;
  /** It is paused above these in `pauseWindows` seconds running. */
  readonly pauseMessages: number;
  readonly pauseBytes: number;
  readonly pauseWindows: number;
  /** Credentials are void at once above this many instances named in one second. */
  readonly instances: number;
}

export const FLOOD_LIMITS: FloodLimits = {
  // Fifty busy instances: 12 reports, 60 log lines and some telemetry a second each are 4,000.
  alarmMessages: 10_000,
  // A home link carries 10 MB/s.
  alarmBytes: 32 * 1024 * 1024,
  alarmWindows: 10,
  // Three times what is alarmed: no machine full of servers does that. A master that stood still for some seconds hears them all in
  // one, so it takes two.
  pauseMessages: 30_000,
  pauseBytes: 96 * 1024 * 1024,
  pauseWindows: 2,
  // A cluster has at most so many instances; more names are made up, and each costs the streams an entry for ever.
  instances: 2_000,
};

/** The same for who allows more or fewer messages a second. */
export const floodLimits = (messages: number): FloodLimits => ({
  ...FLOOD_LIMITS,
  alarmMessages: Math.ceil(messages / 3),
  pauseMessages: messages,
});

export interface Verdict {
  readonly slave: string;
  readonly kind: "alarm" | "pause" | "revoke";
  readonly reason: string;
}

interface Count {
  messages: number;
  bytes: number;
  readonly instances: Set<string>;
}

/** `clusterio.v1.<kind>.<slave>.<instance>…` */
const SLAVE_AT = 3;

export class FloodGuard {
  readonly #counts = new Map<string, Count>();
  /** Windows running in which a slave was above the limits. */
  readonly #loud = new Map<string, { alarm: number; pause: number }>();

  constructor(private readonly limits: FloodLimits = FLOOD_LIMITS) {}

  take(subject: string, bytes: number): void {
    const tokens = subject.split(".", SLAVE_AT + 2);
    const slave = tokens[SLAVE_AT] ?? "";
    if (!isId(slave)) return;
    let count = this.#counts.get(slave);
    if (count === undefined) {
      count = { messages: 0, bytes: 0, instances: new Set() };
      this.#counts.set(slave, count);
    }
    count.messages++;
    count.bytes += bytes;
    // FG2
    if (count.instances.size <= this.limits.instances) count.instances.add(tokens[SLAVE_AT + 1] ?? "");
  }

  /** Ends a second. What is alarmed is said once, until the slave was quiet for a second. */
  newWindow(): Verdict[] {
    const verdicts: Verdict[] = [];
    for (const [slave, count] of this.#counts) {
      const verdict = this.#judge(slave, count);
      if (verdict !== undefined) verdicts.push(verdict);
    }
    for (const slave of this.#loud.keys()) if (!this.#counts.has(slave)) this.#loud.delete(slave);
    this.#counts.clear();
    return verdicts;
  }

  #judge(slave: string, { messages, bytes, instances }: Count): Verdict | undefined {
    const { limits } = this;
    const said = `${messages} messages, ${bytes} bytes, ${instances.size} instances in a second`;
    if (instances.size > limits.instances) return { slave, kind: "revoke", reason: `more than ${said}` };
    const loud = this.#loud.get(slave) ?? { alarm: 0, pause: 0 };
    loud.alarm = messages > limits.alarmMessages || bytes > limits.alarmBytes ? loud.alarm + 1 : 0;
    loud.pause = messages > limits.pauseMessages || bytes > limits.pauseBytes ? loud.pause + 1 : 0;
    this.#loud.set(slave, loud);
    if (loud.pause >= limits.pauseWindows || loud.alarm >= limits.alarmWindows) {
      this.#loud.delete(slave);
      return { slave, kind: "pause", reason: `${said}, for ${Math.max(loud.pause, loud.alarm)} seconds` };
    }
    return loud.alarm === 1 ? { slave, kind: "alarm", reason: said } : undefined;
  }
}
