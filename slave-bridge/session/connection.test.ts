import type { RconConnection } from "#bridge/game/port";
import { Connection } from "#bridge/session/connection";
import { unavailable } from "#core/errors";
import { ManualClock } from "#core/ports/memory/manual-clock";

/** One game's connection: whose replies count, and who waits for nothing when it is gone (E2, E6). */

interface Sent {
  readonly command: string;
  reply(text: string): void;
  fail(error: Error): void;
}

class Rcon implements RconConnection {
  readonly sent: Sent[] = [];
  isClosed = false;

  send(command: string): Promise<string> {
    return new Promise((reply, fail) => void this.sent.push({ command, reply, fail }));
  }

  close(): void {
    this.isClosed = true;
  }
}

const scene = () => {
  const clock = new ManualClock();
  const failures: string[] = [];
  const game = { saving: false };
  const failed = (message: string) => void failures.push(message);
  const hands = { clock, saving: () => game.saving, answered: () => {}, failed };
  const connection = new Connection(hands);
  const connect = () => {
    const rcon = new Rcon();
    connection.open(rcon);
    return rcon;
  };
  return { clock, connection, connect, failures, game };
};

test("E2: what is said on an earlier connection is no reply, and its silence ends nothing", async () => {
  const { connection, connect, failures } = scene();
  const first = connect();
  const asked = [connection.ask("delivery", () => "/a"), connection.ask("delivery", () => "/b")];
  connection.closed();
  const second = connect();
  const asks = connection.ask("delivery", () => "/c");
  first.sent[0]!.reply("late");
  first.sent[1]!.fail(unavailable("nothing came"));
  expect(await Promise.all(asked)).toEqual([undefined, undefined]);
  second.sent[0]!.reply("in time");
  expect(await asks).toBe("in time");
  expect([failures, first.isClosed, second.isClosed]).toEqual([[], false, false]);
});

test("E6: when the connection ends, who waits for a turn gets none; without one there is none", async () => {
  const { clock, connection, connect } = scene();
  expect([connection.isOpen, await connection.ask("level", () => "/a")]).toEqual([false, undefined]);
  expect(await connection.turn("command", 10)).toBe(false);
  const rcon = connect();
  connection.paced(1_500);
  void connection.ask("delivery", () => "x".repeat(1_500));
  const waiting = Promise.all([connection.ask("delivery", () => "/a"), connection.turn("command", 10)]);
  expect(connection.isOpen).toBe(true);
  connection.closed();
  expect(await waiting).toEqual([undefined, false]);
  clock.advance(60_000);
  expect([connection.isOpen, rcon.sent.length]).toEqual([false, 1]);
});

test("silence closes the connection and says which command it was, not what stood in it; a game that saves may be silent", async () => {
  const { connection, connect, failures, game } = scene();
  const rcon = connect();
  const silence = async (isSaving: boolean) => {
    game.saving = isSaving;
    const asked = connection.ask("delivery", () => "/cm abcd a word to others");
    rcon.sent.at(-1)!.fail(unavailable("nothing came"));
    expect(await asked).toBeUndefined();
  };
  await silence(true);
  expect([failures, rcon.isClosed]).toEqual([[], false]);
  await silence(false);
  expect([failures, rcon.isClosed]).toEqual([["/cm: nothing came"], true]);
});

test("a bug is no silence", async () => {
  const { connection, connect } = scene();
  const rcon = connect();
  const asked = connection.ask("delivery", () => "/a");
  rcon.sent[0]!.fail(new TypeError("a bug"));
  await expect(asked).rejects.toThrow("a bug");
});

test("how long a reply took is known", async () => {
  const { clock, connection, connect } = scene();
  const rcon = connect();
  expect(connection.latencyMs).toBeUndefined();
  const asked = connection.ask("delivery", () => "/a");
  clock.advance(30);
  rcon.sent[0]!.reply("yes");
  await asked;
  expect(connection.latencyMs).toBe(30);
});
