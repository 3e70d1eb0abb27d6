// One game with the built mod in it, as these tests speak of it: the bridge's side, and what can be seen. For the players' side see hands.ts.
import type { Game } from "../../sim/factorio/game";
import { builtVersion, testedLine } from "./built-mod";
import { encodeCompact } from "./compact-payload";
import { Hands } from "./hands";
import { giveGame, takeGame } from "./idle-games";
import { modDirectory } from "./mod-directory";
import { Mirror, type Refusal, type Report, type Vector, type WholeState, withoutZeros } from "./protocol";
import { atTile, brokenInvariants, countedEntities } from "./world-lua";

export type Reply = Report & WholeState & Refusal;

interface Options {
  seed?: number;
  shuffle?: number;
  /** A mod with things of its own, or a later version of it in which they have other names. */
  widgets?: boolean | "renamed";
  /** 600 items more. */
  crowd?: boolean;
  /** Somebody else's mod that uses ours. */
  depot?: boolean;
  /** The mod as a later version of itself. */
  upgraded?: boolean;
  server?: boolean;
}

interface Opening {
  instance?: string;
  world?: string;
  lease?: number;
}

const directoryFor = ({ widgets, crowd, depot, upgraded }: Options): string => {
  const extras = {
    "test-widgets": widgets === true,
    "test-widgets-renamed": widgets === "renamed",
    "test-crowd": crowd,
    "sample-depot": depot,
  };
  const wanted = Object.entries(extras).flatMap(([name, isWanted]) => (isWanted ? [name] : []));
  return modDirectory(["test-items", ...wanted], upgraded ?? false);
};

const gameOptions = (options: Options) => ({
  modDirectory: directoryFor(options),
  line: testedLine(),
  isServer: options.server ?? true,
  ...(options.shuffle !== undefined && { shufflePairs: options.shuffle }),
});

export class World extends Hands {
  readonly modVersion = builtVersion();
  token = "";
  #isClosed = false;
  #kept: { readonly save: Uint8Array; readonly known: Vector } | undefined;
  #sessions = 0;
  #instance = "a";
  readonly #files = new Map<string, string>();
  /** The last whole state, and the reports in replies since. */
  #opening: WholeState | undefined;
  #heard: Report[] = [];

  private constructor(
    private game: Game,
    private options: Options,
  ) {
    super();
  }

  static create(options: Options = {}): World {
    const game = takeGame(gameOptions(options));
    game.startMap(options.seed ?? 1);
    return new World(game, options);
  }

  /** Once: the game goes to another world then. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    giveGame(gameOptions(this.options), this.game);
  }

  /** Saves, and loads the save into another Lua state, perhaps with other mods. */
  reload(changes: Options = {}): void {
    const save = this.game.save();
    this.#drain();
    const before = this.game;
    const options = { ...this.options, ...changes };
    this.game = takeGame(gameOptions(options));
    this.game.openSave(save);
    giveGame(gameOptions(this.options), before);
    this.options = options;
  }

  /** A save, for `crash`; with what the test knows of that moment. */
  keep(known: Vector): void {
    this.#kept = { save: this.game.save(), known };
  }

  /** The game goes on from the last save that was kept, and the bridge begins a new session. Returns what was known then. */
  crash(): Vector {
    if (this.#kept === undefined) throw new Error("no save was kept");
    this.#drain();
    this.game.openSave(this.#kept.save);
    this.begin();
    return this.#kept.known;
  }

  get hasKept(): boolean {
    return this.#kept !== undefined;
  }

  /** Another peer of this game, from a save of now. */
  join(changes: Options): World {
    const options = { ...this.options, server: false, ...changes };
    const game = takeGame(gameOptions(options));
    game.openSave(this.game.save());
    const joined = new World(game, options);
    joined.token = this.token;
    joined.#sessions = this.#sessions;
    joined.#instance = this.#instance;
    return joined;
  }

  tick(count: number): void {
    this.game.tick(count);
  }

  now(): number {
    return this.game.now();
  }

  /** The mod's storage as text. */
  state(): string {
    return this.game.storageText("clusterio");
  }

  lua(code: string): unknown {
    const text = this.game.eval(`${atTile}\n${code}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  // --- the bridge's side

  get tag(): string {
    return this.token.slice(0, 4);
  }

  raw(command: string, parameter: string): string {
    return this.game.rcon(`/${command} ${parameter}`);
  }

  /** Sends a command; a joined client has no reply and gives {}. */
  send(command: string, parameter: string): Reply {
    const text = this.raw(command, parameter);
    const reply = JSON.parse(text === "" ? "{}" : text) as Reply;
    if (reply.v !== undefined) {
      this.#opening = reply;
      this.#heard = [];
    } else if (reply.seq !== undefined) {
      this.#heard.push(reply);
    }
    return reply;
  }

  json(command: string, parameter: object): Reply {
    return this.send(command, JSON.stringify(parameter));
  }

  asPlayer(command: string, parameter: string): void {
    this.lua(`test.join("someone") test.command("someone", [==[/${command} ${parameter}]==])`);
  }

  /** A new session with a fresh token. */
  begin(): Reply {
    this.#sessions += 1;
    this.token = `toke${String(this.#sessions).padStart(8, "0")}`;
    return this.json("clusterio-begin", { v: 1, token: this.token, boot: "b1", instance: this.#instance });
  }

  /** A session of an adopted world under a lease. */
  open({ instance = "a", world = "a.1", lease = 10000 }: Opening = {}): WholeState {
    this.#instance = instance;
    this.begin();
    const state = this.json("clusterio-adopt", { token: this.token, world, instance, atLoad: {} });
    this.lease(lease);
    return state;
  }

  lease(ticks: number): void {
    const { error } = this.send("cl", `${this.tag} ${ticks}`);
    if (error !== undefined) throw new Error(`no lease of ${ticks} ticks: ${error}`);
  }

  /** A compact import of absolute totals by name; the base is what the session began with, here always zero. */
  ci(totals: Vector): Reply {
    const missing = Object.keys(totals).filter((name) => !Object.values(this.namesByNumber()).includes(name));
    if (missing.length > 0) throw new Error(`no number yet for ${missing.join(", ")}`);
    const pairs = Object.entries(this.namesByNumber())
      .map(([number, name]) => [Number(number), totals[name]] as const)
      .filter((pair): pair is readonly [number, number] => pair[1] !== undefined);
    return this.send("ci", `${this.tag} ${encodeCompact(pairs)}`);
  }

  importNamed(totals: Vector): Reply {
    return this.json("clusterio-import", { token: this.token, totals });
  }

  // --- what can be seen

  /** The status that a chest shows, without the key's prefix; "" for none. */
  status(x: number): string {
    const [label] = this.lua(`local status = at(${x}).custom_status return { status and status.label[1] or "" }`) as [
      string,
    ];
    return label.replace(/^clusterio-status\./, "");
  }

  crumbs(): Vector {
    return this.lua(`return remote.call("clusterio", "crumbs")`) as Vector;
  }

  /** What stands in the gaps of the status that a port shows. */
  statusGaps(x: number): string[] {
    return this.lua(
      `local status, gaps = at(${x}).custom_status, {} for i = 2, 4 do gaps[i - 1] = status and status.label[i] or "" end return gaps`,
    ) as string[];
  }

  buffer(): Vector {
    return this.lua(`return remote.call("clusterio", "buffer")`) as Vector;
  }

  /** What is held for other mods. */
  ordered(): Vector {
    return this.lua(`local held = {}
      for _, order in ipairs(remote.call("clusterio", "orders")) do
        held[order.resource] = (held[order.resource] or 0) + order.held
      end
      return held`) as Vector;
  }

  totals(): { exported: Vector; received: Vector } {
    return this.lua(`return remote.call("clusterio", "totals")`) as { exported: Vector; received: Vector };
  }

  /** What the mod states as wanted, by name; costs a report. */
  wanted(): Vector {
    const { names, wanted } = this.send("cr", `${this.tag} full`);
    return withoutZeros(Object.fromEntries(Object.entries(wanted).map(([number, n]) => [names[number] ?? number, n])));
  }

  namesByNumber(): Record<string, string> {
    return this.lua(`local names = {}
      for i, name in ipairs(test.storage("clusterio").names) do names[tostring(i - 1)] = name end
      return names`) as Record<string, string>;
  }

  /** What the server's script-output holds. */
  file(path: string): string | undefined {
    this.#drain();
    return this.#files.get(path);
  }

  /** The lines of a session's report files, part after part. */
  reportLines(token: string): string[] {
    this.#drain();
    const lines: string[] = [];
    for (let part = 0; ; part++) {
      const text = this.#files.get(`clusterio/${token}-${part}.jsonl`);
      if (text === undefined) return lines;
      lines.push(...text.split("\n").filter((line) => line !== ""));
    }
  }

  /** The current session's reports that were written to files. */
  reports(): Report[] {
    return this.reportLines(this.token)
      .map((line) => JSON.parse(line) as Partial<Report>)
      .filter((line): line is Report => line.seq !== undefined);
  }

  /** What a reader knows who began with the whole state and read every report of both transports. */
  mirror(): Mirror {
    if (this.#opening === undefined) throw new Error("no session was begun");
    const mirror = new Mirror(this.#opening);
    for (const report of [...this.#heard, ...this.reports()].sort((a, b) => a.seq - b.seq)) mirror.read(report);
    return mirror;
  }

  /** What the mod would state as wanted now, from its storage. */
  wantedNow(): Vector {
    return this.lua(`local state, wanted = test.storage("clusterio"), {}
      for i, name in ipairs(state.names) do
        local missing = (state.missing[i - 1] or 0) - (state.buffer[i - 1] or 0)
        if missing > 0 then wanted[name] = missing end
      end
      return wanted`) as Vector;
  }

  /** The numbered invariants of runtime/state.ts that do not hold. */
  brokenInvariants(): string[] {
    return Object.values(this.lua(brokenInvariants) as Record<string, string>);
  }

  /** How often the mod reached into its chests' entities meanwhile. Nothing can be saved afterwards. */
  countAccesses(run: () => void): number {
    this.lua(countedEntities);
    run();
    return (this.lua(`return { test.accesses }`) as [number])[0];
  }

  #drain(): void {
    for (const output of this.game.drain()) {
      if (output.kind !== "file") continue;
      const before = output.append ? (this.#files.get(output.path) ?? "") : "";
      this.#files.set(output.path, before + output.data);
    }
  }
}
