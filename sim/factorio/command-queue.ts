import type { ServerSettings } from "#sim/factorio/config";
import type { RconCommand } from "#sim/factorio/rcon-server";

/** Up to this length a command is one input action; a longer one is sent to all peers in segments. */
const WHOLE_CHARACTERS_MAX = 50;

/** Bytes of a long command that travel in one tick; without other peers nothing has to travel. */
const segmentBytes = (settings: ServerSettings, players: number): number => {
  if (players === 0) return Number.POSITIVE_INFINITY;
  const { minimum_segment_size: small, maximum_segment_size: large } = settings;
  const [few, many] = [settings.maximum_segment_size_peer_count, settings.minimum_segment_size_peer_count];
  if (players <= few) return large;
  if (players >= many) return small;
  return Math.round(large + ((small - large) * (players - few)) / (many - few));
};

/** Commands on their way into the game: each is run at a tick's start, a long one later than a short one sent after it. */
export class CommandQueue {
  readonly #segment: number;
  #waiting: { readonly command: RconCommand; ticks: number }[] = [];

  constructor(settings: ServerSettings, players: number) {
    this.#segment = segmentBytes(settings, players);
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(command: RconCommand): void {
    const bytes = Buffer.byteLength(command.line);
    const ticks = command.line.length <= WHOLE_CHARACTERS_MAX ? 1 : Math.max(1, Math.ceil(bytes / this.#segment));
    this.#waiting.push({ command, ticks });
  }

  /** Called once a tick: the commands to run in it. */
  due(): RconCommand[] {
    for (const entry of this.#waiting) entry.ticks -= 1;
    const due = this.#waiting.filter((entry) => entry.ticks <= 0);
    this.#waiting = this.#waiting.filter((entry) => entry.ticks > 0);
    return due.map((entry) => entry.command);
  }
}
