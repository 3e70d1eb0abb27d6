import type { AttachConfig } from "#bridge/attached/folder";
import type { Network, RconConnection } from "#bridge/game/port";
import { readSecret, secretPath } from "#bridge/instance/secrets";
import { isClusterioError, messageOf } from "#core/errors";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";

/**
 * A server that the bridge does not run: only its RCON, at an address of the configuration. It is tried for ever, and started,
 * stopped and saved by whoever runs it.
 *
 * AT1 there is at most one connection, and its loss is told once.
 * AT2 after a failure it is tried again after a growing pause; what is wrong is told, and taken back with the next connection.
 */
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 30_000;

export interface AttachmentHands {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly network: Pick<Network, "connectRcon">;
  /** The bridge's folder. */
  readonly dir: string;
  connected(rcon: RconConnection): void;
  lost(): void;
  alarm(message: string | undefined): void;
}

export class Attachment {
  rcon: RconConnection | undefined;
  #password = "";
  #pauseMs = PAUSE_MS_MIN;
  #closed = false;
  #cancel = () => {};

  constructor(
    readonly config: AttachConfig,
    private readonly hands: AttachmentHands,
  ) {
    void this.#try();
  }

  get phase(): "running" | "backing-off" {
    return this.rcon === undefined ? "backing-off" : "running";
  }

  /** Why nobody here starts or ends it. */
  get refusal(): string {
    const { host, port } = this.config;
    return `is attached (RCON at ${host}:${port}): its bridge does not run it, so start and end it where it runs; everything else works`;
  }

  clean(text: string): string {
    return this.#password === "" ? text : text.replaceAll(this.#password, "[secret]");
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.rcon?.close();
    this.rcon = undefined;
  }

  async #try(): Promise<void> {
    const { host, port, passwordFile } = this.config;
    const { disk, dir } = this.hands;
    let closedEarly = false;
    try {
      this.#password = await readSecret(disk, secretPath(dir, passwordFile), "attach.passwordFile");
      const rcon = await this.hands.network.connectRcon({ host, port, password: this.#password }, () => {
        if (this.rcon === undefined) closedEarly = true;
        else this.#lost();
      });
      if (this.#closed) return rcon.close();
      this.rcon = rcon;
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      return this.#failed(messageOf(error));
    }
    this.#pauseMs = PAUSE_MS_MIN;
    this.hands.alarm(undefined);
    this.hands.connected(this.rcon);
    if (closedEarly) this.#lost();
  }

  #failed(message: string): void {
    if (this.#closed) return;
    const { host, port } = this.config;
    this.hands.alarm(`the attached server does not answer at ${host}:${port}: ${this.clean(message)}`);
    this.#again();
  }

  #lost(): void {
    if (this.rcon === undefined) return;
    this.rcon = undefined;
    this.hands.lost();
    this.#again();
  }

  #again(): void {
    this.#cancel = this.hands.clock.after(this.#pauseMs, () => void this.#try());
    this.#pauseMs = Math.min(PAUSE_MS_MAX, 2 * this.#pauseMs);
  }
}
