import { execFileSync } from "node:child_process";
import { connect, createServer, type Server, type Socket } from "node:net";

/** The way of one daemon to the nats-server; cut, it carries nothing, and nobody is told. */
export interface Wire {
  /** Its command line begins with this. */
  readonly prefix: readonly string[];
  url(server: string): string;
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

const ip = (...args: string[]): void => void execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });

/** Whether this kernel and these rights allow network name spaces, with the tool for them. */
export const hasNetworkSpaces = (): boolean => {
  const name = `clusterio-probe-${process.pid}`;
  try {
    ip("netns", "add", name);
    try {
      ip("-n", name, "link", "set", "lo", "up");
      execFileSync("ip", ["netns", "exec", name, "true"], { stdio: "ignore" });
    } finally {
      ip("netns", "delete", name);
    }
    return true;
  } catch {
    return false;
  }
};

/** Forwards connections byte by byte; cut, it keeps them and forwards nothing. */
class Relay {
  #target = 0;
  #cut = false;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on("connection", (from) => this.#accept(from));
  }

  static async listen(host: string): Promise<Relay> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, host, resolve);
    });
    const address = server.address();
    return new Relay(server, typeof address === "object" && address !== null ? address.port : 0);
  }

  to(server: string): number {
    this.#target = Number(new URL(server).port);
    return this.port;
  }

  cut(cut: boolean): void {
    this.#cut = cut;
    for (const socket of this.#sockets) {
      if (cut) socket.pause();
      else socket.resume();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  #accept(from: Socket): void {
    const to = connect(this.#target, "127.0.0.1");
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on("data", (chunk) => other.write(chunk));
      // Its end is not heard through a cut either.
      one.on("error", () => {});
      one.on("close", () => {
        this.#sockets.delete(one);
        if (!this.#cut) other.destroy();
      });
      if (this.#cut) one.pause();
      else one.resume();
    }
  }
}

export const proxyWire = async (): Promise<Wire> => {
  const relay = await Relay.listen("127.0.0.1");
  return {
    prefix: [],
    url: (server) => `nats://127.0.0.1:${relay.to(server)}`,
    cut: () => relay.cut(true),
    heal: () => relay.cut(false),
    close: () => relay.close(),
  };
};

/** A name space with one cable to here. */
export interface Space {
  /** What runs in it begins with this. */
  readonly prefix: readonly string[];
  /** This end of the cable: how it reaches what listens here. */
  readonly here: string;
  up(on: boolean): void;
  /** Takes it away, with the cable. */
  remove(): void;
}

export const newSpace = (name: string, number: number): Space => {
  // A block of private addresses that is used by few, and differs between test runs at the same time.
  const net = `10.${64 + (process.pid % 64)}.${(process.pid >> 6) % 256}`;
  const [here, there] = [`${net}.${4 * number + 1}`, `${net}.${4 * number + 2}`];
  ip("netns", "add", name);
  ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
  ip("address", "add", `${here}/30`, "dev", name);
  ip("link", "set", name, "up");
  ip("-n", name, "address", "add", `${there}/30`, "dev", "eth0");
  ip("-n", name, "link", "set", "eth0", "up");
  ip("-n", name, "link", "set", "lo", "up");
  return {
    prefix: ["ip", "netns", "exec", name],
    here,
    up: (on) => ip("link", "set", name, on ? "up" : "down"),
    remove: () => ip("netns", "delete", name),
  };
};

/** A name space; at the end of its cable stands a relay to the server, which listens on the loopback only. */
export const spaceWire = async (space: string, number: number): Promise<Wire> => {
  const { prefix, here, up } = newSpace(`${space}-${number}`, number);
  const relay = await Relay.listen(here);
  return {
    prefix,
    url: (server) => `nats://${here}:${relay.to(server)}`,
    cut: () => up(false),
    heal: () => up(true),
    // The reaper takes the name space away with everything else.
    close: () => relay.close(),
  };
};
