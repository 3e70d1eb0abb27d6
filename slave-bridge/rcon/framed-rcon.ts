/**
 * rcon-ts 1.2.3 with what it lacks: as published it takes each chunk of the stream for one whole packet (and throws in the
 * socket's handler when it isn't), lets any packet log it in, and forgets its requests when the connection breaks. This
 * subclass feeds it whole, expected packets only, and settles what is under way when the socket closes.
 */
import type { Socket } from "node:net";
import { RconError as Broken, Rcon, type RconConfig } from "rcon-ts";
import { frameCutter } from "#bridge/rcon/frames";

const AUTH_RESPONSE = 2;
const RESPONSE_VALUE = 0;
const REFUSED_ID = -1;
/** rcon-ts sets one timer a request; ours are the ones that count, so its are as long as timers get. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The private fields that the repair needs; the only place that knows them. */
interface Inside {
  readonly _authPacketId: number;
  readonly _callbacks: Map<number, (text: string | null, error?: Error) => void>;
  _socket: Socket | undefined;
  _state: number;
}
const inside = (rcon: Rcon): Inside => rcon as unknown as Inside;
const DISCONNECTED = 0;

export class FramedRcon extends Rcon {
  /** Why a log-in failed: the server said no, rather than nothing. */
  passwordRefused = false;
  /** Set once the socket has closed. */
  closedBecause: string | undefined;
  /** Resolves when the socket has closed. */
  readonly closed: Promise<string>;
  #settleClosed: (reason: string) => void = () => {};
  #socket: Socket | undefined;
  readonly #cutter = frameCutter();

  constructor(config: Pick<RconConfig, "host" | "port" | "password">) {
    super({ ...config, timeout: TIMER_MS_MAX });
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  override connect(): Promise<Rcon> {
    const connecting = super.connect();
    const socket = inside(this)._socket;
    if (socket !== undefined && this.#socket === undefined) {
      this.#socket = socket;
      socket.setNoDelay(true);
      // One "end" listener a request; their number is bounded by REQUESTS_MAX.
      socket.setMaxListeners(0);
      // rcon-ts's own would take all listeners off a socket that can still fail.
      socket.removeAllListeners("end");
      socket.once("close", () => this.#onClosed(this.errors.at(-1)?.message ?? "the server ended the connection"));
    }
    return connecting;
  }

  override _handleResponse(chunk: Buffer): void {
    try {
      for (const { id, type, bytes } of this.#cutter.push(chunk)) {
        if (this.#isExpected(id, type)) super._handleResponse(bytes);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#socket?.destroy(error);
    }
  }

  /** Ends the connection at once, in whatever state it is. */
  abandon(reason: string): void {
    this.#socket?.destroy();
    this.#onClosed(reason);
  }

  /** A log-in is answered by AUTH_RESPONSE only, a command by RESPONSE_VALUE only; rcon-ts drops ids that it doesn't know. */
  #isExpected(id: number, type: number): boolean {
    const loggingIn = !Number.isNaN(inside(this)._authPacketId);
    if (loggingIn && type === AUTH_RESPONSE && id === REFUSED_ID) this.passwordRefused = true;
    return type === (loggingIn ? AUTH_RESPONSE : RESPONSE_VALUE);
  }

  #onClosed(reason: string): void {
    if (this.closedBecause !== undefined) return;
    this.closedBecause = reason;
    const self = inside(this);
    self._state = DISCONNECTED;
    self._socket = undefined;
    // Each takes itself out of the map and stops its timer.
    for (const settle of [...self._callbacks.values()]) settle(null, new Broken(reason));
    this.#settleClosed(reason);
  }
}
