import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";
import { messageOf, unavailable } from "#core/errors";

/** What `/healthz` says: 200 while healthy (leading or standing by), 503 otherwise. */
export interface Health {
  readonly healthy: boolean;
  readonly role: "leader" | "standby" | "halted";
  readonly connected: boolean;
  /** Why it is halted. */
  readonly problem?: string;
}

/** A projector that has lost its broker, or is halted, is not healthy. */
export const healthOf = (
  connected: boolean,
  { leading, problem }: { readonly leading: boolean; readonly problem: string | undefined },
): Health => {
  if (problem !== undefined) return { healthy: false, role: "halted", connected, problem };
  return { healthy: connected, role: leading ? "leader" : "standby", connected };
};

/** Serves `/metrics` and `/healthz` on a loopback port (0 chooses a free one). @throws `unavailable` when it is taken. */
export const serveHttp = async (
  address: { readonly host: string; readonly port: number },
  of: { readonly registry: Registry; readonly health: () => Health },
): Promise<{ readonly server: Server; readonly port: number }> => {
  const server = createServer(async (request, response) => {
    if (request.method !== "GET") return void response.writeHead(405).end();
    if (request.url === "/metrics") {
      response.writeHead(200, { "Content-Type": of.registry.contentType }).end(await of.registry.metrics());
    } else if (request.url === "/healthz") {
      const health = of.health();
      response
        .writeHead(health.healthy ? 200 : 503, { "Content-Type": "application/json" })
        .end(JSON.stringify(health));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        unavailable(
          `cannot serve HTTP on ${address.host}:${address.port}: ${messageOf(error)}. Choose another --http`,
          error,
        ),
      ),
    );
    server.listen(address.port, address.host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
};
