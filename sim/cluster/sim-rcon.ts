import type { RconConnection } from "#bridge/game/port";
import { unavailable } from "#core/errors";
import { type Clock, pause } from "#core/ports/clock";
import type { Machine } from "#sim/cluster/machine";
import type { Weather } from "#sim/cluster/weather";

/**
 * One RCON connection from a bridge to a game: commands may be slow, overtake each other, or end with the connection. What is
 * under way when that ends, the game may carry out all the same, perhaps after commands of the next connection.
 */
export class SimRcon implements RconConnection {
  #open = true;
  readonly #fail = new Set<() => void>();

  constructor(
    private readonly machine: Machine,
    private readonly clock: Clock,
    private readonly weather: Weather,
    /** The game's reply, undefined when the game is gone. */
    private readonly command: (text: string) => string | undefined,
    private readonly onClosed: () => void,
    /** The bridge has the game's reply. */
    private readonly onReply: (command: string, reply: string) => void = () => {},
  ) {}

  send(command: string, timeoutMs = 10_000): Promise<string> {
    const sent = new Promise<string>((resolve, reject) => {
      const fail = () => reject(unavailable("the connection is gone"));
      if (!this.#open) return fail();
      this.#fail.add(fail);
      let inTime = true;
      const cancel = this.clock.after(timeoutMs, () => {
        inTime = false;
        reject(unavailable("no answer in time"));
      });
      void this.#carry(command).then((reply) => {
        this.#fail.delete(fail);
        cancel();
        if (reply === undefined) return fail();
        if (inTime) this.machine.run(() => this.onReply(command, reply));
        resolve(reply);
      });
    });
    return this.machine.hold(sent);
  }

  async #carry(command: string): Promise<string | undefined> {
    const { ms, backMs, breaks, outlives } = this.weather.rcon();
    await pause(this.clock, ms);
    if (!this.#open) {
      if (outlives && this.command(command) !== undefined) this.weather.count("command outlives its connection");
      return undefined;
    }
    if (breaks === "before") {
      this.close();
      return undefined;
    }
    const reply = this.command(command);
    if (breaks === "after" || reply === undefined) {
      this.close();
      return undefined;
    }
    if (backMs > 0) await pause(this.clock, backMs);
    return this.#open ? reply : undefined;
  }

  /** Also when the game is gone. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const fail of this.#fail) fail();
    this.#fail.clear();
    queueMicrotask(() => this.machine.run(this.onClosed));
  }
}
