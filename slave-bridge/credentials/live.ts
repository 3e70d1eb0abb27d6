import { askCredentials } from "#bridge/credentials/ask";
import { Renewal } from "#bridge/credentials/renewal";
import type { Journal } from "#bridge/ports";
import { connectNats, type NatsLink } from "#core/adapters/nats-connection";
import { tokenIn } from "#core/adapters/nats-creds";
import { slaveNotice } from "#core/events/access";
import type { SlaveTelemetry } from "#core/events/telemetry";
import { OwnKey } from "#core/identity/own-key";
import type { SlaveId } from "#core/ids";
import type { Bus } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { subjects } from "#core/subjects";

/** To come in again takes milliseconds; longer means that the broker is away, and the link goes on trying by itself. */
const AGAIN_MS_MAX = 10_000;

export interface LiveOptions {
  readonly slave: SlaveId;
  readonly creds: Uint8Array;
  readonly servers: string;
  readonly ca: string | undefined;
  /** Replaces the file that they are from, whole. @throws ClusterioError */
  readonly keep: (creds: Uint8Array) => Promise<void>;
  /** What that file holds now: somebody may have put others there. @throws when it cannot be read */
  readonly reload: () => Uint8Array;
}

/** The credentials of a slave's connection: those that count now, and their renewal over that connection. */
export class LiveCredentials {
  #now: Uint8Array;
  #renewal: Renewal | undefined;

  constructor(private readonly options: LiveOptions) {
    this.#now = options.creds;
  }

  /** For the connection: what counts when it connects. */
  readonly source = (): Uint8Array => {
    try {
      const there = this.options.reload();
      if (tokenIn(there, "the credentials").name === this.options.slave) this.#now = there;
    } catch {
      // Those that are known go on.
    }
    return this.#now;
  };

  /** Renews over this connection from now on. */
  renewOver(link: NatsLink, ports: { readonly bus: Bus; readonly clock: Clock; readonly journal: Journal }): Renewal {
    const { slave, servers, ca, keep } = this.options;
    const { bus, clock, journal } = ports;
    const renewal = new Renewal({
      clock,
      journal,
      current: () => tokenIn(this.#now, "the credentials"),
      ask: async () => {
        const key = new OwnKey();
        const asked = { subject: subjects.renew(slave), request: { publicKey: key.publicKey }, server: servers };
        return new TextEncoder().encode(key.creds((await askCredentials(bus, asked)).jwt));
      },
      prove: async (creds) => (await connectNats({ servers, creds, name: slave, ca })).close(),
      keep,
      use: async (creds) => {
        this.#now = creds;
        await link.again(AGAIN_MS_MAX);
      },
    });
    bus.subscribe(subjects.notice(slave), ({ data }) => {
      const said = slaveNotice.safeParse(decodeJsonOrNothing(data));
      if (said.success) renewal.demand(said.data.signer);
    });
    this.#renewal = renewal;
    return renewal;
  }

  /** For whoever looks after the slave; undefined when they do not end. */
  telemetry(): SlaveTelemetry["credentials"] {
    const { expires } = tokenIn(this.#now, "the credentials");
    const problem = this.#renewal?.problem?.slice(0, 1_000);
    if (expires === undefined && problem === undefined) return undefined;
    return { ...(expires === undefined ? {} : { expires }), ...(problem === undefined ? {} : { problem }) };
  }
}

const decodeJsonOrNothing = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
};
