import { connect, type Socket } from "node:net";
import { AUTH, EXECUTE, encodeFrame, type Frame, FrameReader } from "#sim/factorio/rcon-frames";

/** RCON from the client's side, frame by frame. */
export class RconClient {
  readonly socket: Socket;
  readonly #reader = new FrameReader();
  readonly #frames: Frame[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #id = 0;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("close", () => {
      this.#closed = true;
      this.#wake?.();
    });
    this.socket.on("data", (chunk) => {
      this.#frames.push(...(this.#reader.push(chunk) ?? []));
      this.#wake?.();
    });
  }

  /** A client that has given the right password. */
  static async open(port: number, password = "pw"): Promise<RconClient> {
    const client = new RconClient(port);
    const reply = await client.request(AUTH, password);
    if (!reply || reply.id === -1) throw new Error("refused");
    return client;
  }

  send(type: number, body: string): number {
    this.#id += 1;
    this.socket.write(encodeFrame({ id: this.#id, type, body }));
    return this.#id;
  }

  /** The next frame; undefined when the connection ended. */
  async next(): Promise<Frame | undefined> {
    while (this.#frames.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#frames.shift();
  }

  async request(type: number, body: string): Promise<Frame | undefined> {
    this.send(type, body);
    return await this.next();
  }

  async command(line: string): Promise<string | undefined> {
    return (await this.request(EXECUTE, line))?.body;
  }
}
