import type { Contract } from "#sim/factorio/test/contracts/contract";

/** Wires, networks, what combinators make of signals, and the prototypes that only signals name. */

/** A constant combinator that puts out coal = 7, wired red to another: `source`, `sink` and their connectors. */
const WIRED = `
  local red, green = defines.wire_connector_id.circuit_red, defines.wire_connector_id.circuit_green
  local source, sink = combinator(), combinator()
  source.get_or_create_control_behavior().get_section(1).set_slot(1, want("coal", 7))
  local from, to = source.get_wire_connector(red, true), sink.get_wire_connector(red, true)
  from.connect_to(to, false)
`;

/** The same into the input of a combinator of this kind, whose output is wired to `sink`. */
const computed = (kind: string, parameters: string): string => `${WIRED}
  local id = defines.wire_connector_id
  local middle = create{ name = "${kind}-combinator" }
  from.connect_to(middle.get_wire_connector(id.combinator_input_red, true), false)
  local out = combinator()
  middle.get_wire_connector(id.combinator_output_green, true).connect_to(out.get_wire_connector(green, true), false)
  local behavior = middle.get_or_create_control_behavior()
  behavior.parameters = ${parameters}
  run(1)
`;
const ARITHMETIC = `{
  first_signal = { name = "coal" }, operation = "*", second_constant = -3, output_signal = { type = "virtual", name = "signal-A" },
}`;
const DECIDER = `{
  conditions = { { first_signal = { name = "coal" }, comparator = ">", constant = 6 } },
  outputs = { { signal = { type = "virtual", name = "signal-everything" } }, { signal = { name = "stone" }, copy_count_from_input = false } },
}`;

const connectors: readonly Contract[] = [
  {
    member: "LuaWireConnector.connect_to",
    says: "Connects this connector to other wire connector.",
    lua: `${WIRED}
      return from.connect_to(to, false), source.get_wire_connector(green, true).connect_to(to, false),
        source.get_wire_connector(green, true).connect_to(sink.get_wire_connector(green, true), false)
    `,
    gives: [false, false, true],
  },
  {
    member: "LuaWireConnector.is_connected_to",
    says: "Checks if this connector has any wire going to the other connector.",
    lua: `${WIRED} return from.is_connected_to(to), to.is_connected_to(from), source.get_wire_connector(green, true).is_connected_to(to)`,
    gives: [true, true, false],
  },
  {
    member: "LuaWireConnector.disconnect_from",
    says: "Disconnects this connector from other wire connector.",
    lua: `${WIRED} return to.disconnect_from(from), to.disconnect_from(from), from.connection_count`,
    gives: [true, false, 0],
  },
  {
    member: "LuaWireConnector.disconnect_all",
    says: "Removes all wires going out of this wire connector.",
    lua: `${WIRED}
      local third = combinator() third.get_wire_connector(red, true).connect_to(from, false)
      return from.disconnect_all(), from.disconnect_all(), to.connection_count
    `,
    gives: [true, false, 0],
  },
  {
    member: "LuaWireConnector.owner",
    says: "The entity this wire connector belongs to.",
    lua: `${WIRED} return from.owner == source`,
    gives: [true],
  },
  {
    member: "LuaWireConnector.wire_type",
    says: "The type of wires that can be connected to this connector.",
    lua: `${WIRED} return from.wire_type == defines.wire_type.red, source.get_wire_connector(green, true).wire_type == defines.wire_type.green`,
    gives: [true, true],
  },
  {
    member: "LuaWireConnector.wire_connector_id",
    says: "Identifier of this connector in the entity this connector belongs to.",
    lua: `${WIRED} return from.wire_connector_id == red`,
    gives: [true],
  },
  {
    member: "LuaWireConnector.connections",
    says: "All wire connectors this connector is connected to.",
    lua: `${WIRED} return #from.connections, from.connections[1].target == to`,
    gives: [1, true],
  },
  {
    member: "LuaWireConnector.connection_count",
    says: "Amount of wires going out of this connector.",
    lua: `${WIRED} return from.connection_count, source.get_wire_connector(green, true).connection_count`,
    gives: [1, 0],
  },
  {
    member: "LuaWireConnector.network_id",
    says: "Returns 0 if there is no network associated with this wire connector right now.",
    lua: `${WIRED} return from.network_id > 0, from.network_id == to.network_id, source.get_wire_connector(green, true).network_id`,
    gives: [true, true, 0],
  },
  {
    member: "LuaWireConnector.valid",
    says: "Is this object valid?",
    lua: `${WIRED} source.destroy() return from.valid, to.valid, to.connection_count`,
    gives: [false, true, 0],
  },
];

const networks: readonly Contract[] = [
  {
    member: "LuaEntity.get_wire_connector",
    says: "Gets a single wire connector of this entity, if any.",
    lua: `${WIRED}
      return sink.get_wire_connector(red, false) == to, sink.get_wire_connector(green, false) == nil,
        tank().get_wire_connector(red, true).wire_connector_id == red
    `,
    gives: [true, true, true],
  },
  {
    member: "LuaEntity.get_wire_connectors",
    says: "Gets all wire connectors of this entity",
    lua: `${WIRED}
      local function count(map) local n = 0 for _ in pairs(map) do n = n + 1 end return n end
      return count(sink.get_wire_connectors(false)), count(sink.get_wire_connectors(true)),
        count(create{ name = "decider-combinator" }.get_wire_connectors(true))
    `,
    gives: [1, 2, 4],
  },
  {
    member: "LuaEntity.get_signals",
    says: "Read all signals from the selected wire connector.",
    lua: `${WIRED}
      sink.get_or_create_control_behavior().get_section(1).set_slot(1, want("coal", 2147483647))
      local list = sink.get_signals(red, green)
      return #list, list[1].signal.name, list[1].signal.type == nil, list[1].count, sink.get_signals(green) == nil
    `,
    gives: [1, "coal", true, -2147483642, true],
  },
  {
    member: "LuaEntity.get_signal",
    says: "Read a single signal from the selected wire connector",
    lua: `${WIRED}
      local on_green = combinator()
      on_green.get_or_create_control_behavior().get_section(1).set_slot(1, want("coal", 5))
      on_green.get_wire_connector(green, true).connect_to(sink.get_wire_connector(green, true), false)
      return sink.get_signal({ name = "coal" }, red), sink.get_signal({ name = "coal" }, red, green), sink.get_signal({ name = "stone" }, red)
    `,
    gives: [7, 12, 0],
  },
  {
    member: "LuaEntity.get_circuit_network",
    says: "Wire connector to get circuit network for.",
    lua: `${WIRED} return sink.get_circuit_network(red).wire_connector_id == red, sink.get_circuit_network(green) == nil`,
    gives: [true, true],
  },
  {
    member: "LuaCircuitNetwork.get_signal",
    says: "The current value of the signal.",
    lua: `${WIRED} return sink.get_circuit_network(red).get_signal({ type = "item", name = "coal" })`,
    gives: [7],
  },
  {
    member: "LuaCircuitNetwork.signals",
    says: "The circuit network signals last tick.",
    lua: `${WIRED}
      local before = #sink.get_circuit_network(red).signals
      source.get_or_create_control_behavior().enabled = false
      return before, sink.get_circuit_network(red).signals == nil
    `,
    gives: [1, true],
  },
  {
    member: "LuaCircuitNetwork.entity",
    says: "The entity this circuit network reference is associated with.",
    lua: `${WIRED} return sink.get_circuit_network(red).entity == sink`,
    gives: [true],
  },
  {
    member: "LuaCircuitNetwork.wire_type",
    says: "The wire type this network is associated with.",
    lua: `${WIRED} return sink.get_circuit_network(red).wire_type == defines.wire_type.red`,
    gives: [true],
  },
  {
    member: "LuaCircuitNetwork.wire_connector_id",
    says: "Wire connector ID on associated entity this network was gotten from.",
    lua: `${WIRED} return source.get_circuit_network(red).wire_connector_id == red`,
    gives: [true],
  },
  {
    member: "LuaCircuitNetwork.network_id",
    says: "The circuit networks ID.",
    lua: `${WIRED} return sink.get_circuit_network(red).network_id == from.network_id`,
    gives: [true],
  },
  {
    member: "LuaCircuitNetwork.connected_circuit_count",
    says: "The number of circuits connected to this network.",
    lua: `${WIRED} return sink.get_circuit_network(red).connected_circuit_count`,
    gives: [2],
  },
  {
    member: "LuaCircuitNetwork.valid",
    says: "Is this object valid?",
    lua: `${WIRED} local network = sink.get_circuit_network(red) source.destroy() return network.valid`,
    gives: [false],
  },
];

/** What both kinds of combinators have. */
const behaviors = (className: string, kind: string, parameters: string, made: string): readonly Contract[] => [
  {
    member: `${className}.entity`,
    says: "The entity this control behavior belongs to.",
    lua: `${computed(kind, parameters)} return behavior.entity == middle`,
    gives: [true],
  },
  {
    member: `${className}.type`,
    says: "The concrete type of this control behavior.",
    lua: `${computed(kind, parameters)} return behavior.type == defines.control_behavior.type.${kind}_combinator`,
    gives: [true],
  },
  {
    member: `${className}.signals_last_tick`,
    says: "The circuit network signals sent by this combinator last tick.",
    lua: `${computed(kind, parameters)} return #behavior.signals_last_tick, #out.get_signals(green)`,
    gives: kind === "arithmetic" ? [1, 1] : [2, 2],
  },
  {
    member: `${className}.get_signal_last_tick`,
    says: "Gets the value of a specific signal sent by this combinator behavior last tick",
    lua: `${computed(kind, parameters)} return behavior.get_signal_last_tick(${made}), behavior.get_signal_last_tick{ name = "wood" } == nil`,
    gives: [kind === "arithmetic" ? -21 : 1, true],
  },
  {
    member: `${className}.get_circuit_network`,
    says: "Wire connector to get circuit network for.",
    lua: `${computed(kind, parameters)} return behavior.get_circuit_network(id.combinator_input_red).connected_circuit_count`,
    gives: [3],
  },
  {
    member: `${className}.valid`,
    says: "Is this object valid?",
    lua: `${computed(kind, parameters)} middle.destroy() return behavior.valid, out.get_signals(green) == nil`,
    gives: [false, true],
  },
];

const combinators: readonly Contract[] = [
  ...behaviors(
    "LuaArithmeticCombinatorControlBehavior",
    "arithmetic",
    ARITHMETIC,
    `{ type = "virtual", name = "signal-A" }`,
  ),
  {
    member: "LuaArithmeticCombinatorControlBehavior.parameters",
    says: "This arithmetic combinator's parameters.",
    lua: `${computed("arithmetic", ARITHMETIC)}
      local made = out.get_signal({ type = "virtual", name = "signal-A" }, green)
      behavior.parameters = {
        first_signal = { type = "virtual", name = "signal-each" }, operation = "<<", second_constant = 30,
        output_signal = { type = "virtual", name = "signal-each" },
      }
      local before = out.get_signal({ name = "coal" }, green)
      run(1)
      return made, before, out.get_signal({ name = "coal" }, green), behavior.parameters.operation
    `,
    gives: [-21, 0, -1073741824, "<<"],
  },
  ...behaviors("LuaDeciderCombinatorControlBehavior", "decider", DECIDER, `{ name = "stone" }`),
  {
    member: "LuaDeciderCombinatorControlBehavior.parameters",
    says: "This decider combinator's parameters.",
    lua: `${computed("decider", DECIDER)}
      local coal, stone = out.get_signal({ name = "coal" }, green), out.get_signal({ name = "stone" }, green)
      source.get_or_create_control_behavior().get_section(1).set_slot(1, want("coal", 6))
      run(1)
      return coal, stone, out.get_signals(green) == nil, behavior.parameters.conditions[1].constant
    `,
    gives: [7, 1, true, 6],
  },
];

/** Signals name prototypes that nothing else here does; the miniature has none of the space ones, a mod brings them. */
const named = (className: string, kind: string, family: string, name: string): readonly Contract[] => {
  const of = (member: string, gives: unknown, says = ""): Contract => {
    const [field = ""] = /\w+/.exec(member) ?? [];
    return {
      member: `${className}.${field}`,
      says,
      lua: `local it = prototypes.${kind}["${name}"] return it.${member}`,
      gives: [gives],
    };
  };
  return [
    of("name", name, "Name of this prototype."),
    of("type", family, "Type of this prototype."),
    of("order", name === "signal-A" ? "b" : "", "The string used to alphabetically sort these prototypes."),
    of("hidden", false),
    of("parameter", false),
    of("localised_name[1]", `${family}-name.${name}`),
    of("localised_description[1]", `${family}-description.${name}`),
    of("valid", true, "Is this object valid?"),
  ];
};

const signals: readonly Contract[] = [
  ...named("LuaVirtualSignalPrototype", "virtual_signal", "virtual-signal", "signal-A"),
  ...named("LuaSpaceLocationPrototype", "space_location", "space-location", "probe-moon"),
  ...named("LuaAsteroidChunkPrototype", "asteroid_chunk", "asteroid-chunk", "probe-chunk"),
  {
    member: "LuaVirtualSignalPrototype.special",
    says: "Whether this is a special signal.",
    lua: `return prototypes.virtual_signal["signal-A"].special, prototypes.virtual_signal["signal-each"].special`,
    gives: [false, true],
  },
  {
    member: "LuaPrototypes.virtual_signal",
    says: "A dictionary containing every LuaVirtualSignalPrototype indexed by `name`.",
    lua: `return prototypes.virtual_signal["signal-A"].name, prototypes.virtual_signal["signal-none"] == nil`,
    gives: ["signal-A", true],
  },
  {
    member: "LuaPrototypes.space_location",
    says: "",
    lua: `return #prototypes.space_location`,
    gives: [1],
  },
  {
    member: "LuaPrototypes.asteroid_chunk",
    says: "A dictionary containing every LuaAsteroidChunkPrototype indexed by `name`.",
    lua: `return #prototypes.asteroid_chunk`,
    gives: [1],
  },
];

export const circuitContracts: readonly Contract[] = [...connectors, ...networks, ...combinators, ...signals];
