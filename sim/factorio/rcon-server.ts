import { createServer, type Server, type Socket } from "node:net";
import { AUTH, AUTH_REPLY, EXECUTE, encodeFrame, type Frame, FrameReader, RESPONSE } from "#sim/factorio/rcon-frames";

export interface RconCommand {
  readonly line: string;
  reply(text: string): void;
}

/** The game's own limit. */
const CONNECTIONS_MAX = 128;

/**
 * The RCON interface: many connections, each must give the password first. A wrong one is answered with id -1; an empty
 * command is never answered.
 */
export class RconServer {
  readonly #password: string;
  readonly #onCommand: (command: RconCommand) => void;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(password: string, onCommand: (command: RconCommand) => void) {
    this.#password = password;
    this.#onCommand = onCommand;
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** Resolves with the port; rejects when it can't be bound. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroySoon();
  }

  #serve(socket: Socket): void {
    const frames = new FrameReader();
    let authenticated = false;
    const send = (frame: Frame) => {
      if (socket.writable) socket.write(encodeFrame(frame));
    };
    const handle = ({ id, type, body }: Frame) => {
      if (type === AUTH) {
        authenticated = body === this.#password && this.#password !== "";
        send({ id: authenticated ? id : -1, type: AUTH_REPLY, body: "" });
      } else if (!authenticated) socket.destroy();
      else if (type === EXECUTE && body !== "") {
        this.#onCommand({ line: body, reply: (text) => send({ id, type: RESPONSE, body: text }) });
      }
    };
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("data", (chunk) => {
      const complete = frames.push(chunk);
      if (!complete) return socket.destroy();
      for (const frame of complete) handle(frame);
    });
  }
}
