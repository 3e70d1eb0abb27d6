import { decodeImport, decodeNumbers } from "#bridge/import-payload";

/** The mod's contract (docs/game-protocol.md) in plain TypeScript: one save's worth of state, and its answers. */

export interface FakeSave {
  readonly instance: string;
  readonly world: string;
  readonly token: string;
  readonly tick: number;
  readonly seed: number;
  readonly names: readonly string[];
  readonly exported: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
  readonly wanted: Readonly<Record<string, number>>;
}

export const newSave = (seed: number): FakeSave => ({
  instance: "",
  world: "",
  token: "",
  tick: 0,
  seed,
  names: [],
  exported: {},
  received: {},
  wanted: {},
});

export class FakeWorld {
  instance: string;
  world: string;
  token: string;
  tick: number;
  readonly seed: number;
  readonly names: string[];
  exported: Record<string, number>;
  received: Record<string, number>;
  wanted: Record<string, number>;
  leaseUntil = 0;
  /** As /cc said last; undefined: a mod of a version that cannot be told. */
  capped: string[] | undefined = [];
  /** In the game: they slow down what it takes in. */
  players = 0;
  /** Who these are, where anybody asks. */
  who: readonly string[] = [];
  seq = 0;
  /** Its tick goes on with every question. */
  runs = false;
  paused = false;
  readonly commands: string[] = [];
  readonly lines: { file: string; line: string }[] = [];
  /** In a session that is pulled: what waits; undefined in one that is not. */
  outbox: string[] | undefined;
  readonly #atLoad: Record<string, number>;
  #base: Record<string, number> = {};
  #toldNames = 0;

  constructor(save: FakeSave) {
    this.instance = save.instance;
    this.world = save.world;
    this.token = save.token;
    this.tick = save.tick;
    this.seed = save.seed;
    this.names = [...save.names];
    this.exported = { ...save.exported };
    this.received = { ...save.received };
    this.wanted = { ...save.wanted };
    this.#atLoad = { ...save.exported };
  }

  save(): FakeSave {
    const { instance, world, token, tick, seed, names, exported, received, wanted } = this;
    return structuredClone({ instance, world, token, tick, seed, names, exported, received, wanted });
  }

  get file(): string {
    return `clusterio/${this.token}-0.jsonl`;
  }

  command(text: string): string {
    this.commands.push(text);
    const [verb = "", ...words] = text.split(" ");
    const rest = words.join(" ");
    switch (verb) {
      case "/clusterio-begin":
        return this.#begin(JSON.parse(rest));
      case "/clusterio-adopt":
        return this.#adopt(JSON.parse(rest));
      case "/clusterio-import":
        return this.#import(JSON.parse(rest).totals);
      case "/ci":
        return this.#compact(words[0] ?? "", words[1] ?? "");
      case "/cc":
        return this.#cap(words);
      case "/cf":
        return this.#isTag(words[0]) ? JSON.stringify({ tick: this.tick }) : this.#wrongToken();
      case "/cl":
        if (!this.#isTag(words[0])) return this.#wrongToken();
        this.leaseUntil = this.tick + Number(words[1]);
        return this.#pulse();
      case "/cp":
        return this.#isTag(words[0])
          ? [this.#pulse(), ...(this.outbox?.splice(0) ?? [])].join("\n")
          : this.#wrongToken();
      case "/players":
        return `Online players (${this.who.length}):\n${this.who.map((name) => `  ${name} (online)\n`).join("")}`;
      case "/ct":
        return this.#pulse();
      case "/cr":
        return this.#isTag(words[0]) ? this.report(words[1] === "full") : this.#wrongToken();
      default:
        return "";
    }
  }

  #pulse(): string {
    const { tick, players, paused } = this;
    if (this.runs) this.tick++;
    return JSON.stringify({ tick, players, ...(paused ? { paused } : {}) });
  }

  /** Exports or wants something and says so in the report file. */
  happen(change: { exported?: Record<string, number>; wanted?: Record<string, number> }): void {
    for (const [name, amount] of Object.entries(change.exported ?? {})) {
      this.exported[name] = (this.exported[name] ?? 0) + amount;
      this.#number(name);
    }
    for (const [name, level] of Object.entries(change.wanted ?? {})) {
      this.wanted[name] = level;
      this.#number(name);
    }
    this.tick += 5;
    if (this.outbox !== undefined) this.outbox.push(this.report(true));
    else this.lines.push({ file: this.file, line: this.report(true) });
  }

  report(full: boolean): string {
    const names: Record<string, string> = {};
    for (; this.#toldNames < this.names.length; this.#toldNames++)
      names[this.#toldNames] = this.names[this.#toldNames]!;
    return JSON.stringify({
      token: this.token,
      seq: ++this.seq,
      tick: this.tick,
      ...(full ? { full: true } : {}),
      ...(Object.keys(names).length === 0 ? {} : { names }),
      exported: this.#numbered(this.exported),
      received: this.#numbered({
        ...Object.fromEntries(Object.keys(this.wanted).map((name) => [name, 0])),
        ...this.received,
      }),
      wanted: this.#numbered(this.wanted),
    });
  }

  #begin(request: { token: string; instance: string; pull?: true }): string {
    if (request.token === this.token) return JSON.stringify({ error: "token-used", message: "draw another one" });
    this.token = request.token;
    this.seq = 0;
    this.outbox = request.pull === true ? [] : undefined;
    this.#base = { ...this.received };
    return this.#whole();
  }

  #adopt(request: { token: string; world: string; instance: string; atLoad: Record<string, number> }): string {
    if (request.token !== this.token) return this.#wrongToken();
    if (this.world === request.world) return this.#whole();
    if (this.world !== "") {
      for (const [name, total] of Object.entries(request.atLoad))
        this.exported[name] = (this.exported[name] ?? 0) - total;
      this.received = {};
      this.#base = {};
    }
    this.world = request.world;
    this.instance = request.instance;
    return this.#whole();
  }

  #cap([tag, , payload = "", names = ""]: readonly string[]): string {
    if (!this.#isTag(tag)) return this.#wrongToken();
    if (this.capped === undefined) return "Unknown command";
    let number = -1;
    const numbered = (payload === "." ? [] : (decodeNumbers(payload) ?? [])).map((step) => {
      number += step + 1;
      return this.names[number]!;
    });
    const named = names.split(",").filter((name) => name !== "");
    for (const name of named) this.#number(name);
    this.capped = [...numbered, ...named];
    return JSON.stringify({ tick: this.tick });
  }

  #compact(tag: string, payload: string): string {
    if (!this.#isTag(tag)) return this.#wrongToken();
    const totals: Record<string, number> = {};
    for (const [number, amount] of decodeImport(payload) ?? []) {
      const name = this.names[number];
      if (name === undefined) return JSON.stringify({ error: "payload", message: "no such number" });
      totals[name] = (this.#base[name] ?? 0) + amount;
    }
    return this.#import(totals);
  }

  #import(totals: Record<string, number>): string {
    for (const [name, total] of Object.entries(totals)) {
      this.#number(name);
      const took = Math.max(0, total - (this.received[name] ?? 0));
      this.received[name] = (this.received[name] ?? 0) + took;
      this.wanted[name] = Math.max(0, (this.wanted[name] ?? 0) - took);
    }
    this.tick++;
    return this.report(false);
  }

  #whole(): string {
    this.#toldNames = this.names.length;
    const { token, instance, world, tick, seed, names, file } = this;
    const vectors = {
      exported: this.#numbered(this.exported),
      received: this.#numbered(this.received),
      wanted: this.#numbered(this.wanted),
    };
    const about = { v: 1, mod: "0.1.0", game: "2.1.9", token, instance, world, tick, seed };
    // As Lua writes an empty list.
    return JSON.stringify({
      ...about,
      names: names.length === 0 ? {} : names,
      ...vectors,
      atLoad: this.#atLoad,
      untakeable: {},
      ...(this.capped === undefined ? {} : { capped: this.capped.length === 0 ? {} : this.capped }),
      file,
    });
  }

  #number(name: string): number {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }

  #numbered(totals: Record<string, number>): Record<string, number> {
    return Object.fromEntries(Object.entries(totals).map(([name, total]) => [String(this.#number(name)), total]));
  }

  #isTag(tag: string | undefined): boolean {
    return this.token !== "" && tag === this.token.slice(0, 4);
  }

  #wrongToken(): string {
    return JSON.stringify({ error: "wrong-token", message: "begin anew" });
  }
}
