import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { freePorts, mayBindLow, portState } from "#bridge/game/adapters/network";

/** On this machine's own sockets. */
const LOOPBACK = "127.0.0.1";

test("a port is free until somebody listens, by its own protocol", async () => {
  const { game, rcon } = await freePorts(LOOPBACK);
  expect([await portState("game", LOOPBACK, game), await portState("rcon", LOOPBACK, rcon)]).toEqual(["free", "free"]);
  const udp = createSocket("udp4");
  await new Promise<void>((resolve) => udp.bind(game, LOOPBACK, () => resolve()));
  const tcp = createServer();
  await new Promise<void>((resolve) => tcp.listen(rcon, LOOPBACK, () => resolve()));
  try {
    expect(await portState("game", LOOPBACK, game)).toBe("in-use");
    expect(await portState("game", "0.0.0.0", game)).toBe("in-use");
    expect(await portState("rcon", LOOPBACK, rcon)).toBe("in-use");
  } finally {
    udp.close();
    tcp.close();
  }
});

test("an address that is not this machine's is said, and a program without the right has none", async () => {
  await expect(portState("game", "203.0.113.7", 34_197)).rejects.toMatchObject({ code: "unavailable" });
  expect(await mayBindLow("/nowhere/factorio")).toBe(false);
});
