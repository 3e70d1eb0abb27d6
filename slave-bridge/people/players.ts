import { comingIn, onlineIn } from "#bridge/people/player-line";
import {
  decodeRoster,
  EMPTY_ROSTER,
  encodeRoster,
  joined,
  left,
  lostSight,
  type Roster,
  reconciled,
  seenAt,
  stopped,
  taken,
} from "#bridge/people/roster";
import type { BridgeContext } from "#bridge/ports";
import { isClusterioError, messageOf } from "#core/errors";
import type { InstanceId } from "#core/ids";
import { encodePlayerFact } from "#core/people/facts";
import type { PlayersOnline } from "#core/people/orders";
import { subjects } from "#core/subjects";

/** How often who is there is written down while somebody is: that much a stay may be told too short when the bridge is killed. */
const SEEN_MS = 60_000;
/** A line that was missed is made good after this. */
const ASK_MS = 5 * 60_000;
/** Where no log is read: a number that does not fit is asked about no sooner. */
const COUNTED_MS = 10_000;
/** Facts at once, and how many more each second: a server whose players all leave takes a few seconds to say so. */
const BURST = 60;
const PER_SECOND = 2;

export interface PlayersPlace {
  readonly instance: InstanceId;
  /** Where the roster is kept. */
  readonly path: string;
  /** Asks the game. @throws ClusterioError when it is not there. */
  readonly ask: (command: string) => Promise<string>;
}

/** The players of one instance: read from its game's log, kept on disk, told as facts. */
export class Players {
  #roster: Roster = EMPTY_ROSTER;
  #number = 0;
  #seenAt = 0;
  #askedAt = 0;
  #asking = false;
  #telling = false;
  /** Who is there was read in the log or asked; an adopted game is asked first. */
  #sure = true;
  #room = BURST;
  #roomAt = 0;
  #lost = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: Pick<BridgeContext, "ports" | "boot" | "settings">,
    private readonly place: PlayersPlace,
  ) {}

  /** What an earlier bridge knew. `running`: its game still runs, and is asked as soon as it answers. */
  async open(running: boolean): Promise<void> {
    const { disk, journal } = this.context.ports;
    const bytes = await disk.read(this.place.path);
    if (bytes === undefined) return;
    try {
      this.#roster = decodeRoster(bytes, this.place.path);
    } catch (error) {
      if (!isClusterioError(error)) throw error;
      journal("warn", `who was online is forgotten: ${messageOf(error)}`, { instance: this.place.instance });
    }
    if (running) this.#sure = this.count === 0;
    else this.#change(lostSight(this.#roster));
  }

  get count(): number {
    return this.#roster.online.size;
  }

  online(): PlayersOnline {
    const players = [...this.#roster.online].map(([player, { since }]) => ({ player, since }));
    return { players: players.sort((a, b) => (a.player < b.player ? -1 : 1)) };
  }

  line(line: string): void {
    const coming = comingIn(line);
    if (coming === undefined) return;
    const now = this.context.ports.clock.now();
    const { player } = coming;
    if (coming.kind === "left") this.#change(left(this.#roster, player, now));
    else this.#change(joined(this.#roster, player, { session: this.#session(), now }));
  }

  /** The game answers: it is asked at the next tick. */
  connected(): void {
    this.#askedAt = 0;
  }

  /** The game said how many are there: whoever reads no log of it asks who, when that is another number than he knows. */
  counted(players = this.count): void {
    const now = this.context.ports.clock.now();
    if (players !== this.count && now - this.#askedAt >= COUNTED_MS) this.#askedAt = 0;
  }

  exited(): void {
    // Of a game that nobody asked it is not known who was there.
    if (this.#sure) this.#change(stopped(this.#roster, this.context.ports.clock.now()));
    else this.#change(lostSight(this.#roster));
    this.#sure = true;
  }

  /** `answers`: there is a game that may be asked. */
  tick(answers: boolean): void {
    const now = this.context.ports.clock.now();
    if (answers && (this.#askedAt === 0 || (this.count > 0 && now - this.#askedAt >= ASK_MS))) void this.#ask(now);
    if (answers && this.#sure && this.count > 0 && now - this.#seenAt >= SEEN_MS) {
      this.#seenAt = now;
      this.#change(seenAt(this.#roster, now));
    }
    void this.#tell(now);
  }

  async close(): Promise<void> {
    await this.#writing;
  }

  async #ask(asked: number): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#askedAt = asked;
    try {
      const names = onlineIn(await this.place.ask("/players online"));
      const { clock } = this.context.ports;
      if (names === undefined) return;
      this.#sure = true;
      this.#change(reconciled(this.#roster, names, { asked, now: clock.now(), session: () => this.#session() }));
    } catch (error) {
      // The game went away: whoever connects next asks again.
      if (!isClusterioError(error)) throw error;
    } finally {
      this.#asking = false;
    }
  }

  /** PR3 */
  async #tell(now: number): Promise<void> {
    const { bus, facts, journal } = this.context.ports;
    this.#room = Math.min(BURST, this.#room + ((now - this.#roomAt) / 1_000) * PER_SECOND);
    this.#roomAt = now;
    const count = Math.min(this.#roster.waiting.length, Math.floor(this.#room));
    if (count === 0 || this.#telling || !bus.connected()) return;
    this.#telling = true;
    try {
      const { instance } = this.place;
      const { slave } = this.context.settings;
      for (const fact of this.#roster.waiting.slice(0, count)) {
        const from = { slave, instance, boot: this.context.boot, number: ++this.#number };
        facts.publish(subjects.playerEvent(slave, instance, fact.type), encodePlayerFact(from, now, fact));
      }
      await bus.flush();
      this.#room -= count;
      this.#change(taken(this.#roster, count));
      if (this.#roster.lost > this.#lost) {
        this.#lost = this.#roster.lost;
        journal("warn", `${this.#lost} comings and goings of players were never told: too many at once`, { instance });
      }
    } catch (error) {
      // The connection broke: they are told again, and counted once.
      if (!isClusterioError(error)) throw error;
    } finally {
      this.#telling = false;
    }
  }

  #session(): string {
    return `${this.context.boot}-${++this.#number}`;
  }

  #change(next: Roster): void {
    if (next === this.#roster) return;
    this.#roster = next;
    const { disk, journal } = this.context.ports;
    // The next one has it all; until then a kill of the bridge tells a stay too short.
    this.#writing = this.#writing
      .then(() => disk.write(this.place.path, encodeRoster(this.#roster)))
      .catch((error) => journal("warn", `${this.place.instance}: who plays is not on disk: ${messageOf(error)}`));
  }
}
