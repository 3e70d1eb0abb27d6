import type { z } from "zod";
import { alarmText } from "#core/alarm";
import { badInput, isClusterioError, messageOf } from "#core/errors";
import { decodeJson, encodeJson } from "#core/events/codec";
import type { Answer } from "#core/events/command";
import { ANSWER_BYTES_MAX, type Page, queries } from "#core/events/query";
import type { State } from "#core/fold/state";
import type { InstanceId } from "#core/ids";
import {
  EXCHANGED_MAX,
  entryOf,
  isPeopleCommand,
  keyOf,
  type ListEntry,
  type ListExchanged,
  type ListSet,
  listExchange,
  modesOf,
  peopleCommands,
} from "#core/people/lists";
import { type Player, playtimeAt } from "#core/people/players";
import type { Clock } from "#core/ports/clock";
import type { Log } from "#core/ports/log";
import { ListStore } from "#projector/people/list-store";
import { PlayerModel } from "#projector/people/player-model";

export interface PeoplePorts {
  /** PLAYERS and LISTS. */
  readonly players: Log;
  readonly lists: Log;
  readonly clock: Clock;
  readonly alarm: (message: string) => void;
  readonly audit: (entry: { user: string; verb: string; outcome: string; message: string }) => void;
}

type Say = (answer: Answer) => void;

const NOUNS = ["players", "lists", "list-exchange"] as const;
/** Requests about people that wait: beyond it callers are told to come back. */
const WAITING_MAX = 500;

/**
 * Players and their lists, while this master leads: beside the ledger, whose loop never waits for it.
 *
 * PM1 one request after the other; what is answered is stored.
 * PM2 a slave speaks only for instances that are its own and whose list goes both ways, and not of the future.
 */
export class People {
  readonly #model: PlayerModel;
  readonly #store: ListStore;
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(
    private readonly ports: PeoplePorts,
    private readonly state: () => State,
  ) {
    this.#model = new PlayerModel(ports.players);
    this.#store = new ListStore({ log: ports.lists, alarm: ports.alarm });
    this.#enqueue(
      () => this.#model.ready(),
      (error) => ports.alarm(alarmText("people", `who has played is not read: ${messageOf(error)}`)),
    );
  }

  asks(noun: string): boolean {
    return (NOUNS as readonly string[]).includes(noun);
  }

  query({ caller, noun, value }: { caller: string; noun: string; value: unknown }, say: Say): void {
    this.#answer(say, async () => {
      if (noun === "players") {
        await this.#model.ready();
        return this.#players(value);
      }
      await this.#store.ready();
      if (noun === "lists") return this.#lists(value);
      return this.#exchange(caller, value);
    });
  }

  command({ user, name, value }: { user: string; name: string; value: unknown }, say: Say): void {
    const { audit, clock } = this.ports;
    audit({ user, verb: name, outcome: "asked", message: JSON.stringify(value) });
    const told: Say = (answer) => {
      if ("error" in answer) audit({ user, verb: name, outcome: answer.error.code, message: answer.error.message });
      else audit({ user, verb: name, outcome: "ok", message: "" });
      say(answer);
    };
    this.#answer(told, async () => {
      if (!isPeopleCommand(name)) throw badInput(`the master knows no command "${name}"`);
      const schema: z.ZodType<{ player: string; reason?: string }> = peopleCommands[name];
      const request = decodeJson(schema, encodeJson(value), name);
      await this.#store.ready();
      const entry = entryOf(name, request, { user, now: clock.now(), lists: this.#store.lists });
      await this.#store.write(entry);
      return this.#set(entry);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#model.close();
    await this.#queue;
  }

  /** PM1 */
  #answer(say: Say, work: () => Promise<object>): void {
    const no = (code: string, message: string) => say({ error: { code, message } });
    if (this.#waiting >= WAITING_MAX) return no("unavailable", "the master is busy: try again");
    this.#waiting++;
    this.#enqueue(
      async () => {
        this.#waiting--;
        if (this.#closed) return no("unavailable", "the leader changes: ask again");
        say({ ok: await work() });
      },
      (error) => no(isClusterioError(error) ? error.code : "unavailable", messageOf(error)),
    );
  }

  #enqueue(work: () => Promise<void>, failed: (error: unknown) => void): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      if (isClusterioError(error)) return failed(error);
      process.nextTick(() => {
        throw error;
      });
    });
  }

  #players(value: unknown): object {
    const request = decodeJson(queries.players.request, encodeJson(value), "players");
    const now = this.ports.clock.now();
    const all = this.#model.players().filter((player) => wanted(player, request));
    const { entries, next } = paged(
      all,
      request,
      ({ name }) => name,
      (player) => viewOf(player, now),
    );
    return { players: entries, ...next };
  }

  #lists(value: unknown): object {
    const request = decodeJson(queries.lists.request, encodeJson(value), "lists");
    const all = [...this.#store.lists.values()]
      .filter(({ list, on }) => on && (request.list === undefined || request.list === list))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const { entries, next } = paged(all, request, keyOf, (entry) => entry);
    return { entries, ...next };
  }

  /** PM2 */
  async #exchange(slave: string, value: unknown): Promise<ListExchanged> {
    const { of, since, changes } = decodeJson(listExchange, encodeJson(value), "list-exchange");
    const refusals: string[] = [];
    for (const { instance, entry } of changes) {
      const refusal = this.#refusal(slave, instance, entry);
      if (refusal !== undefined) refusals.push(refusal);
      else
        await this.#store.write({
          ...entry,
          at: Math.min(entry.at, this.ports.clock.now()),
          by: `${slave}/${instance}`,
        });
    }
    const position = this.#store.position;
    const news = this.#store.after(of === position.of ? since : 0);
    const told = news.slice(0, EXCHANGED_MAX);
    const more = told.length < news.length;
    return {
      of: position.of,
      seq: more ? (told.at(-1)?.seq ?? since) : position.seq,
      entries: told.map(({ entry }) => entry),
      ...(more ? { more: true as const } : {}),
      refused: refusals,
    };
  }

  #refusal(slave: string, instance: string, { list }: ListEntry): string | undefined {
    const known = this.state().instances.get(instance as InstanceId);
    if (known === undefined || known.slave !== slave) return `${instance} is not ${slave}'s`;
    if (modesOf(known.config)[list] !== "both") return `${instance}'s list of ${list} does not go both ways`;
    return undefined;
  }

  #set(entry: ListEntry): ListSet {
    const follow: string[] = [];
    const own: string[] = [];
    for (const { id, config } of this.state().instances.values())
      (modesOf(config)[entry.list] === "off" ? own : follow).push(id);
    return { entry, follow: follow.sort(), own: own.sort() };
  }
}

const wanted = (player: Player, { player: name, online }: { player?: string; online?: true }): boolean =>
  (name === undefined || player.name.toLowerCase() === name.toLowerCase()) &&
  (online === undefined || player.online.size > 0);

const viewOf = (player: Player, now: number) => ({
  player: player.name,
  playtimeMs: playtimeAt(player, now),
  stays: player.stays + player.online.size,
  firstSeen: player.firstSeen,
  lastSeen: player.online.size > 0 ? now : player.lastSeen,
  online: [...player.online].map(([instance, { since }]) => ({ instance, since })),
});

const paged = <T>(
  all: readonly T[],
  { after = "", limit }: Page,
  keyed: (one: T) => string,
  view: (one: T) => object,
) => {
  const entries: object[] = [];
  let bytes = 0;
  let last = "";
  for (const one of all) {
    if (keyed(one) <= after) continue;
    const entry = view(one);
    bytes += encodeJson(entry).length;
    if (entries.length > 0 && (entries.length === limit || bytes > ANSWER_BYTES_MAX))
      return { entries, next: { next: last } };
    entries.push(entry);
    last = keyed(one);
  }
  return { entries, next: {} };
};
