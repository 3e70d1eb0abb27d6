import type { AttachConfig } from "#bridge/attached/folder";
import { Attachment, type AttachmentHands } from "#bridge/instance/attachment";
import { refused } from "#core/errors";

export interface AttachingHands extends AttachmentHands {
  readonly instance: string;
  /** What its configuration says. */
  wanted(): AttachConfig | undefined;
  /** A game of the bridge's own runs in its folder: it is ended by its operator first. */
  occupied(): boolean;
  /** Another server, or none, or it answers or does not. */
  changed(): void;
  /** An operator wants a session that was given up to be begun anew. */
  restart(): void;
}

/**
 * Which server an instance is attached to: the one of its configuration, unless a game of the bridge's own runs, or the world link
 * gave it up.
 *
 * AT3 a server that the link gave up (a twin, not ours any more) is let go of, since it cannot be stopped: its lease ends within a
 *     minute. It is taken up again when an operator says `start`, or by another configuration.
 */
export class Attaching {
  #current: Attachment | undefined;
  #givenUp: string | undefined;

  constructor(private readonly hands: AttachingHands) {}

  get current(): Attachment | undefined {
    return this.#current;
  }

  /** The configuration may be another one, or a game of its own may have ended. */
  follow(): void {
    const { hands } = this;
    const wanted = hands.wanted();
    const text = textOf(wanted);
    if (text === textOf(this.#current?.config) || text === this.#givenUp || hands.occupied()) return;
    this.#close();
    this.#givenUp = undefined;
    if (wanted !== undefined) {
      const attachment = new Attachment(wanted, {
        ...hands,
        connected: (rcon) => {
          hands.connected(rcon);
          hands.changed();
        },
        lost: () => {
          hands.lost();
          hands.changed();
        },
      });
      this.#current = attachment;
    }
    hands.changed();
  }

  /** AT3 */
  giveUp(): void {
    this.#givenUp = textOf(this.#current?.config);
    this.#close();
    this.hands.changed();
  }

  /** What "start" means here; false when the bridge runs the game. @throws ClusterioError `refused` when it is attached already. */
  start(): boolean {
    if (this.hands.wanted() === undefined || this.hands.occupied()) return false;
    if (this.#givenUp === undefined) this.refuse();
    this.#givenUp = undefined;
    this.hands.restart();
    this.follow();
    return true;
  }

  /** @throws ClusterioError `refused` */
  refuse(): void {
    if (this.#current !== undefined) throw refused(`${this.hands.instance} ${this.#current.refusal}`);
  }

  /** Without the password of its RCON. */
  clean(text: string): string {
    return this.#current?.clean(text) ?? text;
  }

  close(): void {
    this.#current?.close();
  }

  #close(): void {
    if (this.#current === undefined) return;
    this.#current.close();
    this.#current = undefined;
    this.hands.lost();
  }
}

const textOf = (config: AttachConfig | undefined): string => (config === undefined ? "" : JSON.stringify(config));
