import { type Complaint, decodeLease, tagOf } from "#bridge/game-protocol";

/** What waits for one game to take it in: a second of the whole cluster's talk, beyond which it is no talk any more. */
export const WAITING_MAX = 100;

/** A message for this instance. */
export interface Incoming {
  readonly slave: string;
  readonly from: string;
  readonly channel: string;
  readonly data: string;
  /** To this instance alone. */
  readonly direct: boolean;
}

export interface MailboxHands {
  /** The reply to a command, undefined when there is none. */
  ask(command: string): Promise<string | undefined>;
  complain(complaint: Complaint): void;
  /** A message could not be handed over. */
  dropped(): void;
}

/**
 * Hands messages to one game.
 *
 * MB1 one command is under way at a time: a game that takes in little gets them in the order in which they came.
 * MB2 a message is handed over once at most: its number is used up with the try, and the mod drops one that is not above the last.
 * MB3 what is more than WAITING_MAX is dropped when it comes, and all of it when the session ends.
 */
export class Mailbox {
  #token = "";
  #number = 0;
  #waiting: Incoming[] = [];
  #handing = false;

  constructor(private readonly hands: MailboxHands) {}

  /** From now on what comes goes to this session of the game. */
  open(token: string): void {
    if (token === this.#token) return;
    this.close();
    this.#token = token;
  }

  close(): void {
    this.#token = "";
    this.#number = 0;
    this.#waiting = [];
    this.#handing = false;
  }

  receive(message: Incoming): void {
    if (this.#token === "") return;
    if (this.#waiting.length >= WAITING_MAX) return this.hands.dropped();
    this.#waiting.push(message);
    void this.#hand();
  }

  async #hand(): Promise<void> {
    if (this.#handing) return;
    this.#handing = true;
    const token = this.#token;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const reply = await this.hands.ask(commandFor(token, ++this.#number, next));
      if (token !== this.#token) return;
      if (reply !== undefined) this.#replied(reply);
      if (token !== this.#token) return;
    }
    this.#handing = false;
  }

  #replied(reply: string): void {
    const decoded = decodeLease(reply);
    if (decoded.kind === "tick") return;
    if (decoded.code === "wrong-token") return this.hands.complain(decoded);
    this.hands.dropped();
  }
}

const commandFor = (token: string, n: number, { slave, from, channel, data, direct }: Incoming): string =>
  `/cm ${tagOf(token)} ${JSON.stringify({ n, slave, from, channel, data, ...(direct ? { direct } : {}) })}`;
