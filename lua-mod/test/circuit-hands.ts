// Combinators in a test's world, and the bridge's side of them. An entity is named by the x of its tile in row 20.
import { Feed } from "../../slave-bridge/circuit/feed";
import { type Change, feedCommand } from "../../slave-bridge/circuit/payload";
import type { World } from "./world";

export type Kind = "transmitter" | "receiver" | "inventory-combinator";
export type Signals = Readonly<Record<string, number>>;

/** Before every piece: the combinator on a tile, keys of signals, and what stands on a combinator. */
const prelude = `
  local circuit_names = { "clusterio-transmitter", "clusterio-receiver", "clusterio-inventory-combinator" }
  local function circuit(x, surface)
    return game.surfaces[surface or 1].find_entities_filtered{ position = { x + 0.5, 20.5 }, name = circuit_names, limit = 1 }[1]
  end
  local function signal(key)
    local kind, name, quality = key:match("^([%l-]+):([^:]+):?(.*)$")
    return { type = kind, name = name, quality = quality ~= "" and quality or "normal", comparator = "=" }
  end
  local function key_of(value)
    return value.type .. ":" .. value.name .. (value.quality ~= "normal" and ":" .. value.quality or "")
  end
  local function shown(entity)
    local values = {}
    for _, section in ipairs(entity.get_or_create_control_behavior().sections) do
      for _, filter in ipairs(section.filters) do
        if filter.value then values[key_of(filter.value)] = filter.min end
      end
    end
    return values
  end
  local red, green = defines.wire_connector_id.circuit_red, defines.wire_connector_id.circuit_green
`;

export interface SayLine {
  readonly circuit: string;
  readonly say: string;
  readonly whole?: true;
  readonly signals: Signals;
}
export interface HearLine {
  readonly circuit: string;
  readonly hear: Readonly<Record<string, { channel?: string; epoch: number; only?: string[] }>>;
  readonly names: Readonly<Record<string, string>>;
}

export class CircuitHands {
  readonly #feeds = new Map<number, Feed>();
  #read = 0;
  #token = "";

  constructor(readonly world: World) {}

  lua(code: string): unknown {
    return this.world.lua(`${prelude}\n${code}`);
  }

  /** Built by a robot, from a blueprint with these tags. */
  build(x: number, kind: Kind, tags: object = {}, surface = "nauvis"): void {
    this.lua(`test.robot_build{ name = "clusterio-${kind}", position = { ${x}, 20 }, surface = "${surface}",
      tags = helpers.json_to_table([==[${JSON.stringify(tags)}]==]) }`);
  }

  /** A constant combinator that puts these signals on the wires of the combinator at x, on the red one or the green. */
  wire(x: number, signals: Signals, colour: "red" | "green" = "red", y = 22): void {
    this.lua(`
      local surface = circuit(${x}).surface
      local source = surface.find_entity("constant-combinator", { ${x} + 0.5, ${y}.5 })
      if not source then
        source = surface.create_entity{ name = "constant-combinator", position = { ${x}, ${y} }, force = "player" }
        source.get_wire_connector(${colour}, true).connect_to(circuit(${x}).get_wire_connector(${colour}, true), false)
      end
      local behavior = source.get_or_create_control_behavior()
      for index = behavior.sections_count, 1, -1 do behavior.remove_section(index) end
      local i, wanted = 0, helpers.json_to_table([==[${JSON.stringify(signals)}]==])
      local keys = {}
      for key in pairs(wanted) do keys[#keys + 1] = key end
      table.sort(keys)
      for _, key in ipairs(keys) do
        local section = behavior.get_section(math.floor(i / 1000) + 1) or behavior.add_section()
        section.set_slot(i % 1000 + 1, { value = signal(key), min = wanted[key] })
        i = i + 1
      end`);
  }

  setChannel(x: number, channel: string): boolean {
    return (
      String(this.lua(`return { remote.call("clusterio", "set_channel", circuit(${x}), "${channel}") }`)) === "true"
    );
  }

  channel(x: number): string {
    return String(this.lua(`return { remote.call("clusterio", "channel", circuit(${x})) }`));
  }

  setSignals(x: number, keys: readonly string[]): void {
    this.lua(
      `remote.call("clusterio", "set_signals", circuit(${x}), helpers.json_to_table([==[${JSON.stringify(keys)}]==]))`,
    );
  }

  /** Signals of so many different keys, every one with another value. */
  many(count: number): Signals {
    const keys = this.lua(`
      local keys = {}
      for _, quality in ipairs{ "normal", "uncommon", "rare", "epic", "legendary" } do
        for name in pairs(prototypes.item) do
          keys[#keys + 1] = "item:" .. name .. (quality ~= "normal" and ":" .. quality or "")
        end
      end
      return keys`) as string[];
    if (keys.length < count) throw new Error(`there are only ${keys.length} signals: create the world with a crowd`);
    return Object.fromEntries(keys.slice(0, count).map((key, n) => [key, n + 1]));
  }

  shown(x: number): Signals {
    return this.lua(`return shown(circuit(${x}))`) as Signals;
  }

  status(x: number): string {
    const [label] = this.lua(
      `local status = circuit(${x}).custom_status return { status and status.label[1] or "" }`,
    ) as [string];
    return label.replace(/^clusterio-status\./, "");
  }

  /** What the mod has said about circuits since the last call, in this session. */
  said(): (SayLine | HearLine)[] {
    if (this.#token !== this.world.token) this.#read = 0;
    this.#token = this.world.token;
    const lines = this.world.reportLines(this.world.token).filter((line) => line.startsWith('{"circuit":'));
    const fresh = lines.slice(this.#read);
    this.#read = lines.length;
    return fresh.map((line) => JSON.parse(line));
  }

  /** What it has said about channels, by channel: what a bridge that follows would state. */
  says(lines = this.said()): Record<string, Signals> {
    const channels: Record<string, Record<string, number>> = {};
    for (const line of lines) {
      if (!("say" in line)) continue;
      const before = line.whole === true ? {} : (channels[line.say] ?? {});
      const after = { ...before, ...line.signals };
      channels[line.say] = Object.fromEntries(Object.entries(after).filter(([, value]) => value !== 0));
    }
    return channels;
  }

  /** One command about a feed as it comes, whatever the game makes of it: the same to each peer. */
  tellRaw(feed: number, values: Signals, start: boolean): void {
    const keys = Object.keys(values).sort();
    this.world.json("clusterio-signals", { token: this.world.token, names: keys });
    const numbers = this.lua(`local n = {}
      for i, key in ipairs(test.storage("clusterio").circuits.keys) do n[key] = i - 1 end
      return n`) as Record<string, number>;
    const changes = keys
      .flatMap((key): Change[] => (numbers[key] === undefined ? [] : [[numbers[key], values[key]!]]))
      .sort((a, b) => a[0] - b[0]);
    const counter = Number(
      this.lua(
        `local feed = test.storage("clusterio").circuits.feeds[${feed}] return { feed and feed.counter + 1 or 0 }`,
      ),
    );
    const head = { feed, counter: Math.max(0, counter), start, end: start };
    this.world.send("cs", feedCommand(this.world.tag, head, changes).command.slice("/cs ".length));
  }

  /** Tells a feed its values, as the bridge does: `began` forgets what was told before. The number of commands. */
  tell(feed: number, values: Signals, began = false): number {
    const keys = Object.keys(values);
    const { signals } = this.world.json("clusterio-signals", { token: this.world.token, names: keys }) as unknown as {
      signals: Record<string, number>;
    };
    const wanted = new Map(
      keys.flatMap((key) => (values[key] === 0 || signals[key] === undefined ? [] : [[signals[key], values[key]!]])),
    );
    if (began || !this.#feeds.has(feed)) this.#feeds.set(feed, new Feed(feed, 0));
    const told = this.#feeds.get(feed)!;
    let commands = 0;
    for (let next = told.next(this.world.tag, wanted); next !== undefined; next = told.next(this.world.tag, wanted)) {
      const { error } = this.world.send("cs", next.command.slice("/cs ".length));
      if (error !== undefined && error !== "order") throw new Error(`the game refused ${next.command}: ${error}`);
      if (error === "order") told.restart();
      else next.took();
      commands++;
    }
    return commands;
  }
}
