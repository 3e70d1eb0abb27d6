import { z } from "zod";
import { type Happening, onList } from "#bridge/attached/happening";
import type { ClusterLists } from "#bridge/people/cluster-lists";
import { orderFor } from "#bridge/people/list-sync";
import { isClusterioError } from "#core/errors";
import { canonicalJson, decodeFile } from "#core/events/codec";
import type { InstanceId } from "#core/ids";
import { keyOf, type ListModes, type Lists } from "#core/people/lists";
import type { Clock } from "#core/ports/clock";
import type { Disk } from "#core/ports/disk";

/**
 * The lists of a game whose files this bridge cannot read: what it is told, and what its mod says was done in it.
 *
 * TL1 each word of the cluster is told once, and again when it is another word or somebody in the game undid it; what was told is on
 *     disk, so that neither a connection nor a bridge that comes and goes tells all of it anew.
 * TL2 nothing is concluded from what is not known: who was on its lists before stays on them until the cluster has a word about
 *     him, and only a game's own event is anybody's doing in it (a list that goes both ways).
 */

const LOOK_MS = 2_000;
/** At one look: what a game is told at once must leave it time to play. */
const ORDERS_MAX = 50;

const file = z.object({ v: z.literal(1), of: z.string(), told: z.record(z.string(), z.string()) });

export interface ToldListsPlace {
  readonly instance: InstanceId;
  readonly slave: string;
  /** What it was told is kept here. */
  readonly path: string;
  readonly modes: () => ListModes;
  /** Which server that is: another one was told nothing. */
  readonly server: () => string;
  /** @throws ClusterioError when it is not there. */
  readonly ask: (line: string) => Promise<string>;
}

/** What the game is to be told by now. Pure. */
export const untold = (
  lists: Lists,
  modes: ListModes,
  told: ReadonlyMap<string, string>,
): { readonly key: string; readonly line: string }[] =>
  [...lists.values()].flatMap((entry) => {
    if (modes[entry.list] === "off") return [];
    const order = orderFor(entry);
    return told.get(order.key) === order.line ? [] : [order];
  });

export class ToldLists {
  #told = new Map<string, string>();
  #of: string | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;

  constructor(
    private readonly ports: { readonly clock: Clock; readonly disk: Disk },
    private readonly cluster: ClusterLists | undefined,
    private readonly place: ToldListsPlace,
  ) {}

  /** While it is there and answers. */
  tick(): void {
    const { cluster } = this;
    const now = this.ports.clock.now();
    if (cluster === undefined || !cluster.known || this.#looking || now - this.#lookedAt < LOOK_MS) return;
    if (Object.values(this.place.modes()).every((mode) => mode === "off")) return;
    this.#lookedAt = now;
    this.#looking = true;
    void this.#look(cluster).finally(() => {
      this.#looking = false;
    });
  }

  /** TL2 */
  async happened(happening: Happening): Promise<void> {
    const { cluster, place } = this;
    const done = onList(happening);
    if (cluster === undefined || !cluster.known || done === undefined) return;
    await this.#open();
    const mode = place.modes()[done.list];
    const key = keyOf(done);
    // What we ordered ourselves comes back as what the cluster says anyway.
    if (mode === "off" || cluster.lists.get(key)?.on === done.on) return;
    if (mode === "one-way") {
      this.#told.delete(key);
      return;
    }
    const entry = { ...done, at: this.ports.clock.now(), by: `${place.slave}/${place.instance}` };
    // The game has it by itself.
    this.#told.set(key, orderFor(entry).line);
    cluster.say(place.instance, [entry]);
  }

  async #look(cluster: ClusterLists): Promise<void> {
    try {
      await this.#open();
      const orders = untold(cluster.lists, this.place.modes(), this.#told).slice(0, ORDERS_MAX);
      if (orders.length === 0) return;
      try {
        for (const { key, line } of orders) {
          await this.place.ask(line);
          this.#told.set(key, line);
        }
      } finally {
        await this.#keep();
      }
    } catch (error) {
      // It went away: it is told when it is there again.
      if (!isClusterioError(error)) throw error;
    }
  }

  async #open(): Promise<void> {
    const of = this.place.server();
    if (this.#of === of) return;
    this.#told = new Map();
    this.#of = of;
    const bytes = await this.ports.disk.read(this.place.path);
    if (bytes === undefined) return;
    try {
      const kept = decodeFile(file, bytes, this.place.path);
      if (kept.of === of) this.#told = new Map(Object.entries(kept.told));
    } catch (error) {
      if (!isClusterioError(error)) throw error;
    }
  }

  /** TL1 */
  async #keep(): Promise<void> {
    const content = { v: 1, of: this.#of ?? "", told: Object.fromEntries(this.#told) };
    await this.ports.disk.write(this.place.path, new TextEncoder().encode(`${canonicalJson(content)}\n`));
  }
}
