import { isId } from "#core/ids";

/**
 * What slaves say, counted: one of them must not use up the broker, the streams or the master for the others.
 *
 * FG1 only what the broker let through under a slave's own name counts against it: nobody can make another one look guilty.
 * FG2 the memory is bounded: slaves are those with credentials, and of each no more instances are kept than it may name.
 */
export interface FloodLimits {
  /** An operator is told above these. */
  readonly alarmMessages: number;
  readonly alarmBytes: number;
  /** Credentials are void above these in `windows` seconds running. */
  readonly revokeMessages: number;
  readonly revokeBytes: number;
  readonly windows: number;
  /** Credentials are void at once above this many instances named in one second. */
  readonly instances: number;
}

export const FLOOD_LIMITS: FloodLimits = {
  // Fifty busy instances: 12 reports, 60 log lines and some telemetry a second each are 4,000.
  alarmMessages: 10_000,
  // A home link carries 10 MB/s.
  alarmBytes: 32 * 1024 * 1024,
  // Three times what is alarmed, for three seconds: no machine full of servers does that.
  revokeMessages: 30_000,
  revokeBytes: 96 * 1024 * 1024,
  windows: 3,
  // A cluster has at most so many instances; more names are made up, and each costs the streams an entry for ever.
  instances: 2_000,
};

export interface Verdict {
  readonly slave: string;
  readonly kind: "alarm" | "revoke";
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
  readonly #hot = new Map<string, number>();
  readonly #alarmed = new Set<string>();

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
    for (const slave of [...this.#hot.keys(), ...this.#alarmed]) if (!this.#counts.has(slave)) this.#forget(slave);
    this.#counts.clear();
    return verdicts;
  }

  #judge(slave: string, { messages, bytes, instances }: Count): Verdict | undefined {
    const { limits } = this;
    const said = `${messages} messages, ${bytes} bytes, ${instances.size} instances in a second`;
    if (instances.size > limits.instances) return { slave, kind: "revoke", reason: `more than ${said}` };
    const over = messages > limits.revokeMessages || bytes > limits.revokeBytes;
    const hot = over ? (this.#hot.get(slave) ?? 0) + 1 : 0;
    this.#hot.set(slave, hot);
    if (hot >= limits.windows) return { slave, kind: "revoke", reason: `${said}, for ${hot} seconds` };
    if (messages <= limits.alarmMessages && bytes <= limits.alarmBytes) {
      this.#forget(slave);
      return undefined;
    }
    if (this.#alarmed.has(slave)) return undefined;
    this.#alarmed.add(slave);
    return { slave, kind: "alarm", reason: said };
  }

  #forget(slave: string): void {
    this.#hot.delete(slave);
    this.#alarmed.delete(slave);
  }
}
