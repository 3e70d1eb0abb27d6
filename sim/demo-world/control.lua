-- A world that makes and uses things by script, so that a cluster of empty maps has something to share. Only the real
-- game's interface is used: it runs in Factorio 2.1 as it runs in the stand-in.
--
-- DW1  Produced is what an export chest took, consumed is what an import chest gave. Both are kept in `storage`, so they
--     roll back with the save, as the chests do.
-- DW2  produced + received from the cluster = consumed + exported to the cluster + held, at every tick, per resource.
local build = require("build")
local count = require("count")
local signals = require("signals")
local work = require("work")

local TURN_TICKS = 30

script.on_init(function()
  local surface = game.surfaces[1]
  storage.frozen = false
  storage.produced = {}
  storage.consumed = {}
  storage.exports, storage.imports = build.ports(surface, work.role(surface))
  storage.signals = signals.build(surface)
end)

-- A world of before there were combinators gets them.
script.on_configuration_changed(function()
  storage.signals = storage.signals or signals.build(game.surfaces[1])
end)

script.on_nth_tick(TURN_TICKS, function()
  if storage.frozen then return end
  local role = work.role(game.surfaces[1])
  work.turn(role, TURN_TICKS)
  signals.turn(storage.signals, role, storage.imports)
end)

-- For the cluster's operators and tests: players are refused.
local function add_command(name, help, run)
  commands.add_command(name, help, function(command)
    if command.player_index ~= nil then
      game.get_player(command.player_index).print("/" .. name .. " is for the server's console only.")
      return
    end
    rcon.print(run())
  end)
end

add_command("demo-freeze", "Stops the demo world's production and use.", function()
  storage.frozen = true
  return '{"frozen":true}'
end)

add_command("demo-thaw", "Lets the demo world's production and use go on.", function()
  storage.frozen = false
  return '{"frozen":false}'
end)

add_command("demo-count", "Prints what the demo world has produced, consumed and holds, and its signals.", function()
  return string.format(
    '{"tick":%.0f,"frozen":%s,"produced":%s,"consumed":%s,"held":%s,"sent":%s,"shown":%s,"levels":%s}',
    game.tick,
    tostring(storage.frozen),
    count.json(storage.produced),
    count.json(storage.consumed),
    count.json(count.held()),
    count.json(signals.sent(storage.signals)),
    count.json(signals.shown(storage.signals)),
    count.json(signals.levels(storage.signals))
  )
end)
