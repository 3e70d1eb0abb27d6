import { listPaths } from "#bridge/people/game-lists";
import { membersIn } from "#bridge/people/list-files";
import { FOLDER, north, scene, slave } from "#bridge/test/bridge-scene";
import { decodeJson, encodeJson } from "#core/events/codec";
import type { InstanceConfig } from "#core/instance-config";
import { decodePlayerFact, type PlayerFact } from "#core/people/facts";
import { keyOf, type ListEntry, type ListName, type Lists, listExchange, merged } from "#core/people/lists";
import type { MemoryBroker } from "#core/ports/memory/memory-bus";
import { parseEventSubject, subjects } from "#core/subjects";

/** The cluster's lists as a master keeps them. */
export class FakeLists {
  #lists: Lists = new Map();
  #log: ListEntry[] = [];

  constructor(private readonly now: () => number) {}

  set(list: ListName, player: string, on: boolean): void {
    const before = this.#lists.get(keyOf({ list, player }));
    this.take({ list, player, on, at: Math.max(this.now(), (before?.at ?? 0) + 1), by: "ada" });
  }

  take(entry: ListEntry): void {
    const next = merged(this.#lists, entry);
    if (next === this.#lists) return;
    this.#lists = next;
    this.#log = [...this.#log.filter((one) => keyOf(one) !== keyOf(entry)), entry];
    this.seq++;
  }

  seq = 0;

  get entries(): readonly ListEntry[] {
    return this.#log;
  }

  members(list: ListName): string[] {
    return this.#log
      .filter((entry) => entry.list === list && entry.on)
      .map(({ player }) => player)
      .sort();
  }
}

/** Bridges that ask are answered. */
export const keepLists = (
  broker: MemoryBroker,
  cluster: FakeLists,
  now: () => number,
  took: (changes: number) => void,
) => {
  const bus = broker.connect();
  bus.subscribe(subjects.query(slave, "list-exchange"), (message) => {
    const asked = decodeJson(listExchange, message.data, "list-exchange");
    took(asked.changes.length);
    for (const { entry } of asked.changes) cluster.take({ ...entry, at: Math.min(entry.at, now()) });
    const entries = asked.of === "s" && asked.since === cluster.seq ? [] : cluster.entries;
    bus.respond(message, encodeJson({ ok: { of: "s", seq: cluster.seq, entries, refused: [] } }));
  });
};

/** An instance whose game keeps lists of players, and a master that keeps the cluster's. */
export const people = async (
  config: Partial<InstanceConfig> = {},
  { start = true, master: withMaster = true }: { start?: boolean; master?: boolean } = {},
) => {
  const base = scene();
  const { broker, machine, master, disk, clock, outside } = base;
  const files = listPaths(FOLDER);
  const said: string[] = [];
  const online: string[] = [];
  const facts: PlayerFact[] = [];
  const cluster = new FakeLists(() => clock.now());
  let changes = 0;
  master.config = { ...master.config, ...config };

  const namesIn = async (list: ListName) =>
    [...(membersIn(list, await disk.read(files[list])) ?? new Map()).values()].map(({ player }) => player as string);
  const change = async (list: ListName, player: string, on: boolean) => {
    const others = (await namesIn(list)).filter((name) => name !== player);
    const names = on ? [...others, player] : others;
    await disk.write(
      files[list],
      encodeJson(list === "bans" ? names.map((username) => ({ username, reason: "" })) : names),
    );
  };
  const LISTS: Record<string, [ListName, boolean]> = {
    "/ban": ["bans", true],
    "/unban": ["bans", false],
    "/promote": ["admins", true],
    "/demote": ["admins", false],
  };
  machine.console = async (line) => {
    if (line === "/players online")
      return `Online players (${online.length}):\n${online.map((name) => `  ${name} (online)\n`).join("")}`;
    const [verb = "", player = ""] = line.split(" ");
    const known = LISTS[verb];
    if (known === undefined && !["/kick", "/whitelist"].includes(verb)) return undefined;
    said.push(line);
    if (known !== undefined) await change(known[0], player, known[1]);
    return `done: ${line}\n`;
  };
  outside.subscribe(subjects.all.events, ({ subject, data }) => {
    const from = parseEventSubject(subject);
    const fact = from === undefined ? undefined : decodePlayerFact(from, data);
    if (fact !== undefined) facts.push(fact);
  });
  if (withMaster)
    keepLists(
      broker,
      cluster,
      () => clock.now(),
      (count) => {
        changes += count;
      },
    );
  const opened = start ? await base.linked() : await base.open();
  if (!start) {
    master.state(north);
    await base.advance(500);
  }
  return {
    ...base,
    ...opened,
    said,
    online,
    facts,
    cluster,
    exchanged: () => changes,
    say: (line: string) => {
      const [, player = "", did] = /\] (\S+) (joined|left) the game$/.exec(line) ?? [];
      if (did === "joined") online.push(player);
      else if (did === "left") online.splice(online.indexOf(player), 1);
      machine.print(`${FOLDER}/console.log`, line);
    },
    file: async (list: ListName): Promise<string[]> => (await namesIn(list)).sort(),
    write: (list: ListName, value: unknown) => void disk.write(files[list], encodeJson(value)),
    started: () => machine.alive.at(-1)?.args ?? [],
  };
};
