import { type Cast, giveGame, takeGame } from "#sim/cluster/lua-games";
import type { Game } from "#sim/factorio/game";

/** Where a real world runs: what of a game the simulation uses. */
export interface Seat extends Pick<Game, "openContent" | "content" | "rcon" | "tick" | "drain" | "eval"> {
  /** Nobody needs it any more. */
  release(): void;
}

/** One server. */
export const alone = (cast: Cast): Seat => {
  const game = takeGame(cast);
  return {
    openContent: (content) => game.openContent(content),
    content: () => game.content(),
    rcon: (line) => game.rcon(line),
    tick: (count) => game.tick(count),
    drain: () => game.drain(),
    eval: (code) => game.eval(code),
    release: () => giveGame(cast, game),
  };
};

/** Each peer walks through tables in an order of its own: what then differs would be a desync. */
const SERVER_ORDER = 7;
const CLIENT_ORDER = 11;

const MODS = ["clusterio", "sim-hands"];

/**
 * A server and a client that is given the same commands and ticks, as in a multiplayer game. A new client joins from every
 * save that the server writes; after each command both must hold the same `storage`.
 * @throws Error when they don't: the game would throw the client out as desynced.
 */
export const lockstep = (cast: Cast): Seat => {
  const [serverCast, clientCast] = [
    { ...cast, order: SERVER_ORDER },
    { ...cast, order: CLIENT_ORDER, client: true },
  ];
  const [server, client] = [takeGame(serverCast), takeGame(clientCast)];
  const compare = (after: string): void => {
    for (const mod of MODS) {
      const [ours, theirs] = [server.storageText(mod), client.storageText(mod)];
      if (ours !== theirs) throw new Error(`desync of ${mod} after ${after}:\nserver ${ours}\nclient ${theirs}`);
    }
  };
  return {
    openContent: (content) => {
      server.openContent(content);
      client.openContent(content);
    },
    content: () => {
      compare("a save");
      const content = server.content();
      client.openContent(content);
      compare("a client joined");
      return content;
    },
    rcon: (line) => {
      const reply = server.rcon(line);
      client.rcon(line);
      compare(line);
      return reply;
    },
    tick: (count) => {
      client.tick(count);
      return server.tick(count);
    },
    drain: () => {
      client.drain();
      return server.drain();
    },
    eval: (code) => server.eval(code),
    release: () => {
      giveGame(serverCast, server);
      giveGame(clientCast, client);
    },
  };
};
