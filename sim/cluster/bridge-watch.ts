import type { LinkRecord } from "#bridge/link/state";
import type { Delivery, LinkAnswer } from "#core/events/delivery";
import type { BusMessage, RequestResult } from "#core/ports/bus";
import type { Clock } from "#core/ports/clock";
import { MachineBus } from "#sim/cluster/machine";

/**
 * What one run of a bridge hears, says and remembers, seen from outside. Shares no code with the link.
 *
 * C24 a sync follows from the newest word: an older leader's, or a lower round of the same one, is none, until `link` is
 *     answered.
 * C25 what a bridge says of its assignment and of a world's map, its folder remembers.
 * C26 whose folder has the newest assignment, validly signed, is never told that it is not his.
 * C27 an id-less save that has gone on since its world was last heard of is taken for that world only on an operator's word.
 */
type Broke = (rule: string, detail: string) => void;

interface Word {
  readonly boot: string;
  readonly round: number;
  readonly tokens: ReadonlyMap<string, string>;
  readonly ticks: ReadonlyMap<string, number>;
  readonly seeds: ReadonlyMap<string, number>;
}

interface Said {
  readonly type: string;
  readonly data: {
    readonly world: string;
    readonly epoch: number;
    readonly prev?: string;
    readonly seed?: number;
    readonly heard?: string;
  };
}

export interface Watched {
  readonly instance: string;
  readonly clock: Clock;
  /** As the folder has it now. */
  remembered(): LinkRecord;
  /** A leader has named this world and its map. */
  told(world: string, seed: number): void;
  /** The epoch that a valid signature of the cluster's present key says. */
  signedEpoch(assignment: string): number | undefined;
  readonly broke: Broke;
}

const wordOf = ({ boot, round, worlds }: Pick<Delivery, "boot" | "round" | "worlds">): Word => ({
  boot,
  round,
  tokens: new Map(Object.entries(worlds).map(([id, { token }]) => [id, token])),
  ticks: new Map(Object.entries(worlds).map(([id, { tick }]) => [id, tick])),
  seeds: new Map(Object.entries(worlds).map(([id, { seed }]) => [id, seed])),
});

export class BridgeWatch {
  /** The newest, and what was the newest a moment ago: what it decided then it may say now. */
  #words: { readonly word: Word; until: number }[] = [];

  constructor(private readonly watched: Watched) {}

  #hear(word: Word): void {
    const now = this.watched.clock.now();
    this.#words = this.#words.filter(({ until }) => until >= now);
    for (const [world, seed] of word.seeds) this.watched.told(world, seed);
    for (const each of this.#words) each.until = Math.min(each.until, now);
    this.#words.push({ word, until: Number.POSITIVE_INFINITY });
  }

  delivery(delivery: Delivery): void {
    const newest = this.#words.at(-1)?.word;
    const { boot, round } = delivery;
    if (newest !== undefined && (boot < newest.boot || (boot === newest.boot && round < newest.round))) return;
    this.#hear(wordOf(delivery));
  }

  answer(answer: LinkAnswer): void {
    if ("ok" in answer && answer.ok.epoch >= this.watched.remembered().epoch) this.#hear(wordOf(answer.ok));
  }

  says({ type, data }: Said): void {
    const { broke, instance, clock } = this.watched;
    const { world, epoch, prev = "", seed, heard } = data;
    const current = this.#words.filter(({ until }) => until >= clock.now());
    if (heard !== undefined && !current.some(({ word }) => word.boot === heard))
      broke("C24", `${instance} says that it hears ${heard}, and hears ${current.at(-1)?.word.boot}`);
    if (type !== "world-synced") return;
    const follows = current.some(({ word }) => word.boot === heard && (word.tokens.get(world) ?? "") === prev);
    if (!follows)
      broke("C24", `${instance} says that ${heard} named ${prev || "no token"} for ${world}, and it did not`);
    const record = this.watched.remembered();
    if (record.epoch !== epoch || (record.seeds as Readonly<Record<string, number>>)[world] !== seed)
      broke("C25", `${instance} says epoch ${epoch} and map ${seed} for ${world}, and its folder does not`);
  }

  /** A save without an id, at this tick when its session began, becomes this world. */
  adopts(world: string, tick: number, decided: boolean): void {
    const known = this.#words.at(-1)?.word.ticks.get(world);
    if (known === undefined || known >= tick || decided) return;
    this.watched.broke(
      "C27",
      `a save without id of tick ${tick} is taken for ${world}, last heard of at tick ${known}`,
    );
  }

  /** It was told that its instance is not its own. */
  disowned(): void {
    const { broke, instance } = this.watched;
    const { assignment, epoch } = this.watched.remembered();
    if (this.watched.signedEpoch(assignment) !== epoch) return;
    broke("C26", `${instance} is told to be nobody's, and its folder holds its assignment of epoch ${epoch}`);
  }
}

/** A bridge's connection to the broker, of which somebody hears what `link` is answered. */
export class WatchedBus extends MachineBus {
  onAnswer: (answer: LinkAnswer) => void = () => {};

  override async request(subject: string, data: Uint8Array, timeoutMs: number): Promise<RequestResult> {
    const result = await super.request(subject, data, timeoutMs);
    if (result.kind === "answer" && subject.endsWith(".link")) this.onAnswer(this.#decoded(result.data));
    return result;
  }

  #decoded(data: BusMessage["data"]): LinkAnswer {
    return JSON.parse(new TextDecoder().decode(data)) as LinkAnswer;
  }
}
