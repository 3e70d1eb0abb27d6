import { z } from "zod";
import { guarded } from "#bridge/attached/guarded";
import type { ClusterLists } from "#bridge/people/cluster-lists";
import { fileWith, type Members, membersIn } from "#bridge/people/list-files";
import { atStart, doneInGame, type OneList, orders } from "#bridge/people/list-sync";
import type { Ports } from "#bridge/ports";
import { isClusterioError } from "#core/errors";
import { canonicalJson, decodeFile } from "#core/events/codec";
import * as shape from "#core/events/shapes";
import type { InstanceId } from "#core/ids";
import { LIST_NAMES, type ListModes, type ListName } from "#core/people/lists";

/**
 * One game's lists: written before its start, compared while it runs.
 *
 * GL1 one look after the other: what was ordered is in the files before they are read again, or not taken for a player's doing within
 *     ECHO_MS.
 * GL2 what was done while no bridge looked counts as of when it looked last, so that it does not outrank what was said since.
 * GL3 files of a server that the bridge does not run may be gone with their mount, and another configuration names other ones: a file that
 *     was there and is not is no empty list, and what was seen in one place says nothing of another.
 */

const LOOK_MS = 2_000;
/** A game that writes its file later than it answers does so within this. */
const ECHO_MS = 10_000;
/** An order that changed nothing (a whitelist that is off) is given again no sooner. */
const AGAIN_MS = 60_000;
/** At one look: what a game is told at once must leave it time to play. */
const ORDERS_MAX = 50;
const SEEN_MS = 60_000;

export const listPaths = (folder: string): Readonly<Record<ListName, string>> => ({
  admins: `${folder}/server-adminlist.json`,
  bans: `${folder}/server-banlist.json`,
  whitelist: `${folder}/server-whitelist.json`,
});

/** For the game's command line. */
export const listArguments = (folder: string, modes: ListModes): string[] => {
  const { admins, bans, whitelist } = listPaths(folder);
  return [
    ...["--server-adminlist", admins, "--server-banlist", bans, "--server-whitelist", whitelist],
    ...(modes.whitelist === "off" ? [] : ["--use-server-whitelist"]),
  ];
};

const names = z.array(z.string());
const file = z.object({
  v: z.literal(1),
  at: shape.count,
  /** Which files were looked at, where these are not the instance's own. */
  of: z.string().exactOptional(),
  seen: z.object({ admins: names, bans: names, whitelist: names }).partial(),
});

/** What is asked and told of the cluster's lists here. */
type Cluster = Pick<ClusterLists, "known" | "lists" | "say">;

export interface GameListsPlace {
  readonly instance: InstanceId;
  readonly slave: string;
  readonly folder: string;
  readonly modes: () => ListModes;
  /** Where the files of a server are that the bridge does not run; undefined: in the folder. */
  readonly elsewhere: () => string | undefined;
  /** @throws ClusterioError when the game is not there. */
  readonly ask: (line: string) => Promise<string>;
}

export class GameLists {
  #seen: Partial<Record<ListName, Members>> = {};
  #seenAt = 0;
  #opened = false;
  #lookedAt = 0;
  #looking = false;
  readonly #ordered = new Map<string, number>();
  /** Whose files were seen. */
  #of: string | undefined;

  constructor(
    private readonly ports: Pick<Ports, "disk" | "clock">,
    private readonly cluster: Cluster | undefined,
    private readonly place: GameListsPlace,
  ) {}

  get #files(): Readonly<Record<ListName, string>> {
    return listPaths(this.place.elsewhere() ?? this.place.folder);
  }

  get #path(): string {
    return `${this.place.folder}/lists-seen.json`;
  }

  /** Before a start: what was done since the last look is said, then the files hold what the cluster says. */
  async prepare(): Promise<void> {
    const { cluster } = this;
    if (cluster === undefined || !cluster.known || !this.#active()) return;
    await this.#take(cluster);
    for (const list of LIST_NAMES) {
      const one = await this.#one(list);
      if (one === undefined || one.mode === "off") continue;
      const members = atStart(one, cluster.lists);
      await this.ports.disk.write(
        this.#files[list],
        fileWith(list, members, await this.ports.disk.read(this.#files[list])),
      );
      this.#seen[list] = members;
    }
    await this.#keep();
  }

  /** While its game runs and answers. */
  tick(): void {
    const { cluster } = this;
    const now = this.ports.clock.now();
    if (cluster === undefined || !cluster.known || this.#looking || now - this.#lookedAt < LOOK_MS) return;
    if (!this.#active()) return;
    this.#lookedAt = now;
    this.#looking = true;
    void this.#look(cluster).finally(() => {
      this.#looking = false;
    });
  }

  #active(): boolean {
    const modes = this.place.modes();
    return LIST_NAMES.some((list) => modes[list] !== "off");
  }

  /** GL1 */
  async #look(cluster: Cluster): Promise<void> {
    try {
      const changed = await this.#take(cluster);
      const told = await this.#order(cluster);
      if (changed || told || this.ports.clock.now() - this.#seenAt >= SEEN_MS) await this.#keep();
    } catch (error) {
      // The game went away: whoever starts it next begins with the files.
      if (!isClusterioError(error)) throw error;
    }
  }

  /** What the game has now; what was done in it goes to the cluster. True when something is new. */
  async #take(cluster: Cluster): Promise<boolean> {
    await this.#open();
    const now = this.ports.clock.now();
    // GL2
    const at = this.#seenAt > 0 && now - this.#seenAt > SEEN_MS + 2 * LOOK_MS ? this.#seenAt : now;
    const by = `${this.place.slave}/${this.place.instance}`;
    const ours = (key: string) => now - (this.#ordered.get(key) ?? Number.NEGATIVE_INFINITY) < ECHO_MS;
    let news = false;
    for (const list of LIST_NAMES) {
      const one = await this.#one(list);
      if (one === undefined) continue;
      const before = this.#seen[list];
      cluster.say(this.place.instance, doneInGame(one, before, { lists: cluster.lists, at, by, ours }));
      news ||= before === undefined || !sameNames(before, one.now);
      this.#seen[list] = one.now;
    }
    return news;
  }

  async #order(cluster: Cluster): Promise<boolean> {
    const now = this.ports.clock.now();
    let told = 0;
    for (const list of LIST_NAMES) {
      const one = await this.#one(list);
      if (one === undefined) continue;
      for (const { key, line } of orders(one, cluster.lists)) {
        if (now - (this.#ordered.get(key) ?? Number.NEGATIVE_INFINITY) < this.#pauseOf(key, line) || told >= ORDERS_MAX)
          continue;
        this.#ordered.set(key, now);
        this.#lines.set(key, line);
        await this.place.ask(line);
        told++;
      }
    }
    for (const [key, at] of this.#ordered) {
      if (now - at < AGAIN_MS) continue;
      this.#ordered.delete(key);
      this.#lines.delete(key);
    }
    return told > 0;
  }

  readonly #lines = new Map<string, string>();

  /** The same order waits; the opposite one is another word. */
  #pauseOf(key: string, line: string): number {
    return this.#lines.get(key) === line ? AGAIN_MS : 0;
  }

  async #one(list: ListName): Promise<OneList | undefined> {
    const elsewhere = this.place.elsewhere() !== undefined;
    const read = () => this.ports.disk.read(this.#files[list]);
    const bytes = await (elsewhere ? guarded(read) : read());
    // GL3
    if (bytes === undefined && elsewhere && (this.#seen[list]?.size ?? 0) > 0) return undefined;
    const now = membersIn(list, bytes);
    return now === undefined ? undefined : { list, mode: this.place.modes()[list], now };
  }

  async #open(): Promise<void> {
    const of = this.place.elsewhere();
    if (this.#opened && of === this.#of) return;
    this.#opened = true;
    // GL3
    this.#of = of;
    this.#seen = {};
    this.#seenAt = 0;
    const bytes = await this.ports.disk.read(this.#path);
    if (bytes === undefined) return;
    try {
      const { at, seen, of: whose } = decodeFile(file, bytes, this.#path);
      if (whose !== of) return;
      this.#seenAt = at;
      for (const list of LIST_NAMES) {
        const there = seen[list];
        if (there !== undefined) this.#seen[list] = new Map(there.map((player) => [player.toLowerCase(), { player }]));
      }
    } catch (error) {
      if (!isClusterioError(error)) throw error;
    }
  }

  async #keep(): Promise<void> {
    this.#seenAt = this.ports.clock.now();
    const seen = Object.fromEntries(
      LIST_NAMES.flatMap((list) => {
        const members = this.#seen[list];
        return members === undefined ? [] : [[list, [...members.values()].map(({ player }) => player)]];
      }),
    );
    const content = { v: 1, at: this.#seenAt, seen, ...(this.#of === undefined ? {} : { of: this.#of }) };
    await this.ports.disk.write(this.#path, new TextEncoder().encode(`${canonicalJson(content)}\n`));
  }
}

const sameNames = (a: Members, b: Members): boolean => a.size === b.size && [...a.keys()].every((name) => b.has(name));
