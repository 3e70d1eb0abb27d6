import { encodeImport } from "#bridge/import-payload";
import {
  type Amounts,
  amountIn,
  type Games,
  type Look,
  RESOURCES,
  type Resource,
  type Save,
  type World,
} from "#sim/cluster/world";

/** A reply of the mod as the contract's tests read it. */
export interface Reply {
  readonly error?: string;
  readonly token?: string;
  readonly instance?: string;
  readonly world?: string;
  readonly file?: string;
  readonly atLoad?: Amounts;
  readonly untakeable?: readonly string[];
  readonly capped?: readonly string[];
  readonly full?: boolean;
  readonly seq?: number;
  readonly tick?: number;
  readonly seed?: number;
  readonly names?: readonly string[] | Record<string, string>;
  readonly exported?: Amounts;
  readonly received?: Amounts;
  readonly wanted?: Amounts;
}

export const ORE: Resource = "item:ore";
export const PLATE: Resource = "item:plate";
export const GEAR: Resource = "item:gear:rare";

type Vectors = "exported" | "received" | "wanted" | "held" | "produced" | "consumed";

const nonZero = (amounts: Readonly<Amounts>): Amounts =>
  Object.fromEntries(Object.entries(amounts).filter(([, n]) => n !== 0));

const NOTHING: ReadonlySet<string> = new Set();

/** One world in a test's hands, with a bridge's side that says what the test wants said. */
export class Play {
  readonly lines: Reply[] = [];
  readonly files = new Set<string>();
  #world: World;
  #tokens: number;
  token = "";
  instance = "a";

  constructor(
    readonly games: Games,
    save: Save = games.newSave(1),
    untakeable: ReadonlySet<string> = NOTHING,
  ) {
    // No token that the save may hold.
    this.#tokens = save.token === "" ? 0 : 500;
    this.#world = this.#open(save, untakeable);
  }

  #open(save: Save, untakeable: ReadonlySet<string>): World {
    return this.games.open(save, {
      untakeable,
      onLine: (file, line) => {
        this.files.add(file);
        this.lines.push(JSON.parse(line) as Reply);
      },
    });
  }

  get world(): World {
    return this.#world;
  }

  /** Ends without a save and starts another one. */
  load(save: Save, untakeable: ReadonlySet<string> = NOTHING): void {
    this.#world.close();
    this.#world = this.#open(save, untakeable);
  }

  /** As it is now, without zeros. */
  look(): Look {
    const look = this.#world.look();
    const { exported, received, wanted, held, produced, consumed } = look;
    const amounts = Object.entries({ exported, received, wanted, held, produced, consumed });
    const { instance, world, token, tick, seed } = look;
    return {
      ...{ instance, world, token, tick, seed },
      ...(Object.fromEntries(amounts.map(([name, each]) => [name, nonZero(each)])) as Pick<Look, Vectors>),
    };
  }

  say(command: string, parameter: string | object): Reply {
    const text = typeof parameter === "string" ? parameter : JSON.stringify(parameter);
    return JSON.parse(this.#world.command(`/${command} ${text}`)) as Reply;
  }

  begin(instance = "a"): Reply {
    this.#tokens++;
    this.token = `t${String(this.#tokens).padStart(3, "0")}${String(this.#tokens).padStart(8, "0")}`;
    this.instance = instance;
    return this.say("clusterio-begin", { v: 1, token: this.token, boot: "b", instance });
  }

  adopt(world = `${this.instance}.1`, atLoad: Amounts = {}): Reply {
    return this.say("clusterio-adopt", { token: this.token, world, instance: this.instance, atLoad });
  }

  /** A world of an instance, with a session and a lease. */
  settle(instance = "a", leaseTicks = 200_000): this {
    this.begin(instance);
    this.adopt();
    this.lease(leaseTicks);
    return this;
  }

  get tag(): string {
    return this.token.slice(0, 4);
  }

  lease(ticks: number): Reply {
    return this.say("cl", `${this.tag} ${ticks}`);
  }

  report(how = ""): Reply {
    return this.say("cr", `${this.tag}${how === "" ? "" : ` ${how}`}`);
  }

  importNamed(totals: Amounts): Reply {
    return this.say("clusterio-import", { token: this.token, totals });
  }

  /** `amounts` above the session's base, by the resource's number. */
  importCompact(amounts: readonly (readonly [number, number])[]): Reply {
    return this.say("ci", `${this.tag} ${encodeImport(amounts)}`);
  }

  /** Made by machines and brought to the export chest. */
  offer(resource: Resource, n: number): void {
    this.#world.produce(resource, n);
    this.#world.collect(resource, n);
  }

  /** Lets `ticks` pass, one by one, with a look after each. */
  eachTick(ticks: number, look: (look: Look) => void): void {
    for (let n = 0; n < ticks; n++) {
      this.#world.pass(1);
      look(this.look());
    }
  }
}

/** Per resource: what was made and received, less what was used, exported and is there. Nothing but zeros when all is well. */
export const strayIn = (look: Look): Amounts =>
  Object.fromEntries(
    RESOURCES.flatMap((key) => {
      const came = amountIn(look.produced, key) + amountIn(look.received, key);
      const left = amountIn(look.consumed, key) + amountIn(look.exported, key) + amountIn(look.held, key);
      return came === left ? [] : [[key, came - left]];
    }),
  );
