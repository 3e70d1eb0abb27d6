import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { messageOf, unavailable } from "#core/errors";

/** Ports of this machine, tried by binding them for a moment (an adapter: sockets). */

const LOOPBACK = "127.0.0.1";
/** A tool of the system that reads one attribute of a file. */
const GETCAP_MS_MAX = 2_000;

const bindTcp = (address: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port, host: address, exclusive: true }, () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === "object" && bound !== null ? bound.port : 0));
    });
  });

const bindUdp = (address: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind({ port, address, exclusive: true }, () => {
      const { port: bound } = socket.address();
      socket.close(() => resolve(bound));
    });
  });

const free = (bound: Promise<number>, what: string): Promise<number> =>
  bound.catch((error) => {
    throw unavailable(`no ${what}: ${messageOf(error)}`, error);
  });

export const freePorts = async (gameAddress: string): Promise<{ game: number; rcon: number }> => ({
  game: await free(bindUdp(gameAddress, 0), `UDP port can be opened on ${gameAddress}`),
  rcon: await free(bindTcp(LOOPBACK, 0), "free TCP port"),
});

const RIGHTS = new Set(["EACCES", "EPERM"]);

export const portState = async (
  kind: "game" | "rcon",
  address: string,
  port: number,
): Promise<"free" | "in-use" | "no-right"> => {
  try {
    await (kind === "game" ? bindUdp(address, port) : bindTcp(address, port));
    return "free";
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") return "in-use";
    if (code !== undefined && RIGHTS.has(code)) return "no-right";
    throw unavailable(`the port ${port} cannot be tried on ${address}: ${messageOf(error)}`, error);
  }
};

export const mayBindLow = (binary: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile("getcap", [binary], { timeout: GETCAP_MS_MAX }, (error, stdout) =>
      resolve(error === null && /cap_net_bind_service[^ ]*[=+][a-z]*e/.test(stdout)),
    );
  });
