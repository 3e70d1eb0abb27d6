import { encodeImport, type ImportPair } from "#bridge/import-payload";
import { Chance } from "#sim/cluster/chance";
import {
  type Amounts,
  amountIn,
  type Games,
  RESOURCES,
  type Resource,
  type Save,
  type World,
} from "#sim/cluster/world";

/** A world under a script's hands: what was said and heard since the start. */
interface Stage {
  readonly games: Games;
  world: World;
  readonly saves: Save[];
  readonly lines: string[];
}

/** One line of a script: does something to a world and tells what came of it. */
export interface Act {
  readonly text: string;
  readonly run: (stage: Stage) => unknown;
}

const INSTANCES = ["a", "b"];
/** Past a re-reading of requests, past a minute (leftovers go back), past five (a whole report). */
const LONG_TICKS = [700, 700, 3_700, 3_700, 3_700, 18_100];

/** What the mod's replies tell of itself, and words for people: the only things in which two kinds of worlds may differ. */
const without = (reply: string): unknown => {
  if (reply === "") return "";
  const { mod, game, message, ...rest } = JSON.parse(reply) as Record<string, unknown>;
  return rest;
};

const said = (text: string): Act => ({ text, run: ({ world }) => without(world.command(text)) });

/** What the last `begin` printed, to be said again by `adopt`. */
const atLoadOf = (reply: unknown): Amounts => (reply as { atLoad?: Amounts } | undefined)?.atLoad ?? {};

/** Draws the acts of one script: it depends on the seed alone, and on what both worlds said alike. */
export class Script {
  readonly #chance: Chance;
  #tokens = 0;
  #token = "";
  #instance = "a";
  #atLoad: Amounts = {};
  #received: Amounts = {};
  #names: readonly string[] = [];

  constructor(seed: number) {
    this.#chance = new Chance(seed);
  }

  /** What both worlds answered. */
  heard(answer: unknown): void {
    if (typeof answer !== "object" || answer === null || !("names" in answer)) return;
    const { names, received } = answer as { names: readonly string[] | Record<string, string>; received: Amounts };
    if (Array.isArray(names)) {
      this.#names = names;
      this.#received = {};
      this.#atLoad = atLoadOf(answer);
    } else {
      const known = [...this.#names];
      for (const [number, name] of Object.entries(names)) known[Number(number)] = name;
      this.#names = known;
    }
    for (const [number, total] of Object.entries(received)) {
      const name = this.#names[Number(number)];
      if (name !== undefined) this.#received = { ...this.#received, [name]: total };
    }
  }

  next(): Act {
    const chance = this.#chance;
    const tag = chance.once(20) ? "nope" : this.#token.slice(0, 4);
    switch (chance.below(24)) {
      case 0:
        return this.#begin();
      case 1:
      case 2:
        return this.#adopt();
      case 3:
        return said(`/cl ${tag} ${chance.pick(["0", "3", "100", "5000", "216000", "216001", "x", ""])}`);
      case 4:
        return said(`/cr ${tag}${chance.pick(["", "", " full", " some"])}`);
      case 5:
      case 6:
        return this.#importNamed();
      case 7:
      case 8:
        return said(`/ci ${tag} ${this.#payload()}`);
      case 15:
        return said(`/cc ${tag} ${this.#capped()}`);
      case 9:
        return this.#save();
      case 10:
        return chance.once(3) ? this.#load() : this.#pass();
      case 11:
      case 12:
      case 13:
      case 14:
        return this.#pass();
      default:
        return this.#hands();
    }
  }

  /** A number, numbers of resources and names: mostly what a bridge says, sometimes not. */
  #capped(): string {
    const chance = this.#chance;
    const list = RESOURCES.filter(() => chance.once(3));
    const at = chance.pick(["1", "2", "3", "9", "x", ""]);
    const payload = chance.pick([".", ".", "A", "B", "AA", "!", "Z"]);
    return `${at} ${payload}${chance.once(2) ? ` ${list.join(",")}` : ""}`;
  }

  #hands(): Act {
    const chance = this.#chance;
    const resource: Resource = chance.pick(RESOURCES);
    const n = chance.between(1, 60);
    const acts: readonly (readonly [string, (world: World) => unknown])[] = [
      [`produce ${resource} ${n}`, (world) => world.produce(resource, n)],
      [`collect ${resource} ${n}`, (world) => world.collect(resource, n)],
      [`request ${resource} ${n}`, (world) => world.request(resource, n % 4 === 0 ? 0 : n)],
      [`consume ${resource} ${n}`, (world) => world.consume(resource, n)],
      [`carry ${resource} ${n}`, (world) => world.carry(resource, n)],
      [`give back ${resource}`, (world) => world.giveBack(resource)],
    ];
    const [text, run] = chance.pick(acts);
    return { text, run: ({ world }) => run(world) };
  }

  #pass(): Act {
    const ticks = this.#chance.once(16) ? this.#chance.pick(LONG_TICKS) : this.#chance.between(1, 20);
    return { text: `pass ${ticks}`, run: ({ world }) => world.pass(ticks) };
  }

  #begin(): Act {
    const chance = this.#chance;
    if (chance.once(8)) {
      const bad = [
        { v: 2, token: "token00000000", instance: "a" },
        { v: 1, token: "Short", instance: "a" },
        { v: 1, token: "token00000000" },
      ];
      return said(`/clusterio-begin ${chance.once(4) ? "{" : JSON.stringify(chance.pick(bad))}`);
    }
    const again = chance.once(8);
    if (!again) this.#token = `tok${String(++this.#tokens % 7)}${String(this.#tokens).padStart(8, "0")}`;
    this.#instance = chance.pick(INSTANCES);
    return said(
      `/clusterio-begin ${JSON.stringify({ v: 1, token: this.#token, boot: "b", instance: this.#instance })}`,
    );
  }

  #adopt(): Act {
    const chance = this.#chance;
    const instance = chance.once(10) ? chance.pick(INSTANCES) : this.#instance;
    const world = `${instance}.${chance.once(6) ? 2 : 1}`;
    const token = chance.once(20) ? "token00000000" : this.#token;
    const atLoad = chance.once(8) ? { [chance.pick(RESOURCES)]: chance.between(1, 900) } : this.#atLoad;
    return said(`/clusterio-adopt ${JSON.stringify({ token, world, instance, atLoad })}`);
  }

  #totalOf(resource: string): number {
    return Math.max(0, amountIn(this.#received, resource) + this.#chance.between(-20, 90));
  }

  #importNamed(): Act {
    const chance = this.#chance;
    const token = chance.once(20) ? "token00000000" : this.#token;
    const totals: Record<string, number> = {};
    for (const resource of RESOURCES) if (chance.once(2)) totals[resource] = this.#totalOf(resource);
    if (chance.once(8)) totals["item:unknown"] = 7;
    if (chance.once(20)) totals[chance.pick(RESOURCES)] = chance.pick([-1, 1.5, 2 ** 53]);
    return said(`/clusterio-import ${JSON.stringify({ token, totals })}`);
  }

  #payload(): string {
    const chance = this.#chance;
    if (chance.once(15)) return chance.pick(["A", "!!", "gA"]);
    const pairs: ImportPair[] = [];
    const count = this.#names.length + (chance.once(20) ? 1 : 0);
    for (let number = 0; number < count; number++) if (chance.once(2)) pairs.push([number, chance.between(0, 90)]);
    return encodeImport(pairs);
  }

  #save(): Act {
    return { text: "save", run: ({ world, saves }) => void saves.push(world.save()) };
  }

  #load(): Act {
    const chance = this.#chance;
    const back = chance.between(1, 3);
    const kind = chance.pick(["it", "it", "it", "forget", "origin"] as const);
    const untakeable = new Set(RESOURCES.filter(() => chance.once(5)));
    return {
      text: `load ${kind} ${back} back, without ${[...untakeable].join()}`,
      run: (stage) => {
        const { games, saves, lines } = stage;
        const save = saves[Math.max(0, saves.length - back)]!;
        const opened = kind === "it" ? save : kind === "forget" ? games.forget(save) : games.asOrigin(save);
        stage.world.close();
        stage.world = games.open(opened, { untakeable, onLine: (file, line) => void lines.push(`${file} ${line}`) });
      },
    };
  }
}

/** A new map of this kind of games, open. */
export const stageFor = (games: Games): Stage => {
  const lines: string[] = [];
  const save = games.newSave(1);
  const world = games.open(save, { untakeable: new Set(), onLine: (file, line) => void lines.push(`${file} ${line}`) });
  return { games, world, saves: [save], lines };
};

const nonZero = (amounts: Readonly<Amounts>): Amounts =>
  Object.fromEntries(RESOURCES.flatMap((key) => (amountIn(amounts, key) === 0 ? [] : [[key, amountIn(amounts, key)]])));

/** Everything that can be seen of a world, comparable between kinds. */
export const seenOf = ({ world, lines }: Stage): unknown => {
  const look = world.look();
  const { instance, world: id, token, tick, seed } = look;
  const { exported, received, wanted, held, produced, consumed } = look;
  const amounts = Object.entries({ exported, received, wanted, held, produced, consumed });
  return {
    ...{ instance, id, token, tick, seed },
    ...Object.fromEntries(amounts.map(([name, each]) => [name, nonZero(each)])),
    lines: lines.map((line) => [
      line.slice(0, line.indexOf(" ")),
      JSON.parse(line.slice(line.indexOf(" ") + 1)) as unknown,
    ]),
  };
};
