import type { Journal } from "#bridge/ports";
import { alarmText } from "#core/alarm";
import { isClusterioError, messageOf } from "#core/errors";
import { renewalDue, type Term } from "#core/identity/renewal-due";
import type { Clock } from "#core/ports/clock";

/**
 * Credentials that end are renewed by the bridge itself, before they do.
 *
 * CR1 new ones are proved by the broker, then whole on disk, then used: whatever fails, the ones before go on.
 * CR2 from two thirds of their life on it is tried again and again, until it works; an operator is told, once an hour.
 * CR3 what the master says is to be renewed (a key was replaced) is renewed at once, however long it is good.
 */
export interface Renewable extends Term {
  /** The public key that signed them. */
  readonly signer: string;
}

export interface RenewalPorts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Those in use. */
  readonly current: () => Renewable;
  /** Asks the master for others, for a key that is made for them. @throws ClusterioError */
  readonly ask: () => Promise<Uint8Array>;
  /** Comes in with them beside the connection that there is. @throws ClusterioError */
  readonly prove: (creds: Uint8Array) => Promise<void>;
  /** Whole, durable, before it returns. @throws ClusterioError */
  readonly keep: (creds: Uint8Array) => Promise<void>;
  /** The connection goes over to them. @throws ClusterioError */
  readonly use: (creds: Uint8Array) => Promise<void>;
}

/** No timer waits for longer; a machine that slept is not late by more. */
const LOOK_MS_MAX = 60 * 60_000;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 10 * 60_000;
const ALARM_AGAIN_MS = 60 * 60_000;

/** Often enough that some tries are left when the broker was away for most of the time. */
const retryMs = ({ issued, expires }: Renewable): number => {
  const life = expires === undefined ? RETRY_MS_MAX * 100 : expires - issued;
  return Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, life / 100));
};

export class Renewal {
  /** Why the last try failed; undefined when it did not. */
  problem: string | undefined;
  #running: Promise<void> | undefined;
  #nextAt = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  #demanded: string | undefined;
  #cancel = () => {};

  constructor(private readonly ports: RenewalPorts) {
    this.look();
  }

  /** CR3: credentials of any other key than this one are to be renewed. */
  demand(signer: string): void {
    this.#demanded = signer;
    this.look();
  }

  get expires(): number | undefined {
    return this.ports.current().expires;
  }

  /** Renews if it is time, and looks again when it may be. */
  look(): void {
    if (this.#closed || this.#running !== undefined) return;
    this.#cancel();
    const { clock, current } = this.ports;
    const [now, at] = [clock.now(), Math.max(this.#nextAt, this.#wantedAt())];
    if (at > now) {
      this.#cancel = clock.after(Math.min(LOOK_MS_MAX, at - now), () => this.look());
      return;
    }
    this.#nextAt = now + retryMs(current());
    this.#running = this.#renew().finally(() => {
      this.#running = undefined;
      this.look();
    });
  }

  #wantedAt(): number {
    const { current } = this.ports;
    if (this.#demanded !== undefined && this.#demanded !== current().signer) return 0;
    return renewalDue(current()) ?? Number.POSITIVE_INFINITY;
  }

  async #renew(): Promise<void> {
    const { clock, journal, ask, prove, keep, use, current } = this.ports;
    try {
      const creds = await ask();
      await prove(creds);
      await keep(creds);
      await use(creds);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      return this.#failed(messageOf(error));
    }
    this.problem = undefined;
    // Done, whatever key it was: a master that still wants another says so again.
    this.#demanded = undefined;
    this.#nextAt = clock.now() + RETRY_MS_MIN;
    this.#toldAt = Number.NEGATIVE_INFINITY;
    const { expires } = current();
    const until = expires === undefined ? "do not end" : `are good until ${new Date(expires).toISOString()}`;
    journal("info", `the credentials of this slave are renewed: they ${until}`);
  }

  /** CR2 */
  #failed(why: string): void {
    const { clock, journal, current } = this.ports;
    this.problem = why;
    if (clock.now() - this.#toldAt < ALARM_AGAIN_MS) return;
    this.#toldAt = clock.now();
    const { expires } = current();
    const end = expires === undefined ? "their key was replaced" : `they end at ${new Date(expires).toISOString()}`;
    journal(
      "error",
      alarmText("credentials-end", `the credentials of this slave were not renewed, and ${end}: ${why}`),
    );
  }

  /** Waits for a try that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.#running;
  }
}
