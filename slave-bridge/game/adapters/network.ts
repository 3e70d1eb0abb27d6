import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { messageOf, unavailable } from "#core/errors";

/** Free ports, found by binding them for a moment (an adapter: sockets). */

const LOOPBACK = "127.0.0.1";

const freeTcp = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => reject(unavailable(`no free TCP port: ${messageOf(error)}`, error)));
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const freeUdp = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", (error) =>
      reject(unavailable(`no UDP port can be opened on ${address}: ${messageOf(error)}`, error)),
    );
    socket.bind(0, address, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

export const freePorts = async (gameAddress: string): Promise<{ game: number; rcon: number }> => ({
  game: await freeUdp(gameAddress),
  rcon: await freeTcp(),
});
