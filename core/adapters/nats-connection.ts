import { connect, errors, type NatsConnection, type Status, type TlsOptions } from "@nats-io/transport-node";
import { authenticatorOf, type CredsSource } from "#core/adapters/nats-creds";
import { badInput, messageOf, unavailable } from "#core/errors";
import type { Subscription } from "#core/ports/bus";

/** Finding a server takes milliseconds on a LAN; longer means that it is not there. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A cable that was pulled is noticed after two unanswered pings: 10 to 15 s. */
const PING_INTERVAL_MS = 5_000;
/** The pause between two tries to come back is a quarter of the outage so far, within these. */
const RECONNECT_PAUSE_MS_MIN = 50;
const RECONNECT_PAUSE_MS_MAX = 1_000;

export interface NatsLinkOptions {
  /** "nats://host:port", or several of them. */
  readonly servers: string | readonly string[];
  /** The content of a creds file. */
  readonly creds: CredsSource;
  /** The slave's or user's id; names the inbox and the connection, and must be the name in the credentials. */
  readonly name: string;
  /** PEM of the authority that signed the server's certificate; without one, those that the machine trusts. */
  readonly ca?: string | undefined;
  /** How long a server is looked for, and JetStream's answers are waited for; as long as each may take when left out. */
  readonly timeoutMs?: number | undefined;
  /** Told about what is not an outage: a refused subject, a refused login while reconnecting. */
  readonly onProblem?: (error: Error) => void;
}

/** One connection to NATS that comes back by itself for ever. */
export interface NatsLink {
  readonly nc: NatsConnection;
  readonly name: string;
  /** How long to wait for an answer of JetStream, where somebody said so. */
  readonly patienceMs?: number | undefined;
  connected(): boolean;
  onConnection(listener: (connected: boolean) => void): Subscription;
  /** Resolves to true when connected, or to false after `ms` or when closed. */
  untilConnected(ms: number): Promise<boolean>;
  /** One line for the operator, where the library's own go. */
  problem(error: Error): void;
  /** Sends what was published, then connects anew, with the credentials that count now. @throws ClusterioError `unavailable` after `ms` */
  again(ms: number): Promise<void>;
  /** Sends what was published, then closes; twice is once. */
  close(): Promise<void>;
}

/** Requests of `name` are answered below this prefix; permissions are written in its terms. */
export const inboxPrefixOf = (name: string): string => `_INBOX.${name}`;

/** An address that is spoken to in TLS only. */
export const isTls = (url: string): boolean => /^(?:tls|wss):/.test(url);

/**
 * TLS from the first byte, so that nobody on the way can say that the server has none: with an authority, or where an address
 * asks for it.
 */
const tlsOf = ({ ca, servers }: NatsLinkOptions): { tls?: TlsOptions } => {
  const wanted = ca !== undefined || (typeof servers === "string" ? [servers] : servers).some(isTls);
  return wanted ? { tls: { handshakeFirst: true, ...(ca === undefined ? {} : { ca }) } } : {};
};

/**
 * @throws ClusterioError `bad-input` when the credentials cannot be read or the server refuses them, or is not the one that
 * the authority vouches for, `unavailable` when no server answers.
 */
export const connectNats = async (options: NatsLinkOptions): Promise<NatsLink> => {
  const authenticator = authenticatorOf(options.creds, options.name);
  let link: Link | undefined;
  try {
    const nc = await connect({
      servers: typeof options.servers === "string" ? options.servers : [...options.servers],
      ...tlsOf(options),
      authenticator,
      name: options.name,
      inboxPrefix: inboxPrefixOf(options.name),
      timeout: options.timeoutMs ?? CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      reconnectDelayHandler: () => link?.reconnectPauseMs() ?? RECONNECT_PAUSE_MS_MIN,
      pingInterval: PING_INTERVAL_MS,
      noAsyncTraces: true,
    });
    link = new Link(nc, options.name, options.onProblem ?? (() => {}), options.timeoutMs);
    return link;
  } catch (error) {
    const where = typeof options.servers === "string" ? options.servers : options.servers.join(", ");
    if (isRefusedLogin(error)) {
      throw badInput(`${where} refuses the credentials of "${options.name}": make new ones for this cluster`, error);
    }
    const distrust = distrustOf(error);
    if (distrust !== undefined) throw badInput(`${where} is not trusted: ${distrust}`, error);
    throw unavailable(`no NATS server answers at ${where} (${messageOf(error)}): is it started?`, error);
  }
};

/** The master's longest messages (a checkpoint's part, an answer) are 1 MB, and a margin for what grows. */
export const MASTER_PAYLOAD_BYTES_MIN = 2 * 1024 * 1024;

/** @throws ClusterioError `unavailable` when the server takes no messages of `bytesMin`. */
export const requirePayload = ({ nc }: Pick<NatsLink, "nc">, bytesMin: number): void => {
  const bytesMax = nc.info?.max_payload ?? 0;
  if (bytesMax >= bytesMin) return;
  const server = nc.getServer();
  throw unavailable(
    `${server} takes messages of ${bytesMax} bytes only: set its max_payload to 8MB, at least ${bytesMin}`,
  );
};

const isRefusedLogin = (error: unknown): boolean =>
  error instanceof errors.AuthorizationError ||
  error instanceof errors.UserAuthenticationExpiredError ||
  (error instanceof Error && error.cause !== undefined && isRefusedLogin(error.cause));

/** What OpenSSL and Node say of a server that is not the one it should be, and what to do. */
const DISTRUST: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME/, "its certificate is for another name: use an address that it names"],
  [
    /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/,
    "its certificate is not valid now: renew it, and look at both machines' clocks",
  ],
  [
    /UNABLE_TO|SELF_SIGNED|CERT_SIGNATURE|DEPTH_ZERO/,
    "its certificate was not signed by the authority given: use the cluster's own ca.pem",
  ],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/,
    "it does not speak TLS: somebody may be in between, or it is another server",
  ],
];

const distrustOf = (error: unknown): string | undefined => {
  for (let at = error; typeof at === "object" && at !== null; at = Reflect.get(at, "cause")) {
    const code = String(Reflect.get(at, "code"));
    const found = DISTRUST.find(([pattern]) => pattern.test(code));
    if (found !== undefined) return found[1];
  }
  return undefined;
};

class Link implements NatsLink {
  readonly #listeners = new Set<(connected: boolean) => void>();
  #connected = true;
  #lostAt = 0;
  #closing: Promise<void> | undefined;

  constructor(
    readonly nc: NatsConnection,
    readonly name: string,
    private readonly onProblem: (error: Error) => void,
    readonly patienceMs: number | undefined,
  ) {
    void this.#watch();
  }

  connected(): boolean {
    return this.#connected;
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    this.#listeners.add(listener);
    return { stop: () => void this.#listeners.delete(listener) };
  }

  reconnectPauseMs(): number {
    const outageMs = this.#connected ? 0 : performance.now() - this.#lostAt;
    return Math.min(RECONNECT_PAUSE_MS_MAX, Math.max(RECONNECT_PAUSE_MS_MIN, outageMs / 4));
  }

  untilConnected(ms: number): Promise<boolean> {
    if (this.#connected) return Promise.resolve(true);
    if (this.nc.isClosed()) return Promise.resolve(false);
    return new Promise((resolve) => {
      const done = (result: boolean) => {
        clearTimeout(timer);
        listening.stop();
        resolve(result);
      };
      const timer = setTimeout(() => done(false), ms);
      const listening = this.onConnection((connected) => connected && done(true));
      void this.nc.closed().then(() => done(false));
    });
  }

  problem(error: Error): void {
    this.onProblem(error);
  }

  async again(ms: number): Promise<void> {
    if (this.#connected && !this.nc.isClosed()) {
      // Nobody publishes from here on (the library would drop it), and whoever restates does so once it is back.
      this.#tell(false);
      await this.nc.flush().catch(() => {});
      await this.nc.reconnect().catch(() => {});
    }
    if (!(await this.untilConnected(ms)))
      throw unavailable(`${this.nc.getServer()} does not take "${this.name}" again`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#connected && !this.nc.isClosed()) await this.nc.flush().catch(() => {});
    await this.nc.close();
    this.#tell(false);
  }

  async #watch(): Promise<void> {
    for await (const status of this.nc.status()) this.#take(status);
  }

  #take(status: Status): void {
    if (status.type === "disconnect" || status.type === "close") this.#tell(false);
    else if (status.type === "reconnect") this.#tell(true);
    else if (status.type === "error") this.onProblem(status.error);
  }

  #tell(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#lostAt = performance.now();
    for (const listener of [...this.#listeners]) listener(connected);
  }
}
