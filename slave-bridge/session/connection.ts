import type { RconConnection } from "#bridge/game/port";
import { type Compose, Pipe } from "#bridge/rcon/pipe";
import type { Rank } from "#bridge/rcon/turns";
import { isClusterioError } from "#core/errors";
import type { Clock } from "#core/ports/clock";

/** The game answers at the next tick; a save may take seconds. */
const REPLY_MS_MAX = 10_000;

export interface ConnectionHands {
  readonly clock: Clock;
  /** The game said that it is busy saving: silence is no fault. */
  saving(): boolean;
  /** A command was answered. */
  answered(): void;
  /** A command was not answered: the connection is closed. */
  failed(message: string): void;
}

/**
 * The RCON connection to one game, while there is one, and the pipe in which commands wait for their turn.
 *
 * E2 a reply counts only for the connection and the token that it was asked with: one of an earlier connection is none.
 * E6 what goes into the game goes by the connection's pipe: in its turn, within what the server takes in.
 */
export class Connection {
  #rcon: RconConnection | undefined;
  #pipe: Pipe | undefined;
  /** Milliseconds from the last command to its reply. */
  #latencyMs: number | undefined;
  #sent = 0;

  constructor(private readonly hands: ConnectionHands) {}

  get isOpen(): boolean {
    return this.#rcon !== undefined;
  }

  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  /** Commands that had their turn so far. */
  get sent(): number {
    return this.#sent;
  }

  open(rcon: RconConnection): void {
    this.#rcon = rcon;
    this.#pipe = new Pipe(this.hands.clock, (command) => this.#send(rcon, command));
  }

  /** It is no more: who waits for a turn or a reply gets none. */
  closed(): void {
    this.#rcon = undefined;
    this.#pipe?.close();
    this.#pipe = undefined;
  }

  /** Hangs up; the next connection begins a session. */
  hangUp(): void {
    this.#rcon?.close();
  }

  /** The game takes in so many bytes a second. */
  paced(bytesPerSecond: number): void {
    this.#pipe?.paced(bytesPerSecond);
  }

  /** The reply to a command that is composed when its turn comes; undefined when there is none. */
  async ask(rank: Rank, compose: Compose): Promise<string | undefined> {
    return this.#pipe?.ask(rank, compose);
  }

  /** Resolves when so many bytes may be sent past the pipe; false when there is no connection. */
  async turn(rank: Rank, bytes: number): Promise<boolean> {
    const turn = (await this.#pipe?.turn(rank, bytes)) ?? false;
    if (turn) this.#sent++;
    return turn;
  }

  async #send(rcon: RconConnection, command: string): Promise<string | undefined> {
    const { clock, saving, failed } = this.hands;
    const sentAt = clock.now();
    this.#sent++;
    try {
      const reply = await rcon.send(command, REPLY_MS_MAX);
      this.#latencyMs = clock.now() - sentAt;
      if (rcon === this.#rcon) this.hands.answered();
      return rcon === this.#rcon ? reply : undefined;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      if (rcon === this.#rcon && !saving()) {
        failed(`${command.split(" ")[0]}: ${error.message}`);
        rcon.close();
      }
      return undefined;
    }
  }
}
