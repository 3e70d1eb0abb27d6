-- One plate after the other, from an export chest in the world with an even seed to an import chest in the one with an odd
-- seed. Each writes a line to its file at the tick in which a plate was put in or came out; who follows the files has the
-- times. The number of plates put in is on a circuit channel, too; the other world writes down what its receiver shows.
local ITEM = "iron-plate"
local FILE = "probe.txt"
local SIGNALS_FILE = "signals.txt"
local CHANNEL = "probe"
-- No multiple of the mod's own intervals, so that every phase of them is met.
local PUT_TICKS = 31
-- Always more than can arrive.
local REQUEST = 200

local function place(surface, name)
  surface.request_to_generate_chunks({ 0, 0 }, 2)
  surface.force_generate_chunk_requests()
  local position = surface.find_non_colliding_position(name, { 0.5, 0.5 }, 100, 1) or { 0.5, 0.5 }
  return assert(surface.create_entity({ name = name, position = position, force = "player", raise_built = true }))
end

local function wire()
  local red = defines.wire_connector_id.circuit_red
  local source, transmitter = place(game.surfaces[1], "constant-combinator"), place(game.surfaces[1], "clusterio-transmitter")
  source.get_wire_connector(red, true).connect_to(transmitter.get_wire_connector(red, true), false)
  remote.call("clusterio", "set_channel", transmitter, CHANNEL)
  return source
end

script.on_init(function()
  local surface = game.surfaces[1]
  storage.count = 0
  if surface.map_gen_settings.seed % 2 == 0 then
    storage.export = place(surface, "clusterio-export-chest")
    storage.source = wire()
  else
    storage.import = place(surface, "clusterio-import-chest")
    storage.receiver = place(surface, "clusterio-receiver")
    remote.call("clusterio", "set_channel", storage.receiver, CHANNEL)
    local point = storage.import.get_requester_point()
    local section = point.get_section(1) or point.add_section()
    section.set_slot(1, { value = { type = "item", name = ITEM, quality = "normal" }, min = REQUEST })
  end
end)

local function write(count)
  storage.count = storage.count + count
  helpers.write_file(FILE, string.format("%.0f\n", storage.count), true)
end

script.on_nth_tick(PUT_TICKS, function()
  if not storage.export then return end
  write(storage.export.get_inventory(defines.inventory.chest).insert({ name = ITEM, count = 1 }))
  local section = storage.source.get_or_create_control_behavior().get_section(1)
  section.set_slot(1, { value = { type = "virtual", name = "signal-A", quality = "normal", comparator = "=" }, min = storage.count })
end)

local function write_shown()
  local section = storage.receiver.get_or_create_control_behavior().get_section(1)
  local shown = section and section.get_slot(1).min or 0
  if shown == storage.shown then return end
  storage.shown = shown
  helpers.write_file(SIGNALS_FILE, string.format("%.0f\n", shown), true)
end

script.on_event(defines.events.on_tick, function()
  if not storage.import then return end
  write_shown()
  local inventory = storage.import.get_inventory(defines.inventory.chest)
  if inventory.is_empty() then return end
  write(inventory.remove({ name = ITEM, count = REQUEST }))
end)

-- Writes "mark" at the tick in which the command is carried out: the shortest way into a game.
commands.add_command("probe-mark", "Writes a line.", function(command)
  if command.player_index == nil then helpers.write_file(FILE, "mark\n", true) end
end)
