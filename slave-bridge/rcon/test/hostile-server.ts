import { createServer, type Server, type Socket } from "node:net";

/** An RCON server as a test wants it: modelled on Factorio (one reply frame of any size per command), at worst behaviour. */
export interface Peer {
  readonly socket: Socket;
  /** A reply to the command with this id. */
  reply(id: number, text: string, type?: number): void;
  /** The same, in chunks that arrive one by one as far as TCP lets a sender decide. */
  replyInChunks(id: number, text: string, chunkBytes: number): Promise<void>;
}

export interface Packet {
  readonly id: number;
  readonly type: number;
  readonly text: string;
}

export interface Behaviour {
  /** Answers the log-in; by default as the game does. */
  readonly onLogin?: (packet: Packet, peer: Peer) => void;
  /** By default echoes the command. */
  readonly onCommand?: (packet: Packet, peer: Peer) => void;
}

export interface HostileServer {
  readonly port: number;
  /** Commands in the order of their arrival. */
  readonly commands: string[];
  /** Resolves when so many connections have closed. */
  connectionsClosed(count: number): Promise<void>;
  stop(): Promise<void>;
}

export const PASSWORD = "correct horse";
export const [RESPONSE_VALUE, AUTH_RESPONSE, LOGIN] = [0, 2, 3];

export const frameOf = (id: number, type: number, text: string): Buffer => {
  const body = Buffer.from(text);
  const frame = Buffer.alloc(14 + body.length);
  frame.writeInt32LE(10 + body.length, 0);
  frame.writeInt32LE(id, 4);
  frame.writeInt32LE(type, 8);
  body.copy(frame, 12);
  return frame;
};

const peerOf = (socket: Socket): Peer => ({
  socket,
  reply: (id, text, type = RESPONSE_VALUE) => void socket.write(frameOf(id, type, text)),
  async replyInChunks(id, text, chunkBytes) {
    const frame = frameOf(id, RESPONSE_VALUE, text);
    for (let at = 0; at < frame.length; at += chunkBytes) {
      socket.write(frame.subarray(at, at + chunkBytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
});

const logIn = ({ id, text }: Packet, peer: Peer) => peer.reply(text === PASSWORD ? id : -1, "", AUTH_RESPONSE);
const echo = ({ id, text }: Packet, peer: Peer) => peer.reply(id, text);

export const startServer = async ({ onLogin = logIn, onCommand = echo }: Behaviour = {}): Promise<HostileServer> => {
  const commands: string[] = [];
  const open = new Set<Socket>();
  let closed = 0;
  const waiting: { count: number; resolve: () => void }[] = [];
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.on("close", () => {
      open.delete(socket);
      closed++;
      for (const { count, resolve } of waiting) if (closed >= count) resolve();
    });
    const peer = peerOf(socket);
    let bytes: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readInt32LE(0)) {
        const size = 4 + bytes.readInt32LE(0);
        const packet = {
          id: bytes.readInt32LE(4),
          type: bytes.readInt32LE(8),
          text: bytes.toString("utf8", 12, size - 2),
        };
        bytes = bytes.subarray(size);
        if (packet.type === LOGIN) onLogin(packet, peer);
        else {
          commands.push(packet.text);
          onCommand(packet, peer);
        }
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    commands,
    connectionsClosed: (count) =>
      new Promise((resolve) => {
        if (closed >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};
