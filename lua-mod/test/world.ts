// One game with the built mod in it, as these tests speak of it. A chest is named by the x of its tile.
import { Game } from "../../sim/factorio/game";
import { builtVersion, testedLine } from "./built-mod";
import { encodeCompact } from "./compact-payload";
import { modDirectory } from "./mod-directory";
import { Mirror, type Refusal, type Report, type Vector, type WholeState, withoutZeros } from "./protocol";
import { atTile, brokenInvariants, countedEntities } from "./world-lua";

export type Reply = Report & WholeState & Refusal;

/** What a port exchanges, as its entity's name has it. */
export type What = "chest" | "tank" | "accumulator";

export interface FluidRequest {
  name: string;
  temperature?: number;
  amount: number;
}

export interface Wear {
  quality?: string;
  health?: number;
  ammo?: number;
  durability?: number;
}

interface Options {
  seed?: number;
  shuffle?: number;
  widgets?: boolean;
  /** The mod as a later version of itself. */
  upgraded?: boolean;
  server?: boolean;
}

interface Opening {
  instance?: string;
  world?: string;
  lease?: number;
}

const directoryFor = (options: Options): string =>
  modDirectory(options.widgets ? ["test-items", "test-widgets"] : ["test-items"], options.upgraded ?? false);

const gameOptions = (options: Options) => ({
  modDirectory: directoryFor(options),
  line: testedLine(),
  isServer: options.server ?? true,
  ...(options.shuffle !== undefined && { shufflePairs: options.shuffle }),
});

const sameKeys = (a: Vector, b: Vector): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];

export class World {
  readonly modVersion = builtVersion();
  token = "";
  #sessions = 0;
  #instance = "a";
  readonly #files = new Map<string, string>();
  /** The last whole state, and the reports in replies since. */
  #opening: WholeState | undefined;
  #heard: Report[] = [];

  private constructor(
    private game: Game,
    private options: Options,
  ) {}

  static create(options: Options = {}): World {
    const { seed } = options;
    return new World(Game.create({ ...gameOptions(options), ...(seed !== undefined && { seed }) }), options);
  }

  close(): void {
    this.game.close();
  }

  /** Saves, and loads the save into a fresh Lua state, perhaps with other mods. */
  reload(changes: Options = {}): void {
    this.options = { ...this.options, ...changes };
    const save = this.game.save();
    this.#drain();
    this.game.close();
    this.game = Game.load(save, gameOptions(this.options));
  }

  /** Another peer of this game, from a save of now. */
  join(changes: Options): World {
    const options = { ...this.options, server: false, ...changes };
    const joined = new World(Game.load(this.game.save(), gameOptions(options)), options);
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
    this.send("cl", `${this.tag} ${ticks}`);
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

  // --- the players' side

  place(kind: "export" | "import", x: number, what: What = "chest"): void {
    this.lua(
      `test.join("someone") test.build{ name = "clusterio-${kind}-${what}", position = { ${x}, 0 }, player = "someone" }`,
    );
  }

  /** Sets an import tank; undefined to nothing. */
  requestFluid(x: number, request: FluidRequest | undefined): boolean {
    const wish = request === undefined ? "nil" : `helpers.json_to_table([==[${JSON.stringify(request)}]==])`;
    return String(this.lua(`return { remote.call("clusterio", "request_fluid", at(${x}), ${wish}) }`)) === "true";
  }

  /** What an import tank is set to. */
  requestedFluid(x: number): unknown {
    return this.lua(`return remote.call("clusterio", "requested_fluid", at(${x})) or {}`);
  }

  robotMines(x: number): void {
    this.lua(`test.robot_mine(at(${x}))`);
  }

  /** Biters. */
  destroy(x: number): void {
    this.lua(`at(${x}).die()`);
  }

  /** What robots do for an upgrade planner. */
  upgrade(x: number, quality: string): void {
    this.lua(`test.upgrade(at(${x}), "${quality}")`);
  }

  /** Copies everything on the tiles [from, from + width) to those at `to`, where nothing is left. */
  cloneArea(from: number, to: number, width: number): void {
    this.lua(`game.surfaces[1].clone_area{
      source_area = { { ${from}, 0 }, { ${from + width - 0.1}, 1 } }, destination_area = { { ${to}, 0 }, { ${to + width - 0.1}, 1 } },
    }`);
  }

  /** Plans what stands there with a blueprint and lets robots build it elsewhere. */
  blueprint(from: number, to: number): void {
    this.lua(`local held = test.blueprint({ at(${from}) }, "someone")[1]
      test.robot_build{ name = held.name, position = { ${to}, 0 }, tags = held.tags }`);
  }

  /** Another surface with a chest, a tank and an accumulator of each direction, all with something in them. */
  colonise(): void {
    this.lua(`local colony = game.surfaces.colony or game.create_surface("colony")
      for _, way in ipairs{ "export", "import" } do
        for i, what in ipairs{ "chest", "tank", "accumulator" } do
          local made = colony.create_entity{ name = "clusterio-" .. way .. "-" .. what, position = { i, #colony.find_entities_filtered{} }, force = "player", raise_built = true }
          if what == "chest" then made.insert{ name = "iron-plate", count = 30 } end
          if what == "tank" then made.insert_fluid{ name = "water", amount = 30 } end
          if what == "accumulator" then made.energy = 7e6 end
        end
      end`);
  }

  abandonColony(): void {
    this.lua(`if game.surfaces.colony then game.delete_surface("colony") end`);
  }

  /** Gives a port to another force, which is then merged into the players'. */
  mergeForces(x: number): void {
    this.lua(
      `local lost = game.create_force("lost-" .. game.tick) at(${x}).force = lost game.merge_forces(lost, "player")`,
    );
  }

  /** Lets fluid flow in; returns how much did. */
  pour(x: number, name: string, { amount, temperature }: { amount: number; temperature?: number }): number {
    const degrees = temperature === undefined ? "" : `, temperature = ${temperature}`;
    const [added] = this.lua(`return { at(${x}).insert_fluid{ name = "${name}", amount = ${amount}${degrees} } }`) as [
      number,
    ];
    return added;
  }

  /** Lets up to `amount` flow out; returns how much did. */
  drain(x: number, amount: number): number {
    const [taken] = this.lua(`return { flow_out(at(${x}), ${amount}) }`) as [number];
    return taken;
  }

  /** Charges (or discharges) an accumulator, in MJ. */
  charge(x: number, megajoules: number): void {
    this.lua(`local a = at(${x}) a.energy = a.energy + ${megajoules} * 1e6`);
  }

  /** The fluid in a tank with its exact temperature. */
  fluid(x: number): { name: string; amount: number; temperature: number } | undefined {
    return this.lua(`return at(${x}).get_fluid(1)`) as ReturnType<World["fluid"]>;
  }

  placeMany(kind: "export" | "import", from: number, count: number): void {
    this.lua(`for x = ${from}, ${from + count - 1} do
      game.surfaces[1].create_entity{ name = "clusterio-${kind}-chest", position = { x, 0 }, force = "player", raise_built = true }
    end`);
  }

  robotPlaces(kind: "export" | "import", x: number): void {
    this.lua(`test.robot_build{ name = "clusterio-${kind}-chest", position = { ${x}, 0 } }`);
  }

  platformPlaces(kind: "export" | "import", x: number): void {
    this.lua(`test.platform_build{ name = "clusterio-${kind}-chest", position = { ${x}, 0 } }`);
  }

  clone(x: number, to: number): void {
    this.lua(`at(${x}).clone{ position = { ${to} + 0.5, 0.5 } }`);
  }

  paste(from: number, to: number): void {
    this.lua(`test.join("someone") test.paste(at(${from}), at(${to}), "someone")`);
  }

  isFree(x: number): boolean {
    return this.lua(`return { at(${x}) == nil }`)?.toString() === "true";
  }

  /** "import-tank" and the like; "" where nothing stands. */
  kindAt(x: number): string {
    const [name] = this.lua(`local port = at(${x}) return { port and port.name or "" }`) as [string];
    return name.replace(/^clusterio-/, "");
  }

  /** By how much all ports' contents together changed meanwhile. */
  changeOfAll(run: () => void): Vector {
    const before = this.everything();
    run();
    return this.#change(before, this.everything());
  }

  /** By how much a port's contents changed meanwhile. */
  changeAt(x: number, run: () => void): Vector {
    const before = this.holds(x);
    run();
    return this.#change(before, this.holds(x));
  }

  /** Puts items in; returns by how much the chest's contents changed (a worn magazine may use up another). */
  put(x: number, name: string, count: number, wear: Wear = {}): Vector {
    const stack = JSON.stringify({ name, count, ...wear });
    return this.changeAt(x, () => this.lua(`at(${x}).insert(helpers.json_to_table([==[${stack}]==]))`));
  }

  /** Takes up to `count` of normal quality out; returns what came out. */
  take(x: number, name: string, count: number): Vector {
    const before = this.holds(x);
    this.lua(`at(${x}).remove_item{ name = "${name}", count = ${count} }`);
    return this.#change(this.holds(x), before);
  }

  mine(x: number): void {
    this.lua(`test.join("someone") test.mine(at(${x}), "someone")`);
  }

  request(x: number, slot: number, name: string | undefined, count = 0, quality = "normal"): void {
    const wish = name === undefined ? "nil" : `{ name = "${name}", count = ${count}, quality = "${quality}" }`;
    this.lua(`test.request(at(${x}), ${slot}, ${wish})`);
  }

  /** No event tells of it. */
  switchSection(x: number, isActive: boolean): void {
    this.lua(`at(${x}).get_logistic_sections().get_section(1).active = ${isActive}`);
  }

  markForDeconstruction(x: number): void {
    this.lua(`test.world.now.by_unit_number[at(${x}).unit_number].to_be_deconstructed = true`);
  }

  setting(name: string, value: number | string): void {
    this.lua(`test.setting("${name}", ${JSON.stringify(value)})`);
  }

  // --- what can be seen

  /** A chest's contents by resource. */
  holds(x: number): Vector {
    return this.lua(`return contents(at(${x}))`) as Vector;
  }

  /** The contents of all chests together. */
  everything(): Vector {
    return this.lua(`return everything()`) as Vector;
  }

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
      .map((line) => JSON.parse(line) as Report & { next?: string })
      .filter((report) => report.next === undefined);
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

  #change(before: Vector, after: Vector): Vector {
    return withoutZeros(
      Object.fromEntries(sameKeys(before, after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)])),
    );
  }
}
